"""Fills an embedded database once and hands out copies of it, since seeding takes longer than copying."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

Fill = Callable[[Path], None]
"""Makes the database file at a path; must have closed it when it returns."""


class PreparedDatabases:
    """Copies of SQLite files in `folder`, one template per key; the folder is the caller's to remove."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._templates: dict[str, Path] = {}
        self._copies = 0

    def copy(self, key: str, fill: Fill) -> Path:
        """A new file that holds what `fill` made the first time `key` was asked for."""
        if key not in self._templates:
            template = self._folder / f"template-{len(self._templates)}.db"
            fill(template)
            self._templates[key] = template
        self._copies += 1
        path = self._folder / f"world-{self._copies}.db"
        # By SQLite's own backup: pages that are still in the template's write-ahead log come along.
        with (
            closing(sqlite3.connect(self._templates[key])) as source,
            closing(sqlite3.connect(path)) as target,
        ):
            source.backup(target)
        return path
