"""Carries notices to Alexa: order status and waiting messages, as proactive events.

Fields and statuses: Amazon's "Proactive Events REST API Reference" and its page on event schemas.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from skill.household.notices import MESSAGE, ORDER_STATUS
from skill.settings import AlexaClientSettings
from skill.worker.amazon_http import Answer, exchange
from skill.worker.delivery import NotPermitted, TryLater, Undeliverable

SCOPE = "alexa::proactive_events"
LASTS = timedelta(hours=23)
"""An event may end from 5 minutes to 24 hours after it is sent; a notice older than a day is no news."""
SPARE = timedelta(minutes=1)
"""A token is renewed this long before it ends."""
LIMIT_REACHED = 432
"""Amazon's status for more notices to one customer than it delivers in a day."""
NEXT_DAY_S = 8 * 3600.0


@dataclass
class ProactiveEvents:
    """A carrier of both kinds of notice; the payload names the Alexa user, whom the worker looked up."""

    client: AlexaClientSettings
    clock: Callable[[], datetime]
    _token: str = ""
    _ends_at: datetime | None = None
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, message_id: UUID, payload: Mapping[str, Any]) -> None:
        """Publish one event; a repeat under the same reference is known at Amazon and told once.

        Raises NotPermitted when the customer is not to be told, TryLater when Amazon wants us to wait,
        Undeliverable when the event is refused, and OSError.
        """
        now = self.clock()
        document = event(message_id, payload, now)
        headers = {"Authorization": f"Bearer {self._bearer(now)}", "Content-Type": "application/json"}
        answer = exchange("POST", self.client.events_url, headers, json.dumps(document).encode())
        if answer.status == 401:
            self._ends_at = None  # the token is not good any more: the next attempt asks for another
        judge(answer)

    def _bearer(self, now: datetime) -> str:
        with self._lock:
            if self._ends_at is None or now + SPARE >= self._ends_at:
                self._token, lasts = self._new_token()
                self._ends_at = now + lasts
            return self._token

    def _new_token(self) -> tuple[str, timedelta]:
        """By the client credentials of the skill (RFC 6749, section 4.4)."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.client.client_id,
            "client_secret": self.client.client_secret,
            "scope": SCOPE,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = exchange("POST", self.client.token_url, headers, urlencode(form).encode())
        token, seconds = answer.body.get("access_token"), answer.body.get("expires_in")
        if answer.status in (400, 401):
            raise Undeliverable("Amazon does not accept the skill's client id and secret")
        if answer.status != 200 or not isinstance(token, str) or not isinstance(seconds, int):
            raise OSError("no token")
        return token, timedelta(seconds=seconds)


def judge(answer: Answer) -> None:
    """What an answer to an event means: nothing for one that was taken, now or before."""
    if answer.status in (202, 409):
        return
    if answer.status in (429, LIMIT_REACHED, 503):
        asked = answer.headers.get("retry-after", "")
        least = NEXT_DAY_S if answer.status == LIMIT_REACHED else 0.0
        raise TryLater(f"Amazon wants us to wait ({answer.status})", max(least, _seconds(asked)))
    if answer.status == 403:
        raise NotPermitted("Amazon does not let us tell this customer (403)")
    if answer.status in (400, 404, 413):
        raise Undeliverable(f"Amazon refused the notice ({answer.status})")
    raise OSError(f"status {answer.status}")


def _seconds(text: str) -> float:
    return min(float(text), 24 * 3600.0) if text.isdecimal() else 0.0


def event(message_id: UUID, payload: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The document of one event. Raises Undeliverable for a payload that is none."""
    try:
        name, content = _content(payload)
        locale, seller, user = payload["locale"], payload["seller"], payload["user"]
    except KeyError as error:
        raise Undeliverable("the notice is not complete") from error
    return {
        "timestamp": _instant(now),
        "referenceId": payload.get("reference", str(message_id)),
        "expiryTime": _instant(now + LASTS),
        "event": {"name": name, "payload": content},
        "localizedAttributes": [{"locale": locale, "sellerName": seller}],
        "relevantAudience": {"type": "Unicast", "payload": {"user": user}},
    }


def _content(payload: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    creator = {"name": "localizedattribute:sellerName"}
    if "status" not in payload:
        message = {"state": {"status": "UNREAD"}, "messageGroup": {"creator": creator, "count": 1}}
        return MESSAGE, message
    state: dict[str, Any] = {"status": payload["status"]}
    if payload.get("expected"):
        state["deliveryDetails"] = {"expectedArrival": payload["expected"]}
    if payload.get("delivered_on"):
        state["deliveredOn"] = payload["delivered_on"]
    return ORDER_STATUS, {"state": state, "order": {"seller": creator}}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
