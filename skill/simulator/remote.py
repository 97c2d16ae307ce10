"""Reaches a skill over HTTP: any self-hosted Alexa skill in any language, with signed requests."""

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

from skill.simulator.envelopes import Envelope

TIMEOUT_S = 8.0
"""How long Alexa waits for a skill, in seconds."""
MAX_ANSWER_BYTES = 1_000_000
"""More than Alexa takes (120 kB), so that the check can say by how much; less than would hurt us."""
SHOWN_CHARACTERS = 120
CONTENT = {
    "Content-Type": "application/json;charset=UTF-8",
    "Accept": "application/json",
    "Accept-Charset": "utf-8",
    "User-Agent": "restock-offline-speaker",
    "Connection": "close",
}


class RemoteError(Exception):
    """A skill could not be spoken to over HTTP; the message is one line.

    RemoteError
    |-- SkillUnreachable      no connection, or it broke
    |-- SkillTimedOut         no whole answer within the time limit
    |-- SkillRefused          an answer, but with a status other than 2xx
    +-- SkillAnswerUnreadable a 2xx answer that is no JSON object
    """


class SkillUnreachable(RemoteError):
    """No connection to the endpoint, or it broke off."""


class SkillTimedOut(RemoteError, TimeoutError):
    """The endpoint did not answer in time."""


class SkillRefused(RemoteError):
    """The endpoint answered with an HTTP error; `status` is its number."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SkillAnswerUnreadable(RemoteError):
    """The endpoint answered something that is no JSON object."""


class Signs(Protocol):
    """What makes the headers that prove a request; `skill.simulator.signing.Signer` is one."""

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The headers that go with these bytes."""


class RemoteSkill:
    """A skill behind an http or https address; call it with a request envelope for the response envelope.

    `signer` None sends unsigned requests, which a skill takes only where its verification is off. `tls` is
    for endpoints with a certificate that the machine does not know. Raises ValueError for an address that
    is none, and RemoteError when called.
    """

    def __init__(
        self,
        url: str,
        signer: Signs | None = None,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"An endpoint is an http or https address, not {url!r}.")
        self._url = url
        self._signer = signer
        self._timeout_s = timeout_s
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._host, self._port = parts.hostname, parts.port
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def __call__(self, envelope: Envelope) -> Envelope:
        """Send the envelope and give the answer; an empty 2xx answer is an empty envelope."""
        body = json.dumps(envelope).encode()
        signed = self._signer.headers(body) if self._signer else {}
        status, content = self._exchange(body, {**CONTENT, **signed})
        if not 200 <= status < 300:
            raise SkillRefused(f"{self._url} answered {status}: {_beginning(content)}", status)
        return self._parsed(content)

    def _parsed(self, content: bytes) -> Envelope:
        if len(content) > MAX_ANSWER_BYTES:
            raise SkillAnswerUnreadable(f"{self._url} answered more than {MAX_ANSWER_BYTES:,} bytes.")
        if not content.strip():
            return {}
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            raise SkillAnswerUnreadable(f"{self._url} answered no JSON: {_beginning(content)}") from None
        if answer is None:
            return {}
        if not isinstance(answer, dict):
            raise SkillAnswerUnreadable(f"{self._url} answered no JSON object: {_beginning(content)}")
        return answer

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        with _Exchange(self._connection(), self._timeout_s) as exchange:
            try:
                status, content = exchange.post(self._target, body, headers)
            except (OSError, http.client.HTTPException) as error:
                if not exchange.expired.is_set() and not isinstance(error, TimeoutError):
                    raise SkillUnreachable(f"{self._url} cannot be reached: {_reason(error)}") from None
                exchange.expired.set()
            if exchange.expired.is_set():
                raise SkillTimedOut(f"{self._url} did not answer within {self._timeout_s:g} seconds.")
        return status, content

    def _connection(self) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(self._host, self._port, timeout=self._timeout_s)
        return http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout_s, context=self._tls)


class _Exchange:
    """One request on one connection, which is hung up when the time is over, whatever it is doing.

    A socket's own time limit starts anew with every byte, so an endpoint that drips would have no end.
    """

    def __init__(self, connection: http.client.HTTPConnection, seconds: float) -> None:
        self.expired = threading.Event()
        self._connection = connection
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._hang_up)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        self._connection.close()

    def post(self, target: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """The status and the beginning of the content. Raises OSError or HTTPException."""
        self._connection.connect()
        # The connection forgets its socket once the other side says that it will close.
        self._socket = self._connection.sock
        self._connection.request("POST", target, body, dict(headers))
        with self._connection.getresponse() as response:
            content = response.read(MAX_ANSWER_BYTES + 1)
            if response.length and len(content) <= MAX_ANSWER_BYTES:
                raise http.client.IncompleteRead(content, response.length)
            return response.status, content

    def _hang_up(self) -> None:
        self.expired.set()
        found = self._socket or self._connection.sock
        if found is not None:
            with suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)


def _beginning(content: bytes) -> str:
    """The beginning of a body in one line, without what a terminal would obey."""
    text = " ".join(content[: SHOWN_CHARACTERS * 4].decode("utf-8", "replace").split())
    shown = "".join(character if character.isprintable() else "?" for character in text)
    if not shown:
        return "(nothing)"
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[: SHOWN_CHARACTERS - 3] + "..."


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split())[:SHOWN_CHARACTERS] or type(error).__name__
