"""What is bought together: counted over households without naming any, offered, and declined for a while."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from skill.orders.ports import Item
from skill.orders.together import NOT_REPEATED, decline, together_offer
from skill.orders.together_count import (
    COUNTED_EVERY,
    MIN_HOUSEHOLDS,
    MIN_LIFT_HUNDREDTHS,
    MOST_IN_BASKET,
    Tally,
    count_when_due,
)
from skill.orders.together_models import BoughtTogether
from skill.shops.demo_household import deliver, seed_people
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.orders.home import NOW, Home

COFFEE, FILTERS, DIAPERS = "EL-HOU-BLE-GRO-12OZ", "PW-COF-FIL-100", "SL-DIA-2-74"
COFFEES, FILTER = "emberlark-house-blend-ground-coffee", "paperwren-coffee-filters"
BASKETS = (frozenset({"coffee", "filters"}), frozenset({"diapers"}))


def tally(households: int, baskets: tuple[frozenset[str], ...] = BASKETS) -> Tally:
    found = Tally()
    for _ in range(households):
        found.add(baskets)
    return found


def neighbours(home: Home, count: int) -> list[UUID]:
    """Households that buy coffee with filters, and diapers on another day."""
    made = [new_id() for _ in range(count)]
    for household_id in made:
        with home.database.unit(household_id) as unit:
            member, orders = seed_people(unit, home.app.demo_services, NOW, children=0), home.app.orders(unit)
            for days, skus in ((9, (COFFEE, FILTERS)), (5, (DIAPERS,))):
                deliver(unit, orders, member, [Item(sku, 1) for sku in skus], NOW - timedelta(days=days))
    return made


def pairs(database: Database) -> list[BoughtTogether]:
    with database.reading(None) as unit:
        return list(unit.session.exec(select(BoughtTogether)).all())


def offered(home: Home, product: str = COFFEES) -> str | None:
    with home.database.reading(home.household_id) as unit:
        found = together_offer(home.app.orders(unit), [product], "en", home.now)
        return found.sku.sku_id if found else None


def test_a_pair_counts_from_five_households_on_however_often_one_of_them_buys_it() -> None:
    assert tally(MIN_HOUSEHOLDS - 1).rows(NOW) == []
    eager = Tally()
    eager.add(BASKETS * 100)
    assert eager.rows(NOW) == []
    assert {(row.product_a, row.product_b) for row in tally(MIN_HOUSEHOLDS).rows(NOW)} == {
        ("coffee", "filters"),
        ("filters", "coffee"),
    }


def test_lift_compares_with_chance() -> None:
    found = tally(MIN_HOUSEHOLDS)
    assert found.lift_hundredths(("coffee", "filters")) == 200  # each in half the baskets, and always both


def test_what_everybody_buys_goes_with_nothing() -> None:
    everywhere = tuple(frozenset({"milk", other}) for other in ("coffee", "filters", "diapers"))
    assert tally(MIN_HOUSEHOLDS, everywhere).rows(NOW) == []


def test_a_basket_beyond_any_household_is_left_out() -> None:
    huge = frozenset(str(number) for number in range(MOST_IN_BASKET + 1))
    assert tally(MIN_HOUSEHOLDS, (huge,)).rows(NOW) == []


@given(st.lists(st.lists(st.frozensets(st.sampled_from("abcd"), min_size=1), max_size=4), max_size=12))
def test_every_pair_that_is_kept_stands_above_both_floors(homes: list[list[frozenset[str]]]) -> None:
    found = Tally()
    for baskets in homes:
        found.add(baskets)
    for row in found.rows(NOW):
        both = {row.product_a, row.product_b}
        support = sum(any(both <= basket for basket in baskets) for baskets in homes)
        assert row.households == support >= MIN_HOUSEHOLDS
        assert row.lift_hundredths >= MIN_LIFT_HUNDREDTHS


def test_pairs_are_counted_over_households_once_a_day_and_name_none(database: Database) -> None:
    home = Home(database)
    households = neighbours(home, MIN_HOUSEHOLDS)
    assert count_when_due(database, households, NOW)
    assert {(row.product_a, row.product_b, row.households) for row in pairs(database)} == {
        (COFFEES, FILTER, MIN_HOUSEHOLDS),
        (FILTER, COFFEES, MIN_HOUSEHOLDS),
    }
    assert not count_when_due(database, [], NOW + COUNTED_EVERY / 2)
    assert count_when_due(database, [], NOW + COUNTED_EVERY)
    assert pairs(database) == []


def test_a_round_of_the_worker_counts(database: Database) -> None:
    home = Home(database)
    neighbours(home, MIN_HOUSEHOLDS)
    home.app.work(NOW)
    assert offered(home) == FILTERS
    assert offered(home, "softleaf-diapers") is None


def test_a_declined_pair_is_not_offered_again_for_thirty_days(database: Database) -> None:
    home = Home(database)
    count_when_due(database, neighbours(home, MIN_HOUSEHOLDS), NOW)
    with database.unit(home.household_id) as unit:
        decline(home.app.orders(unit), COFFEES, FILTER, NOW)
    home.now = NOW + NOT_REPEATED - timedelta(seconds=1)
    assert offered(home) is None
    assert offered(home, FILTER) == COFFEE  # the other way round was not declined
    home.now = NOW + NOT_REPEATED
    assert offered(home) == FILTERS


def test_declining_again_begins_the_thirty_days_anew(database: Database) -> None:
    home = Home(database)
    count_when_due(database, neighbours(home, MIN_HOUSEHOLDS), NOW)
    for days in (0, 20):
        with database.unit(home.household_id) as unit:
            decline(home.app.orders(unit), COFFEES, FILTER, NOW + timedelta(days=days))
    home.now = NOW + timedelta(days=40)
    assert offered(home) is None


def test_what_is_declined_in_one_household_is_offered_in_another(database: Database) -> None:
    home = Home(database)
    [other, *_rest] = households = neighbours(home, MIN_HOUSEHOLDS)
    count_when_due(database, households, NOW)
    with database.unit(other) as unit:
        decline(home.app.orders(unit), COFFEES, FILTER, NOW)
    assert offered(home) == FILTERS
