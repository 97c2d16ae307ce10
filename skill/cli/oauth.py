"""`restock oauth client add | list | remove`: the programs that may ask shoppers to sign in."""

import json
import os
from contextlib import closing
from typing import Annotated

import typer

from skill import bootstrap, settings
from skill.bootstrap import App
from skill.cli.root import app
from skill.household.oauth_clients import ClientRefused, add_client, clients, find_client

oauth = typer.Typer(help="The programs that may link accounts, as Alexa.", no_args_is_help=True)
client = typer.Typer(help="The programs that may ask shoppers to sign in.", no_args_is_help=True)
app.add_typer(oauth, name="oauth")
oauth.add_typer(client, name="client")


@client.command()
def add(
    name: Annotated[str, typer.Argument(help="What shoppers read on the sign-in page.")],
    redirect_uri: Annotated[
        list[str],
        typer.Option(help="Where it may be led back to, to the letter; may be given several times."),
    ],
    public: Annotated[
        bool, typer.Option("--public", help="It can keep no secret, as an app; it must use PKCE.")
    ] = False,
) -> None:
    """Add a client and print its id and its secret, once."""
    with _app() as skill:
        try:
            with skill.database.unit(None) as unit:
                added, secret = add_client(unit, name, redirect_uri, skill.now(), public=public)
        except ClientRefused as error:
            raise typer.BadParameter(str(error), param_hint="--redirect-uri") from error
    typer.echo(f"client id: {added.id}")
    if secret:
        typer.echo(f"client secret: {secret}")
        typer.echo("The secret is kept as a hash and shown this once.", err=True)


@client.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a client.")] = False,
) -> None:
    """Show the clients, without their secrets."""
    with _app() as skill, skill.database.reading(None) as unit:
        for one in clients(unit):
            shown = [one.id, one.name, *one.redirect_uris]
            told = {"id": one.id, "name": one.name, "redirect_uris": one.redirect_uris}
            public = {"public": not one.secret_hash}
            typer.echo(json.dumps({**told, **public}) if as_json else "  ".join(shown))


@client.command()
def remove(client_id: Annotated[str, typer.Argument(help="The client's id.")]) -> None:
    """Remove a client: it gets no more tokens."""
    with _app() as skill, skill.database.unit(None) as unit:
        found = find_client(unit, client_id)
        if found is None:
            raise typer.BadParameter("there is no such client", param_hint="CLIENT_ID")
        unit.session.delete(found)
    typer.echo("It gets no more tokens.")


def _app() -> closing[App]:
    return closing(bootstrap.build(settings.load(os.environ)))
