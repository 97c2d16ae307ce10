"""The samples of a model as a trie over words and slots, and the search for all parses of a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from skill.understanding.language import Language
from skill.understanding.model import Slot, Value
from skill.understanding.slot_types import SlotType
from skill.understanding.values import Forms, ValueIndex
from skill.understanding.words import Token

MAX_STEPS = 4000
"""The search takes at most so many steps: places visited, ends tried for free words, parses weighed."""

Piece = str | tuple[SlotType, bool]
"""A word of a sample, or a slot's (type, multiple)."""

_LITERAL_SLIP = 0.6
_VALUE_SLIP = 0.3


@dataclass(frozen=True)
class Sample:
    """One way to say an intent; `shipped` ones come from this package and not from the model."""

    intent: str
    text: str
    slots: tuple[Slot, ...]
    order: int
    shipped: bool = False


@dataclass
class Node:
    """A place in the trie: what may come next, and which samples end here."""

    words: dict[str, "Node"] = field(default_factory=dict)
    slots: dict[tuple[str, bool], "Branch"] = field(default_factory=dict)
    ends: list[Sample] = field(default_factory=list)

    def add(self, pieces: Sequence[Piece], sample: Sample) -> None:
        """Lays a sample of words and (type, multiple) slots into the trie below this node."""
        node = self
        for piece in pieces:
            if isinstance(piece, str):
                node = node.words.setdefault(piece, Node())
            else:
                kind, multiple = piece
                node = node.slots.setdefault((kind.name, multiple), Branch(kind, multiple)).node
        node.ends.append(sample)


@dataclass
class Branch:
    """A slot in the trie and the node behind it."""

    type: SlotType
    multiple: bool
    node: Node = field(default_factory=Node)


@dataclass(frozen=True, slots=True)
class Span:
    """The tokens [start, end) as a slot's value.

    `wire` is a parsed value, `value` a listed one; with neither the words are free. `parts` are the values of
    a multi-value slot, `joiners` counts the words between them. `fixed` counts the tokens that are parsed,
    listed or joiners, `cost` their spelling slips.
    """

    start: int
    end: int
    wire: str | None = None
    value: Value | None = None
    fixed: int = 0
    cost: float = 0.0
    parts: tuple["Span", ...] = ()
    joiners: int = 0

    @property
    def free(self) -> int:
        """How many tokens nothing vouches for."""
        return self.end - self.start - self.fixed


@dataclass(frozen=True)
class Parse:
    """A sample that covers the whole sentence.

    `literals` counts the tokens that its own words take, `joined` those of them that join two slots ("and")
    or lead to free words ("a").
    """

    sample: Sample
    spans: tuple[Span, ...]
    literals: int
    joined: int
    cost: float
    skipped: int

    @property
    def slips(self) -> float:
        """The cost of all spelling slips, in words and in values."""
        return self.cost + sum(span.cost for span in self.spans)

    @property
    def free(self) -> int:
        """How many tokens fill slots without being listed or parsed."""
        return sum(span.free for span in self.spans)

    @property
    def rank(self) -> tuple[float, ...]:
        """Greater is better: more words of the sample, then listed values, then least free text.

        A word that joins counts for neither, nor does an article before free words, so that "mac and cheese"
        is one value where it is listed and "a million" one number.
        """
        fixed = sum(span.fixed - span.joiners - _VALUE_SLIP * span.cost for span in self.spans)
        words = self.literals - self.joined - _LITERAL_SLIP * self.cost
        own = not self.sample.shipped
        return words, fixed, -self.free, self.joined, -self.skipped, own, -self.sample.order


class Reading:
    """One sentence ready to be searched: its tokens, what each may stand for, and values found so far."""

    def __init__(
        self,
        tokens: Sequence[Token],
        language: Language,
        today: date,
        *,
        words: Forms | None = None,
        values: Forms | None = None,
        dynamic: Mapping[str, ValueIndex] | None = None,
        not_names: frozenset[str] = frozenset(),
        parsed: dict[tuple[str, int], list[tuple[int, str]]] | None = None,
    ) -> None:
        """`parsed` is that of another reading of the same tokens on the same day."""
        self.tokens = tokens
        self.language = language
        self.today = today
        self.words: Forms = words or [[(token.text, 0.0)] for token in tokens]
        self.values: Forms = values or self.words
        self._dynamic = dynamic or {}
        self._not_names = not_names
        self.parsed = {} if parsed is None else parsed
        self._fixed: dict[tuple[str, int], list[Span]] = {}
        self._everywhere: dict[str, list[Span]] = {}

    def fixed(self, kind: SlotType, start: int) -> list[Span]:
        """Parsed or listed values of a type that begin at a token, longest first."""
        key = (kind.name, start)
        found = self._fixed.get(key)
        if found is None:
            found = self._fixed[key] = list(self._find(kind, start))
            if len(found) > 1:
                found.sort(key=lambda span: -span.end)
        return found

    def everywhere(self, kind: SlotType) -> list[Span]:
        """Parsed or listed values of a type anywhere in the sentence."""
        found = self._everywhere.get(kind.name)
        if found is None:
            found = self._everywhere[kind.name] = []
            for place in range(len(self.tokens)):
                found += self.fixed(kind, place)
        return found

    def is_dynamic(self, kind: SlotType) -> bool:
        """Whether the skill gave values for the type in this session."""
        return kind.name in self._dynamic

    def may_hold(self, kind: SlotType, place: int) -> bool:
        """Whether free words of a type may hold this one: names hold no numbers and no function words.

        A person's name holds no word of a sample either and none that is a listed value: "cancel", "wipes".
        """
        if kind.kind != "open":
            return True
        text = self.tokens[place].text
        if text in self.language.function_words or text in self.language.articles or text[0].isdigit():
            return False
        return not (kind.names and text in self._not_names)

    def introduces(self, place: int) -> bool:
        """Whether the word at a place may say what follows: "song" in "play the song so what"."""
        text = self.tokens[place].text
        idle = self.language.function_words | self.language.articles | self.language.everyday_verbs
        return place > 0 and text not in idle and not text[0].isdigit()

    def is_introduced(self, kind: SlotType, start: int) -> bool:
        """Whether free words that begin at a place may be a title, which holds any word."""
        return kind.kind == "open" and not kind.names and any(map(self.introduces, range(start)))

    def _find(self, kind: SlotType, start: int) -> Iterator[Span]:
        if kind.parser is not None and kind.may_begin(self.tokens[start].text):
            key = (kind.name, start)
            if key not in self.parsed:
                self.parsed[key] = list(kind.parser(self.tokens, start, self.today, self.language))
            for end, wire in self.parsed[key]:
                yield Span(start, end, wire=wire, fixed=end - start)
        for index in (self._dynamic.get(kind.name), kind.index):
            if index is not None:
                for end, listed in index.at(self.values, start).items():
                    yield Span(start, end, value=listed.value, fixed=end - start, cost=listed.cost)

    def counts(self, place: int) -> bool:
        """Whether the article at a place says how many: "a pack of wipes"."""
        said = [token.text for token in self.tokens[place : place + 3]]
        words = self.language.number_words
        return len(said) == 3 and said[0] in words.one_before_scale and said[2] in words.of

    def split(self, kind: SlotType, start: int, end: int) -> Span:
        """The values of a multi-value slot between two places: listed ones first, then by "and" and comma."""
        parts: list[Span] = []
        joiners = 0
        place = start
        while place < end:
            if self.tokens[place].text in self.language.joiners and parts:
                joiners += 1
                place += 1
                continue
            part = self._part(kind, place, end)
            parts.append(part)
            place = part.end
        fixed = sum(part.fixed for part in parts) + joiners
        cost = sum(part.cost for part in parts)
        return Span(start, end, fixed=fixed, cost=cost, parts=tuple(parts), joiners=joiners)

    def _part(self, kind: SlotType, start: int, end: int) -> Span:
        first = start + (self.tokens[start].text in self.language.articles and start + 1 < end)
        for place in dict.fromkeys((start, first)):
            for span in self.fixed(kind, place):
                if span.end <= end and self._may_end(kind, span.end, end):
                    return span
        if self.counts(start) or self.tokens[start].text in self.language.number_words.one:
            first = start
        behind = first + 1
        while behind < end and not self._breaks(behind):
            behind += 1
        return Span(first, behind)

    def _breaks(self, place: int) -> bool:
        token = self.tokens[place]
        return token.pause or token.text in self.language.joiners

    def _may_end(self, kind: SlotType, place: int, end: int) -> bool:
        return place == end or self._breaks(place) or any(span.end <= end for span in self.fixed(kind, place))


class Search:
    """Depth-first through the trie; keeps the best parse of each intent, stops after MAX_STEPS `steps`."""

    def __init__(self, reading: Reading, max_cost: float = 0.0) -> None:
        self._reading = reading
        self._count = len(reading.tokens)
        self._max_cost = max_cost
        self.steps = 0
        self._best: dict[str, Parse] = {}

    def run(self, root: Node) -> list[Parse]:
        """The best parse of each intent, best first."""
        self._walk(root, 0, 0, 0.0, 0, ())
        return sorted(self._best.values(), key=lambda parse: parse.rank, reverse=True)

    def _walk(
        self, node: Node, place: int, literals: int, cost: float, skipped: int, spans: tuple[Span, ...]
    ) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return
        if place == self._count:
            self.steps += len(node.ends)
            joined = self._joined(spans, skipped) if node.ends else 0
            for sample in node.ends:
                self._keep(Parse(sample, spans, literals, joined, cost, skipped))
            return
        for word, extra in self._reading.words[place]:
            below = node.words.get(word)
            if below is not None and cost + extra <= self._max_cost:
                self._walk(below, place + 1, literals + 1, cost + extra, skipped, spans)
        for branch in node.slots.values():
            for span in self._spans(branch, place):
                if cost + span.cost <= self._max_cost:
                    passed = skipped + span.start - place
                    self._walk(branch.node, span.end, literals, cost, passed, (*spans, span))

    def _joined(self, spans: tuple[Span, ...], skipped: int) -> int:
        """How many words of the sample join two slots, and how many articles lead to free words."""
        language, tokens = self._reading.language, self._reading.tokens
        joined = sum(a.end < b.start and tokens[a.end].text in language.joiners for a, b in pairwise(spans))
        behind = {span.end for span in spans}
        free = [span.start for span in spans if span.free and span.start > 0 and span.start not in behind]
        articles = sum(tokens[start - 1].text in language.articles for start in free)
        return joined + max(0, articles - skipped)

    def _keep(self, parse: Parse) -> None:
        known = self._best.get(parse.sample.intent)
        if known is None or _is_better(parse, known):
            self._best[parse.sample.intent] = parse

    def _spans(self, branch: Branch, place: int) -> Iterator[Span]:
        """Values of the slot that begin here, or behind an article nobody needs."""
        yield from self._spans_from(branch, place)
        token = self._reading.tokens[place]
        article = token.text in self._reading.language.articles and place + 1 < self._count
        if article and branch.type.kind == "listed" and not self._reading.counts(place):
            yield from self._spans_from(branch, place + 1)

    def _spans_from(self, branch: Branch, place: int) -> Iterator[Span]:
        if not branch.multiple:
            yield from self._reading.fixed(branch.type, place)
            yield from (Span(place, end) for end in self._free_ends(branch, place))
            return
        for end in self._free_ends(branch, place):
            span = self._reading.split(branch.type, place, end)
            if branch.type.longest_free or not span.free:
                yield span

    def _free_ends(self, branch: Branch, place: int) -> Iterator[int]:
        """Where free words may end: where the sample goes on or the sentence ends, nearest first."""
        longest = branch.type.longest_free
        if branch.multiple:
            longest = self._count
        title = self._reading.is_introduced(branch.type, place)
        last = not branch.node.words and not branch.node.slots and branch.type.kind != "open"
        for end in range(self._count if last else place + 1, min(self._count, place + longest) + 1):
            self.steps += 1 + branch.multiple * (end - place)
            if self.steps > MAX_STEPS or not (title or self._reading.may_hold(branch.type, end - 1)):
                return
            if self._continues(branch.node, end, first=end == place + 1):
                yield end

    def _continues(self, node: Node, place: int, *, first: bool) -> bool:
        if place == self._count:
            return bool(node.ends)
        for word, _ in self._reading.words[place]:
            if word in node.words:
                return True
        return any(
            (first and branch.type.longest_free) or self._reading.fixed(branch.type, place)
            for branch in node.slots.values()
        )


def _is_better(parse: Parse, known: Parse) -> bool:
    """Of two ways to fill the one slot of an intent, the one with the longer listed value; else by rank.

    "I usually {kind}" with the listed "breast feed" goes before "I usually {kind} feed".
    """
    if len(parse.spans) == len(known.spans) == 1 and not (parse.slips or known.slips):
        own, other = (span.fixed if span.value else 0 for span in (parse.spans[0], known.spans[0]))
        if own != other and not (parse.free and known.free):
            return own > other
    return parse.rank > known.rank
