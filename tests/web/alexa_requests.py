"""Alexa requests to sign and a verifier to judge them with, shared by the tests of the web face."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from skill.web.verification import Refused, RequestVerifier
from tests.alexa_ca import NOW, authority, clock_at
from tests.file_server import FileServer

SKILL = "amzn1.ask.skill.restock"
OTHER = "amzn1.ask.skill.somebody-else"


def envelope(**changes: Any) -> dict[str, Any]:
    """A good launch; each change replaces a top-level part, None removes it."""
    parts = {
        "version": "1.0",
        "session": {"new": True, "application": {"applicationId": SKILL}},
        "context": {"System": {"application": {"applicationId": SKILL}}},
        "request": {"type": "LaunchRequest", "requestId": "r-1", "timestamp": "2026-11-21T12:00:00Z"},
        **changes,
    }
    return {name: part for name, part in parts.items() if part is not None}


def body(**changes: Any) -> bytes:
    return json.dumps(envelope(**changes)).encode()


def at(timestamp: object, kind: object = "LaunchRequest") -> bytes:
    return body(request={"type": kind, "timestamp": timestamp})


def stamp(seconds: int) -> str:
    return (NOW + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def application(name: object) -> dict[str, Any]:
    return {"application": {"applicationId": name}}


def new_verifier(host: FileServer, now: datetime = NOW) -> RequestVerifier:
    return RequestVerifier(
        SKILL, clock=clock_at(now), roots=[authority().root.certificate], cert_base=host.base
    )


def refusal(verifier: RequestVerifier, content: bytes, headers: dict[str, str]) -> tuple[str, int]:
    with pytest.raises(Refused) as refused:
        verifier.verify(content, headers)
    return refused.value.reason, refused.value.status
