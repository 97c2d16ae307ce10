"""Buttons: what they save, who has them, and that pressing one only ever offers."""

import pytest

from skill.orders.bound import MOST_BUTTONS, Bound, Buttons
from skill.orders.ports import Item
from skill.storage.database import Database
from tests.orders.home import DIAPERS, MILK, Home, another_home


def test_a_pressed_button_goes_where_it_was_bound_to_and_needs_its_yes(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        Buttons(unit).bind("diapers", Bound(Item(DIAPERS, 2), "mother"), home.now)
    pressed = home.say("PressButtonIntent", button="diapers")
    assert (pressed.reply, home.orders()) == ("OrderItemIntent.quoted", [])
    home.say("AMAZON.YesIntent", pressed)
    assert [(order.address_label, order.origin) for order in home.orders()] == [("mother", "voice")]


def test_a_press_that_may_be_a_double_keeps_its_address_when_it_is_meant(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        Buttons(unit).bind("diapers", Bound(Item(DIAPERS, 1), "mother"), home.now)
    home.say("AMAZON.YesIntent", home.say("PressButtonIntent", button="diapers"))
    doubted = home.say("PressButtonIntent", button="diapers")
    assert doubted.reply == "OrderItemIntent.just_ordered"
    offered = home.say("AMAZON.YesIntent", doubted)
    home.say("AMAZON.YesIntent", offered)
    assert [order.address_label for order in home.orders()] == ["mother", "mother"]


def test_ten_presses_are_one_order(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        Buttons(unit).bind("diapers", Bound(Item(DIAPERS, 1)), home.now)
    answers = [
        home.say("AMAZON.YesIntent", home.say("PressButtonIntent", button="diapers")) for _ in range(1)
    ]
    answers += [home.say("PressButtonIntent", button="diapers") for _ in range(9)]
    assert len(home.orders()) == 1
    assert {answer.reply for answer in answers[1:]} == {"OrderItemIntent.just_ordered"}


def test_binding_again_takes_the_place_of_what_was_bound(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        buttons = Buttons(unit)
        assert buttons.bind("milk", Bound(Item(MILK, 1), "mother", "a card"), home.now)
        assert not buttons.bind("milk", Bound(Item(MILK, 4)), home.now)
        [button] = buttons.all()
        assert (button.quantity, button.address_label, button.payment_label) == (4, "", "")


def test_there_is_an_end_to_buttons_but_not_to_changing_them(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        buttons = Buttons(unit)
        for number in range(MOST_BUTTONS):
            buttons.bind(f"button {number}", Bound(Item(MILK, 1)), home.now)
        buttons.bind("button 3", Bound(Item(MILK, 2)), home.now)
        with pytest.raises(OverflowError):
            buttons.bind("one more", Bound(Item(MILK, 1)), home.now)


def test_a_button_of_another_household_is_not_there(database: Database) -> None:
    home = Home(database)
    with database.unit(another_home(home)) as unit:
        Buttons(unit).bind("diapers", Bound(Item(DIAPERS, 1)), home.now)
    assert home.say("PressButtonIntent", button="diapers").reply == "ListButtonsIntent.none"


def test_what_is_sold_no_longer_is_told_and_not_ordered(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        Buttons(unit).bind("diapers", Bound(Item("NO-LONGER-SOLD", 1)), home.now)
    assert home.say("PressButtonIntent", button="diapers").reply == "Error.no_longer_sold"
    assert home.orders() == []


def test_the_last_order_can_be_saved_when_it_was_one_thing(database: Database) -> None:
    home = Home(database)
    home.place(home.quote(Item(MILK, 3), deliberate=True))
    assert home.say("BindButtonIntent", button="milk").reply == "BindButtonIntent.bound"
    with database.reading(home.household_id) as unit:
        assert [(one.sku_id, one.quantity) for one in Buttons(unit).all()] == [(MILK, 3)]
