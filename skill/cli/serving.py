"""`restock serve` and `restock worker`."""

import os
import signal
import sys
import time
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated

import typer

from skill import bootstrap, logs, settings
from skill.cli.root import app
from skill.settings import Settings


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    dev: Annotated[
        bool, typer.Option("--dev", help="Development: Flask's server with reload, and the demo seed.")
    ] = False,
) -> None:
    """Serve the Alexa endpoint over HTTP."""
    from skill.web.serve import serve as serve_with_waitress  # Flask is needed by no other command
    from skill.web.serve import serve_with_reload, web_app

    chosen = settings.load(os.environ, env="development" if dev else None, need_skill_id=True)
    chosen = replace(chosen, host=host or chosen.host, port=port or chosen.port)
    logs.configure()
    homes = None
    if chosen.development:
        from skill.cli.speaker_homes import speaker_homes  # the page is of development mode alone

        bootstrap.prepare(chosen)
        homes = speaker_homes(chosen)
        signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))  # leave no temporary files
    program = bootstrap.build(chosen)
    flask_app = web_app(chosen, program, homes, program.hear_shop)
    serve_forever = serve_with_reload if dev else serve_with_waitress
    serve_forever(flask_app, chosen.host, chosen.port, lambda: _tell(chosen))


def _tell(chosen: Settings) -> None:
    typer.echo(f"Listening on http://{chosen.host}:{chosen.port}", err=True)
    if chosen.development:
        own_name = "127.0.0.1" if chosen.host == "127.0.0.1" else "localhost"
        typer.echo(f"The offline speaker: http://{own_name}:{chosen.port}/speaker", err=True)


@app.command()
def worker(
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    now: Annotated[str | None, typer.Option(help="The moment to act for, with its offset.")] = None,
    every: Annotated[int, typer.Option(min=1, help="Seconds between rounds.")] = 60,
) -> None:
    """Do what time asks for: deliveries, unanswered orders, lapsing holds, retention.

    With --once it exits 1 when the round of a household failed.
    """
    logs.configure()
    at = None if now is None else _moment(now)
    with closing(bootstrap.build(settings.load(os.environ))) as skill:
        while True:
            report = skill.work(at)
            told = (f"{name.replace('_', ' ')} {count}" for name, count in asdict(report).items())
            typer.echo(", ".join(told))
            if once and report.households_failed:
                raise typer.Exit(1)
            if once:
                return
            time.sleep(every)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter("not a date and time", param_hint="--now") from error
    raise typer.BadParameter("the offset from UTC is missing", param_hint="--now")
