"""Our side of the stand-in shop: how it is reached, and the contract that every exchange is held against."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from skill.orders.ports import Item
from skill.shops.http import HttpShop, TimeLimits
from skill.shops.http_wire import MerchantServer
from tests.orders.home import NOW
from tests.shops.stand_in_shop import KEY, MILK, Exchange, StandInShop

CONTRACT = Path(__file__).parents[2] / "docs/shop-api.yaml"
SHOPPER = "household-1"
REFERENCE = "R-" + "5" * 32
SELLER, ZONE = "corner-shop", "America/New_York"
TWO_MILK = (Item(MILK, 2),)
PATIENT = TimeLimits(*[30.0] * 7)
"""Limits that no test reaches, however busy the machine is."""


def hurried(**limits: float) -> TimeLimits:
    """Patient but for some calls, which the shop is to miss."""
    return TimeLimits(**{name: limits.get(name, seconds) for name, seconds in vars(PATIENT).items()})


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        """Now."""
        return self.at

    def wait(self, **span: float) -> None:
        """Move it on."""
        self.at += timedelta(**span)


def connected(merchant: StandInShop, limits: TimeLimits = PATIENT, key: str = KEY) -> HttpShop:
    """The merchant's shop as Restock reaches it, for one household."""
    return HttpShop(MerchantServer(merchant.url, key), {SELLER: "USD"}.get, SHOPPER, limits)


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document."""
    read: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return read


@cache
def operations() -> dict[str, dict[str, Any]]:
    """The operations of the contract by their ids."""
    methods = ("get", "put", "post")
    paths = contract()["paths"].values()
    return {path[one]["operationId"]: path[one] for path in paths for one in methods if one in path}


def faults(schema: dict[str, Any], document: object) -> list[str]:
    """What is wrong with a document by a schema of the contract."""
    components = {"components": contract()["components"]}
    validator = Draft202012Validator({**components, **schema}, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def named(schema: str) -> dict[str, Any]:
    """A schema of the contract by its name."""
    return {"$ref": f"#/components/schemas/{schema}"}


def check_contract(exchanges: Iterable[Exchange]) -> None:
    """Hold what was asked and what the shop's books answered against the contract."""
    for one in exchanges:
        described = operations()[one.operation]
        body = described.get("requestBody")
        assert (one.asked is not None) == (body is not None), one
        if body is not None:
            assert faults(body["content"]["application/json"]["schema"], one.asked) == [], one
        assert faults(_answer_schema(described, one), one.answered) == [], one


def _answer_schema(described: dict[str, Any], one: Exchange) -> dict[str, Any]:
    answer = described["responses"].get(str(one.status))
    if answer is None:
        assert one.status >= 400, one
        answer = contract()["components"]["responses"]["Problem"]
    schema: dict[str, Any] = answer["content"][one.media_type]["schema"]
    return schema
