"""`restock fixtures`: sentences and conversations with what is expected of them, run from their files."""

from pathlib import Path
from typing import Annotated

import typer

from skill.cli.root import app
from skill.cli.worlds import fixture_worlds
from skill.simulator import fixture_files, fixtures

FIXTURE_FOLDERS = (Path("tests/utterances"), Path("tests/conversations"))


@app.command("fixtures")
def run_fixtures(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders of fixtures.")
    ] = None,
) -> None:
    """Run fixture files; print each difference with its file and line."""
    found = [
        fixture
        for path in fixture_files.find(paths or FIXTURE_FOLDERS)
        for fixture in fixture_files.read(path)
    ]
    failed = 0
    with fixture_worlds() as host:
        for fixture in found:
            failure = fixtures.run(fixture, host)
            if failure is not None:
                failed += 1
                typer.echo(str(failure))
    typer.echo(f"{len(found) - failed} passed, {failed} failed")
    raise typer.Exit(1 if failed else 0)
