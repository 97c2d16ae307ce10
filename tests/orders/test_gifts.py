"""What is hidden is named in no reply, card, mail or view, whatever is asked, until it is shown again."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlmodel import select

from skill import features
from skill.catalog.index import prices
from skill.catalog.models import Price
from skill.conversation.turn import Answer
from skill.household.service import Households
from skill.orders.gifts import Gifts, still_hidden
from skill.orders.models import OrderingLimits, OrderLine
from skill.orders.ports import Item
from skill.orders.quoted import Quoted, Terms
from skill.storage.database import Database
from skill.storage.outbox import OutboxMessage
from tests.orders.home import DIAPERS, Home

SECRET = "NF-SPA-16OZ"
"""A thing that the demo household bought once, long ago."""
WORDS = ("spaghetti", "nonna", SECRET.casefold())
ASKING: Mapping[str, Mapping[str, str]] = {
    "LogDiaperIntent": {"child": "Leo", "kind": "wet"},
    "StartSubscriptionIntent": {"product": "diapers", "interval": "P1W"},
    "NextNeedIntent": {"product": "diapers"},
}
"""Slots of intents that would only ask for them; what speaks of orders needs none."""


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


def names_it(answer: Answer) -> bool:
    """Whether anything that leaves the core says what the gift is."""
    told = json.dumps(
        [answer.ssml, answer.speech, answer.reprompt_ssml, answer.card, answer.quotes, answer.orders]
    )
    return any(word in told.casefold() for word in WORDS)


def hide_all(home: Home) -> None:
    """Every line of the secret thing that the household ever bought is a gift."""
    with home.database.unit(home.household_id) as unit:
        for line in unit.session.exec(
            select(OrderLine).where(OrderLine.household_id == home.household_id, OrderLine.sku_id == SECRET)
        ).all():
            line.hidden = True
            unit.session.add(line)


def ordered_in_secret(home: Home) -> Answer:
    """Order the gift and something else, with one yes, and hide the gift before it."""
    quoted = home.say("OrderItemIntent", product="spaghetti", more_product="coffee")
    assert names_it(quoted)
    hidden = home.say("HideGiftIntent", quoted, product="spaghetti")
    assert hidden.reply == "HideGiftIntent.offer"
    return home.say("AMAZON.YesIntent", hidden)


@pytest.mark.parametrize("days", [0, 1, 9])
def test_no_intent_names_what_is_hidden(home: Home, days: int) -> None:
    hide_all(home)
    with home.database.unit(home.household_id) as unit:
        assert home.caller.member_id is not None
        Households(unit).set_email(home.caller.member_id, "anna@example.com")
    answers = [ordered_in_secret(home)]
    home.wait(days=days)
    home.app.work(home.now)
    for name, intent in sorted(features.declarations().intents.items()):
        if "Cancel" in name or name == "ShowGiftIntent" or intent.feature == "catalog":
            continue
        answers.append(home.app.answer(home.turn(name, slots=ASKING.get(name))))
    named = [answer.reply for answer in answers if names_it(answer)]
    with home.database.reading(home.household_id) as unit:
        letters = json.dumps(
            [
                message.payload
                for message in unit.session.exec(
                    select(OutboxMessage).where(OutboxMessage.household_id == home.household_id)
                ).all()
            ]
        )
    assert named == []
    assert not any(word in letters.casefold() for word in WORDS)


def test_a_gift_stays_hidden_when_the_offer_changes(home: Home) -> None:
    quoted = home.say("OrderItemIntent", product="spaghetti", more_product="coffee")
    hidden = home.say("HideGiftIntent", quoted, product="spaghetti")
    moved = home.say("ChangeAddressIntent", hidden, address="mother")
    faster = home.say("ChooseDeliveryIntent", moved, day="2026-11-21")
    assert [moved.reply, faster.reply] == ["OrderItemIntent.quoted", "ChooseDeliveryIntent.quoted"]
    assert "a gift" in moved.speech
    assert not names_it(moved)
    assert not names_it(faster)


def test_the_gift_is_neither_the_usual_nor_the_last_order_nor_told_as_on_its_way(home: Home) -> None:
    hide_all(home)
    ordered_in_secret(home)
    home.wait(minutes=20)
    again = home.say("OrderItemIntent", product="spaghetti")
    assert again.reply == "OrderItemIntent.quoted"  # "it is on its way already" would tell
    with home.database.reading(home.household_id) as unit:
        orders = home.app.orders(unit)
        assert SECRET not in {item.sku_id for item in orders.last_items()}
        assert SECRET not in orders.history.own_skus()


def test_ten_minutes_long_a_hidden_order_is_still_no_double(home: Home) -> None:
    quoted = home.say("OrderItemIntent", product="spaghetti")
    home.say("AMAZON.YesIntent", home.say("HideGiftIntent", quoted))
    home.wait(minutes=1)
    again = home.say("OrderItemIntent", product="spaghetti")
    assert again.reply == "OrderItemIntent.just_ordered"
    assert not names_it(again)


def test_only_who_ordered_a_gift_shows_it_again(home: Home) -> None:
    ordered_in_secret(home)
    with home.database.unit(home.household_id) as unit:
        ben = Households(unit).member_named("Ben")
        assert ben is not None
    other = replace(home.caller, member_id=ben.id)
    assert home.app.answer(home.turn("ShowGiftIntent", caller=other)).reply == "ShowGiftIntent.none"
    shown = home.say("ShowGiftIntent")
    assert shown.reply == "ShowGiftIntent.shown"
    assert not names_it(shown)
    assert names_it(home.say("LastOrderIntent"))


def test_the_shop_gets_what_was_hidden_as_anything_else(home: Home) -> None:
    quote_ids = home.quote(Item(SECRET, 1), Item(DIAPERS, 1))
    before = home.stock(SECRET)
    with home.database.unit(home.household_id) as unit:
        orders = home.app.orders(unit)
        for quote in orders.quotes.get(quote_ids):
            Gifts(unit).hide_quote(quote, [SECRET])
    home.place(quote_ids)
    assert home.stock(SECRET) == before - 1


def test_another_size_of_a_gift_is_the_gift_now() -> None:
    small, large, coffee = Item("S", 1), Item("L", 1), Item("C", 1)
    assert still_hidden([small, coffee], [large, coffee], ["S"]) == ["L"]
    assert still_hidden([small, coffee], [coffee], ["S"]) == []
    assert sorted(still_hidden([small], [small, coffee], ["S"])) == ["S"]


def test_a_double_of_a_gift_keeps_its_secret_and_its_terms(home: Home) -> None:
    quoted = home.say("OrderItemIntent", product="spaghetti")
    moved = home.say("ChangeAddressIntent", quoted, address="mother")
    hidden = home.say("HideGiftIntent", moved)
    assert hidden.reply == "HideGiftIntent.offer"
    elsewhere = home.say("OrderItemIntent", product="spaghetti")
    assert home.say("AMAZON.YesIntent", elsewhere).orders
    double = home.say("AMAZON.YesIntent", hidden)
    again = home.say("AMAZON.YesIntent", double)
    assert [double.reply, again.reply] == ["YesIntent.just_ordered", "OrderItemIntent.quoted"]
    assert "to your mother" in again.speech
    assert not any(word in double.speech.casefold() for word in WORDS)
    assert not names_it(again)


def test_a_gift_that_rose_beyond_the_limit_is_left_out_by_no_name(home: Home) -> None:
    with home.database.unit(home.household_id) as unit:
        unit.session.add(OrderingLimits(household_id=home.household_id, rise_percent=0))
    with home.database.unit(None) as unit:
        cents = prices(unit, [SECRET], home.now)[SECRET]
        unit.session.add(Price(sku_id=SECRET, valid_from=home.now, price_cents=cents * 3))
    hide = Terms("item", hidden=[SECRET])
    with home.database.unit(home.household_id) as unit:
        made = home.app.orders(unit).quotes.make_on(home.shopper, [Item(SECRET, 1), Item(DIAPERS, 1)], hide)
        assert isinstance(made, Quoted)
        assert (list(made.too_dear), list(made.risen)) == (["a gift"], [])
