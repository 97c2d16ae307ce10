"""What a shopper can say about the voice code and child mode."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.confirmation import answered
from skill.conversation.declare import Slot, intent
from skill.conversation.turn import Reply, Turn
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes, is_code
from skill.orders.guards import Held
from skill.orders.intents import told_placed
from skill.orders.quotes import Duplicate
from skill.orders.replies import duplicate_reply, held_reply, shopper, source_of
from skill.orders.service import Orders

VERIFIED = "ACHIEVED"
"""How AMAZON.VerifyPerson says that the right person gave the right PIN."""
CODE = Slot("code", "AMAZON.FOUR_DIGIT_NUMBER", elicited=True, secret=True)


@intent("SetVoiceCodeIntent", CODE, needs="secure")
def set_voice_code(turn: Turn, orders: Orders) -> Reply:
    """Set or change the member's code: the old one first, then the new one twice."""
    codes, member = VoiceCodes(orders.unit), turn.caller.member_id
    asked = (turn.session.choice or {}).get("new_code")
    if member is None or (codes.is_set(member) and asked is None):
        return _ask("SetVoiceCodeIntent.old_first", {"change": True})
    code = turn.heard("code")
    if code is None or not is_code(code):
        return Reply(
            "SetVoiceCodeIntent.which", elicit="SetVoiceCodeIntent.code", choice={"new_code": "first"}
        )
    if asked != "again":
        if not codes.draft(member, code):
            return Reply(
                "SetVoiceCodeIntent.guessable", elicit="SetVoiceCodeIntent.code", choice={"new_code": "first"}
            )
        return Reply(
            "SetVoiceCodeIntent.again", elicit="SetVoiceCodeIntent.code", choice={"new_code": "again"}
        )
    if codes.settle(member, code):
        return Reply("SetVoiceCodeIntent.done")
    return Reply("SetVoiceCodeIntent.differs", elicit="SetVoiceCodeIntent.code", choice={"new_code": "first"})


@intent("RemoveVoiceCodeIntent", needs="secure")
def remove_voice_code(turn: Turn, orders: Orders) -> Reply:
    """Forget the member's code, which has to be said for it."""
    if not VoiceCodes(orders.unit).is_set(turn.caller.member_id):
        return Reply("RemoveVoiceCodeIntent.none")
    return _ask("RemoveVoiceCodeIntent.say_it", {"remove": True})


@intent("TurnOnChildModeIntent", needs="secure")
def turn_on_child_mode(turn: Turn, orders: Orders) -> Reply:
    """Let nobody buy anything by voice until the code is said; so there must be a code."""
    if not VoiceCodes(orders.unit).is_set(turn.caller.member_id):
        return Reply(
            "TurnOnChildModeIntent.code_first", elicit="SetVoiceCodeIntent.code", choice={"new_code": "first"}
        )
    Households(orders.unit).set_child_mode(on=True)
    return Reply("TurnOnChildModeIntent.done")


@intent("TurnOffChildModeIntent", needs="secure")
def turn_off_child_mode(turn: Turn, orders: Orders) -> Reply:
    """Allow buying again, with the code."""
    if not Households(orders.unit).get().child_mode:
        return Reply("TurnOffChildModeIntent.off_already")
    if not VoiceCodes(orders.unit).is_set(turn.caller.member_id):
        return Reply("TurnOffChildModeIntent.other_member")
    return _ask("TurnOffChildModeIntent.say_it", {"child_mode": "off"})


@intent("GiveVoiceCodeIntent", CODE, needs="secure")
def give_voice_code(turn: Turn, orders: Orders) -> Reply:
    """Compare the code that was asked for, and go on with what it was asked for."""
    purpose, code = (turn.session.choice or {}).get("code_for"), turn.heard("code")
    if not isinstance(purpose, Mapping):
        return Reply("GiveVoiceCodeIntent.not_asked")
    if code is None or not is_code(code):
        return _ask("GiveVoiceCodeIntent.not_four", purpose)
    checked = VoiceCodes(orders.unit).check(turn.caller.member_id, code, turn.at)
    if checked == "wrong":
        return _ask("GiveVoiceCodeIntent.wrong", purpose)
    if checked == "locked":
        orders.quotes.drop(orders.quotes.get(_quotes(purpose)), turn.at, "locked")
        return Reply("GiveVoiceCodeIntent.locked")
    return _go_on(turn, orders, purpose)


@intent("SessionResumedRequest", needs="secure")
def go_on_verified(turn: Turn, orders: Orders) -> Reply:
    """The device's maker checked who speaks: the order goes on, or the voice code is asked for instead."""
    key = turn.heard("token")
    payload = answered(orders.unit, key) or {}
    purpose = {"quotes": payload.get("quotes") or [], "confirmation": key}
    quotes = orders.quotes.get(_quotes(purpose))
    member = turn.caller.member_id
    if not quotes or any(one.state != "awaiting_pin" or one.member_id != member for one in quotes):
        return Reply("GiveVoiceCodeIntent.not_asked")
    if turn.heard("status") != VERIFIED:
        return _ask("GiveVoiceCodeIntent.instead", purpose)
    return _go_on(turn, orders, purpose)


def _ask(prompt: str, purpose: Mapping[str, Any]) -> Reply:
    return Reply(prompt, elicit="GiveVoiceCodeIntent.code", choice={"code_for": dict(purpose)})


def _quotes(purpose: Mapping[str, Any]) -> list[str]:
    return [str(one) for one in purpose.get("quotes") or []]


def _go_on(turn: Turn, orders: Orders, purpose: Mapping[str, Any]) -> Reply:
    codes, member = VoiceCodes(orders.unit), turn.caller.member_id
    if purpose.get("change"):
        return Reply(
            "SetVoiceCodeIntent.which", elicit="SetVoiceCodeIntent.code", choice={"new_code": "first"}
        )
    if purpose.get("remove") and member is not None:
        codes.remove(member)
        return Reply("RemoveVoiceCodeIntent.done")
    if purpose.get("child_mode") == "off":
        Households(orders.unit).set_child_mode(on=False)
        return Reply("TurnOffChildModeIntent.done")
    ids = _quotes(purpose)
    outcome = orders.placing.place(shopper(turn), ids, str(purpose.get("confirmation")), proven=True)
    if isinstance(outcome, Duplicate):
        return duplicate_reply(orders, outcome, source_of(orders, ids))
    if isinstance(outcome, Held):
        return held_reply(orders, outcome, purpose)
    return told_placed(turn, orders, outcome)
