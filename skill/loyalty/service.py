"""Loyalty: earns points on delivery, says what they are worth, and turns a held claim into a redemption."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, func, select

from skill.loyalty import rewards, rules
from skill.loyalty.ledger import Ledger, Movement
from skill.loyalty.models import EarnRule, Hold, Redemption
from skill.loyalty.rewards import OfferedReward, RewardMatch
from skill.loyalty.rules import Balance
from skill.orders.events import LineReturned, OrderDelivered, OrderEvent
from skill.storage.database import Unit
from skill.storage.keys import new_id

OPEN, CAPTURED, VOIDED, LAPSED = "open", "captured", "voided", "lapsed"


class NotEnoughPoints(Exception):
    """The reward costs `missing_points` more than the household has to spend; nothing was held."""

    def __init__(self, missing_points: int) -> None:
        super().__init__(f"{missing_points} points are missing")
        self.missing_points = missing_points


class HoldClosed(Exception):
    """The hold has lapsed, was voided, or never was; nothing was taken."""


@dataclass(frozen=True)
class Claim:
    """A claim that waits for its "yes": the hold, what it costs, and what would be left."""

    hold_id: UUID
    reward: OfferedReward
    left_points: int


class Loyalty:
    """Points, rewards and claims of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self._ledger = Ledger(unit)

    def balance(self, at: datetime) -> Balance:
        """The points at `at`, always the sum of the entries.

        Points of a hold that has lapsed count as available, whether or not the lapse is written down yet.
        """
        sums = self._ledger.sums()
        lapsed = self.unit.session.exec(
            select(func.sum(Hold.points)).where(*self._open(), col(Hold.expires_at) < at)
        ).one()
        freed = int(lapsed or 0)
        free = sums[rules.AVAILABLE] + freed
        repaid = min(free, -sums[rules.OWED])
        return Balance(free - repaid, sums[rules.HELD] - freed, -sums[rules.OWED] - repaid)

    def earn_on_delivery(self, event: OrderDelivered) -> int:
        """Credit what the delivered goods earn by the rule of the delivery's date; gives the points credited.

        A repeat of the event credits nothing. Raises ValueError for an event of another household.
        """
        if event.household_id != self.unit.household:
            raise ValueError("the delivery is of another household")
        rule = rules.rule_at(self._earn_rules(), event.currency, event.at)
        points = rules.points_earned(event.goods_cents, rule)
        if rule is None or points == 0:
            return 0
        asked = f"{event.goods_cents} {event.currency} {event.at.isoformat()}"
        source = delivery_source(event.order_id)
        self._ledger.lock(event.at)
        new = self._ledger.post(Movement(rules.EARN, points, source, asked, rule.id), event.at)
        self._repay(source, event.at)
        return points if new else 0

    def credit(self, points: int, source: str, at: datetime) -> bool:
        """Credit points that were promised apart from any rule, once per `source`; gives if it was now."""
        self._ledger.lock(at)
        new = self._ledger.post(Movement(rules.EARN, points, source, f"{points} promised"), at)
        self._repay(source, at)
        return new

    def earned(self, source: str) -> int:
        """How many points were ever credited from `source`."""
        return self._ledger.earned(source)

    def correct_earning(self, event: LineReturned) -> int:
        """Take back the returned share of what a delivery earned; gives the points taken back now.

        New entries do it, and name those they correct. A repeat takes nothing; points that are spent or
        held become a debt, paid from the next ones. Raises ValueError for an event of another household.
        """
        if event.household_id != self.unit.household:
            raise ValueError("the return is of another household")
        self._ledger.lock(event.at)
        self._write_lapses(event.at)
        source = delivery_source(event.order_id)
        taken = rules.points_returned(self._ledger.earned(source), event.lines)
        if taken == 0:
            return 0
        return self._ledger.correct(source, taken, f"return:{event.return_id}", event.at)

    def rewards(self, language: str) -> list[OfferedReward]:
        """Every reward on offer in `language`, the cheapest first."""
        return rewards.offered(self.unit, language)

    def find_reward(self, words: str, language: str, only: Collection[str] = ()) -> RewardMatch:
        """Which reward the words mean: the one, at most two to choose from, or none.

        `only` names the rewards of an open choice; they are tried before all others.
        """
        all_rewards = self.rewards(language)
        if only and rewards.match(words, all_rewards, language).decision != "act":
            found = rewards.match(words, rewards.among(all_rewards, only), language)
            if found.decision != "decline":
                return found
        return rewards.match(words, all_rewards, language)

    def claim(self, reward: OfferedReward, at: datetime, member_id: UUID | None = None) -> Claim:
        """Set the reward's points aside until the answer, for at most 120 seconds.

        A member is asked about one claim at a time: an earlier open one of theirs is voided first. Raises
        NotEnoughPoints.
        """
        self._ledger.lock(at)
        self._write_lapses(at)
        for earlier in self._holds(*self._open(), col(Hold.member_id) == member_id):
            self._release(earlier, VOIDED, at)
        available = self._ledger.sums()[rules.AVAILABLE]
        lacking = rules.missing(reward.points, available)
        if lacking:
            raise NotEnoughPoints(lacking)
        hold = Hold(
            household_id=self.unit.household,
            id=new_id(),
            member_id=member_id,
            reward_id=reward.id,
            points=reward.points,
            placed_at=at,
            expires_at=at + rules.HOLD_LIFETIME,
        )
        self.unit.session.add(hold)
        self._move(rules.HOLD, hold, at)
        return Claim(hold.id, reward, available - reward.points)

    def redeem(self, hold_id: UUID, at: datetime) -> Redemption:
        """Turn a live hold into a redemption, once however often it is asked.

        Raises HoldClosed when the hold has lapsed, was voided, or does not exist.
        """
        self._ledger.lock(at)
        hold = self._hold(hold_id)
        if hold is not None and hold.state == CAPTURED:
            return self._redemption(hold_id)
        if hold is None or hold.state != OPEN or not rules.is_live(hold.expires_at, at):
            raise HoldClosed
        self._move(rules.CAPTURE, hold, at)
        self._close(hold, CAPTURED)
        redemption = Redemption(
            household_id=self.unit.household,
            id=new_id(),
            hold_id=hold.id,
            member_id=hold.member_id,
            reward_id=hold.reward_id,
            points=hold.points,
            claimed_at=at,
        )
        self.unit.session.add(redemption)
        self.unit.session.flush()
        return redemption

    def drop(self, hold_id: UUID, at: datetime) -> None:
        """Give the held points back; no effect when the hold is closed already."""
        self._ledger.lock(at)
        self._write_lapses(at)
        hold = self._hold(hold_id)
        if hold is not None and hold.state == OPEN:
            self._release(hold, VOIDED, at)

    def claimed_reward(self, hold_id: UUID, language: str) -> OfferedReward | None:
        """The reward that a hold is for, as it is offered now; None when it is not on offer any more."""
        hold = self._hold(hold_id)
        wanted = [hold.reward_id] if hold else []
        return next(iter(rewards.among(self.rewards(language), wanted)), None)

    def expire_holds(self, at: datetime) -> int:
        """Write down every lapse until `at`; gives how many. What is read does not change by it."""
        self._ledger.lock(at)
        return self._write_lapses(at)

    def _write_lapses(self, at: datetime) -> int:
        lapsed = self._holds(*self._open(), col(Hold.expires_at) < at)
        for hold in lapsed:
            self._release(hold, LAPSED, hold.expires_at)  # so that the time of the sweep leaves no trace
        return len(lapsed)

    def _release(self, hold: Hold, state: str, at: datetime) -> None:
        self._move(rules.LAPSE if state == LAPSED else rules.VOID, hold, at)
        self._close(hold, state)
        self._repay(f"hold:{hold.id}", at)

    def _repay(self, freed_by: str, at: datetime) -> None:
        """Pay what is owed for returned goods from what is free."""
        sums = self._ledger.sums()
        points = min(sums[rules.AVAILABLE], -sums[rules.OWED])
        if points > 0:
            asked = f"{points} owed"
            self._ledger.post(Movement(rules.REPAY, points, f"{freed_by}:repay", asked), at)

    def _move(self, kind: str, hold: Hold, at: datetime) -> None:
        asked = f"{hold.reward_id} {hold.points}"
        self._ledger.post(Movement(kind, hold.points, f"hold:{hold.id}:{kind}", asked), at)

    def _close(self, hold: Hold, state: str) -> None:
        hold.state = state
        self.unit.session.add(hold)
        self.unit.session.flush()

    def _open(self) -> tuple[ColumnElement[bool], ...]:
        return col(Hold.household_id) == self.unit.household, col(Hold.state) == OPEN

    def _holds(self, *conditions: Any) -> list[Hold]:
        # What this session read before it had the lock may be out of date: read it anew.
        return list(
            self.unit.session.exec(
                select(Hold)
                .where(col(Hold.household_id) == self.unit.household, *conditions)
                .order_by(col(Hold.expires_at), col(Hold.id))
                .execution_options(populate_existing=True)
            ).all()
        )

    def _hold(self, hold_id: UUID) -> Hold | None:
        return next(iter(self._holds(col(Hold.id) == hold_id)), None)

    def _redemption(self, hold_id: UUID) -> Redemption:
        return self.unit.session.exec(
            select(Redemption).where(
                col(Redemption.household_id) == self.unit.household, col(Redemption.hold_id) == hold_id
            )
        ).one()

    def _earn_rules(self) -> list[EarnRule]:
        return list(self.unit.session.exec(select(EarnRule)).all())


def delivery_source(order_id: UUID) -> str:
    """The name under which the points of a delivered order stand in the ledger."""
    return f"order:{order_id}:delivered"


def earn_for_deliveries(unit: Unit, event: OrderEvent) -> None:
    """Subscriber of order events: a delivery earns points, a refund takes them back, in one transaction."""
    if isinstance(event, OrderDelivered):
        Loyalty(unit).earn_on_delivery(event)
    elif isinstance(event, LineReturned):
        Loyalty(unit).correct_earning(event)
