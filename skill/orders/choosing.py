"""Reads which of the offered SKUs an answer means: by place, by price, by pack, by name, or all of them."""

import re
from collections.abc import Callable, Mapping, Sequence

from skill.catalog.index import SkuFacts
from skill.catalog.service import choose
from skill.understanding.words import phrase

Prices = Callable[[SkuFacts], int | None]
"""Today's price of a SKU in minor units; None when it has none."""

_ONE = re.compile(r"(?<!size)(?<!number)(?<!option)\s+ones?$", re.IGNORECASE)
"""The "one" of "the bigger one", which is no number."""

_STEMS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    "en": {
        "all": re.compile(r"both|all|each|every"),
        "first": re.compile(r"former"),
        "last": re.compile(r"latter|last"),
        "cheap": re.compile(r"cheap\w*|lowest|least"),
        "dear": re.compile(r"expensive|dear\w*|pric(e?y|ier|iest)"),
        "large": re.compile(r"big\w*|large\w*"),
        "small": re.compile(r"small\w*|little"),
        "number": re.compile(r"number|option"),
    },
    "de": {
        "all": re.compile(r"beide[ns]?|alle|jede\w*"),
        "first": re.compile(r"erstere\w*"),
        "last": re.compile(r"letzte\w*"),
        "cheap": re.compile(r"billig\w*|günstig\w*|preiswert\w*"),
        "dear": re.compile(r"teuer\w*|teur\w*"),
        "large": re.compile(r"groß\w*|größer\w*|größt\w*"),
        "small": re.compile(r"klein\w*"),
        "number": re.compile(r"nummer|option"),
    },
}


def chosen(answer: str, options: Sequence[SkuFacts], language: str, price: Prices) -> list[SkuFacts]:
    """The options that `answer` means: one, all of them for "both", or none when it means none."""
    answer = _ONE.sub("", answer.strip())
    said = phrase(answer, language)
    stems = _STEMS.get(language, _STEMS["en"])
    means = {name for name, stem in stems.items() if any(stem.fullmatch(word) for word in said)}
    if "all" in means and len(options) == 2:
        return list(options)
    one = _by_place(said, means, options) or _by_price(means, options, price)
    one = one or choose(answer, options) or _by_pack(means, options)
    return [one] if one is not None else []


def _by_place(said: Sequence[str], means: set[str], options: Sequence[SkuFacts]) -> SkuFacts | None:
    """ "The first", "the latter", "number two"; ordinals are tokens like "2th" in every language."""
    places = [int(word[:-2]) for word in said if word.endswith("th") and word[:-2].isdigit()]
    if "number" in means:
        places += [int(word) for word in said if word.isdigit() and len(word) < 3]
    if "first" in means:
        places.append(1)
    if "last" in means and not places:
        places.append(len(options))
    place = places[0] if len(places) == 1 else 0
    return options[place - 1] if 1 <= place <= len(options) else None


def _by_price(means: set[str], options: Sequence[SkuFacts], price: Prices) -> SkuFacts | None:
    if not means & {"cheap", "dear"}:
        return None
    priced = sorted((cents, place) for place, sku in enumerate(options) if (cents := price(sku)) is not None)
    if len(priced) < 2:
        return None
    return options[priced[0 if "cheap" in means else -1][1]]


def _by_pack(means: set[str], options: Sequence[SkuFacts]) -> SkuFacts | None:
    """The larger or the smaller pack, where all are measured alike and one stands out."""
    if not means & {"large", "small"} or len({sku.pack_unit for sku in options}) != 1:
        return None
    ranked = sorted(options, key=lambda sku: sku.pack_size, reverse="large" in means)
    if len(ranked) > 1 and ranked[0].pack_size == ranked[1].pack_size:
        return None
    return ranked[0]
