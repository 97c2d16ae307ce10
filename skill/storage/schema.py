"""The schema's revisions: which one a database has, which one this code needs, and the way between."""

from collections.abc import Sequence

from sqlalchemy import Engine, inspect, text

from skill.storage.database import translated
from skill.storage.engine import require_file, sqlite_file
from skill.storage.errors import DatabaseMissing, DatabaseNewer, DatabaseUnmigrated

REVISIONS: Sequence[str] = ("0001", "0002")
"""Every revision in storage/migrations/versions, oldest first; a test holds the two together."""


def check(engine: Engine) -> None:
    """Raise a DatabaseError with one line unless the database is at this code's revision."""
    require_file(engine)
    found = revision(engine)
    if found is None:
        raise DatabaseUnmigrated("The database has no tables yet: run `restock db upgrade`.")
    if found not in REVISIONS:
        raise DatabaseNewer("The database was made by a newer release of restock: install that release.")
    if found != REVISIONS[-1]:
        raise DatabaseUnmigrated("The database is older than this release: run `restock db upgrade`.")
    _require_writable(engine)


def revision(engine: Engine) -> str | None:
    """The revision of the database; None when it was never migrated. Raises DatabaseError."""
    reading = engine.execution_options(read_only=True)
    with translated(engine), reading.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _require_writable(engine: Engine) -> None:
    """Raise DatabaseLocked when another process keeps SQLite's write lock: readers alone do not notice it."""
    if sqlite_file(engine) is not None:
        with translated(engine), engine.connect() as connection:
            connection.begin()


def create_folder(engine: Engine) -> None:
    """Make the folder of a SQLite file; raises DatabaseMissing when that is not possible."""
    path = sqlite_file(engine)
    try:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseMissing(f"There can be no database at {path}: {error.strerror}.") from error


def upgrade(engine: Engine) -> None:
    """Bring the database to this code's revision; creates a SQLite file that is not there.

    Raises DatabaseNewer when a newer release made it, other DatabaseErrors when it cannot be opened.
    """
    from alembic import command  # only here: alembic is never needed to answer a shopper
    from alembic.config import Config

    if (found := revision(engine)) is not None and found not in REVISIONS:
        raise DatabaseNewer("The database was made by a newer release of restock: install that release.")
    config = Config()
    config.set_main_option("script_location", "skill.storage:migrations")
    with translated(engine), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
