"""The usual, the need date, windows and reasons: their promises, at the edges too."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.orders.replenishment import (
    Priors,
    Reason,
    Window,
    fit,
    interval,
    predict,
    reason,
    usual,
    window,
)
from skill.orders.replenishment_priors import ProductPrior

START = date(2024, 1, 1)
NOW = date(2024, 6, 1)

rows = st.tuples(st.dates(date(2020, 1, 1), date(2026, 1, 1)), st.sampled_from("abcdef"), st.integers(1, 12))
histories = st.lists(rows, max_size=40).map(lambda found: sorted(found, key=lambda row: row[0]))
days = st.dates(date(2019, 1, 1), date(2027, 1, 1))


def every(gap: int, times: int, product: str = "milk", quantity: int = 1) -> list[tuple[date, str, int]]:
    """Purchases at equal distances from START."""
    return [(START + timedelta(days=gap * step), product, quantity) for step in range(times)]


def due(history: list[tuple[date, str, int]], now: date, product: str = "milk") -> date:
    """The day named for one product."""
    return {row[0]: row[1] for row in predict(history, now)}[product]


def shop(households: int = 60) -> list[list[tuple[date, str, int]]]:
    """Histories of a year: milk about every 7 days, soap about every 30, a vase once."""
    found = []
    for number in range(households):
        history = [(START + timedelta(days=number % 9 * 20), f"vase {number}", 1)]
        for product, gap, wobble in (("milk", 7, 2), ("soap", 30, 9)):
            day = number % gap
            for step in range(366 // gap):
                history.append((START + timedelta(days=day), product, 1))
                day += gap + (step * 5 + number) % (2 * wobble) - wobble
        found.append(sorted(history))
    return found


@pytest.mark.parametrize("ask", [usual, predict])
def test_nothing_bought_gives_nothing(ask: Callable[..., list[Any]]) -> None:
    assert ask([], NOW) == []
    assert ask([(NOW + timedelta(days=1), "milk", 1)], NOW) == []


def test_one_purchase_is_dated_from_what_shops_expect() -> None:
    [(product, day, score, confidence)] = predict([(NOW, "milk", 1)], NOW)
    assert product == "milk"
    assert NOW + timedelta(days=14) <= day <= NOW + timedelta(days=28)
    assert score > 0
    assert 0 < confidence < 0.5


def test_purchases_of_one_day_are_one_purchase() -> None:
    split = predict([(NOW, "milk", 1), (NOW, "tea", 1), (NOW, "milk", 2)], NOW)
    assert split == predict([(NOW, "milk", 3), (NOW, "tea", 1)], NOW)
    assert {row[0] for row in split} == {"milk", "tea"}


def test_a_regular_product_is_named_near_its_next_day_and_surer_than_an_irregular_one() -> None:
    regular = every(7, 20)
    last = regular[-1][0]
    wild = [(START + timedelta(days=day), "tea", 1) for day in (0, 2, 40, 45, 90, 91, 126, 133)]
    found = {row[0]: row for row in predict(sorted(regular + wild), last)}
    assert abs((found["milk"][1] - last).days - 7) <= 1
    assert found["milk"][3] > found["tea"][3]


@pytest.mark.parametrize("packs", [2, 4, 12])
def test_a_larger_last_purchase_delays_the_next_one(packs: int) -> None:
    usual_amount = every(30, 6)
    last = usual_amount[-1][0]
    more = [*usual_amount[:-1], (last, "milk", packs)]
    assert due(more, last) > due(usual_amount, last)


def test_the_same_larger_quantity_every_time_delays_nothing() -> None:
    assert due(every(30, 6, quantity=3), NOW) == due(every(30, 6), NOW)


def test_double_packs_last_twice_as_long_where_a_shop_has_learned_so() -> None:
    priors = Priors(quantity_exponent=1.0)
    history = every(20, 12)
    last = history[-1][0]
    double = [*history[:-1], (last, "milk", 2)]
    [single_row], [double_row] = predict(history, last, priors), predict(double, last, priors)
    assert (double_row[1] - last).days == pytest.approx(2 * (single_row[1] - last).days, rel=0.1)


def test_quantities_may_be_weights() -> None:
    assert reason([(NOW, "apples", 0.75)], "apples", NOW) == Reason(1, None, NOW, 0.75)


@pytest.mark.parametrize("quantity", [0, -1, math.nan])
def test_a_quantity_not_above_zero_is_refused(quantity: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        predict([(NOW, "milk", quantity)], NOW)


def test_an_id_that_cannot_be_hashed_is_refused() -> None:
    product: Any = ["milk"]
    for ask in (usual, predict):
        for day in (NOW, NOW + timedelta(days=9)):
            with pytest.raises(TypeError):
                ask([(day, product, 1)], NOW)


def test_a_day_that_is_no_date_is_refused() -> None:
    day: Any = "2024-01-01"
    with pytest.raises(TypeError):
        usual([(day, "milk", 1)], NOW)
    with pytest.raises(TypeError):
        predict([], day)


def test_a_gap_of_decades_still_gives_a_day_within_a_year() -> None:
    for asked in (date(2024, 1, 2), date(2600, 1, 1), date.max):
        old = [(date(1, 1, 1), "milk", 1), (date(1, 1, 2), "milk", 1), (date(2024, 1, 1), "tea", 1)]
        for _, day, score, confidence in predict(old, asked):
            assert asked <= day <= min(date.max, asked + timedelta(days=min(365, (date.max - asked).days)))
            assert math.isfinite(score)
            assert 0 <= confidence <= 1


def test_a_leap_day_is_a_day_like_others() -> None:
    leap = [(date(2024, 2, 15), "milk", 1), (date(2024, 2, 22), "milk", 1), (date(2024, 2, 29), "milk", 1)]
    plain = [(day - timedelta(days=365), product, quantity) for day, product, quantity in leap]
    assert due(leap, leap[-1][0]) - leap[-1][0] == due(plain, plain[-1][0]) - plain[-1][0]


def test_now_before_everything_gives_nothing() -> None:
    before = START - timedelta(days=1)
    assert usual(every(7, 5), before) == []
    assert predict(every(7, 5), before) == []
    assert interval(every(7, 5), "milk", before) is None
    assert reason(every(7, 5), "milk", before) is None


@given(histories, days)
def test_rows_after_now_change_nothing(history: list[tuple[date, str, int]], now: date) -> None:
    known = [row for row in history if row[0] <= now]
    assert predict(history, now) == predict(known, now)
    assert usual(history, now) == usual(known, now)


@given(histories, days, st.randoms())
def test_the_order_of_the_rows_changes_no_figure(
    history: list[tuple[date, str, int]], now: date, random: Random
) -> None:
    shuffled = list(history)
    random.shuffle(shuffled)
    assert sorted(predict(shuffled, now)) == sorted(predict(history, now))
    assert sorted(row[:3:2] for row in usual(shuffled, now)) == sorted(
        row[:3:2] for row in usual(history, now)
    )


@given(histories, days)
def test_every_answer_keeps_its_promises(history: list[tuple[date, str, int]], now: date) -> None:
    bought = {row[1] for row in history if row[0] <= now}
    for ask in (usual, predict):
        found = ask(history, now)
        assert {row[0] for row in found} == bought
        assert len(found) == len(bought)
        scores = [row[2] for row in found]
        assert scores == sorted(scores, reverse=True)
        assert all(math.isfinite(score) and score > 0 for score in scores)
    for product, day, _, confidence in predict(history, now):
        assert now <= day <= now + timedelta(days=365)
        assert 0 <= confidence <= 1
        assert day > now or (now, product) not in {row[:2] for row in history}


@given(histories, days, st.sampled_from("abcdefg"))
def test_an_interval_is_in_order_and_not_past(
    history: list[tuple[date, str, int]], now: date, product: str
) -> None:
    found = interval(history, product, now)
    times = len({row[0] for row in history if row[1] == product and row[0] <= now})
    assert (found is not None) == (times >= 2)
    if found:
        assert now <= found[0] <= found[1] <= now + timedelta(days=365)


@given(histories, days, st.integers(0, 400))
def test_time_without_a_purchase_never_brings_the_interval_back(
    history: list[tuple[date, str, int]], now: date, later: int
) -> None:
    known = [row for row in history if row[0] <= now]
    for product in {row[1] for row in known}:
        before, after = interval(known, product, now), interval(known, product, now + timedelta(days=later))
        assert (before is None) == (after is None)
        if before and after:
            assert before[0] <= after[0]
            assert before[1] <= after[1]


@given(histories, days)
def test_what_was_bought_more_often_and_later_comes_first_in_the_usual(
    history: list[tuple[date, str, int]], now: date
) -> None:
    known = [row for row in history if row[0] <= now]
    rare, often = every(10, 3, "rare"), every(10, 6, "often")
    both = sorted([*rare, *often, *known], key=lambda row: row[0])
    asked = max(now, both[-1][0]) + timedelta(days=1)
    ranks = [row[0] for row in usual(both, asked)]
    assert ranks.index("often") < ranks.index("rare")


def test_equal_products_keep_the_order_of_first_purchase() -> None:
    history = [(START, name, 1) for name in ("tea", "milk", "bread")]
    assert [row[0] for row in usual(history, NOW)] == ["tea", "milk", "bread"]
    assert [row[0] for row in predict(history, NOW)] == ["tea", "milk", "bread"]


def test_the_seed_of_hashing_changes_nothing() -> None:
    script = (
        "from datetime import date, timedelta as t\n"
        "from skill.orders.replenishment import fit, predict, usual\n"
        "h = [(date(2024, 1, 1) + t(days=i * i % 300), f'p{i % 17}', 1 + i % 3) for i in range(120)]\n"
        "print(usual(h, date(2025, 1, 1)), predict(h, date(2025, 1, 1), fit([h, h[:50]])))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_priors_learn_what_is_bought_often_and_what_once() -> None:
    priors = fit(shop())
    assert math.exp(priors.product("milk").log_gap) == pytest.approx(7, rel=0.2)
    assert math.exp(priors.product("soap").log_gap) == pytest.approx(30, rel=0.2)
    assert priors.product("milk").repeat_share > priors.product("vase 1").repeat_share
    [(_, day, _, _)] = predict([(NOW, "milk", 1)], NOW, priors)
    assert (day - NOW).days <= 8


def test_priors_claim_what_they_saw_to_be_true() -> None:
    priors = fit(shop())
    assert priors.confidence != Priors().confidence
    first, last = shop(3)[0], START + timedelta(days=200)
    claims = {row[0]: row[3] for row in predict(first, last, priors)}
    assert claims["milk"] > claims["soap"]
    assert claims["milk"] > 0.8


def test_priors_of_nothing_are_the_defaults() -> None:
    assert fit([]) == Priors()
    assert fit([[], []]) == Priors()


def test_priors_survive_storage() -> None:
    priors = fit(shop(20))
    assert Priors.from_json(priors.to_json()) == priors
    assert Priors.from_json(Priors().to_json()) == Priors()
    by_number = Priors(products={7: ProductPrior(2.0, 0.5)})
    assert Priors.from_json(by_number.to_json()) == by_number


@pytest.mark.parametrize("product_id", [(1, 2), None, True, START])
def test_an_id_that_json_would_change_is_not_stored(product_id: object) -> None:
    with pytest.raises(TypeError, match="strings or integers"):
        Priors(products={product_id: ProductPrior(2.0, 0.5)}).to_json()


def test_something_else_than_stored_priors_is_refused() -> None:
    good = json.loads(Priors().to_json())
    bad = [
        "",
        "[]",
        "{}",
        json.dumps({**good, "log_gap": None}),
        json.dumps({**good, "log_gap_variance": 0}),
        json.dumps({**good, "log_gap": math.nan}),
        json.dumps({**good, "spread_scale": -1}),
        json.dumps({**good, "confidence": []}),
        json.dumps({**good, "confidence": [[0, 0.5], [1, 0.2]]}),
        json.dumps({**good, "products": [["milk", 1.0]]}),
        json.dumps({**good, "products": [[["milk"], 1.0, 0.5]]}),
    ]
    for text in bad:
        with pytest.raises(ValueError, match="no stored priors"):
            Priors.from_json(text)


def test_a_reason_tells_what_happened() -> None:
    history = [*every(9, 4), (START + timedelta(days=41), "milk", 3), (START, "tea", 1)]
    assert reason(history, "milk", NOW) == Reason(5, 9, START + timedelta(days=41), 3)
    assert reason(history, "tea", NOW) == Reason(1, None, START, 1)
    assert reason(history, "wine", NOW) is None


@pytest.mark.parametrize(
    ("due_on", "spread", "expected"),
    [
        (date(2024, 6, 1), 0, Window("whole", "day", 0)),
        (date(2024, 5, 1), 0, Window("whole", "day", 0)),
        (date(2024, 6, 4), 1, Window("whole", "day", 3)),
        (date(2024, 6, 4), 4, Window("early", "week", 1)),
        (date(2024, 6, 8), 4, Window("late", "week", 1)),
        (date(2024, 6, 8), 8, Window("whole", "week", 1)),
        (date(2024, 6, 27), 15, Window("late", "month", 0)),
        (date(2024, 7, 15), 20, Window("middle", "month", 1)),
        (date(2025, 1, 2), 60, Window("whole", "month", 7)),
    ],
)
def test_a_window_is_as_fine_as_is_honest(due_on: date, spread: int, expected: Window) -> None:
    assert window(due_on, spread, NOW) == expected


@given(days, st.integers(0, 400), st.integers(0, 400))
def test_a_window_never_lies_in_the_past(now: date, ahead: int, spread: int) -> None:
    assert window(now + timedelta(days=ahead), spread, now).ahead >= 0
    assert window(now - timedelta(days=ahead), spread, now).ahead == 0
