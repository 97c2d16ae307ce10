"""Answers directives of Alexa's device interfaces, which this skill does not serve, with their typed error.

Health and smart-home directives have `directive` (smart home's second version: `header`) in the place of
`request`, and expect an event instead of speech. Shapes: the public samples of `Alexa.Health`, and
`Alexa.ErrorResponse` of the smart-home documentation.
"""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from skill.alexa.json_values import member, text

HEALTH = "Alexa.Health"
OLD_SMART_HOME = "Alexa.ConnectedHome"
MESSAGE = "This skill is a conversation and serves no such directive."


def is_directive(event: object) -> bool:
    """Whether the envelope is a directive and not a request to a skill."""
    if not isinstance(event, Mapping) or "request" in event:
        return False
    return "directive" in event or "header" in event


def refuse(event: Mapping[str, Any]) -> dict[str, Any]:
    """The error response to a directive, in the form that its family documents."""
    header = member(event, "directive", "header") if "directive" in event else event.get("header")
    namespace = text(header, "namespace") or ""
    answered = {"messageId": str(uuid5(NAMESPACE_OID, text(header, "messageId") or ""))}
    if namespace.startswith(OLD_SMART_HOME):
        old = {"namespace": namespace, "name": "UnsupportedOperationError", "payloadVersion": "2"}
        return {"header": {**answered, **old}, "payload": {}}
    health = namespace.startswith(HEALTH)
    answered |= {
        "namespace": HEALTH if health else "Alexa",
        "name": "ErrorResponse",
        "payloadVersion": "1" if health else "3",
    }
    token = text(header, "correlationToken")
    if token is not None:
        answered["correlationToken"] = token
    reply: dict[str, Any] = {
        "header": answered,
        "payload": {"type": "INVALID_DIRECTIVE", "message": MESSAGE},
    }
    endpoint = text(event, "directive", "endpoint", "endpointId")
    if endpoint is not None and not health:
        reply["endpoint"] = {"endpointId": endpoint}
    return {"event": reply}
