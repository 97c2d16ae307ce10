"""Asks what is to be done about something that is out of stock: one question, about one thing, at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

from skill.conversation.turn import Confirm, Reply
from skill.conversation.wording import Money
from skill.orders.ports import Item
from skill.orders.quoted import Shortage, Terms
from skill.orders.service import Orders
from skill.orders.stock_watch import StockWatches
from skill.orders.substituting import Declined, Lack, Substitute

INSTEAD, WITHOUT, WATCH = "orders.instead", "orders.without", "orders.watch"
Pairs = list[list[object]]


def shortage_reply(orders: Orders, made: Shortage, needs: str, *, lost: bool = False) -> Reply:
    """Offer what could be taken instead; else ask whether to go on without it, or to tell when it is back.

    `needs` is the permission for a yes that goes on with the basket; `lost` says that it was in stock when
    the offer was spoken.
    """
    values = {
        "names": list(made.names),
        "lost": lost,
        "again": bool(made.declined),
        "never": any(lack.never for lack in made.lacks),
        "unknown": list(made.unknown),
        "unsold": list(made.unsold),
        "too_dear": list(made.too_dear),
    }
    if not made.names:
        return _gift(made, values, needs)
    lack, other = made.lacks[0], made.lacks[0].substitute
    if other is not None:
        return _offer(made, lack, other, values, needs)
    if made.rest:
        payload = _payload(made, _without(made.items, made.lacks))
        return Reply("Stock.without", values, confirm=Confirm(WITHOUT, payload, needs))
    return _watch(orders, made, values)


def basket_of(payload: Mapping[str, Any], name: str) -> list[Item]:
    """The items that a confirmation keeps under `name`: "items" after a yes, "basket" after a no."""
    return [Item(str(sku), int(quantity)) for sku, quantity in payload[name]]


def terms_of(payload: Mapping[str, Any]) -> Terms:
    """What the basket was asked for by, and where it goes."""
    kept = payload["terms"]
    return Terms(**{**kept, "hidden": tuple(kept["hidden"])})


def declined_of(payload: Mapping[str, Any]) -> Declined:
    """What was refused before; the offer of this question is in it only after a no."""
    return [(str(short), str(offered)) for short, offered in payload["declined"]]


def _gift(made: Shortage, values: Mapping[str, object], needs: str) -> Reply:
    """A gift is short: to ask about anything in its place would name it."""
    if not made.rest:
        return Reply("Stock.gift_gone", values)
    payload = _payload(made, _without(made.items, made.lacks))
    return Reply("Stock.gift_without", values, confirm=Confirm(WITHOUT, payload, needs))


def _watch(orders: Orders, made: Shortage, values: Mapping[str, object]) -> Reply:
    """Nothing can be ordered: offer to tell when it is back. What is there, but too few, needs no waiting."""
    gone = [(lack.sku_id, name) for lack, name in zip(made.lacks, made.names, strict=True) if not lack.left]
    skus = [sku for sku, _name in gone]
    if not skus:
        return Reply("NoIntent.order_dropped")
    if StockWatches(orders.unit).has(skus):
        return Reply("Stock.watched", values)
    watch = {"skus": skus, "names": [name for _sku, name in gone]}
    return Reply("Stock.watch", values, confirm=Confirm(WATCH, watch, "list"))


def _offer(made: Shortage, lack: Lack, other: Substitute, values: Mapping[str, object], needs: str) -> Reply:
    instead = [other.item if item.sku_id == lack.sku_id else item for item in made.items]
    payload = {**_payload(made, instead), "offered": [lack.sku_id, other.item.sku_id]}
    told = {
        **values,
        "name": made.names[0],
        "left": lack.left,
        "other": {"name": other.name, "quantity": other.item.quantity},
        "price": Money(other.price_cents, other.currency),
        "percent": other.percent,
        "pack_unit": other.pack_unit,
        "sponsored": other.sponsored,
    }
    prompt = "Stock.fewer" if other.item.sku_id == lack.sku_id else "Stock.instead"
    return Reply(prompt, told, confirm=Confirm(INSTEAD, payload, needs))


def _payload(made: Shortage, after_yes: Sequence[Item]) -> dict[str, object]:
    terms = made.terms
    return {
        "items": _pairs(after_yes),
        "basket": _pairs(made.items),
        "declined": [list(pair) for pair in made.declined],
        "names": list(made.names),
        "unknown": list(made.unknown),
        "terms": {
            "source": terms.source,
            "deliberate": terms.deliberate,
            "address_label": terms.address_label,
            "payment_label": terms.payment_label,
            "delivery": dict(terms.delivery) if terms.delivery else None,
            "hidden": list(terms.hidden),
        },
    }


def _pairs(items: Sequence[Item]) -> Pairs:
    return [[item.sku_id, item.quantity] for item in items]


def _without(items: Sequence[Item], lacks: Sequence[Lack]) -> list[Item]:
    short = {lack.sku_id for lack in lacks}
    return [item for item in items if item.sku_id not in short]
