"""What shoppers say about points: how many, what for, and claiming a reward."""

from collections.abc import Mapping
from typing import Any, TypedDict
from uuid import UUID

from skill.conversation.declare import Slot, intent, on_late, on_no, on_yes
from skill.conversation.dispatcher import Say
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.loyalty.rewards import AT_MOST, OfferedReward
from skill.loyalty.rules import missing
from skill.loyalty.service import HoldClosed, Loyalty, NotEnoughPoints

CLAIM = "loyalty.claim"
CHOICE, NAMED = "rewards", "named"
"""In the session: the rewards between which it was asked, and those that were offered by name."""
PLACES = {"first": 0, "second": 1, "last": -1}
"""Ids of the values of the position slot and where they point."""


class Told(TypedDict):
    """What a prompt that offers rewards needs."""

    rewards: list[OfferedReward]
    named: list[OfferedReward]
    more: int


@intent("CheckPointsIntent", needs="points")
def check_points(turn: Turn, loyalty: Loyalty) -> Reply:
    """Say the balance, and the one reward that it reaches or comes nearest to."""
    balance = loyalty.balance(turn.at)
    if balance.held:
        return Reply("CheckPointsIntent.set_aside", {"points": balance.total, "held": balance.held})
    if balance.owed:
        return Reply("CheckPointsIntent.owing", {"owed": balance.owed})
    if balance.total == 0:
        return Reply("CheckPointsIntent.none")
    rewards = loyalty.rewards(turn.language)
    if not rewards:
        return Reply("CheckPointsIntent.balance", {"points": balance.total})
    within = _within(rewards, balance.available)
    if within:
        best = within[-1]
        return Reply("CheckPointsIntent.enough_for", {"points": balance.total, "reward": best.name})
    return Reply("CheckPointsIntent.short_of", _shortfall(rewards[0], balance.available))


@intent("ListRewardsIntent")
def list_rewards(turn: Turn, loyalty: Loyalty) -> Reply:
    """Say what the points reach and ask which one to claim; without a balance, say what there is."""
    rewards = _offered(turn, loyalty)
    if "points" not in turn.caller.permissions:
        return Reply("ListRewardsIntent.offered", {**_told(rewards)})
    available = loyalty.balance(turn.at).available
    within = _within(rewards, available)
    if not within:
        return Reply("ListRewardsIntent.out_of_reach", _shortfall(rewards[0], available))
    return _offer("ListRewardsIntent.within_reach", within, available)


@intent(
    "ClaimRewardIntent", Slot("reward", "REWARD", elicited=True), Slot("position", "POSITION"), needs="claim"
)
def claim_reward(turn: Turn, loyalty: Loyalty) -> Reply:
    """Find the reward that was named or pointed at, hold its points and ask for a yes."""
    rewards = _offered(turn, loyalty)
    reward_id = _pointed_at(turn) or _id(turn, "reward")
    words = turn.heard("reward") or _unplaced(turn)
    known = [reward for reward in rewards if reward.id == reward_id]
    if words is None and not known:
        return _which_reward(turn, loyalty)
    if known:
        return _ask(turn, loyalty, known[0], "ClaimRewardIntent.confirm")
    found = loyalty.find_reward(words or "", turn.language, _listed(turn, CHOICE))
    if found.decision == "decline":
        raise SpokenError("ClaimRewardIntent.not_offered", {"try": Say("loyalty.list_rewards")})
    if found.decision == "ask":
        first, second = found.rewards
        return Reply(
            "ClaimRewardIntent.which",
            {"first": first.name, "second": second.name},
            elicit="reward",
            choice={CHOICE: [first.id, second.id]},
        )
    return _ask(turn, loyalty, found.rewards[0], "ClaimRewardIntent.confirm")


@on_yes(CLAIM)
def redeem_claim(turn: Turn, loyalty: Loyalty, payload: Mapping[str, Any]) -> Reply:
    """The held points become a redemption, exactly once."""
    try:
        loyalty.redeem(UUID(payload["hold"]), turn.at)
    except HoldClosed:
        return claim_again(turn, loyalty, payload)
    left = loyalty.balance(turn.at).available
    return Reply("YesIntent.reward_claimed", {"reward": payload["reward"], "left": left})


@on_no(CLAIM)
def drop_claim(turn: Turn, loyalty: Loyalty, payload: Mapping[str, Any]) -> Reply:
    """The held points go back to where they were."""
    loyalty.drop(UUID(payload["hold"]), turn.at)
    return Reply("NoIntent.claim_dropped", {"points": loyalty.balance(turn.at).total})


@on_late(CLAIM)
def claim_again(turn: Turn, loyalty: Loyalty, payload: Mapping[str, Any]) -> Reply:
    """The hold has lapsed: hold the points anew, at today's price, and ask again."""
    reward = loyalty.claimed_reward(UUID(payload["hold"]), turn.language)
    if reward is None:
        raise SpokenError("ClaimRewardIntent.not_offered", {"try": Say("loyalty.list_rewards")})
    return _ask(turn, loyalty, reward, "YesIntent.claim_lapsed")


def teach(turn: Turn, loyalty: Loyalty) -> list[str]:
    """What the points reach, when they reach something; else how many there are."""
    if not {"points", "claim"} <= turn.caller.permissions:
        return []
    available = loyalty.balance(turn.at).available
    if _within(loyalty.rewards(turn.language), available):
        return ["loyalty.list_rewards", "loyalty.check_points"]
    return ["loyalty.check_points"] if available else []


def _ask(turn: Turn, loyalty: Loyalty, reward: OfferedReward, prompt: str) -> Reply:
    try:
        claim = loyalty.claim(reward, turn.at, turn.caller.member_id)
    except NotEnoughPoints as lacking:
        values = {"reward": reward.name, "cost": reward.points, "missing": lacking.missing_points}
        raise SpokenError("ClaimRewardIntent.not_enough", values) from lacking
    return Reply(
        prompt,
        {"reward": reward.name, "cost": reward.points, "left": claim.left_points},
        confirm=Confirm(CLAIM, {"hold": str(claim.hold_id), "reward": reward.name}),
    )


def _which_reward(turn: Turn, loyalty: Loyalty) -> Reply:
    rewards = _offered(turn, loyalty)
    available = loyalty.balance(turn.at).available
    within = _within(rewards, available)
    if not within:
        return Reply("ClaimRewardIntent.too_few", _shortfall(rewards[0], available))
    return _offer("ClaimRewardIntent.which_reward", within, available)


def _offer(prompt: str, within: list[OfferedReward], available: int) -> Reply:
    """Ask which of the rewards within reach to claim, the dearest first."""
    told = _told(list(reversed(within)))
    named = [reward.id for reward in told["named"]]
    values = {"points": available, **told}
    return Reply(prompt, values, elicit="ClaimRewardIntent.reward", choice={NAMED: named})


def _told(rewards: list[OfferedReward]) -> Told:
    """All rewards for the card, those spoken by name, and how many more there are."""
    return {"rewards": rewards, "named": rewards[:AT_MOST], "more": len(rewards[AT_MOST:])}


def _offered(turn: Turn, loyalty: Loyalty) -> list[OfferedReward]:
    rewards = loyalty.rewards(turn.language)
    if not rewards:
        raise SpokenError("Error.no_rewards")
    return rewards


def _pointed_at(turn: Turn) -> str | None:
    """The reward that "the second one" means among those that the turn before named."""
    spoken = _listed(turn, CHOICE) or _listed(turn, NAMED)
    place = PLACES.get(_id(turn, "position") or "")
    return spoken[place] if place is not None and -len(spoken) <= place < len(spoken) else None


def _unplaced(turn: Turn) -> str | None:
    """Words heard as a position that are none ("the wipes"): they name a reward."""
    return None if _id(turn, "position") in PLACES else turn.heard("position")


def _id(turn: Turn, slot: str) -> str | None:
    heard = turn.slots.get(slot)
    return heard.id if heard else None


def _listed(turn: Turn, key: str) -> list[str]:
    """The ids of the rewards that the turn before named: between which it asked, or as an offer."""
    ids = (turn.session.choice or {}).get(key)
    return [value for value in ids if isinstance(value, str)] if isinstance(ids, list) else []


def _within(rewards: list[OfferedReward], available: int) -> list[OfferedReward]:
    return [reward for reward in rewards if not missing(reward.points, available)]


def _shortfall(nearest: OfferedReward, available: int) -> dict[str, object]:
    lacking = missing(nearest.points, available)
    return {"points": available, "reward": nearest.name, "missing": lacking}
