"""The `restock` command: `root` holds the Typer application, to which other modules add commands."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from skill.cli.root import app

__all__ = ["app"]


def __getattr__(name: str) -> Any:
    """Import the application at its first use: pytest loads `pytest_plugin` where nobody needs it."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from skill.cli.root import app as found

    return found
