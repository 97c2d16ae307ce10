"""What a helper of the household may do with orders, where the intent alone does not decide it."""

from dataclasses import replace

import pytest

from skill.household.roles import permissions
from skill.storage.database import Database
from tests.orders.home import Home


@pytest.fixture
def helped(database: Database) -> Home:
    """The demo home, spoken to by a helper."""
    home = Home(database)
    home.caller = replace(home.caller, role="helper", permissions=permissions("helper"))
    return home


def test_a_helper_may_reorder_the_usual_and_confirm_it(helped: Home) -> None:
    asked = helped.say("ReorderUsualIntent")
    assert helped.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_placed"


def test_a_helper_may_not_order_anything_else_not_even_anyway(helped: Home) -> None:
    assert helped.say("OrderItemIntent", product="batteries").reply == "Error.not_allowed"
    assert helped.say("OrderAnywayIntent", product="batteries").reply == "Error.not_allowed"
    assert helped.orders() == []


def test_a_helper_may_drop_an_offer_but_not_cancel_an_order(helped: Home) -> None:
    asked = helped.say("ReorderUsualIntent")
    assert helped.say("CancelOrderIntent", asked).reply == "NoIntent.order_dropped"
    helped.say("AMAZON.YesIntent", helped.say("ReorderUsualIntent"))
    assert helped.say("CancelOrderIntent").reply == "Error.not_allowed"
    assert [order.state for order in helped.orders()] == ["accepted"]
