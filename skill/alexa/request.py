"""Reads a request envelope from its raw JSON, whatever is missing or odd in it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from skill.alexa import slots
from skill.alexa.json_values import member, text
from skill.conversation.locale_files import DEFAULT_LOCALE, choose
from skill.conversation.turn import Heard
from skill.household.identity import Speaker

Json = Mapping[str, object]
LONGEST_ID = 255
"""Alexa's request ids have about 60 characters; a longer one is replaced by its hash."""


class WrongApplication(Exception):
    """The envelope is meant for another skill, or does not say for which one."""


@dataclass(frozen=True)
class Request:
    """One request envelope. The SDK's model is stricter than the traffic, so everything is read here."""

    raw: Json

    @property
    def type(self) -> str:
        """The request's type, as "IntentRequest"; empty when it has none."""
        return text(self.raw, "request", "type") or ""

    @property
    def id(self) -> str:
        """The request's own id, or a hash of the envelope, so that a repeat is known in either case."""
        given = text(self.raw, "request", "requestId")
        if given is not None and len(given) <= LONGEST_ID:
            return given
        body = json.dumps(self.raw, sort_keys=True, default=str)
        return "hash." + sha256(body.encode()).hexdigest()

    @property
    def locale(self) -> str:
        """The available locale that serves the request's best; en-US when it names none."""
        return choose(text(self.raw, "request", "locale") or DEFAULT_LOCALE)

    @property
    def intent(self) -> str | None:
        """The intent's name, for an intent request or a question whether an intent could be met."""
        return text(self.raw, "request", "intent", "name")

    @property
    def heard(self) -> dict[str, Heard]:
        """The intent's slots that were heard."""
        return slots.heard(member(self.raw, "request", "intent", "slots"))

    @property
    def slot_names(self) -> list[str]:
        """The names of all the intent's slots, heard or not."""
        return [name for name, _slot in slots.named(member(self.raw, "request", "intent", "slots"))]

    @property
    def speaker(self) -> Speaker:
        """What the envelope says of who speaks; the context's word comes before the session's."""
        system, session = member(self.raw, "context", "System"), member(self.raw, "session")
        return Speaker(
            user_id=text(system, "user", "userId") or text(session, "user", "userId"),
            user_token=text(system, "user", "accessToken") or text(session, "user", "accessToken"),
            person_id=text(system, "person", "personId"),
            person_token=text(system, "person", "accessToken"),
            device_id=text(system, "device", "deviceId"),
        )

    @property
    def resumed(self) -> tuple[str, str]:
        """The token of the task that a visit comes back from and its result's status, empty without them."""
        cause = member(self.raw, "request", "cause")
        return text(cause, "token") or "", text(cause, "result", "status") or ""

    @property
    def attributes(self) -> object:
        """The session attributes as they came; None without a session."""
        return member(self.raw, "session", "attributes")

    @property
    def has_session(self) -> bool:
        """Whether the request belongs to a session."""
        return isinstance(self.raw.get("session"), Mapping)

    @property
    def new_session(self) -> bool:
        """Whether a conversation begins; where the wire does not say, when nothing is remembered."""
        given = member(self.raw, "session", "new")
        return given if isinstance(given, bool) else not self.attributes

    def require_application(self, skill_id: str) -> None:
        """Raise WrongApplication unless all the application ids that are given, at least one, are ours."""
        given = {
            text(self.raw, *place, "application", "applicationId")
            for place in (("context", "System"), ("session",))
            if member(self.raw, *place, "application") is not None
        }
        if given != {skill_id}:
            raise WrongApplication("the request is not for this skill")
