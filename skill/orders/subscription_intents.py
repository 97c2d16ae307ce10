"""What a shopper can say about subscriptions."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from skill.conversation.declare import Slot, intent, on_late, on_no, on_yes
from skill.conversation.errors import SpokenError
from skill.conversation.turn import Confirm, Reply, Turn
from skill.conversation.wording import Money
from skill.household.news import heard_news
from skill.orders.guards import Held
from skill.orders.intents import told_placed
from skill.orders.pending import pending, with_quantity
from skill.orders.ports import Item
from skill.orders.quotes import Duplicate
from skill.orders.replies import duplicate_reply, held_reply, items_of, shopper
from skill.orders.resolving import packs
from skill.orders.rules import STANDING
from skill.orders.service import Orders
from skill.orders.spoken_items import check
from skill.orders.subscription_models import Subscription, run_name
from skill.orders.subscription_rules import Rhythm, is_paused, occurrence, read_rhythm
from skill.orders.subscription_spoken import day, kept, pick, pick_line, rhythm, said, things
from skill.orders.subscriptions import Subscriptions, Terms, rhythm_of

SUBSCRIBE, END, RELEASE = "orders.subscribe", "orders.end_subscription", "orders.release_run"

PRODUCT = Slot("product", "PRODUCT", multiple=True, elicited=True)
ONE_PRODUCT = Slot("product", "PRODUCT", elicited=True)
QUANTITY = Slot("quantity", "AMAZON.NUMBER")
MORE_PRODUCT = Slot("more_product", "PRODUCT")
MORE_QUANTITY = Slot("more_quantity", "AMAZON.NUMBER")
INTERVAL = Slot("interval", "AMAZON.DURATION", elicited=True)
RHYTHM = Slot("rhythm", "RHYTHM")
START = Slot("start", "AMAZON.DATE")
UNTIL = Slot("until", "AMAZON.DATE")


@intent(
    "StartSubscriptionIntent",
    QUANTITY,
    PRODUCT,
    MORE_QUANTITY,
    MORE_PRODUCT,
    INTERVAL,
    RHYTHM,
    START,
    needs="order",
)
def start_subscription(turn: Turn, orders: Orders) -> Reply:
    """Say what would be sent, how often, for how much and from when, and ask for the standing yes."""
    subscriptions = Subscriptions(orders)
    items = things(turn, orders)
    if isinstance(items, Reply):
        return items
    _refuse_second(turn, subscriptions, items)
    often = rhythm(turn, subscriptions, items)
    if often is None:
        names = [subscriptions.name(item.sku_id, turn.language) for item in items]
        choice = {"items": [[item.sku_id, item.quantity] for item in items], "said": kept(turn)}
        return Reply("StartSubscriptionIntent.how_often", {"names": names}, elicit="interval", choice=choice)
    today = turn.local.date()
    first = day(turn, "start") or subscriptions.first(items, often, turn.caller.zone, today)
    return _asked(turn, subscriptions, items, often, first)


def _refuse_second(turn: Turn, subscriptions: Subscriptions, items: Sequence[Item]) -> None:
    wanted = {item.sku_id for item in items}
    for one in subscriptions.all():
        for line in subscriptions.lines(one):
            if line.sku_id in wanted:
                name = subscriptions.name(line.sku_id, turn.language)
                raise SpokenError("StartSubscriptionIntent.already", {"name": name})


def _asked(
    turn: Turn,
    subscriptions: Subscriptions,
    items: Sequence[Item],
    often: Rhythm,
    first: date,
    replaces: Subscription | None = None,
) -> Reply:
    """The terms of each delivery, and the question whose yes is the standing consent."""
    terms = subscriptions.terms(shopper(turn), items)
    plan = {
        "items": [[item.sku_id, item.quantity] for item in items],
        "unit": often.unit,
        "every": often.every,
        "first": first.isoformat(),
        "replaces": str(replaces.id) if replaces else None,
    }
    values = {
        "offers": [_spoken(one) for one in terms],
        "unit": often.unit,
        "every": often.every,
        "first": first,
    }
    return Reply(
        "ChangeSubscriptionIntent.quoted" if replaces else "StartSubscriptionIntent.quoted",
        values,
        confirm=Confirm(SUBSCRIBE, {**plan, "terms": terms}, "order"),
        choice={"subscribe": plan},
    )


def _spoken(terms: Terms) -> dict[str, object]:
    return {
        "seller": terms["seller"],
        "lines": [{"name": name, "quantity": quantity} for _sku, name, quantity, _price in terms["lines"]],
        "total": Money(terms["total"], terms["currency"]),
        "tax": Money(terms["tax"], terms["currency"]),
        "delivery_charge": Money(terms["delivery"], terms["currency"]),
    }


@on_yes(SUBSCRIBE)
def subscribe(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Keep the standing consent; what it covers is exactly what was spoken."""
    subscriptions = Subscriptions(orders)
    often, first = Rhythm(payload["unit"], payload["every"]), date.fromisoformat(payload["first"])
    if payload["replaces"] is None:
        for terms in payload["terms"]:
            subscriptions.start(shopper(turn), terms, often, first, payload["confirmation"])
        return Reply("YesIntent.subscribed", {"first": first})
    one = subscriptions.get(payload["replaces"])
    if one is None:
        raise SpokenError("Error.no_subscriptions")
    [terms] = payload["terms"]
    subscriptions.change(one, terms, often, first, payload["confirmation"], turn.at)
    return Reply("YesIntent.subscription_changed", {"next": one.next_date})


@on_late(SUBSCRIBE)
def ask_anew(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """A yes after 120 seconds: today's terms are spoken and asked about."""
    return _again(turn, Subscriptions(orders), payload)


def _again(
    turn: Turn, subscriptions: Subscriptions, plan: Mapping[str, Any], often: Rhythm | None = None
) -> Reply:
    replaces = subscriptions.get(plan["replaces"]) if plan["replaces"] else None
    often = often or Rhythm(plan["unit"], plan["every"])
    first = max(date.fromisoformat(plan["first"]), turn.local.date() + timedelta(days=1))
    return _asked(turn, subscriptions, items_of(plan), often, first, replaces)


@on_no(SUBSCRIBE)
def leave_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Nothing is set up or changed."""
    return Reply("NoIntent.not_subscribed")


@intent("ListSubscriptionsIntent", needs="orders")
def list_subscriptions(turn: Turn, orders: Orders) -> Reply:
    """What comes again and again, and when; a run that waits for a yes is asked about first."""
    subscriptions = Subscriptions(orders)
    held = subscriptions.held()
    if held is not None and "order" in turn.caller.permissions:
        one, run = held
        with suppress(SpokenError):  # what cannot be ordered today is nothing to ask about
            return _ask_to_release(turn, subscriptions, one, run.run_date)
    found = subscriptions.all()
    if not found:
        raise SpokenError("Error.no_subscriptions")
    told = [subscriptions.spoken(one, turn.language, turn.local.date()) for one in found]
    return Reply("ListSubscriptionsIntent.told", {"subscriptions": told})


def _ask_to_release(turn: Turn, subscriptions: Subscriptions, one: Subscription, of: date) -> Reply:
    """Why a run was not placed, at today's price, and whether to order it after all."""
    items = [Item(line.sku_id, line.quantity) for line in subscriptions.lines(one) if line.skipped_date != of]
    [terms] = subscriptions.terms(shopper(turn), items)
    heard_news(subscriptions.unit, run_name(one, of), turn.at)
    values = {**_spoken(terms), "was": Money(one.total_cents, one.currency), "day": of}
    payload = {
        "subscription": str(one.id),
        "day": of.isoformat(),
        "items": [[item.sku_id, item.quantity] for item in items],
        "total": terms["total"],
        "price": one.total_cents < terms["total"],
    }
    prompt = "ListSubscriptionsIntent.risen" if payload["price"] else "ListSubscriptionsIntent.held"
    return Reply(prompt, values, confirm=Confirm(RELEASE, payload, "order"))


@on_yes(RELEASE)
def release(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """Order what was held; a higher price is agreed to from now on. The guards have their say as ever."""
    subscriptions = Subscriptions(orders)
    one, of = subscriptions.get(payload["subscription"]), date.fromisoformat(payload["day"])
    run = subscriptions.run(one, of) if one else None
    if one is None or run is None or not subscriptions.is_held(run):
        raise SpokenError("YesIntent.already_answered")
    made = orders.quotes.make_as_agreed(shopper(turn), items_of(payload), STANDING)
    if isinstance(made, Duplicate):
        return duplicate_reply(orders, made, STANDING)
    if made.quotes[0].total_cents > payload["total"]:
        orders.quotes.drop(made.quotes, turn.at, "dearer")
        return _ask_to_release(turn, subscriptions, one, of)
    run.quote_id = made.quotes[0].id
    subscriptions.unit.session.add(run)
    if payload["price"]:
        subscriptions.agree(one, payload["total"], payload["confirmation"], turn.at)
    ids = [str(quote.id) for quote in made.quotes]
    outcome = orders.placing.place(shopper(turn), ids, payload["confirmation"])
    if isinstance(outcome, Duplicate):
        return duplicate_reply(orders, outcome, STANDING)
    if isinstance(outcome, Held):
        return held_reply(orders, outcome, {"quotes": ids, "confirmation": payload["confirmation"]})
    return told_placed(turn, orders, outcome)


@on_no(RELEASE)
def let_it_go(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """This run is not ordered; the next one comes on its date."""
    subscriptions = Subscriptions(orders)
    one = subscriptions.get(payload["subscription"])
    run = subscriptions.run(one, date.fromisoformat(payload["day"])) if one else None
    if one is None or run is None:
        return Reply("NoIntent.not_subscribed")
    run.state = "declined"
    subscriptions.unit.session.add(run)
    return Reply("NoIntent.run_dropped", {"next": one.next_date})


@intent("SkipDeliveryIntent", ONE_PRODUCT, needs="cancel")
def skip_delivery(turn: Turn, orders: Orders) -> Reply:
    """Leave out the next delivery, or one item of it."""
    subscriptions = Subscriptions(orders)
    picked = pick(turn, subscriptions, subscriptions.all())
    if isinstance(picked, Reply):
        return picked
    one, line = picked
    skipped = one.next_date
    values = {"day": skipped, "lines": subscriptions.spoken(one, turn.language, skipped)["lines"]}
    if line is not None and len(subscriptions.lines(one)) > 1:
        name = subscriptions.name(line.sku_id, turn.language)
        if subscriptions.skip_item(one, line, turn.at):
            return Reply("SkipDeliveryIntent.item_skipped", {"name": name, "day": skipped})
    else:
        subscriptions.skip(one, turn.at)
    return Reply("SkipDeliveryIntent.skipped", {**values, "next": one.next_date})


@intent("PauseSubscriptionIntent", ONE_PRODUCT, UNTIL, INTERVAL, needs="cancel")
def pause_subscription(turn: Turn, orders: Orders) -> Reply:
    """Order nothing until a day, for a while, or until it is resumed."""
    subscriptions = Subscriptions(orders)
    until = _until(turn)
    picked = pick(turn, subscriptions, subscriptions.all())
    if isinstance(picked, Reply):
        return picked
    one, _line = picked
    subscriptions.pause(one, until)
    told = subscriptions.spoken(one, turn.language, turn.local.date())
    return Reply("PauseSubscriptionIntent.paused", {**told, "until": until})


def _until(turn: Turn) -> date | None:
    """The end of a pause, by its day or by its length; raises SpokenError for an impossible one."""
    until, length = day(turn, "until"), said(turn, "interval")
    if until is not None or length is None:
        return until
    span = read_rhythm(length)
    if span is None:
        raise SpokenError("Error.date_unclear")
    return occurrence(turn.local.date(), span, 1)


@intent("ResumeSubscriptionIntent", ONE_PRODUCT, needs="order")
def resume_subscription(turn: Turn, orders: Orders) -> Reply:
    """End a pause, and say whether an order starts now and when the next one does."""
    subscriptions, today = Subscriptions(orders), turn.local.date()
    found = subscriptions.all()
    paused = [one for one in found if is_paused(one.state, one.paused_until, today)]
    if found and not paused:
        raise SpokenError(
            "ResumeSubscriptionIntent.not_paused", {"next": min(one.next_date for one in found)}
        )
    picked = pick(turn, subscriptions, paused)
    if isinstance(picked, Reply):
        return picked
    one, _line = picked
    starts = subscriptions.resume(one, turn.at, turn.caller.zone)
    told = subscriptions.spoken(one, turn.language, today)
    if starts:
        return Reply("ResumeSubscriptionIntent.starts_now", told)
    return Reply("ResumeSubscriptionIntent.resumed", told)


@intent("ChangeSubscriptionIntent", ONE_PRODUCT, QUANTITY, INTERVAL, RHYTHM, needs="order")
def change_subscription(turn: Turn, orders: Orders) -> Reply:
    """Another rhythm or quantity: the new terms are spoken and need their own yes."""
    subscriptions = Subscriptions(orders)
    quantity = _quantity(turn)
    if quantity is not None and (quotes := pending(turn, orders)):
        return with_quantity(turn, orders, quotes, quantity)
    plan = (turn.session.choice or {}).get("subscribe")
    if isinstance(plan, Mapping):
        return _other_plan(turn, subscriptions, plan, quantity)
    picked = pick(turn, subscriptions, subscriptions.all())
    if isinstance(picked, Reply):
        return picked
    one, line = picked
    items = [Item(each.sku_id, each.quantity) for each in subscriptions.lines(one)]
    often = rhythm(turn, subscriptions, items)
    if often is None and quantity is None:
        return Reply("ChangeSubscriptionIntent.what", elicit="interval", choice={"said": kept(turn)})
    if quantity is not None:
        meant = line or pick_line(turn, subscriptions, one)
        if isinstance(meant, Reply):
            return meant
        items = _with_quantity(turn, orders, items, meant.sku_id, quantity)
    following = _following(turn, subscriptions, one, often) if often else one.next_date
    return _asked(turn, subscriptions, items, often or rhythm_of(one), following, one)


def _quantity(turn: Turn) -> int | None:
    words = said(turn, "quantity")
    quantity = int(words) if words is not None and words.isdecimal() else None
    check(quantity)
    return quantity


def _with_quantity(
    turn: Turn, orders: Orders, items: Sequence[Item], sku_id: str, quantity: int
) -> list[Item]:
    sku = orders.catalog.sku(sku_id, turn.language)
    many = packs(sku, quantity) if sku else quantity
    return [Item(item.sku_id, many if item.sku_id == sku_id else item.quantity) for item in items]


def _other_plan(
    turn: Turn, subscriptions: Subscriptions, plan: Mapping[str, Any], quantity: int | None
) -> Reply:
    """The offer that waits for its yes, otherwise."""
    items = items_of(plan)
    if quantity is not None and len(items) == 1:
        items = _with_quantity(turn, subscriptions.orders, items, items[0].sku_id, quantity)
    changed = {**plan, "items": [[item.sku_id, item.quantity] for item in items]}
    return _again(turn, subscriptions, changed, rhythm(turn, subscriptions, items))


def _following(turn: Turn, subscriptions: Subscriptions, one: Subscription, often: Rhythm) -> date:
    """The first date of a new rhythm: an interval after the last run, else the date that stands."""
    ran = [run.run_date for run in subscriptions.runs(one) if run.state == "ordered"]
    if not ran:
        return one.next_date
    return max(occurrence(ran[-1], often, 1), turn.local.date() + timedelta(days=1))


@intent("CancelSubscriptionIntent", ONE_PRODUCT, needs="cancel")
def cancel_subscription(turn: Turn, orders: Orders) -> Reply:
    """Ask whether to end it."""
    subscriptions = Subscriptions(orders)
    picked = pick(turn, subscriptions, subscriptions.all())
    if isinstance(picked, Reply):
        return picked
    told = subscriptions.spoken(picked[0], turn.language, turn.local.date())
    return Reply(
        "CancelSubscriptionIntent.ask", told, confirm=Confirm(END, {"subscription": str(picked[0].id)})
    )


@on_yes(END)
def end_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """End the subscription."""
    subscriptions = Subscriptions(orders)
    one = subscriptions.get(payload["subscription"])
    if one is not None:
        subscriptions.cancel(one, turn.at)
    return Reply("YesIntent.subscription_cancelled")


@on_no(END)
def keep_it(turn: Turn, orders: Orders, payload: Mapping[str, Any]) -> Reply:
    """It goes on."""
    one = Subscriptions(orders).get(payload["subscription"])
    return Reply("NoIntent.subscription_kept", {"next": one.next_date if one else None})


def teach(turn: Turn, orders: Orders) -> list[str]:
    """A run that waits for a yes comes first; so does nothing else of subscriptions."""
    return ["subscriptions.list"] if Subscriptions(orders).held() else []
