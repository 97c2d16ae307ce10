"""The way to the merchant's shop: https is always verified, and the settings choose the shop."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from skill.orders.ports import Shop, ShopUnavailable
from skill.settings import Settings, ShopSettings
from skill.shops.chosen import acting_for, chosen_shop
from skill.shops.demo import DemoShop
from skill.shops.http import HttpShop
from skill.shops.http_wire import MerchantServer
from skill.simulator.signing import local_tls
from skill.storage.database import Database
from tests.orders.home import NOW, Home
from tests.shops.merchant import SELLER, TWO_MILK, ZONE, Clock, check_contract
from tests.shops.stand_in_shop import KEY, StandInShop


@pytest.fixture
def secure(tmp_path: Path, clock: Clock) -> Iterator[StandInShop]:
    """The stand-in behind https, as "localhost", under roots of its own in `tmp_path`/roots.pem."""
    # TLS reads the machine's clock, which no test can move.
    with StandInShop(clock, local_tls(tmp_path, datetime.now(UTC))).open() as shop:
        yield shop
    check_contract(shop.exchanges)


def asked(url: str, tls: ssl.SSLContext | None = None) -> None:
    HttpShop(MerchantServer(url, KEY, tls), {SELLER: "USD"}.get, "h").offer(SELLER, TWO_MILK, NOW, ZONE)


def test_a_certificate_under_trusted_roots_is_good(secure: StandInShop, tmp_path: Path) -> None:
    asked(secure.url, ssl.create_default_context(cafile=str(tmp_path / "roots.pem")))
    assert secure.asked("quote") == 1


def test_a_certificate_under_other_roots_is_refused_before_anything_is_sent(secure: StandInShop) -> None:
    with pytest.raises(ShopUnavailable, match="tls"):
        asked(secure.url)
    assert secure.headers == []


def test_a_certificate_for_another_name_is_refused_before_anything_is_sent(
    secure: StandInShop, tmp_path: Path
) -> None:
    trusted = ssl.create_default_context(cafile=str(tmp_path / "roots.pem"))
    with pytest.raises(ShopUnavailable, match="tls"):
        asked(secure.url.replace("localhost", "127.0.0.1"), trusted)
    assert secure.headers == []


def test_a_shop_that_does_not_speak_tls_is_refused(merchant: StandInShop) -> None:
    with pytest.raises(ShopUnavailable):
        asked(merchant.url.replace("http:", "https:"))
    assert merchant.headers == []


def test_without_a_shop_in_the_settings_there_is_the_demo_shop(database: Database) -> None:
    shop = chosen_shop(Settings(), database)
    assert isinstance(shop, DemoShop)
    assert acting_for(shop, UUID(int=7)) is shop


def test_the_shop_of_the_settings_is_asked_for_the_household_in_the_currency_of_its_seller(
    database: Database, merchant: StandInShop
) -> None:
    home = Home(database)
    shop: Shop = chosen_shop(Settings(shop=ShopSettings(merchant.url, KEY)), database)
    offer = acting_for(shop, home.household_id).offer(SELLER, TWO_MILK, NOW, ZONE)
    assert offer.currency == "USD"
    sent = merchant.exchanges[-1].asked
    assert sent is not None
    assert sent["shopper"] == str(home.household_id)
