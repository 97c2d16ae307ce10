"""The `restock` command: `root` holds the Typer application, to which other modules add commands."""

from skill.cli.root import app

__all__ = ["app"]
