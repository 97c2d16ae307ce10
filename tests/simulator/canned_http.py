"""An HTTP server that answers every connection with the same bytes, whole or in drops."""

import socket
import threading
from types import TracebackType
from typing import Self


class CannedServer:
    """Accepts connections on a free loopback port, keeps what was asked, and sends `answer`.

    `drip` is the pause in seconds between single bytes, 0 for none; with `answer` None it never answers.
    """

    def __init__(self, answer: bytes | None, drip: float = 0.0) -> None:
        self.asked: list[bytes] = []
        self._answer, self._drip = answer, drip
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/alexa"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        self.asked.append(_request(connection))
        if self._answer is None:
            self._closing.wait(30)
            return
        step = 1 if self._drip else max(1, len(self._answer))
        for start in range(0, len(self._answer), step):
            try:
                connection.sendall(self._answer[start : start + step])
            except OSError:  # the other side hung up
                return
            if self._drip and self._closing.wait(self._drip):
                return


def _request(connection: socket.socket) -> bytes:
    """The whole request: its head and as many bytes as Content-Length says; nothing if it is no HTTP."""
    received = connection.recv(65_536)
    while received.startswith(b"POST ") and b"\r\n\r\n" not in received:
        received += connection.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    counted = (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    wanted = int(next(counted, b":0").split(b":")[1])
    while len(body) < wanted:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body


def http(body: bytes, status: str = "200 OK", *, length: bool = True) -> bytes:
    """An HTTP answer with this body; without its length it ends when the connection does."""
    counted = f"Content-Length: {len(body)}\r\n" if length else ""
    return f"HTTP/1.1 {status}\r\n{counted}Connection: close\r\n\r\n".encode() + body
