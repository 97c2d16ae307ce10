"""Fixtures of the shop tests: the stand-in shop, held against the contract after every test that uses it."""

from collections.abc import Iterator

import pytest

from tests.shops.merchant import Clock, check_contract
from tests.shops.stand_in_shop import StandInShop


@pytest.fixture
def clock() -> Clock:
    """The clock of the household and of the shop, which stands still until it is moved."""
    return Clock()


@pytest.fixture
def merchant(clock: Clock) -> Iterator[StandInShop]:
    """A merchant's shop on a free port."""
    with StandInShop(clock).open() as shop:
        yield shop
    check_contract(shop.exchanges)
