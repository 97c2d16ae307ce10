"""Fills an embedded database once and puts copies of it in place, since seeding takes longer than copying."""

import sqlite3
from collections.abc import Callable, Hashable, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path

Fill = Callable[[Path], None]
"""Makes the database file at a path; must have closed it when it returns."""


class PreparedDatabases:
    """Templates of SQLite files in `folder`, one per key; the folder is the caller's to remove."""

    def __init__(self, folder: Path, known: Mapping[Hashable, Path] | None = None) -> None:
        """`known` are templates that somebody else made, and removes."""
        self._folder = folder
        self._templates = dict(known or {})
        self._numbers = count()  # not the number of templates: one may be made from another

    def restore(self, path: Path, key: Hashable, fill: Fill) -> None:
        """Make `path` hold exactly what `fill` made the first time `key` was asked for.

        `path` may be open in this process, between transactions: it is written by SQLite's own backup,
        which also takes along what is still in the template's write-ahead log.
        """
        if key not in self._templates:
            template = self._folder / f"template-{next(self._numbers)}.db"
            fill(template)
            self._templates[key] = template
        copy_database(self._templates[key], path)


def copy_database(source: Path, target: Path) -> None:
    """Make `target` hold what `source` does; both may be open, between transactions."""
    with closing(sqlite3.connect(source)) as taken, closing(sqlite3.connect(target)) as written:
        written.execute("PRAGMA synchronous=OFF")  # a copy that a crash damages is made again
        taken.backup(written)
