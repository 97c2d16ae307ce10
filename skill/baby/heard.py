"""What a turn heard, slot by slot, and how a question for one slot keeps what was heard before it."""

from collections.abc import Mapping
from dataclasses import replace

from skill.conversation.errors import SpokenError
from skill.conversation.turn import Heard, Turn

HEARD = "heard"


def slot_id(turn: Turn, slot: str) -> str | None:
    """The id of a listed value; None when the slot was not heard or holds no listed value."""
    found = turn.slots.get(slot)
    return found.id if found else None


def unlisted(turn: Turn, slot: str) -> bool:
    """Whether something was heard that the slot's type does not list: it may mean something else entirely."""
    return turn.heard(slot) is not None and slot_id(turn, slot) is None


def question(
    turn: Turn,
    prompt: str,
    slot: str,
    values: Mapping[str, object] | None = None,
    about: Mapping[str, object] | None = None,
) -> SpokenError:
    """Ask for one slot and keep what was heard already: faces may send it back without its ids, or not.

    `about` (JSON) is kept beside it for whoever reads the answer.
    """
    heard = {name: [one.value, one.id] for name, one in turn.slots.items() if name != slot}
    return SpokenError(prompt, values, elicit=slot, choice={HEARD: heard, **(about or {})})


def asked_for(turn: Turn, slot: str | None = None) -> bool:
    """Whether the turn answers a question of its own intent, for `slot` if given."""
    asked = turn.session.elicit
    return asked is not None and asked[0] == turn.intent and slot in (None, asked[1])


def continued(turn: Turn) -> Turn:
    """The turn with what was heard before its question, when it answers one."""
    if not asked_for(turn):
        return turn
    slots = dict(turn.slots)
    kept = (turn.session.choice or {}).get(HEARD)
    for name, pair in kept.items() if isinstance(kept, Mapping) else ():
        match pair:
            case [str(value), str() | None as value_id] if name not in slots or slots[name] == Heard(value):
                slots[name] = Heard(value, value_id)
    return replace(turn, slots=slots)
