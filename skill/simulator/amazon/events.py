"""Proactive events and messages to the skill itself: what a client with its own token may send.

Paths, statuses and fields: ask-sdk-model 1.82 (`services/proactive_events`, `services/skill_messaging`) and
the "Proactive Events REST API Reference"; order states as in Amazon's cookbook. The times within which an
event or a message may end are unverified.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from skill.simulator.account import Account
from skill.simulator.amazon.service import Asked, Refusal, Reply, Route, checked
from skill.simulator.checks.fields import Field, at, optional, words

NOTIFICATIONS = "alexa::devices:all:notifications:write"
EVENT_SCOPE = "alexa::proactive_events"
MESSAGE_SCOPE = "alexa:skill_messaging"
EVENT_PATH = "/v1/proactiveEvents"
SOONEST, LATEST = timedelta(minutes=5), timedelta(hours=24)
FIELDS = (
    Field("timestamp"),
    Field("referenceId"),
    Field("expiryTime"),
    Field("event.name"),
    Field("event.payload", "an object"),
    optional("localizedAttributes", "a list"),
    words("relevantAudience.type", "Unicast", "Multicast"),
    Field("relevantAudience.payload", "an object"),
)
ORDER = "AMAZON.OrderStatus.Updated"
ORDER_STATES = (
    *("PREORDER_RECEIVED", "ORDER_RECEIVED", "ORDER_PREPARING", "ORDER_SHIPPED", "ORDER_OUT_FOR_DELIVERY"),
    "ORDER_DELIVERED",
)
SCHEMAS: Mapping[str, tuple[Field, ...]] = {
    ORDER: (
        words("state.status", *ORDER_STATES),
        optional("state.deliveryDetails.expectedArrival"),
        optional("state.deliveredOn"),
        Field("order.seller.name"),
    ),
    "AMAZON.MessageAlert.Activated": (
        words("state.status", "UNREAD", "FLAGGED"),
        words("state.freshness", "NEW", "OVERDUE", required=False),
        Field("messageGroup.creator.name"),
        Field("messageGroup.count", "a number"),
        words("messageGroup.urgency", "URGENT", required=False),
    ),
    "AMAZON.MediaContent.Available": (),
    "AMAZON.Occasion.Updated": (),
    "AMAZON.SocialGameInvite.Available": (),
    "AMAZON.SportsEvent.Updated": (),
    "AMAZON.TrashCollectionAlert.Activated": (),
    "AMAZON.WeatherAlert.Activated": (),
}
"""Events that a skill may publish; those without fields are taken with any payload."""
ENGLISH_US_ONLY = frozenset({ORDER, "AMAZON.SocialGameInvite.Available"})
REFERENCE = "localizedattribute:"
MESSAGE_FIELDS = (Field("data", "an object"), optional("expiresAfterSeconds", "a number"))
MESSAGE_SECONDS = (60, 604_800)


@dataclass(frozen=True)
class ProactiveEvent:
    """An event that was taken; `delivered` is whether the account permits notifications and is meant."""

    reference_id: str
    name: str
    payload: Mapping[str, Any]
    audience: str | None
    delivered: bool


@dataclass(frozen=True)
class Message:
    """A message to the skill, which reaches it as Messaging.MessageReceived."""

    user_id: str
    data: Mapping[str, Any]


class Events:
    """Takes proactive events: a sound one is answered 202, the same reference to the same people 409."""

    name = "events"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.taken: list[ProactiveEvent] = []
        self.routes = tuple(
            Route("POST", path, self._publish, "json")
            for path in (EVENT_PATH, EVENT_PATH + "/stages/development")
        )

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}, the code being the status."""
        return Reply(refusal.status, {"code": refusal.status, "message": refusal.message})

    def denied(self) -> Refusal:
        """403: the token is not valid or for something else."""
        return Refusal(403, "FORBIDDEN", "The authentication token doesn't have access to the resource.")

    def _publish(self, asked: Asked) -> Reply:
        if asked.grant is None or asked.grant.scope != EVENT_SCOPE:
            raise self.denied()
        body = checked(asked.body, FIELDS, "INVALID_REQUEST")
        _check_times(body, asked.now)
        event, audience = body["event"], _audience(body["relevantAudience"])
        _check_event(event, body.get("localizedAttributes") or [])
        reference = body["referenceId"]
        if any((each.reference_id, each.audience) == (reference, audience) for each in self.taken):
            raise Refusal(
                409, "CONFLICT", "There is an event with this referenceId for this customer already."
            )
        reached = audience in (None, self._account.user_id) and self._account.granted(NOTIFICATIONS)
        self.taken.append(ProactiveEvent(reference, event["name"], event["payload"], audience, reached))
        return Reply(202)


class Messages:
    """Takes messages for the skill of this account's user; nobody delivers them but the device."""

    name = "messages"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.taken: list[Message] = []
        self.routes = (Route("POST", "/v1/skillmessages/users/{userId}", self._send, "json"),)

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}, the code being the status."""
        return Reply(refusal.status, {"code": refusal.status, "message": refusal.message})

    def denied(self) -> Refusal:
        """403: the token is expired, not valid or for something else."""
        return Refusal(403, "FORBIDDEN", "The skill messaging authentication token is expired or not valid.")

    def _send(self, asked: Asked) -> Reply:
        if asked.grant is None or asked.grant.scope != MESSAGE_SCOPE:
            raise self.denied()
        body = checked(asked.body, MESSAGE_FIELDS, "INVALID_REQUEST")
        lasts = body.get("expiresAfterSeconds")
        if lasts is not None and not MESSAGE_SECONDS[0] <= lasts <= MESSAGE_SECONDS[1]:
            raise Refusal(400, "INVALID_REQUEST", "expiresAfterSeconds must be from 60 to 604,800.")
        if asked.params["userId"] != self._account.user_id or not self._account.enabled:
            raise Refusal(404, "NOT_FOUND", "The passed userId does not exist.")
        self.taken.append(Message(asked.params["userId"], body["data"]))
        return Reply(202)


def _check_times(body: Mapping[str, Any], now: datetime) -> None:
    _moment(body, "timestamp")
    ends = _moment(body, "expiryTime")
    if not SOONEST <= ends - now <= LATEST:
        raise Refusal(400, "INVALID_REQUEST", "expiryTime must be from 5 minutes to 24 hours from now.")
    if not 1 <= len(body["referenceId"]) <= 100:
        raise Refusal(400, "INVALID_REQUEST", "referenceId must have 1 to 100 characters.")


def _moment(body: Mapping[str, Any], name: str) -> datetime:
    try:
        stated = datetime.fromisoformat(body[name])
    except ValueError:
        raise Refusal(400, "INVALID_REQUEST", f"{name} is no ISO 8601 time.") from None
    if stated.tzinfo is None:
        raise Refusal(400, "INVALID_REQUEST", f"{name} names no time zone.")
    return stated


def _audience(audience: Mapping[str, Any]) -> str | None:
    """The user id of a Unicast, None for a Multicast."""
    if audience["type"] == "Multicast":
        return None
    user = audience["payload"].get("user")
    if not isinstance(user, str) or not user:
        raise Refusal(400, "INVALID_REQUEST", "relevantAudience.payload.user is missing.")
    return user


def _check_event(event: Mapping[str, Any], attributes: list[Any]) -> None:
    name, payload = event["name"], event["payload"]
    if name not in SCHEMAS:
        raise Refusal(400, "INVALID_REQUEST", f"There is no event {name[:60]!r}.")
    checked(payload, SCHEMAS[name], "INVALID_REQUEST")
    for path in ("state.deliveryDetails.expectedArrival", "state.deliveredOn"):
        if name == ORDER and at(payload, path) is not None:
            _moment({path: at(payload, path)}, path)
    if not all(isinstance(each, Mapping) and isinstance(each.get("locale"), str) for each in attributes):
        raise Refusal(400, "INVALID_REQUEST", "localizedAttributes must be objects with a locale.")
    if name in ENGLISH_US_ONLY and any(each["locale"] != "en-US" for each in attributes):
        raise Refusal(400, "INVALID_REQUEST", f"{name} is for en-US only.")
    for reference in set(_references(payload)):
        if not attributes or not all(isinstance(each.get(reference), str) for each in attributes):
            raise Refusal(400, "INVALID_REQUEST", f"localizedAttributes lacks {reference[:60]!r}.")


def _references(value: object) -> Iterator[str]:
    """The keys that a payload takes from `localizedAttributes`."""
    if isinstance(value, str) and value.startswith(REFERENCE):
        yield value.removeprefix(REFERENCE)
    inner: Iterable[object] = ()
    if isinstance(value, Mapping):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    for each in inner:
        yield from _references(each)
