"""Alexa's reminders of one request: by the endpoint and the token that came with it.

Fields and statuses: Amazon's "Alexa Reminders API Reference"; reminders are set within a session only.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from skill.alexa.json_values import text
from skill.conversation.reminding import NotReminded

if TYPE_CHECKING:
    from skill.worker.amazon_http import Answer

PATH = "/v1/alerts/reminders"
TIMEOUT_S = 2.0
"""Two of these fit into the eight seconds that Alexa waits."""
LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class AlexaReminders:
    """The reminders that this skill may set for whoever speaks."""

    endpoint: str
    token: str = field(repr=False)

    def check(self) -> None:
        """Whether the customer permits reminders, which the service tells by whether it lists them."""
        _judge(self._asked("GET"))

    def create(self, text: str, locale: str, rings_at: datetime, now: datetime) -> None:
        """Set one reminder, which also comes to the customer's telephone."""
        zone = rings_at.tzinfo
        trigger = {
            "type": "SCHEDULED_ABSOLUTE",
            "scheduledTime": rings_at.replace(tzinfo=None).isoformat(timespec="milliseconds"),
            "timeZoneId": zone.key if isinstance(zone, ZoneInfo) else "UTC",
        }
        body = {
            "requestTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000"),
            "trigger": trigger,
            "alertInfo": {"spokenInfo": {"content": [{"locale": locale, "text": text}]}},
            "pushNotification": {"status": "ENABLED"},
        }
        _judge(self._asked("POST", body))

    def _asked(self, method: str, body: Mapping[str, Any] | None = None) -> "Answer":
        from skill.worker.amazon_http import exchange  # few turns set reminders: it costs start time

        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        try:
            return exchange(method, self.endpoint + PATH, headers, sent, TIMEOUT_S)
        except OSError as error:
            raise NotReminded("unavailable") from error


def _judge(answer: "Answer") -> None:
    if answer.status == 401:
        raise NotReminded("not_permitted")
    if answer.status == 403 and answer.body.get("code") in ("MAX_REMINDERS_EXCEEDED", "DEVICE_NOT_SUPPORTED"):
        raise NotReminded("full")
    if answer.status not in (200, 201):
        raise NotReminded("unavailable")


def reminders_of(raw: Mapping[str, Any]) -> AlexaReminders | None:
    """The reminders behind a request envelope; None where it names no endpoint that could be Amazon's."""
    endpoint = text(raw, "context", "System", "apiEndpoint")
    token = text(raw, "context", "System", "apiAccessToken")
    if not endpoint or not token:
        return None
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    amazon = parts.scheme == "https" and (host.endswith(".amazonalexa.com") or host in LOOPBACK)
    if not amazon and not (parts.scheme == "http" and host in LOOPBACK):
        return None
    return AlexaReminders(endpoint.rstrip("/"), token)
