"""The merchant's shop over real HTTP: what is asked, believed and tried again, and what never leaks."""

import json
import logging
import socket
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from skill.orders.ports import Agreed, Item, Placed, ShopUnavailable
from skill.shops.http import HttpShop
from skill.shops.http_wire import MAX_ANSWER_BYTES, MerchantServer
from tests.orders.home import NOW
from tests.shops import shop_faults
from tests.shops.merchant import REFERENCE, SELLER, SHOPPER, TWO_MILK, ZONE, Clock, connected, hurried
from tests.shops.shop_faults import Held, changed, says, sends
from tests.shops.stand_in_shop import DIAPERS, JSON, KEY, MILK, PROBLEM, Fault, StandInShop

HTML = b"<!doctype html><title>Maintenance</title>"


def place(shop: HttpShop, reference: str = REFERENCE) -> Placed:
    return shop.place(reference, SELLER, TWO_MILK, NOW, ZONE)


# --- what a shop that works is asked, and tells


def test_an_offer_holds_what_the_shop_quoted(merchant: StandInShop) -> None:
    items = [Item(MILK, 1), Item(DIAPERS, 10), Item(MILK, 1)]
    offer = connected(merchant).offer(SELLER, items, NOW, ZONE)
    assert [(line.sku_id, line.quantity, line.line_cents) for line in offer.lines] == [(MILK, 2, 958)]
    assert [(line.sku_id, line.quantity, line.available) for line in offer.short] == [(DIAPERS, 10, 9)]
    assert (offer.goods_cents, offer.tax_cents, offer.delivery_cents, offer.total_cents) == (
        958,
        47,
        499,
        1504,
    )
    assert (offer.seller_name, offer.currency) == ("Corner Shop", "USD")
    assert offer.delivery_date == date(2026, 11, 22)
    assert merchant.exchanges[-1].asked == {
        "shopper": SHOPPER,
        "seller_id": SELLER,
        "items": [{"sku_id": MILK, "quantity": 2}, {"sku_id": DIAPERS, "quantity": 10}],
        "zone": ZONE,
    }


def test_an_order_is_placed_once_and_a_repeat_gives_its_first_outcome(merchant: StandInShop) -> None:
    shop = connected(merchant)
    assert [place(shop), place(shop)] == [Placed(accepted=True)] * 2
    assert merchant.books.stock[MILK] == 18
    assert shop.look_up(REFERENCE) == Placed(accepted=True)


def test_a_refusal_is_told_with_its_reason_and_looked_up_the_same(merchant: StandInShop) -> None:
    merchant.books.stock[MILK] = 1
    shop = connected(merchant)
    assert place(shop) == Placed(accepted=False, reason="out_of_stock")
    merchant.books.stock[MILK] = 9
    assert place(shop) == shop.look_up(REFERENCE) == Placed(accepted=False, reason="out_of_stock")
    assert merchant.books.stock[MILK] == 9


def test_an_order_that_would_cost_more_than_was_agreed_is_refused(merchant: StandInShop) -> None:
    shop = connected(merchant)
    agreed = Agreed(shop.offer(SELLER, TWO_MILK, NOW, ZONE).total_cents, "USD", address_label="home")
    merchant.books.price_cents[MILK] += 1
    placed = shop.place(REFERENCE, SELLER, TWO_MILK, NOW, ZONE, agreed)
    assert placed == Placed(accepted=False, reason="price_changed")
    sent = merchant.exchanges[-1].asked
    assert sent is not None
    assert sent["agreed"] == {"total_cents": 1504, "currency": "USD", "address_label": "home"}


def test_an_order_that_reaches_the_shop_after_ten_minutes_is_refused(
    merchant: StandInShop, clock: Clock
) -> None:
    clock.wait(minutes=10, seconds=1)
    assert place(connected(merchant)) == Placed(accepted=False, reason="too_late")


def test_a_reference_that_the_shop_never_saw_is_told_as_such(merchant: StandInShop) -> None:
    assert connected(merchant).look_up(REFERENCE) is None


def test_an_order_is_cancelled_until_it_is_packed(merchant: StandInShop) -> None:
    shop, other = connected(merchant), "R-" + "6" * 32
    place(shop)
    assert [shop.cancel(REFERENCE, NOW), shop.cancel(REFERENCE, NOW)] == [True, True]
    assert merchant.books.stock[MILK] == 20
    place(shop, other)
    merchant.books.step(other, "packed")
    assert not shop.cancel(other, NOW)


def test_progress_is_asked_in_groups_and_unknown_orders_are_left_out(merchant: StandInShop) -> None:
    shop = connected(merchant)
    references = [f"R-{number:032x}" for number in range(81)]
    place(shop, references[0])
    place(shop, references[80])
    for state in ("packed", "shipped"):
        merchant.books.step(references[80], state)
    told = shop.progress(references, NOW)
    assert {name: one.state for name, one in told.items()} == {
        references[0]: "accepted",
        references[80]: "shipped",
    }
    assert told[references[80]].shipped_at == NOW
    assert merchant.asked("progress") == 3
    assert shop.progress([], NOW) == {}


def test_a_shop_acts_for_the_household_that_asks(merchant: StandInShop) -> None:
    household = UUID(int=7)
    connected(merchant).acting_for(household).offer(SELLER, TWO_MILK, NOW, ZONE)
    sent = merchant.exchanges[-1].asked
    assert sent is not None
    assert sent["shopper"] == str(household)


def test_a_seller_that_the_catalogue_does_not_know_is_never_asked(merchant: StandInShop) -> None:
    with pytest.raises(ShopUnavailable, match="seller_id"):
        connected(merchant).offer("stranger", TWO_MILK, NOW, ZONE)
    assert merchant.headers == []


# --- answers that are none, for every operation

USES: dict[str, Callable[[HttpShop], object]] = {
    "quote": lambda shop: shop.offer(SELLER, TWO_MILK, NOW, ZONE),
    "place": place,
    "lookUp": lambda shop: shop.look_up(REFERENCE),
    "cancel": lambda shop: shop.cancel(REFERENCE, NOW),
    "progress": lambda shop: shop.progress([REFERENCE], NOW),
}
READS = ("quote", "lookUp", "progress")
NO_ANSWERS: dict[str, Fault] = {
    "500": says(500, b"{}", PROBLEM),
    "503 in HTML": says(503, HTML, "text/html"),
    "200 in HTML": says(200, HTML, "text/html"),
    "JSON called HTML": shop_faults.mislabelled,
    "redirect": says(302, b"", Location="http://127.0.0.1:9/elsewhere"),
    "401": says(401, b'{"status": 401, "reason": "not_authorised"}', PROBLEM),
    "404 of a proxy": says(404, HTML, "text/html"),
    "404 about something else": says(404, b'{"status": 404, "reason": "unknown_shopper"}', PROBLEM),
    "404 about another reference": says(
        404, b'{"status": 404, "reason": "unknown_reference", "reference": "R-x"}', PROBLEM
    ),
    "404 about no reference": says(404, b'{"status": 404, "reason": "unknown_reference"}', PROBLEM),
    "204": says(204),
    "no body": says(200, b""),
    "no object": says(200, b"[]"),
    "no JSON": says(200, b"\x00\xffgarbage"),
    "half of it": says(200, b'{"reference": "R-'),
    "NaN": says(200, b'{"goods_cents": NaN}'),
    "a name twice": says(200, b'{"reference": "R-1", "reference": "R-2"}'),
    "deep": says(200, b'{"a":' + b"[" * 100_000),
    "a number without end": says(200, b'{"a":' + b"9" * 50_000 + b"}"),
    "UTF-16": says(200, '{"a": 1}'.encode("utf-16")),
    "compressed": says(200, b"{}", JSON, Content_Encoding="gzip"),
    "huge": says(200, b" " * (MAX_ANSWER_BYTES + 1)),
    "claims to be huge": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n{}"),
    "cut off": sends(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}"),
    "cut off in a chunk": sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}"
    ),
    "a chunk of no length": sends(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n-9\r\n{}"
    ),
    "no HTTP": sends(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "nothing": sends(b""),
    "headers only": sends(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"),
    "huge headers": sends(b"HTTP/1.1 200 OK\r\n" + (b"X-Y: " + b"z" * 60_000 + b"\r\n") * 5 + b"\r\n{}"),
}


@pytest.mark.parametrize("operation", USES)
@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_is_not_the_documented_answer_means_that_nothing_is_known(
    merchant: StandInShop, operation: str, answer: str
) -> None:
    merchant.fail(operation, *[NO_ANSWERS[answer]] * 2)
    with pytest.raises(ShopUnavailable):
        USES[operation](connected(merchant))


# --- answers that do not add up


def first_line(change: dict[str, Any]) -> Callable[[dict[str, Any]], object]:
    return lambda told: told["lines"][0].update(change)


WRONG_QUOTES: dict[str, Callable[[dict[str, Any]], object]] = {
    "another seller": lambda told: told.update(seller_id="stranger"),
    "another currency": lambda told: told.update(currency="EUR"),
    "no currency": lambda told: told.pop("currency"),
    "goods are not the lines": lambda told: told.update(goods_cents=959, total_cents=1505),
    "a wrong total": lambda told: told.update(total_cents=1505),
    "no total": lambda told: told.pop("total_cents"),
    "tax above the goods": lambda told: told.update(tax_cents=1458, total_cents=958 + 1458 + 499),
    "a negative tax": lambda told: told.update(tax_cents=-1, total_cents=958 - 1 + 499),
    "more than a household orders": lambda told: told.update(delivery_cents=1_000_000_001),
    "a fraction": lambda told: told.update(tax_cents=47.0),
    "text for a number": lambda told: told.update(tax_cents="47"),
    "true for a number": lambda told: told.update(tax_cents=True),
    "price times quantity": first_line({"price_cents": 478}),
    "another quantity": first_line({"quantity": 1, "price_cents": 958}),
    "another product": first_line({"sku_id": DIAPERS}),
    "too few in stock": first_line({"available": 1}),
    "short and yet enough": lambda told: told.update(short=told["lines"], lines=[]),
    "the line twice": lambda told: told["lines"].append(told["lines"][0]),
    "no lines": lambda told: told.update(lines=[]),
    "lines that are none": lambda told: told.update(lines={"0": {}}),
    "a line that is none": lambda told: told["lines"].append("milk"),
    "delivered yesterday": lambda told: told.update(delivery_date="2026-11-19"),
    "delivered in years": lambda told: told.update(delivery_date="2028-11-20"),
    "a day that is none": lambda told: told.update(delivery_date="2026-02-30"),
    "a day written otherwise": lambda told: told.update(delivery_date="20261122"),
    "a name of nothing": lambda told: told.update(seller_name=""),
    "a name that breaks lines": lambda told: told.update(seller_name="Corner\nShop"),
    "half a character": lambda told: told.update(seller_name="\ud800"),
    "cancelling for ever": lambda told: told.update(cancel_minutes=10**6),
}


@pytest.mark.parametrize("wrong", WRONG_QUOTES)
def test_a_quote_that_does_not_add_up_is_not_spoken(merchant: StandInShop, wrong: str) -> None:
    merchant.fail("quote", changed(WRONG_QUOTES[wrong]))
    with pytest.raises(ShopUnavailable):
        connected(merchant).offer(SELLER, TWO_MILK, NOW, ZONE)
    assert merchant.asked("quote") == 1  # asking again would not make it true


WRONG_ORDERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "another reference": lambda told: told.update(reference="R-" + "6" * 32),
    "a state that is none": lambda told: told.update(state="probably"),
    "no state": lambda told: told.pop("state"),
    "refused for no reason": lambda told: told.update(state="refused"),
    "refused with a speech": lambda told: told.update(state="refused", reason="We are so sorry!"),
    "a moment without offset": lambda told: told.update(packed_at="2026-11-20T14:00:00"),
    "a moment that is none": lambda told: told.update(packed_at="2026-11-20T25:00:00Z"),
    "shipped before it was packed": lambda told: told.update(
        packed_at="2026-11-20T14:00:00Z", shipped_at="2026-11-20T13:00:00Z"
    ),
}


@pytest.mark.parametrize("operation", ["place", "lookUp", "cancel"])
@pytest.mark.parametrize("wrong", WRONG_ORDERS)
def test_an_order_that_cannot_be_ours_is_not_believed(
    merchant: StandInShop, operation: str, wrong: str
) -> None:
    place(connected(merchant))
    merchant.fail(operation, changed(WRONG_ORDERS[wrong]))
    with pytest.raises(ShopUnavailable):
        USES[operation](connected(merchant))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda told: told.update(orders=told["orders"] * 2),
        lambda told: told["orders"][0].update(reference="R-" + "6" * 32),
        lambda told: told["orders"][0].update(delivered_at="2026-11-21T15:00:00Z"),
        lambda told: told["orders"][0].update(delivered_at="1970-01-01T00:00:00Z"),
        lambda told: told.pop("orders"),
    ],
    ids=["twice", "not asked for", "arrived tomorrow", "arrived in 1970", "none"],
)
def test_progress_that_cannot_be_is_not_believed(
    merchant: StandInShop, wrong: Callable[[dict[str, Any]], object]
) -> None:
    place(connected(merchant))
    merchant.fail("progress", changed(wrong))
    with pytest.raises(ShopUnavailable):
        connected(merchant).progress([REFERENCE], NOW)


# --- what is tried again, and for how long


@pytest.mark.parametrize("fault", [says(500), sends(b"")], ids=["500", "hung up"])
@pytest.mark.parametrize("operation", USES)
def test_reading_is_tried_once_more_and_an_order_or_a_cancellation_never_is(
    merchant: StandInShop, operation: str, fault: Fault
) -> None:
    place(connected(merchant))
    requests = len(merchant.headers)
    merchant.fail(operation, fault)
    if operation in READS:
        USES[operation](connected(merchant))
    else:
        with pytest.raises(ShopUnavailable):
            USES[operation](connected(merchant))
    assert len(merchant.headers) - requests == (2 if operation in READS else 1)


LIMIT_OF = {
    "quote": "offer_s",
    "place": "place_s",
    "lookUp": "look_up_s",
    "cancel": "cancel_s",
    "progress": "progress_s",
}


@pytest.mark.parametrize("operation", USES)
@pytest.mark.parametrize("fault", ["silence", "drips", "headers that drip"])
def test_a_shop_that_takes_too_long_is_not_waited_for(
    merchant: StandInShop, operation: str, fault: str
) -> None:
    held = Held()
    what: dict[str, Fault] = {
        "silence": held,
        "drips": shop_faults.drips,
        "headers that drip": shop_faults.drips_headers,
    }
    merchant.fail(operation, what[fault])
    shop = connected(merchant, hurried(**{LIMIT_OF[operation]: 0.2}))
    with pytest.raises(ShopUnavailable, match="timeout"):
        USES[operation](shop)
    if fault == "silence":
        held.release()


def test_a_shop_that_is_down_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    shop = HttpShop(MerchantServer(f"http://127.0.0.1:{port}", KEY), {SELLER: "USD"}.get)
    with pytest.raises(ShopUnavailable, match="unreachable"):
        shop.offer(SELLER, TWO_MILK, NOW, ZONE)


def test_a_host_that_can_have_no_address_is_unavailable() -> None:
    shop = HttpShop(MerchantServer("https://shop..example", KEY), {SELLER: "USD"}.get)
    with pytest.raises(ShopUnavailable, match="broken"):
        shop.look_up(REFERENCE)


@pytest.mark.parametrize("fault", [shop_faults.answers_twice, shop_faults.asked_twice])
def test_an_order_that_is_doubled_on_the_way_is_one_order(merchant: StandInShop, fault: Fault) -> None:
    merchant.fail("place", fault)
    assert place(connected(merchant)) == Placed(accepted=True)
    assert merchant.books.stock[MILK] == 18


# --- the key


def test_the_key_is_shown_to_the_shop_and_to_nobody_else(
    merchant: StandInShop, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "a-key-that-the-shop-withdrew"
    shop = connected(merchant, key=secret)
    with caplog.at_level(logging.DEBUG), pytest.raises(ShopUnavailable) as refused:
        place(shop)
    assert merchant.headers[-1]["Authorization"] == f"Bearer {secret}"
    told = [repr(refused.value), repr(refused.value.__context__), repr(shop), caplog.text]
    told += [json.dumps(vars(record), default=str) for record in caplog.records]
    assert not any(secret in text for text in told)
    assert [vars(record)["reason"] for record in caplog.records] == ["status 401"]


def test_the_day_is_counted_in_the_zone_of_the_household(merchant: StandInShop, clock: Clock) -> None:
    late = NOW.replace(hour=23)
    clock.wait(hours=8)
    merchant.fail("quote", changed(lambda told: told.update(delivery_date="2026-11-20")))
    assert connected(merchant).offer(SELLER, TWO_MILK, late, ZONE).delivery_date == date(2026, 11, 20)
    merchant.fail("quote", changed(lambda told: told.update(delivery_date="2026-11-20")))
    with pytest.raises(ShopUnavailable, match="delivery_date"):
        connected(merchant).offer(SELLER, TWO_MILK, late + timedelta(hours=2), "Europe/Berlin")
