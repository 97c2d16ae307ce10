"""Writes the demo shop's rewards and its rule for earning points into the reference tables."""

from skill.loyalty.models import EarnRule, Reward, RewardName
from skill.shops.demo_catalogue import LANGUAGES, LISTED_SINCE, data, in_language
from skill.storage.database import Unit


def seed_rewards(unit: Unit) -> None:
    """Write every reward and the earn rule, replacing what an earlier seed wrote."""
    shop = data("shop")
    unit.session.merge(
        EarnRule(
            id="demo",
            currency=shop["currency"],
            points_per_unit=shop["points"]["per_currency_unit"],
            valid_from=LISTED_SINCE,
        )
    )
    for reward in shop["reward"]:
        unit.session.merge(Reward(id=reward["id"], kind=reward["kind"], points=reward["points"]))
        unit.session.flush()
        for language in LANGUAGES:
            unit.session.merge(
                RewardName(
                    reward_id=reward["id"],
                    language=language,
                    name=reward[in_language("name", language)],
                    synonyms=reward.get(in_language("synonyms", language), []),
                )
            )


def reward_values(language: str) -> dict[str, list[str]]:
    """The values of the REWARD slot type: reward id -> name and synonyms."""
    return {
        reward["id"]: [
            reward[in_language("name", language)],
            *reward.get(in_language("synonyms", language), []),
        ]
        for reward in data("shop")["reward"]
    }
