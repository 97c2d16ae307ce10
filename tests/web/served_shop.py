"""The real program on a copy of the demo file, behind the real verifier with the tests' own authority."""

import http.client
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from sqlmodel import SQLModel, func, select

from skill import bootstrap
from skill.bootstrap import OFFLINE_USER, App
from skill.settings import Settings
from skill.web.serve import web_app
from tests.alexa_ca import NOW, PATH, authority, pem, signed
from tests.file_server import FileServer

ROOT = Path(__file__).parents[2]
SKILL = "amzn1.ask.skill.restock"
_requests = count(1)


class ServedShop:
    """The App, its Flask application, and what Alexa would send it."""

    def __init__(self, database_file: Path, roots_file: Path, host: FileServer, env: str) -> None:
        roots_file.write_bytes(pem(authority().root.certificate))
        settings = Settings(
            env=env,
            skill_id=SKILL,
            database_url=f"sqlite:///{database_file}",
            database_url_given=True,
            test_ca_file=roots_file,
            test_cert_base=host.base,
        )
        self.now = NOW
        self.app: App = bootstrap.build(settings, clock=lambda: self.now)
        self.flask: Flask = web_app(settings, self.app)
        self.client = self.flask.test_client()

    def envelope(self, intent: str | None = None, **changes: Any) -> dict[str, Any]:
        """An intent request (None: a launch) of the demo household; changes replace top-level parts."""
        system = {
            "application": {"applicationId": SKILL},
            "user": {"userId": OFFLINE_USER},
            "device": {"deviceId": "kitchen"},
        }
        request: dict[str, Any] = {
            "type": "IntentRequest" if intent else "LaunchRequest",
            "requestId": f"amzn1.echo-api.request.{next(_requests)}",
            "timestamp": self.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "locale": "en-US",
        }
        if intent:
            request["intent"] = {"name": intent, "confirmationStatus": "NONE", "slots": {}}
        return {
            "version": "1.0",
            "session": {
                "new": True,
                "sessionId": "s",
                "application": {"applicationId": SKILL},
                "user": {"userId": OFFLINE_USER},
            },
            "context": {"System": system},
            "request": request,
            **changes,
        }

    def after(self, answer: dict[str, Any], intent: str) -> dict[str, Any]:
        """The next turn of the session that `answer` left open."""
        made = self.envelope(intent)
        made["session"] = {**made["session"], "new": False, "attributes": answer["sessionAttributes"]}
        return made

    def post(self, envelope: object, path: str = "/alexa") -> Any:
        """Send it signed through the test client."""
        body = json.dumps(envelope).encode()
        return self.client.post(path, data=body, headers=signed(body), content_type="application/json")

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        counted = select(func.count()).select_from(SQLModel.metadata.tables[table])
        with self.app.database.reading(None) as unit:
            return unit.session.exec(counted.execution_options(crosses_households="fixtures")).one()


@contextmanager
def served_shop(demo_file: Path, folder: Path, env: str = "development") -> Iterator[ServedShop]:
    """A shop on a copy of the demo file, and the host of its certificates."""
    copy = folder / "shop.db"
    copy.write_bytes(demo_file.read_bytes())
    with FileServer({PATH: authority().chain()}) as host:
        shop = ServedShop(copy, folder / "roots.pem", host, env)
        yield shop
        shop.app.close()


@dataclass
class Server:
    """A running `restock serve`; `log` is complete once the server has ended."""

    port: int
    log: list[dict[str, Any]]

    def send(
        self,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "POST",
        path: str = "/alexa",
    ) -> tuple[int, Any]:
        """One request; gives the status and the JSON answered, if it is JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(content) if is_json else content


@contextmanager
def serving(folder: Path, settings: Mapping[str, str]) -> Iterator[Server]:
    """`restock serve` in a process of its own on a free port, with these settings and no others."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(probe.getsockname()[1], [])
    environ = {name: value for name, value in os.environ.items() if not name.startswith("RESTOCK_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "skill", "serve", "--port", str(server.port)],
        env={**environ, **settings, "PYTHONPATH": str(ROOT)},
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        _wait_for(process, server)
        yield server
    finally:
        process.terminate()
        _out, errors = process.communicate(timeout=30)
        server.log += [json.loads(line) for line in errors.splitlines() if line.startswith("{")]


def _wait_for(process: subprocess.Popen[str], server: Server) -> None:
    for _attempt in range(600):
        if process.poll() is not None:
            break
        try:
            if server.send(method="GET", path="/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start: {process.poll()}")


def reasons(records: list[logging.LogRecord]) -> list[str]:
    """The reason codes of the refusals in the log."""
    return [vars(record)["reason"] for record in records if record.name == "restock.web"]
