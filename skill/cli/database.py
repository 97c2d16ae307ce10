"""`restock db upgrade` and `restock db seed`."""

import os
from contextlib import closing

import typer

from skill import bootstrap, settings
from skill.cli.root import app
from skill.storage import schema
from skill.storage.engine import make_engine, safe_location

database = typer.Typer(help="Create, migrate and fill the database.", no_args_is_help=True)
app.add_typer(database, name="db")


@database.command()
def upgrade() -> None:
    """Create the tables or bring them to this release; a SQLite file that is absent is created."""
    chosen = settings.load(os.environ)
    engine = make_engine(chosen.database_url)
    try:
        schema.create_folder(engine)
        schema.upgrade(engine)
    finally:
        engine.dispose()
    typer.echo(f"{safe_location(engine)} is at revision {schema.REVISIONS[-1]}.")


@database.command()
def seed() -> None:
    """Fill in the demo shop and, unless it is there, the demo household; what others imported stays."""
    chosen = settings.load(os.environ, env="development")
    upgrade()
    with closing(bootstrap.build(chosen)) as skill:
        bootstrap.seed_demo(skill)
    typer.echo("The demo shop and household are in place.")
