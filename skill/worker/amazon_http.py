"""One JSON exchange with an Amazon service: bounded in time and size, following nothing."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any

TIMEOUT_S = 10.0
MOST_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What a service answered; `body` is empty where it was no JSON object. Header names are lower case."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: a token must not go anywhere else."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def exchange(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """The answer to one request, whatever its status. Raises OSError when there is none.

    `url` comes from the settings or from a verified request, and proxies of the environment are not used.
    """
    opener = urllib.request.build_opener(_Unfollowed, urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        return _exchanged(opener, request, timeout_s)
    except HTTPException as error:  # what came is no HTTP, or broke off
        raise OSError(type(error).__name__) from error


def _exchanged(
    opener: urllib.request.OpenerDirector, request: urllib.request.Request, timeout_s: float
) -> Answer:
    try:
        with opener.open(request, timeout=timeout_s) as answered:
            return _answer(answered.status, answered.headers, answered.read(MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.headers, error.read(MOST_BYTES))


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = {}
    names = {str(name).lower(): str(value) for name, value in headers.items()}
    return Answer(status, told if isinstance(told, dict) else {}, names)
