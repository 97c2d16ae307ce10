"""Waitress as this project runs it, on a real port: broken HTTP is refused like everything else."""

import json
import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from threading import Thread

import pytest
from flask import Flask, request
from waitress import wasyncore
from waitress.adjustments import Adjustments

from skill.web.wsgi_server import MAX_HEADER_BYTES, MAX_RECEIVED_BYTES, make_parser, make_server
from tests.web.served_shop import reasons

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
BROKEN = {
    "no HTTP": (b"\x16\x03\x01\x02\r\n\r\n", "http_malformed"),
    "no colon": (HEAD + b"Content-Length 2\r\n\r\n{}", "http_malformed"),
    "control character": (HEAD + b"X: \x00\r\n\r\n", "http_malformed"),
    "negative length": (HEAD + b"Content-Length: -1\r\n\r\n", "http_malformed"),
    "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "http_malformed"),
    "length of many digits": (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", "http_malformed"),
    "chunk that is none": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n", "http_malformed"),
    "unknown transfer": (HEAD + b"Transfer-Encoding: gzip\r\n\r\n", "http_transfer_encoding"),
    "large header": (HEAD + b"X: " + b"x" * MAX_HEADER_BYTES + b"\r\n\r\n", "header_size"),
}


@pytest.fixture
def port() -> Iterator[int]:
    """A server on a free port that says how many bytes it was sent."""
    app = Flask("tests.wsgi_server", static_folder=None)
    app.add_url_rule("/", "count", lambda: str(len(request.get_data())), methods=["POST"])
    server = make_server(app, "127.0.0.1", 0)
    thread = Thread(target=server.run)
    thread.start()
    yield server.effective_port
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    thread.join()
    server.task_dispatcher.shutdown()


def exchange(port: int, sent: bytes) -> tuple[int, bytes]:
    """The status and the body of the answer to these bytes."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with suppress(ConnectionError):  # a server that answers early resets what it has not read
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("name", BROKEN)
def test_broken_http_is_a_400_with_its_reason_in_the_log(
    port: int, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "restock")
    sent, reason = BROKEN[name]
    status, body = exchange(port, sent)
    assert (status, json.loads(body)) == (400, {"error": "refused"})
    assert reasons(caplog.records) == [reason]


def test_an_announced_body_beyond_all_measure_is_a_413(port: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "restock")
    status, body = exchange(port, HEAD + b"Content-Length: %d\r\n\r\n" % MAX_RECEIVED_BYTES)
    assert (status, json.loads(body)) == (413, {"error": "refused"})
    assert reasons(caplog.records) == ["body_size"]


def test_a_body_in_chunks_arrives_whole(port: int) -> None:
    chunks = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert exchange(port, HEAD + chunks) == (200, b"5")


def test_senders_that_never_end_do_not_keep_others_waiting(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(150):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            slow.sendall(HEAD + b"Content-Length: 9\r\n\r\n{")
        assert exchange(port, HEAD + b"Content-Length: 2\r\n\r\n{}") == (200, b"2")


def test_broken_http_has_a_path_to_log_when_its_sender_hangs_up() -> None:
    parser = make_parser(Adjustments())
    parser.received(BROKEN["no colon"][0])
    assert parser.error.code == 400
    assert parser.path == ""
