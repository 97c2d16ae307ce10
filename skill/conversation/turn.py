"""What comes into the core and what goes out of it, whatever face the shopper uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from skill.conversation.reminding import Reminders
from skill.conversation.session import Session

Kind = Literal["launch", "intent", "resumed"]
"""A visit that begins, a sentence, or a visit that goes on after a task of the device's maker."""
JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class Heard:
    """One slot as heard: Alexa's wire string, the resolved id, and all values of a multi-value slot."""

    value: str
    id: str | None = None
    values: tuple["Heard", ...] = ()


@dataclass(frozen=True)
class Caller:
    """Who speaks: the household and member behind the account or the voice; all None when unknown.

    `permissions` come from the role table; `withheld` are those that child mode takes from it. `zone` is
    the IANA name that decides what "today" is.
    """

    household_id: UUID | None = None
    member_id: UUID | None = None
    name: str | None = None
    role: str = "guest"
    permissions: frozenset[str] = frozenset({"browse"})
    zone: str = "UTC"
    withheld: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Turn:
    """One request of a shopper, already verified and identified. `at` is the only clock of the turn.

    `verifies` says that the device's maker can check who speaks, by a code of its own; `reminders` are those
    of the assistant that the shopper speaks to, where it has any.
    """

    request_id: str
    kind: Kind
    locale: str
    at: datetime
    caller: Caller
    intent: str | None = None
    slots: Mapping[str, Heard] = field(default_factory=dict)
    session: Session = field(default_factory=Session)
    new_session: bool = True
    device_id: str | None = None
    verifies: bool = False
    reminders: Reminders | None = None

    def heard(self, slot: str) -> str | None:
        """The words heard for `slot`, or None when it was not heard or is blank."""
        found = self.slots.get(slot)
        return (found.value.strip() or None) if found else None

    def all_heard(self, slot: str) -> tuple[Heard, ...]:
        """Every value of `slot`: one for a plain slot, several for a multi-value one, none if not heard."""
        found = self.slots.get(slot)
        if found is None:
            return ()
        return found.values or ((found,) if found.value.strip() else ())

    @property
    def language(self) -> str:
        """The language part of the locale, as `en` of `en-US`."""
        return self.locale.split("-")[0]

    @property
    def local(self) -> datetime:
        """The moment of the turn on the household's own clock."""
        return self.at.astimezone(ZoneInfo(self.caller.zone))


@dataclass(frozen=True)
class Confirm:
    """What the next "yes" means: a kind that a feature registered with `@on_yes`, and its payload (JSON).

    `needs` is the permission of whoever says it; by default the one that the asking intent needs.
    """

    kind: str
    payload: JsonObject
    needs: str | None = None


@dataclass(frozen=True)
class Reply:
    """What to say: a prompt key with its values, and what the next turn is about.

    `elicit` names the slot that the next answer fills, `choice` what that answer chooses between (JSON,
    kept in the session), `keep_pending` leaves the open question of the turn before as it was.
    `restore` puts the open question of an earlier answer back (its session attributes, for Repeat).
    `permissions` are what Alexa's app is to ask for on a card.
    `quotes` and `orders` tell observers which quotes wait for an answer and which orders were concerned.
    `needs` is the permission that hearing this took, where it is not the one that the intent needs. `verify`
    hands the visit over to the device's maker to check who speaks; it comes back with this token.
    """

    prompt: str
    values: Mapping[str, object] = field(default_factory=dict)
    confirm: Confirm | None = None
    elicit: str | None = None
    choice: JsonObject | None = None
    keep_pending: bool = False
    restore: JsonObject | None = None
    link_account: bool = False
    permissions: tuple[str, ...] = ()
    quotes: tuple[JsonObject, ...] = ()
    orders: tuple[JsonObject, ...] = ()
    needs: str | None = None
    verify: str | None = None


@dataclass(frozen=True)
class Answer:
    """A rendered reply, ready for any face and stored for a repeat of the same request.

    `needs` is the permission that hearing it took, so that Repeat tells it to nobody who lacks it.
    """

    reply: str
    ssml: str
    speech: str
    session_open: bool
    reprompt_ssml: str | None = None
    card: JsonObject | None = None
    elicit: JsonObject | None = None
    session: JsonObject = field(default_factory=dict)
    needs: str = "browse"
    link_account: bool = False
    permissions: tuple[str, ...] = ()
    quotes: tuple[JsonObject, ...] = ()
    orders: tuple[JsonObject, ...] = ()
    verify: str | None = None
