"""`restock outbox`: what waits to be sent, and what could not be."""

import json
import os
from contextlib import closing
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from skill import bootstrap, settings
from skill.bootstrap import App
from skill.cli.root import app
from skill.storage.outbox import Outbox, OutboxMessage

SHOWN = ("waiting", "dead")
COLUMNS = ("id", "kind", "purpose", "state", "attempts", "written_at", "due_at", "last_error")


@app.command()
def outbox(
    retry: Annotated[str | None, typer.Option(help="Try the dead message with this id again.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a message.")] = False,
) -> None:
    """Show messages that wait or are dead, without what they say or to whom."""
    with closing(bootstrap.build(settings.load(os.environ))) as skill:
        if retry is not None:
            _retry(skill, retry)
            return
        rows = [_row(message) for message in _messages(skill)]
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row))
        return
    if not rows:
        typer.echo("Nothing waits and nothing failed.")
        return
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*(str(row[name]) for name in COLUMNS))
    Console().print(table)


def _messages(skill: App) -> list[OutboxMessage]:
    with skill.database.reading(None) as unit:
        return list(
            unit.session.exec(
                select(OutboxMessage)
                .where(col(OutboxMessage.state).in_(SHOWN))
                .order_by(col(OutboxMessage.state), col(OutboxMessage.due_at))
                .execution_options(crosses_households="outbox")
            ).all()
        )


def _row(message: OutboxMessage) -> dict[str, Any]:
    found = {name: getattr(message, name) for name in COLUMNS}
    return {name: value if isinstance(value, int) else str(value) for name, value in found.items()}


def _retry(skill: App, wanted: str) -> None:
    message = next((one for one in _messages(skill) if str(one.id) == wanted and one.state == "dead"), None)
    if message is None:
        raise typer.BadParameter("there is no dead message with this id", param_hint="--retry")
    with skill.database.unit(message.household_id) as unit:
        Outbox(unit).revive(UUID(wanted), skill.now())
    typer.echo("It will be tried again.")
