"""Finds samples that can be the same sentence: word for word, or once listed values stand in for slots."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from skill.understanding.lint.draft import Sample
from skill.understanding.lint.wording import Words

MAX_STEPS = 20_000
"""So many steps the search for one sample takes at most: a bound for models made to be slow."""

SLOT_SIGN = "{"
NUMBER = "{AMAZON.NUMBER}"
END = ""
"""Marks in a tree of values that one ends here; no word is empty."""

Tree = dict[str, "Tree"]


@dataclass
class Branch:
    """A node in the tree of samples: what may come next, and the samples that end here."""

    next: dict[str, "Branch"] = field(default_factory=dict)
    ends: list[Sample] = field(default_factory=list)


@dataclass(frozen=True)
class Meeting:
    """Two samples that can be one `sentence`; `by_value` says that slot values had to be put in."""

    sample: Sample
    sentence: Words
    by_value: bool


@dataclass(frozen=True)
class _State:
    """How far a search has come: words of the sample used, branch reached, and a value half said.

    `theirs` is the rest of a value that a slot of the tree takes from our words, and `after` the branch
    behind that slot; `ours` the rest of a value that our slot takes from the tree's words.
    """

    used: int
    branch: Branch
    said: Words
    by_value: bool = False
    theirs: Tree | None = None
    after: Branch | None = None
    ours: Tree | None = None


class Overlap:
    """All samples of a model in one tree, with the listed values of its types."""

    def __init__(
        self, samples: Iterable[tuple[Sample, Words]], values: Mapping[str, Iterable[Words]]
    ) -> None:
        self._root = Branch()
        for sample, pieces in samples:
            branch = self._root
            for piece in pieces:
                branch = branch.next.setdefault(piece, Branch())
            branch.ends.append(sample)
        self._trees = {f"{{{name}}}": _tree(words) for name, words in values.items()}
        self._wholes = {f"{{{name}}}": frozenset(words) for name, words in values.items()}

    def meetings(self, pieces: Words) -> Iterator[Meeting]:
        """The samples that can be the same sentence as one of these pieces, itself among them."""
        pending = [_State(0, self._root, ())]
        steps = 0
        while pending and steps < MAX_STEPS:
            state = pending.pop()
            steps += 1
            if state.theirs is None and state.ours is None and state.used == len(pieces):
                for sample in state.branch.ends:
                    yield Meeting(sample, state.said, state.by_value)
            pending += self._steps(state, pieces)

    def _steps(self, state: _State, pieces: Words) -> Iterator[_State]:
        if state.ours is not None:
            yield from self._in_our_slot(state)
            return
        if state.used == len(pieces):
            return
        piece = pieces[state.used]
        if state.theirs is not None:
            yield from self._in_their_slot(state, piece)
            return
        if piece in state.branch.next:
            yield _State(
                state.used + 1, state.branch.next[piece], (*state.said, piece), by_value=state.by_value
            )
        if piece.startswith(SLOT_SIGN):
            yield from self._at_our_slot(state, piece)
        else:
            yield from self._at_word(state, piece)

    def _at_word(self, state: _State, word: str) -> Iterator[_State]:
        """Our word may begin a value of a slot that comes next in the tree."""
        for name, after in state.branch.next.items():
            tree = self._trees.get(name)
            if tree and word in tree:
                yield _State(state.used, after, state.said, True, tree, after)
            elif name == NUMBER and word.isdecimal():
                yield _State(state.used + 1, after, (*state.said, word), True)

    def _in_their_slot(self, state: _State, word: str) -> Iterator[_State]:
        rest = (state.theirs or {}).get(word)
        if rest is None or state.after is None:
            return
        said = (*state.said, word)
        yield _State(state.used + 1, state.branch, said, True, rest, state.after)
        if END in rest:
            yield _State(state.used + 1, state.after, said, True)

    def _at_our_slot(self, state: _State, slot: str) -> Iterator[_State]:
        """Our slot may take words that come next in the tree, or a value that another slot lists as well."""
        for name, after in state.branch.next.items():
            if name.startswith(SLOT_SIGN) and name != slot:
                both = self._wholes.get(slot, frozenset()) & self._wholes.get(name, frozenset())
                if both:
                    yield _State(state.used + 1, after, (*state.said, *min(both)), True)
            elif slot == NUMBER and name.isdecimal():
                yield _State(state.used + 1, after, (*state.said, name), True)
        tree = self._trees.get(slot)
        if tree:
            yield _State(state.used, state.branch, state.said, True, ours=tree)

    def _in_our_slot(self, state: _State) -> Iterator[_State]:
        for word, rest in (state.ours or {}).items():
            branch = state.branch.next.get(word) if word else None
            if branch is not None:
                said = (*state.said, word)
                yield _State(state.used, branch, said, True, ours=rest)
                if END in rest:
                    yield _State(state.used + 1, branch, said, True)


def _tree(values: Iterable[Words]) -> Tree:
    root: Tree = {}
    for words in values:
        tree = root
        for word in words:
            tree = tree.setdefault(word, {})
        if words:
            tree[END] = {}
    return root
