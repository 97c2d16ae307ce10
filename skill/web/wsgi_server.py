"""Waitress as this project runs it: with limits that fit Alexa, and with our refusals for broken HTTP.

Waitress answers what is hardly HTTP itself, before any application hears of it: with 400, 413, 431 or
501, and without a log line. Here such senders get the same answer as all others that are refused.
"""

import json
from typing import Any

from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.task import ErrorTask

from skill.web.refusal import REFUSED_BODY, Refused, log_refusal

THREADS = 32
"""At most 24 requests may wait for a certificate host; the others must still be answered."""

MAX_RECEIVED_BYTES = 16 * 1024 * 1024
"""A body above the verifier's limit is taken in up to here, so that its sender can still hear the 413."""

MAX_HEADER_BYTES = 256 * 1024
"""Alexa's headers have 2 kB; what is below this is judged by the verifier, and its sender hears the 400."""

CONNECTIONS = 400
"""Open at one time, slow senders among them: at most 6.4 GB of temporary files, and below 1,024 files."""

IDLE_SECONDS = 20
"""A connection on which nothing arrives is closed after this long."""

REFUSALS = {
    400: Refused("http_malformed"),
    413: Refused("body_size", 413),
    431: Refused("header_size"),
    501: Refused("http_transfer_encoding"),
}
"""What Waitress would answer, and what is answered instead."""


def make_server(app: Flask, host: str, port: int) -> Any:
    """A Waitress server that listens already; `run()` serves. Raises OSError, or ValueError for the host."""
    listening: dict[int, Any] = {}
    server = create_server(
        app,
        map=listening,
        host=host,
        port=port,
        threads=THREADS,
        max_request_body_size=MAX_RECEIVED_BYTES,
        max_request_header_size=MAX_HEADER_BYTES,
        connection_limit=CONNECTIONS,
        channel_timeout=IDLE_SECONDS,
        cleanup_interval=IDLE_SECONDS // 2,
        asyncore_use_poll=True,  # select() knows file numbers below 1,024 only
        ident=None,
    )
    for each in listening.values():  # a host name may stand for several addresses
        each.channel_class = _channel
    return server


def _channel(*given: Any, **named: Any) -> Any:
    channel = HTTPChannel(*given, **named)
    channel.parser_class = make_parser
    channel.error_task_class = _error_task
    return channel


def make_parser(adjustments: Any) -> Any:
    """Waitress's parser, without two faults: numbers of too many digits, and senders gone too early."""
    parser = HTTPRequestParser(adjustments)
    parser.path = ""  # Waitress logs it when the sender has gone, even where it was never read
    parse = parser.parse_header

    def parse_header(text: bytes) -> None:
        try:
            parse(text)
        except ValueError as error:
            raise ParsingError("a number of too many digits") from error

    parser.parse_header = parse_header
    return parser


def _error_task(channel: Any, request: Any) -> Any:
    """The task that answers a request which Waitress could not take; a fault of ours stays a 500."""
    refusal = REFUSALS.get(request.error.code)
    if refusal is not None:
        log_refusal(refusal)
        request.error = _Answer(refusal.status)
    return ErrorTask(channel, request)


class _Answer:
    """Stands for Waitress's own errors, which describe the fault to the sender."""

    def __init__(self, status: int) -> None:
        self._status = "413 Request Entity Too Large" if status == 413 else "400 Bad Request"

    def to_response(self, _ident: object = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body, as Waitress's ErrorTask asks for them."""
        return self._status, [("Content-Type", "application/json")], json.dumps(REFUSED_BODY).encode()
