"""The rules of points: what is earned when, and that every movement balances."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.loyalty import rules

START = datetime(2026, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Rate:
    """A rule as the table has it."""

    points_per_unit: int = 1
    currency: str = "USD"
    valid_from: datetime = START
    valid_until: datetime | None = None


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_each_whole_dollar_earns_and_the_rest_does_not(goods_cents: int, per_unit: int) -> None:
    assert (
        rules.points_earned(goods_cents, Rate(per_unit)) == (goods_cents - goods_cents % 100) / 100 * per_unit
    )


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 20))
def test_splitting_a_purchase_never_earns_more(one: int, other: int, per_unit: int) -> None:
    rate = Rate(per_unit)
    apart = rules.points_earned(one, rate) + rules.points_earned(other, rate)
    assert apart <= rules.points_earned(one + other, rate)


def test_a_currency_without_minor_units_earns_for_each_unit() -> None:
    assert rules.points_earned(1240, Rate(currency="JPY")) == 1240


def test_nothing_is_earned_without_a_rule() -> None:
    assert rules.points_earned(99_99, None) == 0


def test_goods_below_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="less than nothing"):
        rules.points_earned(-1, Rate())


def test_a_rule_holds_from_its_first_instant_until_before_its_last() -> None:
    end = START + timedelta(days=30)
    rate = Rate(valid_until=end)
    assert rules.rule_at([rate], "USD", START - MILLISECOND) is None
    assert rules.rule_at([rate], "USD", START) is rate
    assert rules.rule_at([rate], "USD", end - MILLISECOND) is rate
    assert rules.rule_at([rate], "USD", end) is None


def test_a_rule_is_for_its_own_currency() -> None:
    assert rules.rule_at([Rate(currency="EUR")], "USD", START) is None


def test_the_rule_that_began_last_counts_when_two_hold() -> None:
    usual, double = Rate(1), Rate(2, valid_from=START + timedelta(days=5))
    for order in ([usual, double], [double, usual]):
        assert rules.rule_at(order, "USD", START + timedelta(days=6)) is double
        assert rules.rule_at(order, "USD", START + timedelta(days=4)) is usual


@given(st.sampled_from(sorted(rules.MOVES)), st.integers(1, 10**9))
def test_the_entries_of_a_movement_sum_to_zero(kind: str, points: int) -> None:
    posted = rules.entries(kind, points)
    assert sum(posted.values()) == 0
    assert set(posted) <= set(rules.ACCOUNTS)
    assert sorted(posted.values()) == [-points, points]


@given(st.integers(1, 10**6), st.integers(0, 10**6))
def test_what_is_taken_back_leaves_nothing_below_zero_but_the_debt(points: int, available: int) -> None:
    posted = rules.taken_back(points, available)
    assert sum(posted.values()) == 0
    assert available + posted.get(rules.AVAILABLE, 0) >= 0
    assert posted[rules.ISSUED] == points
    assert rules.OWED not in posted or available + posted.get(rules.AVAILABLE, 0) == 0


@pytest.mark.parametrize("points", [0, -1])
def test_a_movement_of_no_points_is_refused(points: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        rules.entries(rules.EARN, points)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_what_is_missing_is_what_would_make_it_enough(cost: int, available: int) -> None:
    lacking = rules.missing(cost, available)
    assert lacking >= 0
    assert available + lacking >= cost
    assert lacking == 0 or available + lacking == cost


def test_a_hold_stands_at_its_last_instant_and_not_after_it() -> None:
    assert rules.is_live(START, START)
    assert not rules.is_live(START, START + MILLISECOND)
