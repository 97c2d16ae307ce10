"""Named starting states for fixtures and tests, built through the services."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from skill.bootstrap import OFFLINE_USER, App
from skill.catalog.index import prices
from skill.catalog.models import Price, Stock
from skill.household import directory
from skill.household.identity import Speaker
from skill.household.news import add_news
from skill.household.notices import ORDER_STATUS
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.loyalty.models import Reward
from skill.orders.bound import MOST_BUTTONS, Bound, Buttons
from skill.orders.models import Delivery, OrderingLimits, OrderLine
from skill.orders.ports import Item, Shop
from skill.orders.quotes import Quoted, Shopper
from skill.orders.service import Orders
from skill.orders.shopping_list import MOST_ITEMS, MOST_LISTS
from skill.orders.subscription_rules import Rhythm
from skill.orders.subscriptions import Subscriptions
from skill.orders.together_count import MIN_HOUSEHOLDS, count_when_due
from skill.shops.demo_household import deliver, seed_orders, seed_people
from skill.shops.misbehaving import (
    OAT_MILK,
    DownShop,
    OneWayShop,
    PartlySellingOutShop,
    PartRefusingShop,
    PartShippingShop,
    RefusingShop,
    RisingShop,
    SellingOutShop,
    SilentShop,
    WrappedShop,
)
from skill.storage.keys import new_id

Clock = Callable[[], datetime]
Arrange = Callable[[App, datetime], None]
COFFEE_AND_FILTERS = ("EL-HOU-BLE-GRO-12OZ", "PW-COF-FIL-100")
SOLD_OUT = (OAT_MILK, "LN-INF-FOR-1-12P4OZ")
"""What the shop has none of in the world of that name: oat milk, and formula of stage 1."""
DEARER = {"EL-HOU-BLE-GRO-12OZ": 103, "SL-DIA-2-74": 115, "SL-SEN-BAB-WIP-9X56": 180}
"""By what percentage things cost now of what they cost before."""
CODE = "4826"
"""The voice code of the default member in the worlds that have one."""


@dataclass(frozen=True)
class Plan:
    """How a world comes to be: what happens to its seeded database, and which shop it buys at."""

    arrange: Arrange
    shop: Callable[[Shop], Shop] = lambda shop: shop
    env: str = "development"


def _home(app: App, now: datetime) -> None:
    app.seed_household(new_id(), OFFLINE_USER, now)


def _people(
    app: App, now: datetime, *, orders: int, role: str | None = None, children: int | None = None
) -> None:
    with app.database.unit(new_id()) as unit:
        member = seed_people(unit, app.demo_services, now, children)
        seed_orders(unit, app.demo_services, member, now, most=orders)
        if role is not None:
            member = Households(unit).add_member("Rosa", role)
        directory.bind(unit, directory.ALEXA_USER, OFFLINE_USER, member.id)


def _with_order(app: App, now: datetime, ago: timedelta, wanted: Callable[[Orders], list[Item]]) -> None:
    _home(app, now)
    at = now - ago
    caller = app.caller(Speaker(user_id=OFFLINE_USER), at)
    with app.database.unit(caller.household_id) as unit:
        orders = app.orders(unit)
        shopper = Shopper(at, "en", caller.zone, caller.member_id)
        made = orders.quotes.make(shopper, wanted(orders), "item")
        assert isinstance(made, Quoted)  # the demo history is long delivered
        orders.placing.place(shopper, [str(quote.id) for quote in made.quotes], str(new_id()))


def _just_ordered(app: App, now: datetime) -> None:
    _with_order(app, now, timedelta(minutes=3), lambda orders: orders.usual())


def _given_up(app: App, now: datetime) -> None:
    shop, app.shop = app.shop, SilentShop(app.shop)
    _with_order(app, now, timedelta(minutes=20), lambda _: [Item("SL-DIA-2-74", 1)])
    app.work(now)
    app.shop = shop


def _with_news(app: App, now: datetime) -> None:
    """Four things happened since the last visit, one of each weight."""
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        day, seller = now.date().isoformat(), {"seller": "Corner Shop"}
        add_news(unit, now, "back_in_stock", "watch", {"name": "Oat Milk"})
        add_news(unit, now, "order_accepted", "order-1", {**seller, "day": day})
        refund = {**seller, "amount_cents": 1299, "currency": "USD", "to": "credit"}
        add_news(unit, now, "refunded", "order-2", refund)
        add_news(unit, now, "order_late", "order-3", {**seller, "day": day})


def _without_deliveries(app: App, now: datetime) -> None:
    """As a merchant's books are: what was ordered and when, but not when it arrived."""
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        unit.session.execute(delete(Delivery).where(col(Delivery.household_id) == unit.household))


def _without_rewards(app: App, now: datetime) -> None:
    _home(app, now)
    with app.database.unit(None) as unit:
        unit.session.execute(update(Reward).values(offered=False))


def _delisted(app: App, now: datetime) -> None:
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        unit.session.execute(
            update(OrderLine)
            .where(col(OrderLine.household_id) == unit.household)
            .values(sku_id="NO-LONGER-SOLD")
        )


def _full_list(app: App, now: datetime) -> None:
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        for number in range(MOST_ITEMS):
            app.orders(unit).list.add(f"thing {number}", 1, None, None, now)
        for number in range(MOST_LISTS):
            app.orders(unit).list.make(f"plan {number}", now)


def _with_code(app: App, now: datetime, *, child_mode: bool = False) -> None:
    _home(app, now)
    caller = app.caller(Speaker(user_id=OFFLINE_USER), now)
    with app.database.unit(caller.household_id) as unit:
        assert caller.member_id is not None  # the demo household has its default member
        VoiceCodes(unit).draft(caller.member_id, CODE)
        VoiceCodes(unit).settle(caller.member_id, CODE)
        Households(unit).set_child_mode(on=child_mode)


def _limited(app: App, now: datetime) -> None:
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        unit.session.add(OrderingLimits(household_id=unit.household, most_cents=1_500))


def _dearer(app: App, now: datetime) -> None:
    """Coffee rose a little since it was last bought, diapers much, and wipes beyond what is allowed."""
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        unit.session.add(OrderingLimits(household_id=unit.household, rise_percent=50))
    with app.database.unit(None) as unit:
        for sku, percent in DEARER.items():
            cents = prices(unit, [sku], now)[sku] * percent // 100
            unit.session.add(Price(sku_id=sku, valid_from=now - timedelta(hours=1), price_cents=cents))


def _sold_out(app: App, now: datetime) -> None:
    _home(app, now)
    with app.database.unit(None) as unit:
        unit.session.execute(update(Stock).where(col(Stock.sku_id).in_(SOLD_OUT)).values(quantity=0))


def _held_subscription(app: App, now: datetime, *, cheaper: int = 0, most_cents: int | None = None) -> None:
    """A subscription to oat milk whose run of yesterday waits for a yes: dearer, or above a limit."""
    _home(app, now)
    at, caller = now - timedelta(days=2), app.caller(Speaker(user_id=OFFLINE_USER), now)
    with app.database.unit(caller.household_id) as unit:
        subscriptions = Subscriptions(app.orders(unit))
        shopper = Shopper(at, "en", caller.zone, caller.member_id)
        [terms] = subscriptions.terms(shopper, [Item(OAT_MILK, 1)])
        agreed = {**terms, "total": terms["total"] - cheaper}
        first = (at + timedelta(days=1)).date()
        subscriptions.start(shopper, agreed, Rhythm("week", 4), first, str(new_id()))
        if most_cents is not None:
            unit.session.add(OrderingLimits(household_id=unit.household, most_cents=most_cents))
    for days in (0, 1, 2):
        app.work(at + timedelta(days=days))


def _weekly(app: App, now: datetime) -> None:
    """Oat milk every week for a quarter of a year, and coffee once."""
    with app.database.unit(new_id()) as unit:
        member = seed_people(unit, app.demo_services, now)
        orders = app.orders(unit)
        for week in range(12, 0, -1):
            bought = [Item(OAT_MILK, 2), *([Item("EL-HOU-BLE-GRO-12OZ", 1)] if week == 5 else [])]
            deliver(unit, orders, member, bought, now - timedelta(days=7 * week))
        directory.bind(unit, directory.ALEXA_USER, OFFLINE_USER, member.id)


def _varied(app: App, now: datetime) -> None:
    """Six orders that have little in common: coffee in three of them, oat milk in two, nothing in most."""
    coffee = "EL-HOU-BLE-GRO-12OZ"
    baskets = ([coffee, OAT_MILK], ["SL-DIA-2-74"], [coffee], ["SL-SEN-BAB-WIP-9X56"], [OAT_MILK], [coffee])
    with app.database.unit(new_id()) as unit:
        member = seed_people(unit, app.demo_services, now)
        for place, basket in enumerate(baskets):
            items = [Item(sku, 1) for sku in basket]
            deliver(unit, app.orders(unit), member, items, now - timedelta(days=9 * (len(baskets) - place)))
        directory.bind(unit, directory.ALEXA_USER, OFFLINE_USER, member.id)


def _together(app: App, now: datetime) -> None:
    """Five other households that buy coffee with filters, and diapers without either."""
    _home(app, now)
    neighbours = [new_id() for _ in range(MIN_HOUSEHOLDS)]
    for household_id in neighbours:
        with app.database.unit(household_id) as unit:
            member = seed_people(unit, app.demo_services, now, children=0)
            for ago, skus in ((9, COFFEE_AND_FILTERS), (5, ("SL-DIA-2-74",))):
                items = [Item(sku, 1) for sku in skus]
                deliver(unit, app.orders(unit), member, items, now - timedelta(days=ago))
    count_when_due(app.database, neighbours, now)


def _restocking(app: App, now: datetime) -> None:
    """Oat milk every week for half a year, and last eight days ago: it is about time."""
    with app.database.unit(new_id()) as unit:
        member = seed_people(unit, app.demo_services, now)
        for week in range(26):
            deliver(unit, app.orders(unit), member, [Item(OAT_MILK, 1)], now - timedelta(days=8 + 7 * week))
        directory.bind(unit, directory.ALEXA_USER, OFFLINE_USER, member.id)


def _outgrown(app: App, now: datetime, *, days: int, children: int | None = None) -> None:
    """The sizes of the children were noted so many days ago."""
    _people(app, now, orders=3, children=children)
    with app.database.unit(_household(app, now)) as unit:
        diary = app.demo_services.diary(unit)
        for child in diary.children():
            diary.record_size(child, child.diaper_size, (now - timedelta(days=days)).date())


def _old_buttons(app: App, now: datetime) -> None:
    """As many buttons as there may be, of which one leads to an address and one to a card that are gone."""
    _home(app, now)
    with app.database.unit(_household(app, now)) as unit:
        buttons = Buttons(unit)
        buttons.bind("diapers", Bound(Item("SL-DIA-2-74", 1), "cabin"), now)
        buttons.bind("wipes", Bound(Item("SL-SEN-BAB-WIP-9X56", 1), "", "the card ending in 1111"), now)
        for number in range(MOST_BUTTONS - 2):
            buttons.bind(f"spare {number}", Bound(Item(OAT_MILK, 1)), now)


def _household(app: App, now: datetime) -> UUID | None:
    return app.caller(Speaker(user_id=OFFLINE_USER), now).household_id


def _notified(app: App, now: datetime) -> None:
    """The home, whose member subscribed to notices in Alexa's app."""
    _home(app, now)
    told = {"subscriptions": [{"eventName": ORDER_STATUS}]}
    app.event("AlexaSkillEvent.ProactiveSubscriptionChanged", Speaker(user_id=OFFLINE_USER), now, told)


WORLDS: Mapping[str, Plan] = {
    "home": Plan(_home),
    "new_home": Plan(lambda app, now: _people(app, now, orders=0)),
    "one_child": Plan(lambda app, now: _people(app, now, orders=3, children=1)),
    "one_order": Plan(lambda app, now: _people(app, now, orders=1)),
    "helper": Plan(lambda app, now: _people(app, now, orders=3, role="helper")),
    "child": Plan(lambda app, now: _people(app, now, orders=3, role="child")),
    "open_order": Plan(
        lambda app, now: _with_order(app, now, timedelta(days=1), lambda _: [Item("SL-DIA-2-74", 1)])
    ),
    "just_ordered": Plan(_just_ordered),
    "shop_down": Plan(_home, DownShop),
    "price_rises": Plan(_home, RisingShop),
    "sells_out": Plan(_home, SellingOutShop),
    "refusing": Plan(_home, RefusingShop),
    "silent": Plan(_home, SilentShop),
    "part_refusing": Plan(_home, PartRefusingShop),
    "sold_out": Plan(_sold_out),
    "sells_out_in_part": Plan(_home, PartlySellingOutShop),
    "just_ordered_refusing": Plan(_just_ordered, RefusingShop),
    "just_ordered_silent": Plan(_just_ordered, SilentShop),
    "part_shipped": Plan(
        lambda app, now: _with_order(app, now, timedelta(days=1), lambda _: [Item("SL-DIA-2-74", 1)]),
        PartShippingShop,
    ),
    "no_returns": Plan(_home, WrappedShop),
    "one_way": Plan(_home, OneWayShop),
    "late_order": Plan(
        lambda app, now: _with_order(app, now, timedelta(days=5), lambda _: [Item("SL-DIA-2-74", 1)]),
        DownShop,
    ),
    "delisted": Plan(_delisted),
    "given_up": Plan(_given_up),
    "news": Plan(_with_news),
    "imported": Plan(_without_deliveries),
    "full_list": Plan(_full_list),
    "no_rewards": Plan(_without_rewards),
    "with_code": Plan(_with_code),
    "child_mode": Plan(lambda app, now: _with_code(app, now, child_mode=True)),
    "limited": Plan(_limited),
    "dearer": Plan(_dearer),
    "weekly": Plan(_weekly),
    "restocking": Plan(_restocking),
    "together": Plan(_together),
    "varied": Plan(_varied),
    "old_buttons": Plan(_old_buttons),
    "notified": Plan(_notified),
    "outgrown": Plan(lambda app, now: _outgrown(app, now, days=36, children=1)),
    "subscription_risen": Plan(lambda app, now: _held_subscription(app, now, cheaper=250)),
    "subscription_held": Plan(lambda app, now: _held_subscription(app, now, most_cents=100)),
    "stranger": Plan(lambda app, now: None, env="production"),
}
