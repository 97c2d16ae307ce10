"""A member of the demo household at /v1, every answer of which is held against docs/http-api.yaml."""

import json
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from skill.conversation.session import from_attributes
from skill.conversation.turn import Answer, Heard, Turn
from skill.household.identity import Speaker
from tests.web.web_home import WebHome

CONTRACT = Path(__file__).parents[2] / "docs/http-api.yaml"
METHODS = ("get", "post", "delete")
_numbers = count(1)


class Api:
    """One member's token, and their voice."""

    def __init__(self, home: WebHome, member_id: UUID) -> None:
        self._home = home
        self._member_id = member_id
        self._last: Answer | None = None

    @property
    def token(self) -> str:
        """An access token of now."""
        key = self._home.app.signing_key
        assert key is not None
        return key.access_token(str(self._member_id), "client", self._home.now)

    @property
    def _header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str) -> Any:
        """A GET."""
        return self._checked(self._home.flask.test_client().get(path, headers=self._header), path, "get")

    def delete(self, path: str) -> Any:
        """A DELETE."""
        return self._checked(
            self._home.flask.test_client().delete(path, headers=self._header), path, "delete"
        )

    def post(self, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        """A POST; with a key of its own where none is given."""
        content = json.dumps(dict(body or {})).encode()
        return self.send(path, content, "application/json", key or f"key-{next(_numbers)}")

    def send(self, path: str, content: bytes, kind: str, key: str | None) -> Any:
        """A POST of any bytes."""
        headers = {**self._header, **({"Idempotency-Key": key} if key else {})}
        sent = self._home.flask.test_client().post(path, data=content, headers=headers, content_type=kind)
        return self._checked(sent, path, "post")

    def say(self, intent: str, **slots: str) -> Answer:
        """The member says something to a speaker at home, in the session that is open."""
        app, at = self._home.app, self._home.now
        caller = app.caller(Speaker(user_token=self.token), at)
        last = self._last
        turn = Turn(
            request_id=f"spoken-{next(_numbers)}",
            kind="launch" if intent == "LaunchRequest" else "intent",
            intent=None if intent == "LaunchRequest" else intent,
            locale="en-US",
            at=at,
            caller=caller,
            slots={name: Heard(value) for name, value in slots.items()},
            session=from_attributes(last.session if last else None),
            device_id="kitchen",
        )
        self._last = app.answer(turn)
        return self._last

    def hang_up(self) -> None:
        """End the session."""
        self._last = None

    def made_orders(self) -> list[Any]:
        """Every order since the demo history."""
        return [one for one in self.get("/v1/orders").json["orders"] if one["origin"] != "import"]

    def _checked(self, answer: Any, path: str, method: str) -> Any:
        operation = operation_of(path.partition("?")[0], method)
        if operation is not None:
            check(operation, answer)
        return answer


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document."""
    read: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return read


def operation_of(path: str, method: str) -> dict[str, Any] | None:
    """What the contract says of a request; None where it names no such path or method."""
    for pattern, methods in contract()["paths"].items():
        parts, named = path.split("/"), pattern.split("/")
        if len(parts) == len(named) and all(
            have == want or want.startswith("{") for have, want in zip(parts, named, strict=True)
        ):
            found: dict[str, Any] | None = methods.get(method)
            return found
    return None


def check(operation: Mapping[str, Any], answer: Any) -> None:
    """Hold an answer against what the contract says of its status."""
    told = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
    if "$ref" in told:
        told = contract()["components"]["responses"][told["$ref"].rpartition("/")[2]]
    (kind,) = told["content"]
    assert answer.mimetype == kind, answer.mimetype
    assert faults(told["content"][kind]["schema"], answer.json) == []


def faults(schema: Mapping[str, Any], document: object) -> list[str]:
    """What is wrong with a document by a schema of the contract."""
    components = {"components": contract()["components"]}
    validator = Draft202012Validator({**components, **schema}, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
