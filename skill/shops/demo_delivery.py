"""How the demo shop delivers: its ways with their days, charges and slots, and their estimated emissions."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from skill.catalog.models import Seller
from skill.orders.delivery_options import STANDARD
from skill.orders.ports import Agreed, Carbon, DeliveryOption, Slot
from skill.shops.demo_catalogue import data
from skill.shops.models import DemoOrder
from skill.storage.database import Unit

DELIVERED_AT = time(14, 0)
"""When everything arrives that has no slot."""
ROUNDED_TO_G = 10


def ways(seller: Seller, goods_cents: int, at: datetime, zone: str) -> tuple[DeliveryOption, ...]:
    """The seller's ways to deliver goods worth so much, its default first; days count from the local day."""
    charge = charge_cents(seller, goods_cents)
    terms = _terms(seller)
    default = DeliveryOption(
        STANDARD, day_of(seller.delivery_days, at, zone), charge, carbon=_carbon(terms.get("drops"))
    )
    others = [
        DeliveryOption(
            way["slug"],
            day_of(way["days"], at, zone),
            charge + way.get("extra_cents", 0),
            slot=_slot(way),
            credit_points=way.get("credit_points", 0),
            carbon=_carbon(way["drops"]),
        )
        for way in terms.get("way", [])
    ]
    return (default, *others)


def charge_cents(seller: Seller, goods_cents: int) -> int:
    """What the default way costs: nothing from a certain worth of the goods on."""
    return 0 if goods_cents >= seller.free_from_cents else seller.delivery_cents


def day_of(days: int, at: datetime, zone: str) -> date:
    """The day so many days after the local day of `at`."""
    return at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)


def arrival(unit: Unit, seller: Seller, at: datetime, zone: str, agreed: Agreed) -> datetime:
    """When an order that is placed now arrives, by the way that was agreed; with another one if it can."""
    other = unit.session.get(DemoOrder, agreed.joins) if agreed.joins else None
    if other is not None and other.cancelled_at is None and not other.refusal and at < other.shipped_at:
        return other.delivered_at
    chosen = next((one for one in ways(seller, 0, at, zone) if one.slug == agreed.delivery_option), None)
    day = chosen.day if chosen else day_of(seller.delivery_days, at, zone)
    moment = chosen.slot.begins if chosen and chosen.slot else DELIVERED_AT
    return datetime.combine(day, moment, ZoneInfo(zone))


def _terms(seller: Seller) -> dict[str, Any]:
    found: dict[str, Any] = data("shop")["delivery"].get(seller.id, {})
    return found


def _slot(way: dict[str, Any]) -> Slot | None:
    if "slot" not in way:
        return None
    begins, ends = way["slot"]
    return Slot(time(begins), time(ends))


def _carbon(drops: list[int] | None) -> Carbon | None:
    """Grams of CO2 for one delivery: those of a round, shared by the fewest and the most of its deliveries.

    J. B. Edwards, A. C. McKinnon and S. L. Cullinane, "Comparative analysis of the carbon footprints of
    conventional and online retailing: a 'last mile' perspective", International Journal of Physical
    Distribution & Logistics Management 40 (2010): 181 g for each of the 120 deliveries of a typical van's
    round, so 21,720 g for the round; failed deliveries and returns are not counted.
    """
    if drops is None:
        return None
    factors = data("shop")["carbon"]
    fewest, most = drops
    least, greatest = factors["round_g"] // most, -(-factors["round_g"] // fewest)
    return Carbon(
        least // ROUNDED_TO_G * ROUNDED_TO_G,
        -(-greatest // ROUNDED_TO_G) * ROUNDED_TO_G,
        factors["factors"],
    )
