"""The rule about models of several locales: each should offer what the others offer."""

from collections.abc import Iterable, Iterator, Sequence

from skill.understanding.lint.draft import Draft
from skill.understanding.lint.findings import Finding, Spot
from skill.understanding.model import BUILT_IN


def parity_findings(drafts: Sequence[tuple[str, Draft]]) -> Iterator[tuple[int, Finding]]:
    """(number of the model that lacks it, finding) between the first of the named models and each other.

    Models that share less than half of their own intents are of different skills and not compared.
    """
    first_name, first = drafts[0]
    for number, (name, draft) in enumerate(drafts[1:], 1):
        if not _is_same_skill(first, draft):
            continue
        for kind, ours, theirs in _offers(first, draft):
            for missing in sorted(ours - theirs):
                yield number, _lacks(draft, kind, missing, first_name)
            for missing in sorted(theirs - ours):
                yield 0, _lacks(first, kind, missing, name)


def _is_same_skill(left: Draft, right: Draft) -> bool:
    ours, theirs = (
        {name for name in _intents(one) if not name.startswith(BUILT_IN)} for one in (left, right)
    )
    return 2 * len(ours & theirs) >= min(len(ours), len(theirs))


def _lacks(draft: Draft, kind: str, name: str, other: str) -> Finding:
    section = "types" if "type" in kind else "intents"
    return Finding("locale-parity", f"no {kind} {name}, {other} has it", Spot(f"{draft.place}{section}"))


def _offers(left: Draft, right: Draft) -> Iterator[tuple[str, set[str], set[str]]]:
    yield "intent", _intents(left), _intents(right)
    both = _intents(left) & _intents(right)
    yield "slot", _slots(left, both), _slots(right, both)
    yield "type", _types(left), _types(right)
    shared = _types(left) & _types(right)
    yield "value of type", _ids(left, shared), _ids(right, shared)


def _intents(draft: Draft) -> set[str]:
    return {intent.name for intent in draft.intents}


def _slots(draft: Draft, intents: Iterable[str]) -> set[str]:
    known = set(intents)
    return {
        f"{intent.name}.{slot.name} of {slot.type}"
        for intent in draft.intents
        if intent.name in known
        for slot in intent.slots
    }


def _types(draft: Draft) -> set[str]:
    return {kind.name for kind in draft.types}


def _ids(draft: Draft, types: Iterable[str]) -> set[str]:
    """Only given ids: without them the values are words of the language, which differ."""
    known = set(types)
    return {
        f"{kind.name} {value_id}" for kind in draft.types if kind.name in known for value_id, _ in kind.ids
    }
