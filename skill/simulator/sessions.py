"""The session between a device and a skill: how long it stays open, and what is waited for in it.

`shouldEndSession`: true ends it; false and null keep it open and the microphone too; left out, a device whose
screen shows something keeps it open with the microphone closed for half a minute, any other ends it (Amazon:
"Manage Skill Sessions and Session Attributes").
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from skill.simulator.dialog import CONFIRM_INTENT, CONFIRM_SLOT, Question
from skill.simulator.envelopes import Envelope, new_id

SHOWN_FOR = timedelta(seconds=30)
RENDER = "Alexa.Presentation.APL.RenderDocument"
ABSENT = object()


@dataclass(frozen=True)
class Session:
    """An open session; `new` until the skill was called in it.

    `listening` is whether the microphone is open, `reprompt` the SSML for when nobody answers and
    `by_cloud` whose words that is, `since` the moment of the last answer.
    """

    since: datetime
    id: str = field(default_factory=lambda: new_id("session"))
    new: bool = True
    attributes: Envelope = field(default_factory=dict)
    question: Question | None = None
    expects_yes_no: bool = False
    listening: bool = True
    reprompt: str | None = None
    by_cloud: bool = False
    reprompted: bool = False

    @property
    def wire(self) -> Envelope:
        """The session as requests carry it, without application and user."""
        return {"new": self.new, "sessionId": self.id, "attributes": self.attributes}

    def is_over(self, now: datetime) -> bool:
        """Whether a screen's session ran out."""
        return not self.listening and now - self.since > SHOWN_FOR


def after(
    session: Session, answered: Envelope, question: Question | None, now: datetime, *, screen: bool
) -> Session | None:
    """The session after the skill's response, None where that ends it."""
    response = answered.get("response") or {}
    ends = response.get("shouldEndSession", ABSENT)
    directives = listed(response)
    asks = ends is False or ends is None or (ends is ABSENT and question is not None)
    if not asks and not (ends is ABSENT and screen and _shows(response, directives)):
        return None
    attributes = answered.get("sessionAttributes") or {}
    return replace(
        session,
        since=now,
        new=False,
        attributes=attributes,
        question=question,
        expects_yes_no=question is None and _awaits_yes_or_no(attributes, directives),
        listening=asks,
        reprompt=ssml_of((response.get("reprompt") or {}).get("outputSpeech")),
        by_cloud=False,
        reprompted=False,
    )


def listed(response: Envelope) -> list[Envelope]:
    """The directives of a response that are objects."""
    found = response.get("directives")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def ssml_of(output: Any) -> str | None:
    """The SSML of an `outputSpeech`; plain text is returned as SSML; None when nothing is said."""
    match output:
        case {"type": "PlainText", "text": str(text)}:
            return f"<speak>{text.replace('&', '&amp;').replace('<', '&lt;')}</speak>"
        case {"ssml": str(ssml)}:
            return ssml
    return None


def _shows(response: Envelope, directives: Sequence[Envelope]) -> bool:
    """Whether something is to be seen on the screen: a document, or a card as such devices show it."""
    return bool(response.get("card")) or any(one.get("type") == RENDER for one in directives)


def _awaits_yes_or_no(attributes: Envelope, directives: Sequence[Envelope]) -> bool:
    """Whether the skill put a question to answer with yes or no, as far as the wire tells.

    It does by a directive to confirm, or by the session attribute `confirm`, under which our own skill keeps
    what a yes would do. Without either a plain yes is still understood as one; but only when a question is
    open does "order it" mean yes, and "yes twice" neither yes nor another wish.
    """
    types = {one.get("type") for one in directives}
    return bool(attributes.get("confirm")) or not types.isdisjoint((CONFIRM_SLOT, CONFIRM_INTENT))
