"""The services of Anna's account on a port of their own."""

from collections.abc import Iterator

import pytest

from skill.simulator.amazon import AmazonServices
from tests.simulator.amazon.caller import Caller, Clock, household


@pytest.fixture
def caller() -> Iterator[Caller]:
    """A caller of running services."""
    account, clock = household(), Clock()
    with AmazonServices(account, clock) as services:
        yield Caller(services, account, clock)
