"""Names that a household gives to its lists and buttons: how they are kept, and which one is meant."""

from collections.abc import Collection, Mapping, Sequence

from rapidfuzz import fuzz

LONGEST_LABEL = 40
ALIKE = 80
"""Names this alike (0 to 100) are one name with a letter misheard, where no other is as alike."""
LEADING: Mapping[str, Sequence[str]] = {
    "en": ("my", "our", "the", "a", "an", "called", "named"),
    "de": (
        "meine",
        "meinen",
        "meiner",
        "unsere",
        "die",
        "den",
        "das",
        "der",
        "dem",
        "eine",
        "einen",
        "namens",
    ),
}


def label(said: str, language: str, nouns: Collection[str]) -> str:
    """The name in `said`, in lower case: without article and without the noun ("list", "button") behind it.

    German joins the two: "Babyliste" is "baby". Empty when nothing but the noun was said; what is longer
    than a label may be is cut.
    """
    words = said.casefold().replace("'s", "").split()
    while words and (words[0] in nouns or words[0] in LEADING.get(language, ())):
        words.pop(0)
    while words and words[-1] in nouns:
        words.pop()
    if words and language == "de":
        joined = next((noun for noun in nouns if words[-1].endswith(noun)), "")
        words[-1] = words[-1].removesuffix(joined).rstrip("-")
    return " ".join(word for word in words if word)[:LONGEST_LABEL].strip()


def meant(said: str, labels: Sequence[str]) -> str | None:
    """The one of `labels` that was said: as it is, in part ("baby" for "baby stuff") or nearly; or None."""
    if said in labels:
        return said
    words = set(said.split())
    inside = [one for one in labels if words and (words <= set(one.split()) or set(one.split()) <= words)]
    if inside:
        return inside[0] if len(inside) == 1 else None
    ranked = sorted(((fuzz.ratio(said, one), one) for one in labels), reverse=True)
    if not ranked or ranked[0][0] < ALIKE or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return None
    return ranked[0][1]
