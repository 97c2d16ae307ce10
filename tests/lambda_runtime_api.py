"""A stand-in for the Lambda Runtime API: gives events to a runtime, and takes its answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

PREFIX = "/2018-06-01/runtime/"
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:restock"


@dataclass
class RuntimeApi:
    """Hands out `events` one by one; `answers` are (path below the prefix, body), in order."""

    port: int = 0
    events: Queue[Any] = field(default_factory=Queue)
    answers: Queue[tuple[str, Any]] = field(default_factory=Queue)

    def ask(self, event: Any, timeout: float = 60) -> tuple[str, Any]:
        """Send one event and wait for what the runtime answers: ("response" or "error", body)."""
        self.events.put(event)
        path, body = self.answers.get(timeout=timeout)
        return path.rpartition("/")[2], body


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    """A running Runtime API on a free port of the loopback address."""
    api = RuntimeApi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(api))
    server.daemon_threads = True
    api.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.events.put(None)
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(api: RuntimeApi) -> type[BaseHTTPRequestHandler]:
    """The web server's side of `api`."""
    count = iter(range(1, 1_000_000))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # the runtime keeps its connection for the next call

        def do_GET(self) -> None:
            event = api.events.get()
            if event is None:
                self.close_connection = True
                return
            headers = {
                "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-0000-0000-{next(count):012}",
                "Lambda-Runtime-Invoked-Function-Arn": FUNCTION,
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Content-Type": "application/json",
            }
            self._send(200, headers, json.dumps(event).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._send(202, {}, b"{}")
            api.answers.put((self.path.removeprefix(PREFIX), json.loads(body)))

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            # In one packet: a header sent alone waits 40 ms for the runtime's acknowledgement.
            lines = {**headers, "Content-Length": str(len(body))}
            head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
            self.wfile.write(f"HTTP/1.1 {status} OK\r\n{head}\r\n".encode() + body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay quiet."""

    return Handler
