"""`restock lint`: what is wrong or doubtful in interaction models, ours or anybody's, with file and place."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from skill import interaction_model
from skill.cli.root import app
from skill.cli.understanding import Source, own_locale, source, tell_of_digits
from skill.conversation import locale_files
from skill.conversation.locale_lines import line_of
from skill.understanding import ModelError
from skill.understanding.lint import (
    RULES,
    SEVERITIES,
    Finding,
    Limits,
    Options,
    Spot,
    lint,
    parity_findings,
    read_draft,
)

EVERYDAY = (
    "AddToListIntent",
    "CheckPointsIntent",
    "ClaimRewardIntent",
    "ListRewardsIntent",
    "OrderItemIntent",
    "OrderListIntent",
    "OrderStatusIntent",
    "ReadListIntent",
    "ReorderUsualIntent",
)
"""Intents of ours that people say daily in their own words: 50 to 100 samples were measured to pay."""

EVERYDAY_SAMPLES = 60
LOCALES = "skill/locales"
GENERATED = "interaction_models"


@dataclass(frozen=True)
class Told:
    """One finding with its place as people read it: a file, and its line or a JSON path in it."""

    finding: Finding
    file: str
    line: int | None
    path: str

    @property
    def place(self) -> str:
        """file:line, or file: path."""
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return f"{self.file}: {self.path}" if self.path else self.file

    def as_json(self) -> dict[str, Any]:
        """What --json prints."""
        return {
            "severity": self.finding.severity,
            "code": self.finding.code,
            "message": self.finding.message,
            "file": self.file,
            "line": self.line,
            "path": self.path or None,
        }


@app.command("lint")
def lint_models(
    models: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[MODEL...]", help="Interaction models, JSON; without one, our own."),
    ] = None,
    locale: Annotated[
        str | None,
        typer.Option(help="Locale of the models; without it, a file's name if that is one, else en-US."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a finding.")] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=NUMBER", help="Set a limit, as thin=20 or utterance=180."),
    ] = None,
    skip: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Leave a rule out; docs/lint.md lists the codes.")
    ] = None,
) -> None:
    """Find what is wrong or doubtful in interaction models; exit code 1 when something is an error."""
    limits, left_out = _limits(limit or []), _codes(skip or [])
    found = _foreign(models, locale, limits, left_out) if models else _ours(locale, limits, left_out)
    counts = {"error": 0, "warning": 0}
    seen: set[tuple[str, str, str]] = set()
    for told in _with_progress(found):
        key = (told.place, told.finding.code, told.finding.message)
        if told.finding.code in left_out or key in seen:
            continue
        seen.add(key)  # two regions of a language share most of their files
        counts[told.finding.severity] += 1
        if as_json:
            typer.echo(json.dumps(told.as_json(), ensure_ascii=False))
        else:
            typer.echo(f"{told.place}: {told.finding.severity} {told.finding.code}: {told.finding.message}")
    if not as_json:
        typer.echo(f"{_counted(counts['error'], 'error')}, {_counted(counts['warning'], 'warning')}")
    raise typer.Exit(1 if counts["error"] else 0)


def _foreign(
    paths: Sequence[Path], locale: str | None, limits: Limits, left_out: frozenset[str]
) -> Iterator[Told]:
    sources = [source(path, locale) for path in paths]
    tell_of_digits(sources)
    for found in sources:
        yield from _named(found, _options(found.locale, limits, left_out))
    drafts = [(found.name, read_draft(found.raw)) for found in sources]
    for number, finding in parity_findings(drafts):
        yield Told(finding, sources[number].name, None, finding.spot.path)


def _named(found: Source, options: Options) -> Iterator[Told]:
    try:
        for finding in lint(found.raw, options):
            yield Told(finding, found.name, None, finding.spot.path)
    except ModelError as error:
        raise ModelError(f"{found.name}: {error}") from error


def _options(locale: str, limits: Limits, left_out: frozenset[str]) -> Options:
    """For somebody else's model: the launch words of our locale file of its language, where we speak it."""
    language = locale.split("-")[0]
    known = locale_files.choose(locale)
    predict = "unpredicted-sample" not in left_out
    if known.split("-")[0] != language:
        return Options(language=language, limits=limits, predict=predict)
    ours = interaction_model.lint_options(locale_files.load(known), limits)
    return Options(language=language, limits=limits, launch=ours.launch, small=ours.small, predict=predict)


def _ours(locale: str | None, limits: Limits, left_out: frozenset[str]) -> Iterator[Told]:
    """Our models of one locale or of all; samples are left out in turn for a language's first region only."""
    from skill import bootstrap  # brings the database; a model in a file needs none

    locales = [own_locale(locale)] if locale else locale_files.available_locales()
    languages: set[str] = set()
    for each in locales:
        texts, model = locale_files.load(each), bootstrap.interaction_model(each)
        options = replace(
            interaction_model.lint_options(texts, limits),
            least=dict.fromkeys(EVERYDAY, max(EVERYDAY_SAMPLES, limits.thin)),
            predict=texts.language not in languages and "unpredicted-sample" not in left_out,
        )
        languages.add(texts.language)
        for finding in lint(model, options):
            yield _placed(finding, texts)
        for key, problem in interaction_model.text_problems(model, texts):
            yield _placed(Finding("locale-text", f"{each}: {problem}", Spot("", key)), texts)
    first = locale_files.load(locales[0])
    for other in locales[1:]:
        for gap in interaction_model.gaps(first, locale_files.load(other)):
            yield _placed(Finding("locale-prompt", gap.message, Spot("", gap.key)), gap.has)


def _placed(finding: Finding, texts: locale_files.LocaleTexts) -> Told:
    """The line of our wording; what comes from elsewhere, as the shop's products, by its generated model."""
    spot = finding.spot
    at = line_of(texts, spot.key, spot.text) if spot.key else None
    if at is None:
        return Told(finding, f"{GENERATED}/{texts.locale}.json", None, spot.path)
    file, _, line = at.rpartition(":")
    return Told(finding, f"{LOCALES}/{file}", int(line), spot.path)


def _limits(settings: Sequence[str]) -> Limits:
    names = [field.name for field in fields(Limits)]
    found: dict[str, int] = {}
    for setting in settings:
        name, _, number = setting.partition("=")
        if name not in names or not number.isdecimal() or len(number) > 12:
            known = ", ".join(names)
            raise typer.BadParameter(f"{setting!r} sets none of {known}.", param_hint="--limit")
        found[name] = int(number)
    return replace(Limits(), **found)


def _codes(codes: Sequence[str]) -> frozenset[str]:
    for code in codes:
        if code not in SEVERITIES:
            known = ", ".join(rule.code for rule in RULES)
            raise typer.BadParameter(f"{code!r} is no code; there are {known}.", param_hint="--skip")
    return frozenset(codes)


def _with_progress(found: Iterator[Told]) -> Iterator[Told]:
    """At a terminal, a sign of life while the next finding is sought."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield from found
        return
    while True:
        with console.status("checking the models ..."):
            told = next(found, None)
        if told is None:
            return
        yield told


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
