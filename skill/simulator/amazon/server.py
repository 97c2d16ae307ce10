"""A small HTTP server on a free loopback port that leaves nothing behind when it stops."""

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from skill.simulator.amazon.service import Reply

MAX_BODY_BYTES = 100_000
IDLE_SECONDS = 10
"""How long a sender may be silent in the middle of a request."""


@dataclass(frozen=True)
class Incoming:
    """A whole request; the names of `headers` are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class LoopbackServer:
    """Answers each request, in a thread of its own, with what `answer` makes of it."""

    def __init__(self, answer: Callable[[Incoming], Reply], tls: ssl.SSLContext | None = None) -> None:
        self._server = _Server(answer, tls)
        # Whoever forgets to stop it must not keep the whole process alive.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        host = "https://localhost" if self._server.tls else "http://127.0.0.1"
        return f"{host}:{self._server.server_port}"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Hang up on everybody and wait until the last thread has ended."""
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that an idle one does not hold up the end."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, answer: Callable[[Incoming], Reply], tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _handler(answer))
        self.tls = tls
        self._open: set[Any] = set()
        self._lock = threading.Lock()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        if self.tls is not None:
            # The handshake waits for the thread of this connection, so that nobody else waits for it.
            connection = self.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """No further byte is read from anybody; answers on their way still go out."""
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    # Not the method of a TLS connection: that one would go on in plain text.
                    socket.socket.shutdown(connection, socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that hangs up in the middle is nothing to print; anything else is shown as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(answer: Callable[[Incoming], Reply]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads one request within limits and writes one answer; HTTP/1.0, so connections end with it."""

        timeout = IDLE_SECONDS

        def _serve(self) -> None:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
                status = 413 if length.isdecimal() else 400
                self._send(Reply(status, {"message": f"The body is above {MAX_BODY_BYTES} bytes."}))
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._send(answer(Incoming(self.command, self.path, headers, body)))

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

        def _send(self, reply: Reply) -> None:
            content = b"" if reply.body is None else json.dumps(reply.body, ensure_ascii=False).encode()
            with suppress(OSError):  # whoever asked may have given up
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json;charset=UTF-8")
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the terminal belongs to the conversation."""

    return Handler
