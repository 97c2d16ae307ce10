"""Shops that misbehave in one way each, for the worlds of fixtures and for tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from skill.orders.ports import Agreed, Item, Offer, Placed, ReturnItem, Shop, ShopUnavailable

OAT_MILK = "OM-ORI-OAT-MIL-64FL"


class WrappedShop:
    """The demo shop with one thing going wrong; `offers` counts how often it was asked for terms.

    It takes no returns and moves no orders, as a shop need not.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.offers = 0

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        """Today's terms."""
        self.offers += 1
        return self._shop.offer(seller_id, items, at, zone)

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        """Place an order."""
        return self._shop.place(reference, seller_id, items, at, zone, agreed)

    def look_up(self, reference: str) -> Placed | None:
        """The outcome of an earlier order."""
        return self._shop.look_up(reference)

    def cancel(self, reference: str, at: datetime) -> bool:
        """Cancel an order."""
        return self._shop.cancel(reference, at)

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        """Where orders are."""
        return self._shop.progress(references, at)


class OneWayShop(WrappedShop):
    """Delivers one way only, as most shops do, and nothing together."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        return replace(super().offer(seller_id, items, at, zone), options=(), joining_cents=None)


class DownShop(WrappedShop):
    """Answers nothing at all."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        raise ShopUnavailable

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        raise ShopUnavailable

    def cancel(self, reference: str, at: datetime) -> bool:
        raise ShopUnavailable


class SilentShop(WrappedShop):
    """Gives terms, but never answers an order, cancellation, return or move; it receives none either."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        raise ShopUnavailable

    def cancel(self, reference: str, at: datetime) -> bool:
        raise ShopUnavailable

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        raise ShopUnavailable

    def move(self, reference: str, label: str, at: datetime) -> bool:
        raise ShopUnavailable


class RefusingShop(WrappedShop):
    """Gives terms and then refuses every order, cancellation, return and move."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        return Placed(accepted=False, reason="out_of_stock")

    def cancel(self, reference: str, at: datetime) -> bool:
        return False

    def request_return(
        self, reference: str, return_reference: str, lines: Sequence[ReturnItem], refund_to: str, at: datetime
    ) -> Placed:
        return Placed(accepted=False, reason="used")

    def move(self, reference: str, label: str, at: datetime) -> bool:
        return False


class PartShippingShop(WrappedShop):
    """Sends what is packed in parts: the first has left as soon as it is packed."""

    def progress(self, references: Sequence[str], at: datetime) -> Mapping[str, Any]:
        told = self._shop.progress(references, at)
        return {name: replace(one, part_shipped_at=one.packed_at) for name, one in told.items()}


class RisingShop(WrappedShop):
    """Asks 20 percent more for the goods from the second time on."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        offer = super().offer(seller_id, items, at, zone)
        if self.offers == 1:
            return offer
        lines = tuple(
            replace(
                line,
                price_cents=line.price_cents * 6 // 5,
                line_cents=line.quantity * (line.price_cents * 6 // 5),
            )
            for line in offer.lines
        )
        return replace(offer, lines=lines, goods_cents=sum(line.line_cents for line in lines))


class SellingOutShop(WrappedShop):
    """Has nothing left from the second time on."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        offer = super().offer(seller_id, items, at, zone)
        if self.offers == 1:
            return offer
        short = tuple(replace(line, available=0) for line in offer.lines)
        return replace(offer, lines=(), short=short, goods_cents=0, tax_cents=0, delivery_cents=0)


class PartRefusingShop(WrappedShop):
    """Refuses the orders of one of its two sellers."""

    def place(
        self, reference: str, seller_id: str, items: Sequence[Item], at: datetime, zone: str, agreed: Agreed
    ) -> Placed:
        if seller_id == "green-pantry":
            return Placed(accepted=False, reason="out_of_stock")
        return super().place(reference, seller_id, items, at, zone, agreed)


class PartlySellingOutShop(WrappedShop):
    """Has no oat milk left from the second time on."""

    def offer(self, seller_id: str, items: Sequence[Item], at: datetime, zone: str) -> Offer:
        offer = super().offer(seller_id, items, at, zone)
        gone = [line for line in offer.lines if line.sku_id == OAT_MILK]
        if self.offers == 1 or not gone:
            return offer
        rest = self._shop.offer(seller_id, [item for item in items if item.sku_id != OAT_MILK], at, zone)
        return replace(rest, short=tuple(replace(line, available=0) for line in gone))
