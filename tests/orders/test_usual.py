"""The usual: a recurring basket where there is one, else the likeliest of what was bought again."""

from datetime import timedelta

from skill.orders.needs import Needs
from skill.orders.ports import Item
from skill.shops.demo_household import deliver, seed_people
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.orders.home import DIAPERS, MILK, NOW, Home

COFFEE = "EL-HOU-BLE-GRO-12OZ"


def likely(database: Database, *baskets: list[Item]) -> tuple[list[Item], list[Item]]:
    """The usual, and the likely, of a home that bought `baskets` every nine days, the last nine days ago."""
    home, household_id = Home(database), new_id()
    with database.unit(household_id) as unit:
        member = seed_people(unit, home.app.demo_services, NOW)
        orders = home.app.orders(unit)
        for place, items in enumerate(baskets):
            deliver(unit, orders, member, items, NOW - timedelta(days=9 * (len(baskets) - place)))
        return orders.usual(), Needs(unit, home.caller.zone).likely(NOW)


def test_what_was_bought_once_is_not_likely_enough_to_offer(database: Database) -> None:
    _usual, offered = likely(database, [Item(MILK, 1), Item(DIAPERS, 1)], [Item(COFFEE, 1)], [Item(MILK, 3)])
    assert offered == [Item(MILK, 3)]  # in its last quantity


def test_a_recurring_basket_is_the_usual_whatever_is_likely(database: Database) -> None:
    weekly = [[Item(DIAPERS, 2), Item(MILK, 1)] for _ in range(4)]
    found, offered = likely(database, [Item(COFFEE, 1)], [Item(COFFEE, 1)], *weekly)
    assert {item.sku_id for item in found} == {DIAPERS, MILK}
    assert {item.sku_id for item in offered} == {DIAPERS, MILK, COFFEE}


def test_without_a_recurring_basket_the_likeliest_comes_first(database: Database) -> None:
    baskets = [[COFFEE, MILK], [DIAPERS], [COFFEE], ["SL-SEN-BAB-WIP-9X56"], [MILK], [COFFEE]]
    found, offered = likely(database, *([Item(sku, 1) for sku in basket] for basket in baskets))
    assert (found, [item.sku_id for item in offered]) == ([], [COFFEE, MILK])


def test_nothing_bought_makes_nothing_likely(database: Database) -> None:
    assert likely(database) == ([], [])
