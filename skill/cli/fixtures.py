"""`restock fixtures`: sentences and conversations with what is expected of them, run from their files."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from skill.cli.fixture_hosts import Wish, examining, read_fixtures
from skill.cli.fixture_runs import run_all, run_in_worlds
from skill.cli.root import app
from skill.cli.understanding import source
from skill.settings import DEVELOPMENT_SKILL_ID
from skill.simulator.fixture_cases import Fixture
from skill.simulator.fixture_junit import junit as as_junit
from skill.simulator.fixture_report import report
from skill.simulator.fixtures import Outcome

FIXTURE_FOLDERS = (Path("tests/utterances"), Path("tests/conversations"))


PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders of fixtures.")
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Another skill's interaction model (JSON): ask it what sentences mean."
    ),
]
LocaleOption = Annotated[
    str | None, typer.Option(help="Of the model, or of fixtures that name none and are in no folder of one.")
]
EndpointOption = Annotated[
    str | None, typer.Option(metavar="URL", help="Run on the skill at this address, over signed HTTP.")
]
ChainOption = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Hand the certificates of signed requests out on this port."),
]
JunitOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the outcome as JUnit XML too, for a CI server.")
]


@app.command("fixtures")
def run_fixtures(
    paths: PathsArgument = None,
    model: ModelOption = None,
    locale: LocaleOption = None,
    endpoint: EndpointOption = None,
    skill_id: Annotated[
        str, typer.Option(help="The application id that requests to --endpoint carry.")
    ] = DEVELOPMENT_SKILL_ID,
    chain_port: ChainOption = None,
    with_report: Annotated[
        bool, typer.Option("--report", help="Print which intents were heard for those expected.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    junit: JunitOption = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; by default as many as help.")] = None,
) -> None:
    """Run fixture files; print each difference with its file and line."""
    started = datetime.now(UTC)
    if junit is not None:
        _check_report(junit)
    found_model = source(model, locale) if model is not None else None
    fixtures = read_fixtures(paths or _usual(), found_model, locale)
    outcomes = _outcomes(fixtures, Wish(found_model, endpoint, skill_id, chain_port), jobs)
    if junit is not None:
        _write_report(junit, as_junit(fixtures, outcomes, started))
    if as_json:
        typer.echo(json.dumps(_as_json(outcomes, with_report=with_report), ensure_ascii=False, default=str))
    else:
        _print(outcomes, with_report=with_report)
    raise typer.Exit(1 if any(each.failure for each in outcomes) else 0)


def _usual() -> Sequence[Path]:
    """The folders that are looked through where nothing is named. Raises typer.BadParameter without any."""
    there = [folder for folder in FIXTURE_FOLDERS if folder.is_dir()]
    if not there:
        usual = " nor ".join(map(str, FIXTURE_FOLDERS))
        raise typer.BadParameter(
            f"name files or folders of fixtures; there is neither {usual} here.", param_hint="PATH"
        )
    return there


def _check_report(path: Path) -> None:
    """Make the folder of the report before anything runs. Raises typer.BadParameter where none can be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(path, error) from error
    if path.is_dir():
        raise typer.BadParameter(f"{path}: it is a folder, not a file.", param_hint="--junit")


def _write_report(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> typer.BadParameter:
    return typer.BadParameter(f"{path}: {error.strerror or error}.", param_hint="--junit")


def _outcomes(fixtures: Sequence[Fixture], wish: Wish, jobs: int | None) -> list[Outcome]:
    if wish.is_own:
        return run_in_worlds(fixtures, jobs)
    with examining(wish) as examine:
        return run_all(fixtures, examine)


def _print(outcomes: Sequence[Outcome], *, with_report: bool) -> None:
    failures = [each.failure for each in outcomes if each.failure is not None]
    for failure in failures:
        typer.echo(str(failure))
    if with_report:
        for line in report(told for each in outcomes for told in each.told).lines():
            typer.echo(line)
        typer.echo()
    typer.echo(f"{len(outcomes) - len(failures)} passed, {len(failures)} failed")
    unchecked = _unchecked(outcomes)
    if unchecked:
        told = ", ".join(f"{key} {count}" for key, count in unchecked.items())
        typer.echo(f"restock: not looked at, as it takes the skill in this process: {told}", err=True)


def _as_json(outcomes: Sequence[Outcome], *, with_report: bool) -> dict[str, Any]:
    failures = [each.failure for each in outcomes if each.failure is not None]
    found: dict[str, Any] = {
        "passed": len(outcomes) - len(failures),
        "failed": len(failures),
        "failures": [vars(failure) for failure in failures],
        "unchecked": _unchecked(outcomes),
    }
    if with_report:
        found["report"] = report(told for each in outcomes for told in each.told).as_json()
    return found


def _unchecked(outcomes: Sequence[Outcome]) -> dict[str, int]:
    return dict(Counter(key for each in outcomes for key in each.unchecked).most_common())
