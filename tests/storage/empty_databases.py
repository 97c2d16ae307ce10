"""Databases without any table, of either kind."""

from itertools import count
from pathlib import Path

import psycopg

_numbers = count(1)


def empty_url(kind: str, folder: Path, postgres: str) -> str:
    """The address of a new empty database: a file in `folder`, or one on the server at `postgres`."""
    if kind == "sqlite":
        return f"sqlite:///{folder / 'empty.db'}"
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(
        postgres.replace("postgresql+psycopg", "postgresql") + "/postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return f"{postgres}/{name}"
