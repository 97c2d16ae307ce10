"""Lists with a name: each keeps its own things, and an order leaves them for the next time."""

from skill.orders.service import Orders
from skill.storage.database import Database
from tests.orders.home import MILK, Home, another_home


def names(orders: Orders) -> list[str]:
    return [one.name for one in orders.list.named()]


def test_each_list_keeps_its_own_things(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        lists = home.app.orders(unit).list
        baby = lists.make("baby", home.now)
        lists.add("wipes", 1, None, None, home.now)
        lists.add("wipes", 2, None, None, home.now, baby.id)
        assert [item.quantity for item in lists.items()] == [1]
        assert [item.quantity for item in lists.items(baby.id)] == [2]
        lists.delete(baby)
        assert ([item.quantity for item in lists.items()], lists.named()) == ([1], [])


def test_what_is_ordered_from_a_list_with_a_name_stays_on_it(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        lists = home.app.orders(unit).list
        lists.add("oat milk", 1, MILK, None, home.now, lists.make("baby", home.now).id)
        lists.add("oat milk", 1, MILK, None, home.now)
    home.say("AMAZON.YesIntent", home.say("OrderListIntent", list="baby"))
    with database.reading(home.household_id) as unit:
        lists = home.app.orders(unit).list
        kept = lists.called("baby")
        assert kept is not None
        assert (len(lists.items(kept.id)), len(lists.items())) == (1, 1)
    assert len(home.orders()) == 1


def test_a_list_of_another_household_is_not_there(database: Database) -> None:
    home = Home(database)
    other = another_home(home)
    with database.unit(other) as unit:
        home.app.orders(unit).list.make("baby", home.now)
    assert home.say("ReadListIntent", list="baby").reply == "Error.no_such_list"


def test_two_lists_that_a_word_may_mean_are_not_guessed(database: Database) -> None:
    home = Home(database)
    for name in ("baby food", "baby stuff"):
        home.say("CreateListIntent", list=name)
    told = home.say("ReadListIntent", list="baby")
    assert told.reply == "Error.no_such_list"
    assert "baby food and baby stuff" in told.speech


def test_a_full_shopping_list_leaves_room_on_another(database: Database) -> None:
    home = Home(database)
    with database.unit(home.household_id) as unit:
        lists = home.app.orders(unit).list
        for number in range(200):
            lists.add(f"thing {number}", 1, None, None, home.now)
    home.say("CreateListIntent", list="baby")
    assert home.say("AddToListIntent", product="tea", list="baby").reply == "AddToListIntent.added"
    assert home.say("AddToListIntent", product="tea").reply == "AddToListIntent.full"
