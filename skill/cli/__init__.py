"""The `restock` command: every module here adds its commands to the one Typer application in `root`."""

from skill.cli import (
    database,
    evaluation,
    fixtures,
    lint,
    members,
    models,
    outbox,
    serving,
    shop,
    speaker,
    talk,
    understanding,
)
from skill.cli.root import app

__all__ = [
    "app",
    "database",
    "evaluation",
    "fixtures",
    "lint",
    "members",
    "models",
    "outbox",
    "serving",
    "shop",
    "speaker",
    "talk",
    "understanding",
]
