"""A category question: which kind of thing, narrowed by size, budget and brand, and what of it to name."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz import fuzz

from skill.catalog.index import CatalogIndex, SkuFacts
from skill.catalog.packs import saving_percent
from skill.catalog.spoken_names import words
from skill.conversation.wording import MINOR_DIGITS
from skill.understanding.words import phrase

MOST_CHOICES = 2
MISHEARD = 80
"""Brands this alike (0 to 100) are one brand with a letter misheard."""
Dimension = Literal["size", "brand", "budget"]

CURRENCIES: Mapping[str, str] = {
    **dict.fromkeys(("dollar", "dollars", "buck", "bucks"), "USD"),
    **dict.fromkeys(("euro", "euros"), "EUR"),
    **dict.fromkeys(("pound", "pounds", "quid", "pfund"), "GBP"),
}
"""Words for money in the languages spoken here -> ISO 4217."""
_MONEY = (
    r"(?P<whole>\d+(?:\.\d+)?)(?: (?P<currency>[a-z]+))?(?: (?:and |und )?(?P<cents>\d\d?)(?: cents?)?)?$"
)
_PATTERNS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "en": {
        "budget": re.compile(
            rf"(?:^|\s)(?:for |that cost )?(?:under|below|less than|up to|at most|cheaper than) {_MONEY}"
        ),
        "size": re.compile(r"(?:^|\s)(?:in |of )?size (?P<size>\w+)$|^(?P<label>newborn)\b"),
        "brand": re.compile(r"\s(?:from|by|made by) (?P<brand>.+)$"),
        "cheap": re.compile(r"\b(?:cheap\w*|inexpensive|affordable|low cost)\b"),
        "small": re.compile(r"^(?:a|an|any|some|the|kinds of|sort of)\s|\s(?:in|of|for|the)$"),
    },
    "de": {
        "budget": re.compile(rf"(?:^|\s)(?:für )?(?:unter|bis|bis zu|höchstens|maximal|\w+ger als) {_MONEY}"),
        "size": re.compile(r"(?:^|\s)(?:in )?(?:der )?größe (?P<size>\w+)$|^(?P<label>neugeboren\w*)\b"),
        "brand": re.compile(r"\s(?:von|der marke|von der marke) (?P<brand>.+)$"),
        "cheap": re.compile(r"\b(?:billig\w*|günstig\w*|preiswert\w*)\b"),
        "small": re.compile(r"^(?:ein|eine|einen|1|die|der|das|den)\s|\s(?:in|von|für|der|die)$"),
    },
}
_NEWBORN = "newborn"


@dataclass(frozen=True)
class Wishes:
    """What was said of a thing: its `words`, and what it must be; "" and None where nothing was said.

    `most_hundredths` is in hundredths of a unit of `currency`, which is "" where no currency was named.
    """

    words: str = ""
    size: str = ""
    brand: str = ""
    most_hundredths: int | None = None
    currency: str = ""
    cheap: bool = False

    def most_cents(self, currency: str) -> int | None:
        """The budget in minor units of `currency`, of which not every one has hundredths; None for none."""
        if self.most_hundredths is None:
            return None
        return int(self.most_hundredths * 10 ** MINOR_DIGITS.get(currency, 2) // 100)


def read_wishes(said: str, index: CatalogIndex, language: str) -> Wishes:
    """Parts "diapers in size 3 from Snugglow under ten dollars" into the thing and what it must be.

    What names no brand of the catalogue and no number stays part of the thing's words.
    """
    patterns = _PATTERNS.get(language, _PATTERNS["en"])
    text, found = " ".join(phrase(said, language)), Wishes()
    for _ in range(3):  # the three may be said in any order, each at the end of what is left
        text, found = _without_budget(text, found, patterns)
        text, found = _without_size(text, found, patterns)
        text, found = _without_brand(text, found, patterns, index)
    if patterns["cheap"].search(text):
        text, found = patterns["cheap"].sub("", text), replace(found, cheap=True)
    text = " ".join(text.split())
    while (shorter := patterns["small"].sub("", text).strip()) != text:
        text = shorter
    return _with_leading_brand(found, text or said.strip(), index)


def _without_budget(text: str, found: Wishes, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, Wishes]:
    match = patterns["budget"].search(text)
    currency = CURRENCIES.get(match["currency"] or "") if match else None
    if match is None or (match["currency"] and currency is None):
        return text, found
    cents = amount_cents(match["whole"], match["cents"])
    return text[: match.start()].strip(), replace(found, most_hundredths=cents, currency=currency or "")


def _without_size(text: str, found: Wishes, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, Wishes]:
    match = patterns["size"].search(text)
    if match is None:
        return text, found
    size = _NEWBORN if match["label"] else match["size"]
    return (text[: match.start()] + text[match.end() :]).strip(), replace(found, size=size)


def _without_brand(
    text: str, found: Wishes, patterns: Mapping[str, re.Pattern[str]], index: CatalogIndex
) -> tuple[str, Wishes]:
    """A brand that is not sold here is one all the same where a kind of thing stands before it."""
    match = patterns["brand"].search(text)
    if match is None:
        return text, found
    rest = text[: match.start()].strip()
    kind = index.need(_without_size(rest, found, patterns)[0])
    brand = brand_named(match["brand"], index) or (match["brand"] if kind is not None else "")
    return (rest, replace(found, brand=brand)) if brand else (text, found)


def _with_leading_brand(found: Wishes, text: str, index: CatalogIndex) -> Wishes:
    """The kind of thing alone, as "snugglow diapers" has it behind its brand; words as they are otherwise."""
    if index.need(text) is not None:
        return replace(found, words=text)
    first, _space, rest = text.partition(" ")
    brand = brand_named(first, index)
    if brand and index.need(rest) is not None:
        return replace(found, words=rest, brand=brand)
    return replace(found, words=text)


def amount_cents(whole: str, cents: str | None = None) -> int | None:
    """ "5", "4.5" or "4" and "50" in hundredths; None for what is no number or not above zero."""
    units, _point, part = whole.partition(".")
    if not (units.isdecimal() and part.isdecimal() == bool(part) and len(units) < 7):
        return None
    hundredths = int(part[:2].ljust(2, "0")) if part else 0
    if cents is not None and cents.isdecimal() and len(cents) < 3:
        hundredths = int(cents)
    return int(units) * 100 + hundredths or None


def brand_named(said: str, index: CatalogIndex) -> str:
    """The brand of the catalogue that these words are, a letter misheard or not; "" for none."""
    wanted = "".join(words(said))
    alike = [(fuzz.ratio(wanted, "".join(words(brand))), brand) for brand in index.brands]
    likeness, brand = max(alike, default=(0, ""))
    return brand if likeness >= MISHEARD else ""


def fitting(
    skus: Sequence[SkuFacts], wishes: Wishes, cents: Mapping[str, int], currency: str
) -> list[SkuFacts]:
    """Those of `skus` that have a price in minor units of `currency` and are all that `wishes` ask for."""
    most = wishes.most_cents(currency)
    return [
        sku
        for sku in skus
        if sku.sku_id in cents
        and (not wishes.size or words(sku.size) == words(wishes.size))
        and (not wishes.brand or sku.brand == wishes.brand)
        and (most is None or cents[sku.sku_id] <= most)
    ]


def ranked(
    skus: Sequence[SkuFacts],
    own: Sequence[str],
    cents: Mapping[str, int],
    scores: Mapping[str, int],
    *,
    cheap: bool = False,
) -> list[SkuFacts]:
    """Own purchases first, the most recent before others; then by rating, then by price.

    Where something cheap is wanted the price alone counts. Who pays for a place counts nowhere: `sponsored`
    is no part of any key. `scores` are of products, as opinions.py makes them.
    """
    places = {sku_id: place for place, sku_id in enumerate(own)}

    def key(sku: SkuFacts) -> tuple[int, int, int, str]:
        if cheap:
            return 0, 0, cents[sku.sku_id], sku.sku_id
        place = places.get(sku.sku_id, len(own))
        return place, -scores.get(sku.product_id, 0), cents[sku.sku_id], sku.sku_id

    return sorted(skus, key=key)


def choices(skus: Sequence[SkuFacts], cents: Mapping[str, int]) -> list[SkuFacts]:
    """The first of ranked `skus` and one more: its larger pack that saves, another product, or the next.

    Where things come in sizes the second has the size of the first, if there is one.
    """
    if len(skus) < MOST_CHOICES:
        return list(skus)
    first, *others_ranked = skus
    rest = [sku for sku in others_ranked if sku.size == first.size] or others_ranked
    larger = [sku for sku in rest if saving_percent(first, sku, cents)]
    others = [sku for sku in rest if sku.product_id != first.product_id]
    return [first, (larger or others or rest)[0]]


def question(skus: Sequence[SkuFacts], wishes: Wishes) -> Dimension:
    """What to ask to narrow these: the size where they come in sizes, else the brand, else the price."""
    if not wishes.size and len({sku.size for sku in skus}) > 1 and all(sku.size for sku in skus):
        return "size"
    if not wishes.brand and len({sku.brand for sku in skus}) > 1:
        return "brand"
    return "budget"
