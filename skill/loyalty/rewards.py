"""The rewards of the shop in one language, and which of them a shopper's words mean."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import dropwhile

from sqlmodel import col, select

from skill.catalog.matching import Decision, ProductMatcher
from skill.loyalty.models import Reward, RewardName
from skill.storage.database import Unit
from skill.understanding.language import load_language

ANY_LANGUAGE = ""
AT_MOST = 2
"""How many rewards a question may name."""


@dataclass(frozen=True)
class OfferedReward:
    """A reward that can be claimed now, as it is called in the language of the turn."""

    id: str
    name: str
    points: int
    kind: str
    synonyms: tuple[str, ...] = ()
    quantity: int = 1  # a reward is claimed one at a time; spoken lists count their things


@dataclass(frozen=True)
class RewardMatch:
    """What the words led to: "act" on the one reward, "ask" between at most two, or "decline" with none."""

    decision: Decision
    rewards: tuple[OfferedReward, ...]


def offered(unit: Unit, language: str) -> list[OfferedReward]:
    """Every reward on offer that has a name in `language`, the cheapest first."""
    rows = unit.session.exec(
        select(Reward, RewardName)
        .join(RewardName, col(RewardName.reward_id) == col(Reward.id))
        .where(col(Reward.offered).is_(True), col(RewardName.language).in_([language, ANY_LANGUAGE]))
        .order_by(col(RewardName.language))  # "" sorts first, so that the language's own name replaces it
    ).all()
    found = {
        reward.id: OfferedReward(reward.id, name.name, reward.points, reward.kind, tuple(name.synonyms))
        for reward, name in rows
    }
    return sorted(found.values(), key=lambda reward: (reward.points, reward.id))


def match(words: str, rewards: Sequence[OfferedReward], language: str) -> RewardMatch:
    """Which of `rewards` the words mean, by their names and synonyms in `language`."""
    if not rewards or not words.strip():
        return RewardMatch("decline", ())
    exact = _by_full_name(words, rewards, language)
    if exact is not None:
        return RewardMatch("act", (exact,))
    by_id = {reward.id: reward for reward in rewards}
    names = tuple((reward.id, name) for reward in rewards for name in (reward.name, *reward.synonyms))
    matcher = _matcher(names, language)
    found = matcher.match(words)
    if found.decision == "decline":  # only then: the article of "ein Dollar Rabatt" is its number
        found = matcher.match(_without_articles(words, language))
    best = [by_id[reward_id] for reward_id, _score in found.candidates]
    if found.decision == "decline" or not best:
        return RewardMatch("decline", ())
    if found.decision == "act" or len(best) == 1:
        return RewardMatch("act", (best[0],))
    return RewardMatch("ask", tuple(best[:AT_MOST]))


def among(rewards: Sequence[OfferedReward], ids: Collection[str]) -> list[OfferedReward]:
    """Those of `rewards` with one of `ids`."""
    return [reward for reward in rewards if reward.id in ids]


def _by_full_name(words: str, rewards: Sequence[OfferedReward], language: str) -> OfferedReward | None:
    """The reward whose whole name was said, alone or among other words; the longest such name counts.

    A name of a single word must be all that was said.
    """
    said = _plain(words, language)
    lengths: dict[str, int] = {}
    for reward in rewards:
        for name in (reward.name, *reward.synonyms):
            parts = _plain(name, language)
            size = len(parts)
            starts = range(len(said) - size + 1) if size > 1 or said == parts else ()
            if any(said[start : start + size] == parts for start in starts):
                lengths[reward.id] = max(size, lengths.get(reward.id, 0))
    longest = [reward for reward in rewards if lengths.get(reward.id) == max(lengths.values(), default=0)]
    return longest[0] if len(longest) == 1 else None


def _plain(words: str, language: str) -> list[str]:
    return _without_articles(words.casefold().replace("-", " "), language).split()


def _without_articles(words: str, language: str) -> str:
    """The words without the articles before them; the matcher itself knows English ones alone."""
    articles = load_language(language).articles
    return " ".join(dropwhile(lambda word: word.casefold() in articles, words.split()))


@lru_cache(maxsize=16)
def _matcher(names: tuple[tuple[str, str], ...], language: str) -> ProductMatcher:
    # The matcher's own table of synonyms is English; other languages bring theirs with the names.
    return ProductMatcher(names, None if language == "en" else {})
