"""Turns answers into Alexa responses and keeps the platform's limits."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ask_sdk_model import Directive, Intent, IntentConfirmationStatus, Response, Slot, SlotConfirmationStatus
from ask_sdk_model.canfulfill import (
    CanFulfillIntent,
    CanFulfillIntentValues,
    CanFulfillSlot,
    CanFulfillSlotValues,
    CanUnderstandSlotValues,
)
from ask_sdk_model.dialog import ElicitSlotDirective
from ask_sdk_model.interfaces.connections.on_completion import OnCompletion
from ask_sdk_model.interfaces.connections.v1.start_connection_directive import StartConnectionDirective
from ask_sdk_model.list_slot_value import ListSlotValue
from ask_sdk_model.simple_slot_value import SimpleSlotValue
from ask_sdk_model.ui import (
    AskForPermissionsConsentCard,
    LinkAccountCard,
    Reprompt,
    SimpleCard,
    SsmlOutputSpeech,
)

from skill.conversation.prompts import shortened
from skill.conversation.turn import Answer, Heard

SPEECH_CHARACTERS = 8_000
CARD_CHARACTERS = 8_000
RESPONSE_BYTES = 120_000
"""Limits of one response: speech and reprompt with their tags, a card's title and text, all of it."""
VERIFY_TOKEN = "verify:"
"""How the token begins by which Alexa comes back from checking who speaks."""
VERIFY_PERSON = "connection://AMAZON.VerifyPerson/2"
FRAME = ("<speak>", "</speak>")


def spoken(
    answer: Answer, slot_names: Sequence[str] = (), heard: Mapping[str, Heard] | None = None
) -> Response:
    """The response that says `answer`; the microphone is open exactly when the answer's session is.

    `slot_names` and `heard` are the slots of the intent that asks on, which Alexa wants back when one of
    them is elicited.
    """
    reprompt = None
    if answer.session_open:
        reprompt = Reprompt(SsmlOutputSpeech(ssml=_limited(answer.reprompt_ssml or answer.ssml)))
    return Response(
        output_speech=SsmlOutputSpeech(ssml=_limited(answer.ssml)),
        card=_card(answer),
        reprompt=reprompt,
        directives=_directives(answer, slot_names, heard or {}),
        should_end_session=not answer.session_open,
    )


def silent() -> Response:
    """The response to a request that must not be spoken to."""
    return Response()


def fulfillment(possible: bool, slot_names: Sequence[str], heard: Mapping[str, Heard]) -> Response:
    """The answer to the question whether an intent could be met: yes or no, for it and for each slot."""
    return Response(
        can_fulfill_intent=CanFulfillIntent(
            can_fulfill=CanFulfillIntentValues.YES if possible else CanFulfillIntentValues.NO,
            slots={name: _slot_fulfillment(possible, name in heard) for name in slot_names},
        )
    )


def within_limits(envelope: dict[str, Any]) -> dict[str, Any]:
    """The response envelope, without its card when it would be too large for Alexa otherwise.

    Speech and reprompt are limited one by one, so only a card can make a sound answer too large.
    """
    response = envelope.get("response")
    if not isinstance(response, dict) or "card" not in response:
        return envelope
    if len(json.dumps(envelope, ensure_ascii=False).encode()) <= RESPONSE_BYTES:
        return envelope
    return {**envelope, "response": {name: part for name, part in response.items() if name != "card"}}


def _limited(ssml: str) -> str:
    if len(ssml) <= SPEECH_CHARACTERS:
        return ssml
    start, end = FRAME
    body = ssml.removeprefix(start).removesuffix(end)
    return start + shortened(body, SPEECH_CHARACTERS - len(start) - len(end)) + end


def _card(answer: Answer) -> LinkAccountCard | AskForPermissionsConsentCard | SimpleCard | None:
    """Alexa shows one card, so one that leads somewhere comes before the one that informs."""
    if answer.link_account:
        return LinkAccountCard()
    if answer.permissions:
        return AskForPermissionsConsentCard(permissions=list(answer.permissions))
    if not answer.card:
        return None
    title = str(answer.card.get("title") or "")[:CARD_CHARACTERS]
    content = str(answer.card.get("text") or "")[: CARD_CHARACTERS - len(title)]
    return SimpleCard(title=title, content=content)


def _directives(
    answer: Answer, slot_names: Sequence[str], heard: Mapping[str, Heard]
) -> list[Directive] | None:
    if answer.verify:
        return [_verification(answer.verify)]
    if not answer.elicit:
        return None
    wanted = str(answer.elicit["slot"])
    slots = {name: _slot(name, heard.get(name)) for name in (*slot_names, wanted)}
    updated = Intent(
        name=str(answer.elicit["intent"]), confirmation_status=IntentConfirmationStatus.NONE, slots=slots
    )
    return [ElicitSlotDirective(updated_intent=updated, slot_to_elicit=wanted)]


def _verification(token: str) -> Directive:
    """Alexa asks a recognised voice for the PIN of its profile ("PIN confirmation for skills")."""
    level = {"level": 400, "customPolicy": {"policyName": "VOICE_PIN"}}
    return StartConnectionDirective(
        uri=VERIFY_PERSON,
        input={"requestedAuthenticationConfidenceLevel": level},
        token=VERIFY_TOKEN + token,
        on_completion=OnCompletion.RESUME_SESSION,
    )


def _slot(name: str, heard: Heard | None) -> Slot:
    made = Slot(name=name, confirmation_status=SlotConfirmationStatus.NONE)
    if heard is None:
        return made
    if heard.values:
        made.slot_value = ListSlotValue(values=[SimpleSlotValue(value=each.value) for each in heard.values])
    else:
        made.value = heard.value
    return made


def _slot_fulfillment(possible: bool, understood: bool) -> CanFulfillSlot:
    return CanFulfillSlot(
        can_understand=CanUnderstandSlotValues.YES if understood else CanUnderstandSlotValues.NO,
        can_fulfill=CanFulfillSlotValues.YES if possible and understood else CanFulfillSlotValues.NO,
    )
