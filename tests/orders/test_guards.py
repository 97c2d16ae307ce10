"""The guards of the purse: amounts, pace, and the role-limit-code table."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.orders.guards import DAY, HOUR, MONTH, Held, Limits, Past, judge
from tests.orders.home import NOW

LIMITS = Limits(
    code_from_cents=10_000,
    most_cents=50_000,
    orders_per_hour=2,
    orders_per_day=4,
    orders_per_month=6,
    cents_per_hour=20_000,
    cents_per_day=30_000,
    cents_per_month=40_000,
)
MINUTE = timedelta(minutes=1)

TABLE = [
    # total, past, has a code, gave it -> held
    (9_999, [], True, False, None),
    (10_000, [], True, False, Held("amount", code=True)),
    (10_000, [], True, True, None),
    (10_000, [], False, False, None),
    (50_000, [], True, True, None),
    (50_001, [], True, True, Held("over_limit", code=False)),
    (50_001, [], False, False, Held("over_limit", code=False)),
    (100, [1, 1], False, False, Held("too_many", code=False)),
    (100, [1, 1], True, False, Held("too_many", code=True)),
    (100, [1, 1], True, True, None),
    (9_000, [11_001], False, False, Held("too_much", code=False)),
    (9_000, [11_000], False, False, None),
]


@pytest.mark.parametrize(("total", "past", "has_code", "proven", "held"), TABLE)
def test_the_table_of_amounts_and_codes(
    total: int, past: list[int], has_code: bool, proven: bool, held: Held | None
) -> None:
    before = [Past(NOW - MINUTE, cents) for cents in past]
    assert judge(LIMITS, before, [total], NOW, has_code=has_code, proven=proven) == held


@pytest.mark.parametrize(("span", "orders"), [(HOUR, 2), (DAY, 4), (MONTH, 6)], ids=["hour", "day", "month"])
def test_orders_count_until_their_span_is_over(span: timedelta, orders: int) -> None:
    inside = [Past(NOW - span + MINUTE, 1)] * orders
    outside = [Past(NOW - span, 1)] * orders
    assert judge(LIMITS, inside, [1], NOW, has_code=False, proven=False) == Held("too_many", code=False)
    assert judge(LIMITS, outside, [1], NOW, has_code=False, proven=False) is None or span != MONTH


def test_several_orders_of_one_yes_count_each() -> None:
    assert judge(LIMITS, [], [1, 1], NOW, has_code=False, proven=False) is None
    assert judge(LIMITS, [], [1, 1, 1], NOW, has_code=False, proven=False) == Held("too_many", code=False)


totals = st.lists(st.integers(0, 60_000), min_size=1, max_size=3)
past_orders = st.lists(
    st.builds(
        lambda ago, cents: Past(NOW - MINUTE * ago, cents), st.integers(0, 50_000), st.integers(0, 30_000)
    )
)


@given(totals, past_orders)
def test_the_code_never_makes_it_harder(wanted: list[int], past: list[Past]) -> None:
    without = judge(LIMITS, past, wanted, NOW, has_code=True, proven=False)
    given_it = judge(LIMITS, past, wanted, NOW, has_code=True, proven=True)
    assert given_it is None or given_it == without


@given(totals, past_orders)
def test_nothing_above_the_households_own_limit_is_let_through(wanted: list[int], past: list[Past]) -> None:
    verdicts = [
        judge(LIMITS, past, wanted, NOW, has_code=has_code, proven=proven)
        for has_code in (True, False)
        for proven in (True, False)
    ]
    assert all(verdict is not None for verdict in verdicts) or sum(wanted) <= 50_000


@given(totals, past_orders)
def test_a_longer_history_never_frees_a_basket(wanted: list[int], past: list[Past]) -> None:
    for shorter in (past[:index] for index in range(len(past))):
        if judge(LIMITS, shorter, wanted, NOW, has_code=False, proven=False) is not None:
            assert judge(LIMITS, past, wanted, NOW, has_code=False, proven=False) is not None
