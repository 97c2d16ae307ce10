"""A basket of which something is out of stock: what is asked, what is kept, and that nothing is dropped."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlmodel import col

from skill.catalog.models import Product, Seller, Stock
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Answer
from skill.orders.ports import Item
from skill.orders.quotes import Quoted, Shortage, Terms
from skill.orders.shortage_replies import basket_of, shortage_reply, terms_of
from skill.orders.substitutes import may_replace
from skill.storage.database import Database
from skill.storage.engine import make_engine
from tests.orders.home import DIAPERS, MILK, Home

SMALL_MILK, BARISTA = "OM-ORI-OAT-MIL-32FL", "OM-BAR-OAT-MIL-32FL"
FORMULA, LARGE_FORMULA = "LN-INF-FOR-1-12P4OZ", "LN-INF-FOR-1-23P2OZ"
YES, NO = "AMAZON.YesIntent", "AMAZON.NoIntent"


@pytest.fixture
def home(database: Database) -> Home:
    """A household at a shop without oat milk in its usual pack."""
    home = Home(database)
    have(home, MILK, 0)
    return home


@pytest.fixture(scope="module")
def spare(tmp_path_factory: pytest.TempPathFactory, blank_file: Path) -> Iterator[Home]:
    """A household for a test that looks at it many times."""
    path = tmp_path_factory.mktemp("shortages") / "home.db"
    path.write_bytes(blank_file.read_bytes())
    database = Database(make_engine(f"sqlite:///{path}"))
    yield Home(database)
    database.engine.dispose()


def have(home: Home, sku: str, quantity: int) -> None:
    with home.database.unit(None) as unit:
        row = unit.session.get(Stock, sku)
        assert row is not None
        row.quantity = quantity
        unit.session.add(row)


def made(home: Home, *items: Item, terms: Terms | None = None) -> Quoted | Shortage:
    with home.database.unit(home.household_id) as unit:
        found = home.app.orders(unit).quotes.make_on(home.shopper, items, terms or Terms("item", True))
        assert isinstance(found, Quoted | Shortage)
        return found


def names(answer: Answer) -> list[str]:
    return [line["product_id"] for quote in answer.quotes for line in quote["lines"]]


def test_nothing_is_quoted_before_the_question_is_answered(home: Home) -> None:
    found = made(home, Item(MILK, 1), Item(DIAPERS, 1))
    assert isinstance(found, Shortage)
    [lack] = found.lacks
    assert lack.substitute is not None
    assert lack.substitute.item == Item(SMALL_MILK, 2)
    assert (lack.substitute.percent, lack.left, found.rest) == (24, 0, True)


def test_everything_that_nothing_replaces_is_one_question(home: Home) -> None:
    for sku in (SMALL_MILK, BARISTA, "GR-COC-YOG-16OZ"):
        have(home, sku, 0)
    found = made(home, Item(MILK, 1), Item("GR-COC-YOG-16OZ", 1), Item(DIAPERS, 1))
    assert isinstance(found, Shortage)
    assert [lack.sku_id for lack in found.lacks] == [MILK, "GR-COC-YOG-16OZ"]


def test_a_substitute_that_is_out_too_is_not_offered(home: Home) -> None:
    have(home, SMALL_MILK, 0)
    found = made(home, Item(MILK, 1))
    assert isinstance(found, Shortage)
    assert found.lacks[0].substitute is not None
    assert found.lacks[0].substitute.item.sku_id == BARISTA


def test_address_payment_and_delivery_stay_with_the_basket_through_all_questions(home: Home) -> None:
    terms = Terms("list", True, "mother", "the other card", {"corner-shop": "no-rush"}, (DIAPERS,))
    found = made(home, Item(MILK, 1), terms=terms)
    assert isinstance(found, Shortage)
    with home.database.reading(home.household_id) as unit:
        reply = shortage_reply(home.app.orders(unit), found, "order")
    assert reply.confirm is not None
    kept = json.loads(json.dumps(reply.confirm.payload))
    assert terms_of(kept) == terms
    assert (basket_of(kept, "basket"), basket_of(kept, "items")) == ([Item(MILK, 1)], [Item(SMALL_MILK, 2)])


def test_formula_asks_although_another_one_is_always_wanted(home: Home) -> None:
    have(home, FORMULA, 0)
    with home.database.unit(home.household_id) as unit:
        index = home.app.catalog(unit).index("en")
        product = index.skus[FORMULA].product_id
        home.app.orders(unit).quotes.substituting.prefer(product, "always", product, home.now)
    found = made(home, Item(FORMULA, 1))
    assert isinstance(found, Shortage)
    assert found.lacks[0].substitute is not None
    assert found.lacks[0].substitute.item.sku_id == LARGE_FORMULA


def test_soy_formula_is_replaced_by_no_milk_formula(home: Home) -> None:
    have(home, "LN-SOY-FOR-1-20P7OZ", 0)
    found = made(home, Item("LN-SOY-FOR-1-20P7OZ", 1))
    assert isinstance(found, Shortage)
    assert found.lacks[0].substitute is None


def test_a_preference_is_used_at_once_and_told(home: Home) -> None:
    home.say("SetSubstituteIntent", product="oat milk", substitute="barista oat milk")
    found = made(home, Item(MILK, 1), Item(DIAPERS, 1))
    assert isinstance(found, Quoted)
    assert [one["other"] for one in found.instead] == ["Oatmere Barista Oat Milk, 32 ounces"]


def test_a_preference_for_something_that_is_out_too_leads_to_a_question(home: Home) -> None:
    home.say("SetSubstituteIntent", product="oat milk", substitute="barista oat milk")
    have(home, BARISTA, 0)
    found = made(home, Item(MILK, 1))
    assert isinstance(found, Shortage)
    assert found.lacks[0].substitute is not None
    assert found.lacks[0].substitute.item.sku_id == SMALL_MILK


def test_what_somebody_agreed_to_is_quoted_as_it_is_or_not_at_all(home: Home) -> None:
    home.say("SetSubstituteIntent", product="oat milk", substitute="barista oat milk")
    with (
        home.database.unit(home.household_id) as unit,
        pytest.raises(SpokenError, match="out_of_stock"),
    ):
        home.app.orders(unit).quotes.make_as_agreed(home.shopper, [Item(MILK, 1)], "item")


def test_every_question_takes_a_yes_of_its_own_and_only_the_last_one_orders(home: Home) -> None:
    asked = home.say("ReorderUsualIntent")
    quoted = home.say(YES, asked)
    assert home.orders() == []
    home.say(YES, quoted)
    [order] = home.orders()
    with home.database.reading(home.household_id) as unit:
        held = home.app.orders(unit).history.items(order.id)
    assert Item(SMALL_MILK, 4) in held
    assert MILK not in [item.sku_id for item in held]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    gone=st.sets(st.sampled_from([MILK, SMALL_MILK, BARISTA, DIAPERS, "SL-DIA-2-28"])),
    answers=st.lists(st.sampled_from([YES, NO]), min_size=4, max_size=4),
)
def test_whatever_is_answered_nothing_is_dropped_or_swapped_without_a_yes(
    spare: Home, gone: set[str], answers: Sequence[str]
) -> None:
    for sku in (MILK, SMALL_MILK, BARISTA, DIAPERS, "SL-DIA-2-28"):
        have(spare, sku, 0 if sku in gone else 40)
    with spare.database.reading(spare.household_id) as unit:
        wanted = {item.sku_id for item in spare.app.orders(unit).usual()}
        skus = spare.app.catalog(unit).index("en").skus
    heard, yes_to = spare.say("ReorderUsualIntent"), set[str]()
    for answer in answers:
        if not heard.reply.startswith("Stock."):
            break
        yes_to |= {heard.reply} if answer == YES else set()
        heard = spare.say(answer, heard)
    quoted = set(names(heard))
    assert not quoted & gone
    assert "Stock.instead" in yes_to or quoted <= wanted
    assert all(any(may_replace(skus[one], skus[sku]) for one in wanted & gone) for sku in quoted - wanted)
    assert "Stock.without" in yes_to or not quoted or len(quoted) == len(wanted)
    assert spare.orders() == []


def test_what_took_the_place_of_something_on_the_list_is_crossed_off_for_it(home: Home) -> None:
    home.say("AddToListIntent", product="oat milk")
    home.say("AddToListIntent", product="coffee")
    quoted = home.say(YES, home.say("OrderListIntent"))
    assert SMALL_MILK in names(quoted)
    home.say(YES, quoted)
    assert home.say("ReadListIntent").reply == "ReadListIntent.empty"


def test_what_the_list_goes_on_without_stays_on_it(home: Home) -> None:
    home.say("AddToListIntent", product="oat milk")
    home.say("AddToListIntent", product="coffee")
    asked = home.say(NO, home.say("OrderListIntent"))
    assert asked.reply == "Stock.without"
    home.say(YES, home.say(YES, asked))
    with home.database.reading(home.household_id) as unit:
        assert [item.words for item in home.app.orders(unit).list.items()] == ["oat milk"]


def test_a_sponsored_substitute_is_said_to_be_sponsored(home: Home) -> None:
    assert "sponsored" not in home.say("OrderItemIntent", product="oat milk").speech
    with home.database.unit(None) as unit:
        original = col(Product.id) == "oatmere-original-oat-milk"
        unit.session.execute(update(Product).where(original).values(sponsored=True))
        unit.session.execute(update(Seller).values(revision=col(Seller.revision) + 1))
    asked = home.say("OrderItemIntent", product="oat milk")
    assert "Oatmere Original Oat Milk, 32 ounces, sponsored," in asked.speech
