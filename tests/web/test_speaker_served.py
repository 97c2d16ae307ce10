"""`python app.py` and `restock serve --dev` in development: they say where the page is, and clean up."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[tuple[int, list[str]]]:
    """A server in development in a folder of its own; gives its port and the lines that it began with."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        env={
            **kept,
            "RESTOCK_ENV": "development",
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(folder / "temporary"),
        },
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        yield port, [process.stderr.readline().strip() for _line in range(2)]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.communicate(timeout=30)


def test_a_server_in_development_has_the_page_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with running([str(ROOT / "app.py")], tmp_path) as (port, lines):
        assert lines == told(port)
        assert "Corner Shop" in page(port)
        assert list(temporary.iterdir())
    assert list(temporary.iterdir()) == []


def test_a_server_with_reload_says_where_the_page_is(tmp_path: Path) -> None:
    with running(["-m", "skill", "serve", "--dev"], tmp_path) as (port, lines):
        assert lines == told(port)


def told(port: int) -> list[str]:
    """What a server says when it starts."""
    return [
        f"Listening on http://127.0.0.1:{port}",
        f"The offline speaker: http://127.0.0.1:{port}/speaker",
    ]


def page(port: int) -> str:
    """The page, asked for until the server listens."""
    until = time.monotonic() + 60
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("GET", "/speaker")
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.1)
        finally:
            connection.close()
