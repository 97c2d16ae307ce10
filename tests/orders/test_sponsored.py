"""Who pays for a place: it is said, and it never changes what is found, offered first, or bought again."""

from collections.abc import Callable

import pytest
from sqlmodel import col, update

from skill.catalog.discovery import Wishes
from skill.catalog.models import Product, Seller
from skill.catalog.service import Catalog
from skill.orders.needs import Needs
from skill.orders.service import Orders
from skill.orders.shelf import shelf, skus_named
from skill.storage.database import Database
from skill.storage.keys import new_id
from tests.orders.home import Home

SAID = ("diapers", "coffee", "oat milk", "shampoo", "copperwhistle", "wipes", "whole bean coffee", "tea")


def sponsor(home: Home, which: Callable[[str], bool]) -> None:
    """Flag the products that `which` picks, and no other, as an import of the merchant's data would."""
    with home.database.unit(None) as unit:
        every = {sku.product_id for sku in home.app.catalog(unit).index("en").skus.values()}
        for flag in (True, False):
            chosen = [product for product in every if which(product) == flag]
            unit.session.execute(update(Product).where(col(Product.id).in_(chosen)).values(sponsored=flag))
        unit.session.execute(update(Seller).values(revision=Seller.revision + 1))


def chosen(home: Home) -> dict[str, object]:
    """Everything that the program chooses for this household by itself."""
    with home.database.reading(home.household_id) as unit:
        orders: Orders = home.app.orders(unit)
        catalog: Catalog = orders.catalog
        own = orders.history.own_skus()
        shelves = {
            said: shelf(orders, skus_named(orders, said, "en"), Wishes(said), home.now) for said in SAID
        }
        return {
            "usual": orders.usual(),
            "needs": Needs(unit, home.caller.zone).soon(home.now),
            "found": [[sku.sku_id for sku in catalog.find(said, "en", own).skus] for said in SAID],
            "found by strangers": [[sku.sku_id for sku in catalog.find(said, "en").skus] for said in SAID],
            "shelves": {said: [sku.sku_id for sku in one.fits] for said, one in shelves.items()},
        }


@pytest.mark.parametrize(
    "which",
    [lambda _: True, lambda product: "copperwhistle" in product, lambda product: len(product) % 2 == 0],
    ids=["all", "a brand", "some"],
)
def test_a_flag_changes_nothing_that_is_chosen(database: Database, which: Callable[[str], bool]) -> None:
    home = Home(database)
    sponsor(home, lambda _: False)
    before = chosen(home)
    sponsor(home, which)
    assert chosen(home) == before


@pytest.mark.parametrize("sponsored", [True, False])
def test_what_is_sponsored_is_called_so_wherever_it_is_named(database: Database, sponsored: bool) -> None:
    home = Home(database)
    sponsor(home, lambda _: sponsored)
    said = [
        home.say("BrowseProductsIntent", product="coffee"),
        home.say("BrowseProductsIntent", product="tea under two dollars"),
        home.say("BrowseProductsIntent", product="diapers in size three from snugglebrook"),
        home.say("BestRatedIntent", product="coffee"),
        home.say("MostWishedIntent"),
        home.say("ReadReviewsIntent", product="softleaf diapers"),
        home.say("ReadReviewsIntent", product="emberlark decaf ground coffee"),
        home.say("FindProductIntent", product="coffee"),
        home.say("LargerPackIntent", product="coffee"),
    ]
    assert [("sponsored" in answer.speech) for answer in said] == [sponsored] * len(said)


def test_another_household_is_not_read_for_own_purchases(database: Database) -> None:
    home = Home(database)
    other = new_id()
    with database.reading(other) as unit:
        orders = home.app.orders(unit)
        found = shelf(orders, skus_named(orders, "coffee", "en"), Wishes("coffee"), home.now)
    assert found.own == frozenset()
