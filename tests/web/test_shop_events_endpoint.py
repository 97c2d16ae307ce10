"""`POST /v1/shop-events` over the web application: signatures, sizes, garbage, prices and stock."""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from skill import settings as settings_module
from skill.catalog.index import prices
from skill.catalog.models import Stock
from skill.settings import Settings, SettingsError
from skill.web.serve import web_app
from skill.web.shop_events import MOST_BYTES, PATH, signature
from tests.web.served_shop import SKILL, ServedShop, served_shop

KEY, NEXT_KEY = b"k" * 32, b"n" * 32
MILK = "OM-ORI-OAT-MIL-64FL"


class ReportingShop:
    """The merchant's side of the endpoint."""

    def __init__(self, shop: ServedShop) -> None:
        self.shop = shop
        keys = Settings(skill_id=SKILL, shop_event_keys=(KEY, NEXT_KEY))
        self.client = web_app(keys, shop.app, hear=shop.app.hear_shop).test_client()

    def post(
        self, body: bytes, event_id: str = "msg-1", key: bytes = KEY, given: Mapping[str, str] | None = None
    ) -> Any:
        headers = dict(given or {})
        timestamp = headers.get("webhook-timestamp", str(int(self.shop.now.timestamp())))
        signed = {
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(key, event_id, timestamp, body),
        }
        return self.client.post(PATH, data=body, headers={**signed, **headers})

    def told(self, event_id: str = "msg-1", **told: object) -> Any:
        news = {"at": self.shop.now.isoformat(), "seller_id": "corner-shop", "sku_id": MILK, **told}
        return self.post(json.dumps(news).encode(), event_id)

    def price(self) -> int:
        with self.shop.app.database.reading(None) as unit:
            return prices(unit, [MILK], self.shop.now)[MILK]

    def stock(self) -> int:
        with self.shop.app.database.reading(None) as unit:
            return unit.session.exec(select(Stock.quantity).where(col(Stock.sku_id) == MILK)).one()


@pytest.fixture
def merchant(demo_file: Path, tmp_path: Path) -> Iterator[ReportingShop]:
    """The demo shop, whose merchant has two keys."""
    with served_shop(demo_file, tmp_path) as shop:
        yield ReportingShop(shop)


def test_a_price_is_heard_once_and_an_older_one_does_not_replace_it(merchant: ReportingShop) -> None:
    answer = merchant.told(type="price", price_cents=555, currency="USD")
    assert (answer.status_code, answer.json) == (200, {"event": "msg-1"})
    earlier = (merchant.shop.now - timedelta(hours=1)).isoformat()
    assert merchant.told("msg-2", type="price", price_cents=1, currency="USD", at=earlier).status_code == 200
    assert merchant.told(type="price", price_cents=555, currency="USD").json == answer.json
    assert merchant.price() == 555


def test_stock_is_what_was_counted_last_however_the_counts_arrive(merchant: ReportingShop) -> None:
    earlier = (merchant.shop.now - timedelta(hours=1)).isoformat()
    merchant.told("msg-1", type="stock", available=7)
    merchant.told("msg-2", type="stock", available=99, at=earlier)
    assert merchant.stock() == 7


def test_either_of_two_keys_signs_and_no_other(merchant: ReportingShop) -> None:
    body = json.dumps({"type": "stock", "at": merchant.shop.now.isoformat(), "seller_id": "corner-shop"})
    told = (body[:-1] + f', "sku_id": "{MILK}", "available": 3}}').encode()
    assert merchant.post(told, "a", KEY).status_code == 200
    assert merchant.post(told, "b", NEXT_KEY).status_code == 200
    assert merchant.post(told, "c", b"x" * 32).status_code == 401
    wrong = signature(b"x" * 32, "d", "0", told)
    timestamp = str(int(merchant.shop.now.timestamp()))
    both = f"{wrong} {signature(KEY, 'd', timestamp, told)}"
    assert merchant.post(told, "d", given={"webhook-signature": both}).status_code == 200


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_stale_report_is_refused_though_it_is_signed(merchant: ReportingShop, seconds: int) -> None:
    stamp = str(int(merchant.shop.now.timestamp()) + seconds)
    answer = merchant.post(b"{}", given={"webhook-timestamp": stamp})
    assert (answer.status_code, answer.json["reason"]) == (401, "not_authorised")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_report_that_lacks_a_header_or_has_another_body_is_refused(
    merchant: ReportingShop, name: str
) -> None:
    assert merchant.post(b"{}", given={name: ""}).status_code == 401
    assert merchant.post(b"{}", given={name: "é"}).status_code == 401


@pytest.mark.parametrize("body", [b"", b"garbage", b"[]", b"\xff", b'{"a": NaN}', b'{"a":1,"a":2}'])
def test_garbage_is_a_bad_request(merchant: ReportingShop, body: bytes) -> None:
    answer = merchant.post(body)
    assert (answer.status_code, answer.json) == (400, {"status": 400, "reason": "bad_request"})


def test_a_body_that_is_too_large_is_refused_before_it_is_read(merchant: ReportingShop) -> None:
    assert merchant.post(b" " * (MOST_BYTES + 1)).status_code == 413
    assert merchant.post(b" " * (300 * 1024)).status_code == 413


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sku_id": "nothing"}, "unknown_sku"),
        ({"seller_id": "green-pantry"}, "unknown_sku"),
        ({"currency": "EUR"}, "other_currency"),
        ({"type": "gossip"}, "bad_type"),
        ({"at": "yesterday"}, "bad_at"),
        ({"at": "2040-01-01T00:00:00Z"}, "bad_at"),
        ({"price_cents": -1}, "bad_price_cents"),
        ({"price_cents": 1.5}, "bad_price_cents"),
        ({"type": "shipped", "shopper": "s", "reference": 7}, "bad_reference"),
    ],
)
def test_what_is_not_as_documented_is_named_and_changes_nothing(
    merchant: ReportingShop, changes: dict[str, object], reason: str
) -> None:
    before = merchant.price()
    answer = merchant.told("msg-1", **{"type": "price", "price_cents": 1, "currency": "USD", **changes})
    expected = (404, "unknown_order") if "shopper" in changes else (422, reason)
    assert (answer.status_code, answer.json["reason"]) == expected
    assert answer.mimetype == "application/problem+json"
    assert merchant.price() == before


def test_an_order_is_followed_by_signed_reports(merchant: ReportingShop) -> None:
    shop = merchant.shop
    asked = shop.post(shop.envelope("ReorderUsualIntent")).json
    shop.post(shop.after(asked, "AMAZON.YesIntent"))
    household = shop.app.member(None).household_id
    with shop.app.database.reading(household) as unit:
        order = shop.app.orders(unit).history.recent(1)[0]
    report = {"type": "delivered", "shopper": str(household), "reference": order.reference}
    answer = merchant.told("msg-9", **report)
    assert (answer.status_code, answer.json) == (200, {"event": "msg-9"})
    with shop.app.database.reading(household) as unit:
        assert shop.app.orders(unit).history.recent(1)[0].state == "delivered"
    assert merchant.told("msg-9", **{**report, "type": "packed"}).status_code == 409


def test_without_a_key_there_is_no_such_endpoint(merchant: ReportingShop) -> None:
    assert merchant.shop.client.post(PATH, data=b"{}").status_code == 404


def test_the_keys_are_read_from_the_settings_and_wrong_ones_are_refused() -> None:
    key, other = ("whsec_" + base64.b64encode(one).decode() for one in (KEY, NEXT_KEY))
    environ = {"RESTOCK_SHOP_EVENT_KEYS": f"{key}, {other}"}
    found = settings_module.load(environ)
    assert found.shop_event_keys == (KEY, NEXT_KEY)
    assert "kkkk" not in repr(found)
    for wrong in ("short", "whsec_" + "é" * 40, f"{key},{other},{key}"):
        with pytest.raises(SettingsError, match="RESTOCK_SHOP_EVENT_KEYS"):
            settings_module.load({"RESTOCK_SHOP_EVENT_KEYS": wrong})
