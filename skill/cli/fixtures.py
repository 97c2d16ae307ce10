"""`restock fixtures`: sentences and conversations with what is expected of them, run from their files."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from skill.cli.fixture_hosts import ModelHost, Models, RemoteHost, signed
from skill.cli.fixture_runs import run_all, run_in_worlds
from skill.cli.root import app
from skill.cli.understanding import Source, checked, own_locale, source, tell_of_digits
from skill.cli.worlds import own_model
from skill.settings import DEVELOPMENT_SKILL_ID
from skill.simulator import fixture_files
from skill.simulator.fixture_cases import DEFAULT_NOW, Fixture
from skill.simulator.fixture_report import report
from skill.simulator.fixtures import Outcome, understood
from skill.simulator.skill_model import skill_model
from skill.understanding import ModelError

FIXTURE_FOLDERS = (Path("tests/utterances"), Path("tests/conversations"))


@dataclass(frozen=True)
class Wish:
    """What the options of `fixtures` say about what to run on."""

    model: Source | None
    endpoint: str | None
    skill_id: str
    chain_port: int | None
    jobs: int | None


@app.command("fixtures")
def run_fixtures(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Files or folders of fixtures.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Another skill's interaction model (JSON): ask it what sentences mean."
        ),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option(help="Of the model, or of fixtures that name none and are in no folder of one."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="Run on the skill at this address, over signed HTTP.")
    ] = None,
    skill_id: Annotated[
        str, typer.Option(help="The application id that requests to --endpoint carry.")
    ] = DEVELOPMENT_SKILL_ID,
    chain_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Hand the certificates of signed requests out on this port."),
    ] = None,
    with_report: Annotated[
        bool, typer.Option("--report", help="Print which intents were heard for those expected.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; by default as many as help.")] = None,
) -> None:
    """Run fixture files; print each difference with its file and line."""
    found_model = source(model, locale) if model is not None else None
    fixtures = _read(paths or FIXTURE_FOLDERS, found_model, locale)
    outcomes = _outcomes(fixtures, Wish(found_model, endpoint, skill_id, chain_port, jobs))
    if as_json:
        typer.echo(json.dumps(_as_json(outcomes, with_report=with_report), ensure_ascii=False, default=str))
    else:
        _print(outcomes, with_report=with_report)
    raise typer.Exit(1 if any(each.failure for each in outcomes) else 0)


def _read(paths: Sequence[Path], model: Source | None, locale: str | None) -> list[Fixture]:
    """All fixtures; with another skill's model all are in its locale."""
    if model is not None:
        reading = partial(fixture_files.read, locale=model.locale, locales=(model.locale,))
    else:
        reading = partial(fixture_files.read, locale=own_locale(locale) if locale else None)
    return [fixture for path in fixture_files.find(paths) for fixture in reading(path)]


def _outcomes(fixtures: Sequence[Fixture], wish: Wish) -> list[Outcome]:
    if wish.endpoint is None and wish.model is None:
        return run_in_worlds(fixtures, wish.jobs)
    models = _models(wish.model)
    if wish.endpoint is None:
        return run_all(fixtures, ModelHost(models, wish.skill_id), understood)
    # A skill that verifies requests takes none that are 150 seconds old.
    now = datetime.now(UTC)
    at_home = [replace(each, now=now) if each.now == DEFAULT_NOW else each for each in fixtures]
    with signed(wish.endpoint, wish.chain_port) as skill:
        return run_all(at_home, RemoteHost(skill, models, wish.skill_id))


def _models(model: Source | None) -> Models:
    if model is None:
        return own_model
    checked(model)
    try:
        compiled = skill_model(model.raw, model.locale)
    except ModelError as error:
        raise ModelError(f"{model.name}: {error}") from error
    tell_of_digits([model])
    return lambda _: compiled


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
