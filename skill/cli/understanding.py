"""`restock resolve`: what sentences mean to any Alexa interaction model, one JSON object a line."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from skill.cli.root import app
from skill.conversation import locale_files
from skill.simulator.resolved import reasons, resolved
from skill.understanding import ModelError, compile_model
from skill.understanding.files import FileError, json_object, kind_of, read_json
from skill.understanding.language import words_are_known
from skill.understanding.model import Model, read_model

MAX_LINE_BYTES = 1_000_000
"""The longest line of a batch; a longer one is refused before it is read whole."""

LOCALE_NAME = re.compile(r"[a-z]{2}-[A-Z]{2}")

ModelOption = Annotated[
    Path | None, typer.Option("--model", help="An Alexa interaction model, JSON; without it, our own.")
]
LocaleOption = Annotated[
    str | None,
    typer.Option(help="Locale of the model; without it, the file's name if that is one, else en-US."),
]
NowOption = Annotated[
    str | None, typer.Option(help='What "today" is, as 2026-11-20T15:00:00+00:00; without it, now.')
]

RawOption = Annotated[
    bool,
    typer.Option("--raw", help="Refuse nothing: say the likeliest intent, to measure what refusals cost."),
]


@dataclass(frozen=True)
class Source:
    """An interaction model as JSON, where it came from, and the locale it speaks."""

    raw: Mapping[str, Any]
    name: str
    locale: str


def source(path: Path | None, locale: str | None) -> Source:
    """The model of a file, or our own of a locale.

    Raises FileError for a file that is no JSON object, typer.BadParameter for a locale that we do not speak.
    """
    if path is None:
        chosen = own_locale(locale or locale_files.DEFAULT_LOCALE)
        from skill import bootstrap  # brings the database; a model in a file needs none

        return Source(bootstrap.interaction_model(chosen), f"our model of {chosen}", chosen)
    raw = read_json(path)
    if not isinstance(raw, dict):
        raise ModelError(f"{path}: expected an interaction model, found {kind_of(raw)}")
    named = path.stem if LOCALE_NAME.fullmatch(path.stem) else locale_files.DEFAULT_LOCALE
    return Source(raw, str(path), locale or named)


def tell_of_digits(found: Iterable[Source]) -> None:
    """One line on standard error for each language of the models in which only digits are understood."""
    for language in sorted({each.locale.replace("_", "-").split("-")[0].lower() for each in found}):
        if not words_are_known(language):
            typer.echo(f"restock: {language}: numbers and dates are understood as digits only", err=True)


def own_locale(locale: str) -> str:
    """The locale of ours that serves `locale`. Raises typer.BadParameter for a language without one."""
    chosen = locale_files.choose(locale)
    if chosen.split("-")[0] != locale.lower().replace("_", "-").split("-")[0]:
        known = ", ".join(locale_files.available_locales())
        raise typer.BadParameter(f"{locale!r} is not spoken here; there are {known}.", param_hint="--locale")
    return chosen


def checked(found: Source) -> Model:
    """The model as records. Raises ModelError, one line with file and place; also where no sample is."""
    try:
        model = read_model(found.raw)
    except ModelError as error:
        raise ModelError(f"{found.name}: {error}") from error
    if not any(intent.samples for intent in model.intents):
        raise ModelError(f"{found.name}: intents: no intent has a sample")
    return model


class Resolver:
    """A model compiled once, for any number of sentences."""

    def __init__(self, found: Source) -> None:
        model = checked(found)
        try:
            self.compiled = compile_model(found.raw, language=found.locale)
        except ModelError as error:
            raise ModelError(f"{found.name}: {error}") from error
        self.multiple = {
            intent.name: frozenset(slot.name for slot in intent.slots.values() if slot.multiple)
            for intent in model.intents
        }

    def answer(self, text: str, now: datetime, *, why: bool = False, raw: bool = False) -> dict[str, Any]:
        """What `restock resolve` prints of a sentence; characters that are no text stand as "?"."""
        text = text.encode(errors="replace").decode()
        understood = self.compiled.resolve(text, now=now, refuse=not raw)
        found = resolved(text, understood, self.multiple.get(understood.intent or "", frozenset()))
        return found | ({"why": reasons(understood)} if why else {})


@app.command()
def resolve(
    sentences: Annotated[list[str] | None, typer.Argument(metavar="SENTENCE...", help="One each.")] = None,
    model: ModelOption = None,
    locale: LocaleOption = None,
    batch: Annotated[
        str | None,
        typer.Option(help='JSON lines, each an object with a "text"; other keys are kept. "-" reads stdin.'),
    ] = None,
    now: NowOption = None,
    why: Annotated[bool, typer.Option("--why", help="Add what the answer rests on.")] = False,
    raw: RawOption = False,
) -> None:
    """Say what sentences mean: intent, slots, score and stage, one JSON object a line."""
    if not sentences and batch is None:
        raise typer.BadParameter("there is no sentence and no --batch.", param_hint="SENTENCE")
    at = moment(now)
    asked = source(model, locale)
    resolver = Resolver(asked)
    tell_of_digits([asked])
    for sentence in sentences or ():
        typer.echo(json.dumps(resolver.answer(sentence, at, why=why, raw=raw), ensure_ascii=False))
    for place, entry in batch_entries(batch) if batch is not None else ():
        found = resolver.answer(entry["text"], at, why=why, raw=raw)
        typer.echo(_line(found, entry, place))


def batch_entries(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, object with a text) of every line of a batch that is not blank, "-" being standard input.

    Read a line at a time, so that another program may be at the other end. Raises FileError.
    """
    with ExitStack() as held:
        try:
            file: BinaryIO = sys.stdin.buffer if name == "-" else held.enter_context(Path(name).open("rb"))
        except (OSError, ValueError) as error:
            raise FileError(f"{name}: {getattr(error, 'strerror', None) or error}") from error
        shown, number = "standard input" if name == "-" else name, 0
        while line := file.readline(MAX_LINE_BYTES + 1):
            number += 1
            if entry := _batch_entry(line, shown, number):
                yield f"{shown}:{number}", entry


def _batch_entry(line: bytes, name: str, number: int) -> dict[str, Any] | None:
    place = f"{name}:{number}"
    if len(line) > MAX_LINE_BYTES:
        raise FileError(f"{place}: more than {MAX_LINE_BYTES} bytes, which is the limit of a line")
    try:
        text = line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise FileError(f"{place}: byte 0x{line[error.start]:02x} is no UTF-8") from error
    if not text.strip():
        return None
    entry = json_object(text, name, number)
    if not isinstance(entry.get("text"), str):
        raise FileError(f"{place}: text: expected a sentence, found {kind_of(entry.get('text'))}")
    return entry


def _line(found: Mapping[str, Any], entry: Mapping[str, Any], place: str) -> str:
    """The answer with the other keys of its line; those that the answer has too go under "given"."""
    kept = {key: value for key, value in entry.items() if key not in found}
    given = {key: value for key, value in entry.items() if key in found and key != "text"}
    try:
        return json.dumps({**found, **kept} | ({"given": given} if given else {}), ensure_ascii=False)
    except RecursionError as error:
        raise FileError(f"{place}: nested too deeply") from error


def moment(text: str | None) -> datetime:
    """What an option --now says, or now. Raises typer.BadParameter."""
    if text is None:
        return datetime.now(UTC)
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found
    raise typer.BadParameter(
        f"{text!r} is no date and time with an offset, as 2026-11-20T15:00:00+00:00.", param_hint="--now"
    )
