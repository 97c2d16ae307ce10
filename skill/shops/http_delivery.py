"""The ways to deliver in a merchant's quote, and whether they are possible; see docs/shop-api.yaml.

All functions raise ShopUnavailable for an answer that cannot be trusted.
"""

import re
from dataclasses import replace
from datetime import date, time, timedelta

from skill.orders.delivery_options import TOGETHER
from skill.orders.ports import Carbon, DeliveryOption, Offer, ShopUnavailable, Slot
from skill.shops import http_json as read
from skill.shops.http_json import Told

MOST_OPTIONS = 20
MOST_POINTS = 100_000
MOST_GRAMS = 10_000_000
_SLUG = re.compile("[a-z0-9][a-z0-9_-]{0,39}")
_CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")


def with_ways(offer: Offer, told: Told, today: date, latest: timedelta) -> Offer:
    """The offer with its ways to deliver, the quote's own first, and with what joining costs."""
    options: tuple[DeliveryOption, ...] = ()
    if told.get("delivery_options") is not None:
        found = read.entries(told, "delivery_options", MOST_OPTIONS)
        options = tuple(_option(one, today, latest) for one in found)
    slugs = [one.slug for one in options]
    if len(set(slugs)) != len(slugs) or TOGETHER in slugs:
        raise ShopUnavailable("delivery_options")
    if options and (options[0].day, options[0].charge_cents) != (offer.delivery_date, offer.delivery_cents):
        raise ShopUnavailable("delivery_options")
    joining = None if told.get("joining_cents") is None else read.whole(told, "joining_cents")
    return replace(offer, options=options, joining_cents=joining)


def _option(told: Told, today: date, latest: timedelta) -> DeliveryOption:
    option = DeliveryOption(
        slug=_matching(told, "slug", _SLUG),
        day=read.day(told, "day"),
        charge_cents=read.whole(told, "charge_cents"),
        slot=_slot(told["slot"]) if told.get("slot") is not None else None,
        credit_points=read.whole(told, "credit_points", most=MOST_POINTS) if "credit_points" in told else 0,
        carbon=_carbon(told["carbon"]) if told.get("carbon") is not None else None,
    )
    if not today <= option.day <= today + latest:
        raise ShopUnavailable("day")
    return option


def _slot(told: object) -> Slot:
    if not isinstance(told, dict):
        raise ShopUnavailable("slot")
    slot = Slot(*(time.fromisoformat(_matching(told, name, _CLOCK)) for name in ("begins", "ends")))
    if slot.begins >= slot.ends:
        raise ShopUnavailable("slot")
    return slot


def _carbon(told: object) -> Carbon:
    """An estimate without its factor set is no estimate."""
    if not isinstance(told, dict):
        raise ShopUnavailable("carbon")
    least, most = (read.whole(told, name, most=MOST_GRAMS) for name in ("least_g", "most_g"))
    if least > most:
        raise ShopUnavailable("carbon")
    return Carbon(least, most, read.text(told, "factors", 80))


def _matching(told: Told, name: str, pattern: re.Pattern[str]) -> str:
    value = read.text(told, name, 40)
    if not pattern.fullmatch(value):
        raise ShopUnavailable(name)
    return value
