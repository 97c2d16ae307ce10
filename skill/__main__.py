"""Runs the `restock` command, as `restock ...` or `python -m skill ...`."""

import sys

from skill.cli import app
from skill.cli.root import run


def main() -> None:
    """Entry point of the console script."""
    sys.exit(run(lambda: app(prog_name="restock", standalone_mode=False)))


if __name__ == "__main__":
    main()
