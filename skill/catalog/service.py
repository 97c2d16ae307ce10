"""The catalogue: finds what a shopper named, own purchases first, and knows every SKU by id."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz

from skill.catalog.index import CatalogCache, CatalogIndex, SkuFacts, prices
from skill.catalog.matching import ProductMatcher
from skill.catalog.models import Seller
from skill.catalog.spoken_names import SMALL_WORDS, words
from skill.catalog.synonyms import Synonyms, built_in_synonyms
from skill.conversation.wording import Money
from skill.storage.database import Unit
from skill.understanding.words import phrase

LONGEST_NAME = 140
MISHEARD = 80
"""Words this alike (0 to 100) are one word with a letter misheard."""
SHORTEST_PART = 4
"""Letters of a word that is found inside another one, as German joins them: "Milch" in "Hafermilch"."""
_FOR = {"en": " for ", "de": " für "}
_SIZE = {"size", "groesse"}
NEAR_TIE = 0.05
"""Candidates this close to the best one (score 0 to 1) are told apart by asking, not by guessing."""


@dataclass(frozen=True)
class Found:
    """What some words led to: "act" with one SKU, "ask" with two or more, "decline" with none."""

    decision: Literal["act", "ask", "decline"]
    skus: tuple[SkuFacts, ...] = ()

    @property
    def is_size_question(self) -> bool:
        """Whether the SKUs are one product in several sizes, so that the question is "which size?"."""
        return len({sku.product_id for sku in self.skus}) == 1 and len({sku.size for sku in self.skus}) > 1


@dataclass(frozen=True)
class PriceTag:
    """What a SKU costs today and who sells it."""

    price: Money
    seller_name: str


class Catalog:
    """Reads the catalogue; the index lives in the process and is shared by all units."""

    def __init__(self, unit: Unit, cache: CatalogCache) -> None:
        self._unit = unit
        self._cache = cache
        self._held: dict[str, CatalogIndex] = {}

    def index(self, language: str) -> CatalogIndex:
        """The whole catalogue in the words of `language`."""
        if language not in self._held:  # one look for changes is enough for a unit of work
            self._held[language] = self._cache.index(self._unit, language)
        return self._held[language]

    def sku(self, sku_id: str, language: str) -> SkuFacts | None:
        """One SKU by id; None when it is no longer sold."""
        return self.index(language).skus.get(sku_id)

    def spelled(self, spoken: str, language: str) -> str:
        """Words that name a kind of thing as the catalogue spells it ("eier" is "Eier"); others as said."""
        return self.index(language).spelled(spoken)

    def price(self, sku: SkuFacts, at: datetime) -> PriceTag | None:
        """Today's price of a SKU, without tax, and who sells it; None when it has no price."""
        cents = prices(self._unit, [sku.sku_id], at).get(sku.sku_id)
        seller = self._unit.session.get(Seller, sku.seller_id)
        if cents is None or seller is None:
            return None
        return PriceTag(Money(cents, seller.currency), seller.name)

    def find(self, spoken: str, language: str, own: Sequence[str] = (), pack: int | None = None) -> Found:
        """What `spoken` names. `own` are SKU ids of this household, most recently bought first.

        The kind of thing ("diapers", "diapers size 5") is looked up before names, and answered from own
        purchases when there are any. Whom it is for ("for Leo") is left out when it names nothing sold.
        `pack` prefers packs of so many pieces where there are any.
        """
        index = self.index(language)
        heard = spoken[:LONGEST_NAME]
        found = self._find(index, heard, language, own, pack)
        thing, _for, whom = heard.casefold().partition(_FOR.get(language, _FOR["en"]))
        if not whom or not thing.strip() or index.need(heard) or _any_holds(index, found, whom):
            return found
        shorter = self._find(index, thing, language, own, pack)
        return found if shorter.decision == "decline" else shorter

    def of_kind(self, need: str, language: str, own: Sequence[str], size: str | None = None) -> Found:
        """A kind of thing, in a size if given: bought before, else of a product bought in another size."""
        index = self.index(language)
        skus = [sku for sku in index.by_need.get(need, []) if size in (None, index.skus[sku].size)]
        return _of_own_product(index, skus, own)

    def _find(
        self, index: CatalogIndex, heard: str, language: str, own: Sequence[str], pack: int | None
    ) -> Found:
        need = index.need(heard)
        if need is not None:
            return _among(index, _packed(index, index.by_need.get(need, []), pack), own)
        sized = _sized(index, " ".join(phrase(heard, language)))
        if sized:
            return _of_own_product(index, _packed(index, sized, pack), own)
        match = index.matcher.match(heard, own)
        candidates = [sku for sku, _score in match.candidates]
        if match.decision == "decline":
            return Found("decline")
        if match.decision == "act":
            siblings = index.by_product[index.skus[candidates[0]].product_id]
            packs = [sku for sku in siblings if pack and index.skus[sku].pack_size == pack]
            return Found("act", (index.skus[packs[0] if len(packs) == 1 else candidates[0]],))
        best_sku = index.skus[candidates[0]]
        if not _akin(index, heard, best_sku):
            return Found("decline")
        best = match.candidates[0][1]
        near = [sku for sku, score in match.candidates if score >= best - NEAR_TIE]
        kin = _same_product(index, near, own)
        return _ask(index, _packed(index, kin or (near if len(near) > 1 else candidates[:2]), pack))


def choose(spoken: str, skus: Sequence[SkuFacts]) -> SkuFacts | None:
    """Which of the offered `skus` an answer means: by size, by name, or by what only one of them has."""
    heard = set(words(spoken))
    sized = of_size(spoken, skus)
    if len(sized) == 1:
        return sized[0]
    rivals = sized or list(skus)
    telling = {sku.sku_id: heard & _only_in(sku, rivals) for sku in rivals}
    named = [sku for sku in rivals if telling[sku.sku_id]]
    if len(named) == 1:
        return named[0]
    match = ProductMatcher([(sku.sku_id, sku.name) for sku in rivals]).match(spoken)
    if match.decision != "act":
        return None
    return next(sku for sku in rivals if sku.sku_id == match.candidates[0][0])


def of_size(spoken: str, skus: Sequence[SkuFacts]) -> list[SkuFacts]:
    """Those of `skus` whose size an answer names: several where a size comes in several packs."""
    heard = set(words(spoken))
    return [sku for sku in skus if sku.size and heard & set(words(sku.size))]


def _only_in(sku: SkuFacts, rivals: Sequence[SkuFacts]) -> set[str]:
    others = {word for rival in rivals if rival.sku_id != sku.sku_id for word in words(rival.name)}
    return set(words(sku.name)) - others


def _packed(index: CatalogIndex, skus: Sequence[str], pack: int | None) -> list[str]:
    """Those that hold `pack` pieces; all of them when none does."""
    return [sku for sku in skus if pack and index.skus[sku].pack_size == pack] or list(skus)


def _any_holds(index: CatalogIndex, found: Found, whom: str) -> bool:
    """Whether a name that was found says for whom it is, as "Detergent for Colors"."""
    said = set(words(whom))
    return any(said & set(words(name)) for sku in found.skus for name in index.names(sku.sku_id))


def _sized(index: CatalogIndex, heard: str) -> list[str]:
    """The SKUs of a kind of thing in a size, as "diapers size 5" or "newborn diapers" name them."""
    said = words(heard)
    marked = bool(_SIZE & set(said))
    rest = [word for word in said if word not in _SIZE and word != "in"]
    for place, label in enumerate(rest):
        need = index.need(" ".join(rest[:place] + rest[place + 1 :]))
        if need is not None and (marked or not label.isdecimal()):
            return [sku for sku in index.by_need.get(need, []) if words(index.skus[sku].size) == [label]]
    return []


def _of_own_product(index: CatalogIndex, skus: Sequence[str], own: Sequence[str]) -> Found:
    """One of `skus`: bought before, else of a product that this household buys in another size."""
    kin = [] if set(own) & set(skus) else _same_product(index, skus, own)
    return _among(index, kin or skus, own)


def _akin(index: CatalogIndex, heard: str, sku: SkuFacts) -> bool:
    """Whether a SKU's name shares a whole word with what was said, or a synonym of it was said.

    Words that are only loosely alike ("beer", "bears"), or half of a name by way of a synonym ("beer" is
    "ale", so Ginger Ale), are no reason to offer something; a misheard letter is no hindrance.
    """
    said = [word for word in words(heard) if word not in SMALL_WORDS]
    if any(index.need(" ".join(other)) == sku.need for other in _others(said)):
        return True
    printed = [word for word in words(f"{sku.name} {sku.product_name}") if word not in SMALL_WORDS]
    own = {*printed, *map("".join, pairwise(printed))}
    if any(_alike(one, other) for one in {*said, *map("".join, pairwise(said))} for other in own):
        return True
    return any(set(words(name)) <= set(said) for name in index.names(sku.sku_id))


def _alike(said: str, printed: str) -> bool:
    shorter, longer = sorted((said, printed), key=len)
    part = len(shorter) >= SHORTEST_PART and shorter in longer
    return part or fuzz.ratio(said, printed) >= MISHEARD


def _others(said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    table = _synonyms()
    for start in range(len(said)):
        for end in range(start + 1, min(len(said), start + table.longest) + 1):
            yield from table.of(tuple(said[start:end]))


@cache
def _synonyms() -> Synonyms:
    return built_in_synonyms()


def _among(index: CatalogIndex, skus: Sequence[str], own: Sequence[str]) -> Found:
    bought = [sku for sku in own if sku in set(skus)]
    if bought:
        return Found("act", (index.skus[bought[0]],))
    if len(skus) == 1:
        return Found("act", (index.skus[skus[0]],))
    return _ask(index, skus) if skus else Found("decline")


def _same_product(index: CatalogIndex, near: Sequence[str], own: Sequence[str]) -> list[str]:
    """The near candidates that are another size or pack of something this household buys."""
    known = {index.skus[sku].product_id for sku in own if sku in index.skus}
    return [sku for sku in near if index.skus[sku].product_id in known]


def _ask(index: CatalogIndex, candidates: Sequence[str]) -> Found:
    skus = [index.skus[sku] for sku in candidates]
    if len(skus) == 1:
        return Found("act", tuple(skus))
    first = skus[0]
    one_product = [sku for sku in skus if sku.product_id == first.product_id]
    if len(one_product) == len(skus) and len({sku.size for sku in skus}) > 2:
        whole = [index.skus[sku] for sku in index.by_product[first.product_id]]
        return Found("ask", tuple(whole))
    if len(one_product) == len(skus):
        return Found("ask", tuple(skus[:2]))
    other = next(sku for sku in skus if sku.product_id != first.product_id)
    return Found("ask", (first, other))
