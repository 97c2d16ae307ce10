"""`restock shop sync`: a merchant's catalogue over real HTTP, all of it or nothing, safe to repeat."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, func, select
from typer.testing import CliRunner

from skill.bootstrap import App, seed
from skill.catalog.index import prices
from skill.catalog.models import Price, Seller, Sku, Stock
from skill.cli import app
from skill.orders.ports import ShopUnavailable
from skill.settings import Settings
from skill.shops.catalogue_sync import Synced, sync
from skill.shops.http_wire import MerchantServer
from skill.storage.database import Database
from tests.orders.home import NOW
from tests.shops.merchant import Clock
from tests.shops.shop_faults import changed, says, sends
from tests.shops.stand_in_shop import DIAPERS, KEY, MILK, Fault, StandInShop


def synced(database: Database, merchant: StandInShop, **later: float) -> Synced:
    return sync(database, MerchantServer(merchant.url, KEY), NOW + timedelta(**later))


def price(database: Database, sku_id: str, **later: float) -> int | None:
    with database.reading(None) as unit:
        return prices(unit, [sku_id], NOW + timedelta(**later)).get(sku_id)


def rows(database: Database, model: type[Price] | type[Sku]) -> int:
    with database.reading(None) as unit:
        return unit.session.exec(select(func.count()).select_from(model)).one()


def test_a_catalogue_is_read_page_by_page_and_the_same_again_changes_nothing(
    database: Database, merchant: StandInShop
) -> None:
    assert synced(database, merchant) == Synced(sellers=1, products=2, pages=2)
    assert (price(database, MILK), price(database, DIAPERS)) == (479, 2599)
    before = rows(database, Price), rows(database, Sku)
    assert synced(database, merchant, hours=1) == Synced(1, 2, 2)
    assert (rows(database, Price), rows(database, Sku)) == before
    with database.reading(None) as unit:
        seller = unit.session.exec(select(Seller)).one()
        stock = unit.session.exec(select(Stock.quantity).where(col(Stock.sku_id) == MILK)).one()
    assert (seller.id, seller.name, seller.currency, stock) == ("corner-shop", "Corner Shop", "USD", 20)


def test_a_new_price_holds_from_now_on_and_stock_is_what_is_there_now(
    database: Database, merchant: StandInShop
) -> None:
    synced(database, merchant)
    merchant.books.price_cents[MILK], merchant.books.stock[MILK] = 499, 3
    synced(database, merchant, hours=1)
    assert (price(database, MILK), price(database, MILK, hours=1)) == (479, 499)
    with database.reading(None) as unit:
        assert unit.session.exec(select(Stock.quantity).where(col(Stock.sku_id) == MILK)).one() == 3


def test_sizes_of_a_product_that_we_describe_ourselves_get_price_and_stock_only(
    database: Database, merchant: StandInShop
) -> None:
    seed(App(Settings(env="development"), database, lambda: NOW))
    skus = rows(database, Sku)
    merchant.books.price_cents[DIAPERS] = 2_699
    synced(database, merchant, hours=1)
    assert rows(database, Sku) == skus
    assert price(database, DIAPERS, hours=1) == 2_699


def first(change: Callable[[dict[str, Any]], object]) -> Fault:
    """Something changed in the first product of a page."""
    return changed(lambda told: change(told["products"][0]))


FAULTS: dict[str, tuple[Fault, str]] = {
    "500": (says(500), "status 500"),
    "HTML": (says(200, b"<html>", "text/html"), "media type"),
    "garbage": (says(200, b"garbage"), "json"),
    "nothing": (sends(b""), "broken|unreachable"),
    "a redirect": (says(302, Location="http://127.0.0.1:9/"), "status 302"),
    "no products": (changed(lambda told: told.pop("products")), "products"),
    "a page again": (changed(lambda told: told.update(next="1")), "next"),
    "a price in words": (first(lambda one: one.update(price_cents="a lot")), "price_cents"),
    "a price below nothing": (first(lambda one: one.update(price_cents=-1)), "price_cents"),
    "a currency in words": (first(lambda one: one.update(currency="dollars")), "currency"),
    "two currencies": (first(lambda one: one.update(currency="EUR")), "two currencies"),
    "a SKU twice": (first(lambda one: one.update(sku_id=MILK)), "twice"),
    "no name": (first(lambda one: one.update(name="")), "name"),
    "a nameless seller": (first(lambda one: one.update(seller_id="x", seller_name=None)), "seller_name"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_catalogue_with_a_fault_on_its_second_page_writes_nothing(
    database: Database, merchant: StandInShop, fault: str
) -> None:
    broken, said = FAULTS[fault]
    merchant.fail("readCatalogue", lambda call: _then(call, merchant, broken))
    with pytest.raises(ShopUnavailable, match=said):
        synced(database, merchant)
    assert rows(database, Sku) == 0


def _then(call: Any, merchant: StandInShop, broken: Fault) -> None:
    """The first page is well; what comes after it is broken, the second attempt too."""
    merchant.fail("readCatalogue", broken, broken)
    status, media_type, told = call.answer()
    call.send(status, media_type, json.dumps(told).encode())


def test_a_page_that_did_not_come_is_asked_for_again(database: Database, merchant: StandInShop) -> None:
    merchant.fail("readCatalogue", sends(b""))
    assert synced(database, merchant).products == 2


def test_another_sellers_sku_is_refused(database: Database, merchant: StandInShop) -> None:
    synced(database, merchant)
    fault = first(lambda one: one.update(seller_id="other", seller_name="Other"))
    merchant.fail("readCatalogue", fault)
    with pytest.raises(ShopUnavailable, match="another seller"):
        synced(database, merchant)


def test_the_command_says_what_it_read_and_one_line_when_it_could_not(
    demo_file: Path, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "demo.db"
    path.write_bytes(demo_file.read_bytes())
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{path}")
    assert CliRunner().invoke(app, ["shop", "sync"]).exit_code == 2
    with StandInShop(clock).open() as merchant:
        monkeypatch.setenv("RESTOCK_SHOP_URL", merchant.url)
        monkeypatch.setenv("RESTOCK_SHOP_KEY", KEY)
        done = CliRunner().invoke(app, ["shop", "sync", "--json"])
        assert (done.exit_code, json.loads(done.stdout)) == (0, {"sellers": 1, "products": 2, "pages": 2})
        merchant.fail("readCatalogue", says(200, b"garbage"))
        refused = CliRunner().invoke(app, ["shop", "sync"])
        assert refused.exit_code == 2
        assert "cannot be used" in refused.output
