"""`restock models`: writes the interaction models, or checks that the committed ones are fresh."""

from pathlib import Path
from typing import Annotated

import typer

from skill.bootstrap import model_files, model_problems
from skill.cli.root import app

FOLDER = Path("interaction_models")


@app.command()
def models(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file is stale.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the files are.")] = FOLDER,
) -> None:
    """Generate the Alexa interaction models from the declared intents and the locale files."""
    problems = model_problems()
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    files = model_files()
    stale = [name for name, text in files.items() if _differs(folder / name, text)]
    if check:
        for name in stale:
            typer.echo(f"{folder / name} is stale: run `make models`.", err=True)
        raise typer.Exit(1 if stale else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    typer.echo(f"{len(stale)} of {len(files)} models changed.")


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_text(encoding="utf-8") != text
