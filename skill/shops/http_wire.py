"""One HTTP exchange with a merchant's server, bounded in time and size, following nothing, hiding the key."""

import http.client
import io
import socket
import ssl
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import certifi

from skill.orders.ports import ShopUnavailable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_ANSWER_BYTES = 256 * 1024
"""Status line, headers and body together; a quote of 100 lines is below 20 KiB."""
PIECE_BYTES = 16 * 1024


@dataclass(frozen=True)
class Answer:
    """What the server answered; `media_type` is in lower case and without its parameters."""

    status: int
    media_type: str
    body: bytes


class MerchantServer:
    """Asks the server below `url` (checked by the settings), each time over a connection of its own.

    https is verified against `tls`, by default the public roots that certifi carries. Proxies named in the
    environment are not used. A connection that is kept could be dead when an order is sent over it, and
    nobody would know whether the order arrived; so none is kept.
    """

    def __init__(self, url: str, key: str, tls: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._host_header = parts.netloc
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._prefix = parts.path.rstrip("/")
        self._key = key
        self._tls = (
            (tls or ssl.create_default_context(cafile=certifi.where())) if parts.scheme == "https" else None
        )

    def exchange(self, method: str, path: str, deadline: float, body: bytes = b"") -> Answer:
        """The answer to one request, complete before `deadline` (seconds of time.monotonic).

        The deadline covers finding the address, connecting, the TLS handshake and every byte both ways, so a
        server that drips bytes is cut off like one that hangs. Any status is an answer, a redirect too.
        Raises ShopUnavailable (`timeout`, `size`, `tls`, `unreachable`, `broken`) with no word of what was
        sent or received; the request may have arrived all the same.
        """
        try:
            with self._connect(deadline) as connection:
                _send(connection, self._head(method, path, len(body)) + body, deadline)
                return _answer(connection, method, deadline)
        except TimeoutError:
            raise ShopUnavailable("timeout") from None
        except ssl.SSLError:
            raise ShopUnavailable("tls") from None
        except OSError:
            raise ShopUnavailable("unreachable") from None
        except (ValueError, http.client.HTTPException):
            raise ShopUnavailable("broken") from None

    def _head(self, method: str, path: str, length: int) -> bytes:
        lines = [
            f"{method} {self._prefix}{path} HTTP/1.1",
            f"Host: {self._host_header}",
            f"Authorization: Bearer {self._key}",
            "Accept: application/json, application/problem+json",
            "Accept-Encoding: identity",
            "Cache-Control: no-store",
            "User-Agent: Restock",
            "Connection: close",
        ]
        if length:
            lines += ["Content-Type: application/json", f"Content-Length: {length}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")

    def _connect(self, deadline: float) -> socket.socket:
        """A connection to the first address that answers, all tries together within the deadline."""
        failure: OSError = OSError("the host has no address")
        for family, kind, protocol, _, address in _addresses(self._host, self._port, deadline):
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(_remaining(deadline))
                plain.connect(address)
                return self._tls.wrap_socket(plain, server_hostname=self._host) if self._tls else plain
            except OSError as error:
                plain.close()
                failure = error
        raise failure


def _addresses(host: str, port: int, deadline: float) -> list[tuple[Any, ...]]:
    """What the resolver knows of `host`; it has no time limit of its own, so it is asked in a thread."""
    told: SimpleQueue[list[tuple[Any, ...]] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            told.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, ValueError) as error:
            told.put(error)

    Thread(target=ask, daemon=True).start()
    try:
        found = told.get(timeout=_remaining(deadline))
    except Empty:
        raise TimeoutError from None
    if isinstance(found, Exception):
        raise found
    return found


def _send(connection: socket.socket, request: bytes, deadline: float) -> None:
    for start in range(0, len(request), PIECE_BYTES):
        connection.settimeout(_remaining(deadline))
        connection.sendall(request[start : start + PIECE_BYTES])


class _BoundedReader(io.RawIOBase):
    """Reads a socket so that all reads together end by the deadline and within the size limit."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._left = MAX_ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        self._connection.settimeout(_remaining(self._deadline))
        read = self._connection.recv_into(buffer)
        self._left -= read
        if self._left < 0:
            raise ShopUnavailable("size")
        return read


def _answer(connection: socket.socket, method: str, deadline: float) -> Answer:
    response = http.client.HTTPResponse(connection, method=method)
    response.fp.close()
    response.fp = io.BufferedReader(_BoundedReader(connection, deadline))
    with response:
        response.begin()
        if response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
            raise ShopUnavailable("broken")
        # Never without a limit: the buffer is made as large as the length that the server claims.
        body = response.read(MAX_ANSWER_BYTES)
        if response.length:  # closed before the last byte that was announced, or more than may be read
            raise ShopUnavailable("broken")
        return Answer(response.status, response.headers.get_content_type(), body)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
