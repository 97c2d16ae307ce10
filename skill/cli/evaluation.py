"""`restock eval`: how well an interaction model understands an annotation set; fails below a floor."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track

from skill.cli.root import app
from skill.cli.understanding import (
    LocaleOption,
    ModelOption,
    NowOption,
    RawOption,
    Resolver,
    moment,
    source,
    tell_of_digits,
)
from skill.simulator.resolved import slot_values
from skill.understanding.annotations import Annotation, read_annotations
from skill.understanding.evaluation import Report, Verdict, judge

LINES_OF_CONFUSION = 20


@app.command("eval")
def evaluate(
    annotations: Annotated[
        Path, typer.Option("--set", help="Annotation set: JSON lines, a JSON list, Amazon's JSON or CSV.")
    ],
    model: ModelOption = None,
    locale: LocaleOption = None,
    floor: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Exit with 1 when fewer intents than this share are right."),
    ] = 0.0,
    slot_floor: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Exit with 1 when fewer slots than this share are right.")
    ] = 0.0,
    now: NowOption = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="List the sentences that went wrong too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    raw: RawOption = False,
) -> None:
    """Say how many sentences of an annotation set are understood as they should be, and what is confused."""
    at, sentences = moment(now), read_annotations(annotations)
    found = source(model, locale)
    resolver = Resolver(found)
    tell_of_digits([found])
    report = Report(list(_verdicts(resolver, sentences, at, raw=raw)))
    if as_json:
        listed = {"wrong": [_wrong(verdict) for verdict in report.wrong]} if wrong else {}
        typer.echo(json.dumps(report.as_json() | listed, ensure_ascii=False))
    else:
        for line in _lines(report, wrong=wrong):
            typer.echo(line)
    below = report.accuracy < floor or (report.slots is not None and report.slots < slot_floor)
    raise typer.Exit(1 if below else 0)


def _verdicts(
    resolver: Resolver, sentences: Sequence[Annotation], at: datetime, *, raw: bool
) -> Iterator[Verdict]:
    console = Console(stderr=True)
    bar = track(
        sentences, "understanding ...", console=console, transient=True, disable=not console.is_terminal
    )
    for one in bar:
        yield judge(one, resolver.compiled.resolve(one.text, now=one.at or at, refuse=not raw))


def _lines(report: Report, *, wrong: bool) -> Iterator[str]:
    rows = report.intents()
    width = max(len(row["intent"]) for row in rows)
    yield f"{'intent':{width}}  sentences  right  recall  precision"
    for row in rows:
        shares = f"{_shown(row['recall']):>6}  {_shown(row['precision']):>9}"
        yield f"{row['intent']:{width}}  {row['sentences']:9}  {row['right']:5}  {shares}"
    confusions = report.confusions()
    if confusions:
        yield ""
    for row in confusions[:LINES_OF_CONFUSION]:
        yield f"{row['sentences']} x {row['expected']} taken for {row['got']}, as {row['example']!r}"
    if len(confusions) > LINES_OF_CONFUSION:
        yield f"{len(confusions) - LINES_OF_CONFUSION} more pairs: --json lists them"
    if wrong and report.wrong:
        yield ""
        yield from (_told(verdict) for verdict in report.wrong)
    yield ""
    yield f"accuracy {_shown(report.accuracy)} of {len(report.verdicts)} sentences" + _parts(report)


def _parts(report: Report) -> str:
    parts = [
        ("in scope", report.in_scope),
        ("out of scope refused", report.out_of_scope),
        ("slots", report.slots),
    ]
    return "".join(f", {name} {_shown(share)}" for name, share in parts if share is not None)


def _told(verdict: Verdict) -> str:
    wanted, got = verdict.expected, verdict.got
    if verdict.intent_right:
        wanted, got = f"{wanted} {dict(verdict.annotation.slots or {})}", f"{got} {_heard(verdict)}"
    return f"{verdict.annotation.place}: {verdict.annotation.text!r}: expected {wanted}, understood {got}"


def _wrong(verdict: Verdict) -> dict[str, Any]:
    slots = verdict.annotation.slots
    return {
        "place": verdict.annotation.place,
        "text": verdict.annotation.text,
        "expected": {
            "intent": verdict.annotation.intent,
            "slots": None if slots is None else {name: list(values) for name, values in slots.items()},
        },
        "got": {"intent": verdict.understood.intent, "slots": slot_values(verdict.understood.slots)},
    }


def _heard(verdict: Verdict) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(each.value for each in fill.values or (fill,))
        for name, fill in verdict.understood.slots.items()
    }


def _shown(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
