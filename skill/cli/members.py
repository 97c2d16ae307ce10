"""`restock member link | email | password`, and `restock household limits | export | import | erase`."""

import json
import os
import re
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from skill import bootstrap, settings
from skill.bootstrap import App
from skill.cli.limits import limits
from skill.cli.root import app
from skill.features import registry
from skill.household.account_links import revoke_all
from skill.household.directory import Found
from skill.household.passwords import PasswordRefused, set_password
from skill.household.registry import ImportRefused
from skill.household.service import Households

member = typer.Typer(help="Who belongs to a household.", no_args_is_help=True)
household = typer.Typer(help="Everything kept about a household.", no_args_is_help=True)
app.add_typer(member, name="member")
app.add_typer(household, name="household")
household.command()(limits)

ADDRESS = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,185}")
UserOption = Annotated[
    str | None, typer.Option(help="A member of the household, or an imported customer's number.")
]


@member.command()
def link(
    name: Annotated[str, typer.Argument(help="A member's name, or an imported customer's number.")],
    alexa_user: Annotated[str, typer.Option(help="The Alexa user id that speaks for this member.")],
) -> None:
    """Bind an Alexa user id to a member: from now on that account orders for this household."""
    with _app() as skill:
        try:
            skill.link(name, alexa_user)
        except LookupError as error:
            raise typer.BadParameter(str(error.args[0]), param_hint="NAME") from error
    typer.echo(f"{name} is linked.")


@member.command()
def email(
    name: Annotated[str, typer.Argument(help="A member's name, or an imported customer's number.")],
    address: Annotated[str, typer.Argument(help="Where order confirmations go; '' for nowhere.")],
) -> None:
    """Set the e-mail address of a member."""
    if address and not ADDRESS.fullmatch(address):
        raise typer.BadParameter("that is no e-mail address", param_hint="ADDRESS")
    with _app() as skill:
        found = _found(skill, name, "NAME")
        with skill.database.unit(found.household_id) as unit:
            Households(unit).set_email(found.member_id, address)
    typer.echo(f"{name} gets order confirmations by e-mail." if address else f"{name} gets no e-mail.")


@member.command()
def password(
    name: Annotated[str, typer.Argument(help="A member's name, or an imported customer's number.")],
    login: Annotated[
        str | None, typer.Option(help="What to sign in with; by default the e-mail address or the name.")
    ] = None,
) -> None:
    """Set a member's password for the web, read from standard input; ends what was linked before."""
    given = typer.prompt("Password", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    with _app() as skill:
        found = _found(skill, name, "NAME")
        try:
            with skill.database.unit(found.household_id) as unit:
                chosen = set_password(unit, found.member_id, given.rstrip("\r\n"), login)
                revoke_all(unit, found.member_id, skill.now())
        except PasswordRefused as error:
            raise typer.BadParameter(str(error), param_hint="PASSWORD") from error
    typer.echo(f"{name} signs in as {chosen}.")


@household.command()
def export(user: UserOption = None) -> None:
    """Print everything kept about the household as JSON."""
    with _app() as skill, skill.database.reading(_found(skill, user).household_id) as unit:
        typer.echo(json.dumps(registry().export(unit), ensure_ascii=False, indent=1))


@household.command("import")
def import_(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Write an export back; the household must not be there."""
    with _app() as skill:
        try:
            exported = json.loads(file.read_text(encoding="utf-8"))
            with skill.database.unit(registry().household_of(exported)) as unit:
                registry().load(unit, exported)
        except (ImportRefused, ValueError, RecursionError) as error:
            raise typer.BadParameter(str(error), param_hint="FILE") from error
    typer.echo("The household is back.")


@household.command()
def erase(
    user: UserOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this nothing is erased.")] = False,
) -> None:
    """Erase everything kept about the household: people, orders, points, diary, and how it is found."""
    if not yes:
        raise typer.BadParameter("this cannot be undone; add --yes to erase", param_hint="--yes")
    with _app() as skill, skill.database.unit(_found(skill, user).household_id) as unit:
        rows = registry().erase(unit)
    typer.echo(f"{rows} rows are erased.")


def _app() -> closing[App]:
    return closing(bootstrap.build(settings.load(os.environ)))


def _found(skill: App, user: str | None, hint: str = "--user") -> Found:
    try:
        return skill.member(user)
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint=hint) from error
