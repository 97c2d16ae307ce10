"""An exchange with a service that answers what is no answer: always an OSError or an Answer."""

import socket
from threading import Thread

import pytest

from skill.worker.amazon_http import exchange

NO_ANSWERS = {
    "no HTTP": b"what?\r\n\r\n",
    "nothing": b"",
    "broken off": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "a refusal broken off": b"HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc",
}


def _served(content: bytes) -> str:
    """The address of a server that gives `content` to whoever asks first, whatever is asked."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with listener, listener.accept()[0] as asked:
            asked.recv(65536)
            asked.sendall(content)

    Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("kind", NO_ANSWERS)
def test_what_is_no_answer_is_an_oserror(kind: str) -> None:
    with pytest.raises(OSError):  # noqa: PT011 - which one does not matter
        exchange("GET", _served(NO_ANSWERS[kind]), {}, timeout_s=5)


@pytest.mark.parametrize("body", [b"\xff", b"[" * 60_000, b"[1]"])
def test_a_body_that_is_no_object_is_empty(body: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    answer = exchange("GET", _served(head + body), {}, timeout_s=5)
    assert (answer.status, answer.body) == (200, {})
