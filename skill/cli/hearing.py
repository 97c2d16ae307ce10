"""`restock hear`: what is said in sound files and what it means to any interaction model, offline."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from skill.cli.root import app
from skill.cli.understanding import LocaleOption, ModelOption, NowOption, Resolver, Source, moment, source
from skill.simulator.resolved import reasons, resolved
from skill.simulator.speech.ears import Ears
from skill.simulator.speech.sentences import sentences
from skill.simulator.speech.sounds import Sound, SpeechError, read_sound
from skill.simulator.speech.votes import Listener
from skill.understanding.model import read_model

HEARD_LANGUAGE = "en"
MOST_TOLD = 5


@app.command("hear")
def hear(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.wav...", help="Sounds, one sentence each.")],
    model: ModelOption = None,
    locale: LocaleOption = None,
    buying: Annotated[
        list[str] | None,
        typer.Option(
            metavar="INTENT", help="It buys, though its name does not say so, and needs a second vote."
        ),
    ] = None,
    now: NowOption = None,
    why: Annotated[bool, typer.Option("--why", help="Add what the answer rests on.")] = False,
) -> None:
    """Say what is heard in WAV files and what it means, one JSON object a line."""
    at, sounds = moment(now), [read_sound(path) for path in files]
    asked = source(model, locale)
    if asked.locale.replace("_", "-").split("-")[0].lower() != HEARD_LANGUAGE:
        raise SpeechError(f"{asked.locale}: speech is heard in English only")
    resolver = Resolver(asked)
    with _ears(asked) as ears:
        listener = Listener(ears, resolver.compiled, frozenset(buying or ()))
        for sound in sounds:
            typer.echo(json.dumps(_answer(listener, resolver, sound, at, why=why), ensure_ascii=False))


@contextmanager
def _ears(asked: Source) -> Iterator[Ears]:
    console = Console(stderr=True)
    with console.status("learning what may be said ..."):  # shown at a terminal only
        found = Ears(sentences(read_model(asked.raw)))
    with found as ears:
        if ears.unknown:
            some = ", ".join(ears.unknown[:MOST_TOLD])
            more = f" and {len(ears.unknown) - MOST_TOLD} more" if len(ears.unknown) > MOST_TOLD else ""
            typer.echo(f"restock: never heard, as nobody can tell their sound: {some}{more}", err=True)
        yield ears


def _answer(
    listener: Listener, resolver: Resolver, sound: Sound, at: datetime, *, why: bool
) -> dict[str, Any]:
    """What `restock resolve` prints, with the words heard, and the vote where something might be bought."""
    found = listener.listen(sound, at)
    multiple = resolver.multiple.get(found.understood.intent or "", frozenset())
    answer = {"heard": found.text} | resolved(found.text, found.understood, multiple)
    answer |= {"vote": found.vote.as_json()} if found.vote is not None else {}
    return answer | ({"why": reasons(found.understood)} if why else {})
