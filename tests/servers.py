"""Starts a private PostgreSQL on a free port for the tests that need one, and stops it."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

SKIP_NOTHING = "RESTOCK_TESTS_SKIP_NOTHING"


def skip_or_fail(reason: str) -> None:
    """Skip a test that needs what is not installed here; where nothing may be skipped, fail instead."""
    if os.environ.get(SKIP_NOTHING):
        pytest.fail(f"{reason} (and {SKIP_NOTHING} is set)")
    pytest.skip(reason)


def postgres_programs() -> Path | None:
    """The folder of the newest installed PostgreSQL's programs; None when there is none."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    found = [folder for folder in folders if (folder / "postgres").exists()]
    if found:
        return found[-1]
    program = shutil.which("postgres")
    return Path(program).parent if program else None


@contextmanager
def private_postgres(programs: Path) -> Iterator[str]:
    """A server of our own; gives its address without a database name ("postgresql+psycopg://...:port")."""
    with tempfile.TemporaryDirectory(prefix="restock-pg-", ignore_cleanup_errors=True) as folder:
        user = _unprivileged_user()
        if user:
            shutil.chown(folder, user)
        data, port = Path(folder) / "data", free_port()
        _run([programs / "initdb", "-D", data, "-U", "restock", "-A", "trust", "-N", "-E", "UTF8"], user)
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -c unix_socket_directories={folder}"
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options.split()],
            user=user,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(port)
            yield f"postgresql+psycopg://restock@127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[str | Path], user: str | None) -> None:
    subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _wait_for(port: int) -> None:
    for _attempt in range(300):
        try:
            with psycopg.connect(host="127.0.0.1", port=port, user="restock", dbname="postgres"):
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("the private PostgreSQL did not start")
