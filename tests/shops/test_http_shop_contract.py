"""The documented contract: it is sound, it describes what we send, and what it allows is what we can read."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from skill.orders.ports import Item, ShopUnavailable
from skill.orders.shop_events import KINDS, NewsRefused
from skill.shops import event_body, http_answers, http_json
from skill.shops.event_body import TYPES
from skill.shops.http import ORDERS_AT_ONCE
from tests.shops.merchant import REFERENCE, contract, faults, named, operations
from tests.shops.stand_in_shop import Books, problem

HOUSEHOLD = "01a201f1-3679-739b-979a-ca0c15e2f96f"
AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
BASKET = {"shopper": "h", "seller_id": "s", "items": [{"sku_id": "a", "quantity": 2}], "zone": "UTC"}
ASKED = http_answers.Asked("s", [Item("a", 2)], "USD", date(2026, 11, 20))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def test_every_schema_of_the_contract_is_one() -> None:
    for schema in contract()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_reference_in_the_contract_leads_somewhere() -> None:
    def references(node: object) -> list[str]:
        if isinstance(node, list):
            return [found for one in node for found in references(one)]
        if not isinstance(node, dict):
            return []
        here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return here + [found for one in node.values() for found in references(one)]

    for reference in references(contract()):
        found: Any = contract()
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def test_the_contract_has_what_a_shop_needs_and_nothing_else() -> None:
    of_orders = {"quote", "place", "lookUp", "cancel", "move", "requestReturn", "progress"}
    assert set(operations()) == {"readCatalogue", *of_orders}
    assert contract()["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert contract()["security"] == [{"key": []}]


def test_the_limits_of_the_contract_are_those_of_the_code() -> None:
    schemas = contract()["components"]["schemas"]
    assert schemas["Cents"]["maximum"] == http_json.MOST_CENTS
    assert schemas["Line"]["properties"]["quantity"]["maximum"] == http_answers.MOST_QUANTITY
    assert schemas["Quote"]["properties"]["lines"]["maxItems"] == http_answers.MOST_LINES
    assert schemas["Quote"]["properties"]["cancel_minutes"]["maximum"] == http_answers.MOST_CANCEL_MINUTES
    assert schemas["Order"]["properties"]["state"]["enum"] == list(http_answers.STATES)
    assert schemas["Order"]["properties"]["returns"]["maxItems"] == http_answers.MOST_RETURNS
    assert schemas["Return"]["properties"]["state"]["enum"] == list(http_answers.RETURN_STATES)
    (parameter,) = operations()["progress"]["parameters"]
    assert parameter["schema"]["maxItems"] == ORDERS_AT_ONCE


def test_the_reports_of_the_contract_are_those_that_are_heard() -> None:
    schemas = contract()["components"]["schemas"]
    of_orders = (*schemas["OrderEvent"]["properties"]["type"]["enum"],)
    of_returns = (*schemas["ReturnEvent"]["properties"]["type"]["enum"],)
    assert (*of_orders, *of_returns) == KINDS
    assert set(TYPES) == {*KINDS, "price", "stock"}


def order_event(**changes: object) -> dict[str, Any]:
    told = {"type": "packed", "at": "2026-11-20T15:00:00Z", "shopper": HOUSEHOLD, "reference": REFERENCE}
    return {**told, **changes}


@given(
    kind=st.sampled_from(TYPES),
    changes=st.dictionaries(
        st.sampled_from(["at", "reference", "reason", "return", "items", "sku_id", "available", "shopper"]),
        values,
        max_size=2,
    ),
)
def test_whatever_stands_in_a_report_it_is_read_or_refused(kind: str, changes: dict[str, object]) -> None:
    told = order_event(type=kind, seller_id="s", sku_id="a", available=1, price_cents=5, currency="USD")
    told |= {"return": "R1", "reason": "sold_out"} | changes
    try:
        event_body.read_event(json.dumps(told).encode(), AT)
    except NewsRefused:
        return
    assert faults(named("ShopEvent"), told) == []


def test_the_catalogue_of_the_stand_in_is_one_by_the_contract() -> None:
    _status, page = Books(lambda: AT).catalogue()
    assert faults(named("CataloguePage"), page) == []


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        ("QuoteRequest", {**BASKET, "items": []}),
        ("QuoteRequest", {**BASKET, "shopper": ""}),
        ("OrderRequest", BASKET),
        ("OrderRequest", {**BASKET, "not_after": "2026-11-20T15:00:00"}),
        ("Order", {"reference": REFERENCE, "state": "refused"}),
        ("Order", {"reference": "R-1", "state": "accepted"}),
        ("Problem", problem(404, "Not found!")[1]),
    ],
)
def test_the_contract_refuses_what_is_not_of_its_form(schema: str, document: object) -> None:
    assert faults(named(schema), document)


def offer(**changes: object) -> dict[str, Any]:
    line = {"sku_id": "a", "quantity": 2, "price_cents": 5, "line_cents": 10, "available": None}
    told: dict[str, Any] = {
        "seller_id": "s",
        "seller_name": "S",
        "currency": "USD",
        "lines": [line],
        "short": [],
    }
    told |= {"goods_cents": 10, "tax_cents": 1, "delivery_cents": 2, "total_cents": 13}
    return told | {"delivery_date": "2026-11-22", "cancel_minutes": 30} | changes


def test_a_quote_by_the_contract_is_read() -> None:
    assert faults(named("Quote"), offer()) == []
    assert http_answers.offer(offer(), ASKED).total_cents == 13


@given(name=st.sampled_from(sorted(offer())), value=values)
def test_whatever_stands_in_a_quote_it_is_read_or_refused(name: str, value: object) -> None:
    try:
        read = http_answers.offer(offer(**{name: value}), ASKED)
    except ShopUnavailable:
        return
    assert faults(named("Quote"), offer(**{name: value})) == []
    assert read.total_cents == 13


@given(
    name=st.sampled_from(
        ["reference", "state", "reason", "packed_at", "part_shipped_at", "delivered_at", "returns"]
    ),
    value=values | st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
)
def test_whatever_stands_in_an_order_it_is_read_or_refused(name: str, value: object) -> None:
    told = {"reference": REFERENCE, "state": "refused", "reason": "out_of_stock", name: value}
    try:
        read = http_answers.order(told, [REFERENCE], AT)
    except ShopUnavailable:
        return
    assert faults(named("Order"), told) == []
    assert read.reference == REFERENCE


@given(body=st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_whatever_a_body_holds_it_is_an_object_or_refused(body: bytes) -> None:
    try:
        read = http_json.document(body)
    except ShopUnavailable:
        return
    assert read == json.loads(body)
