"""The household's buttons: one saved item each, with its quantity, address and payment method."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from skill.orders.labels import meant
from skill.orders.models import BoundItem
from skill.orders.ports import Item
from skill.storage.database import Unit
from skill.storage.keys import new_id

MOST_BUTTONS = 20


@dataclass(frozen=True)
class Bound:
    """What a button is to offer; an empty label is the household's default."""

    item: Item
    address_label: str = ""
    payment_label: str = ""


class Buttons:
    """The buttons of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def all(self) -> Sequence[BoundItem]:
        """Every button, by label."""
        return self.unit.session.exec(
            select(BoundItem)
            .where(col(BoundItem.household_id) == self.unit.household)
            .order_by(col(BoundItem.label))
        ).all()

    def called(self, name: str) -> BoundItem | None:
        """The button that `name` (as labels.label gives it) means, forgiving a slip; None if not just one."""
        buttons = {one.label: one for one in self.all()}
        found = meant(name, list(buttons))
        return buttons[found] if found is not None else None

    def bind(self, name: str, bound: Bound, at: datetime) -> bool:
        """Save what the button `name` offers from now on; False when it took the place of something else.

        Raises OverflowError when there are as many buttons as may be.
        """
        known = {one.label: one for one in self.all()}
        if name not in known and len(known) >= MOST_BUTTONS:
            raise OverflowError("no more buttons")
        button = known.get(name)
        if button is None:
            button = BoundItem(
                household_id=self.unit.household,
                id=new_id(),
                label=name,
                sku_id=bound.item.sku_id,
                quantity=bound.item.quantity,
                made_at=at,
            )
        button.sku_id, button.quantity, button.made_at = bound.item.sku_id, bound.item.quantity, at
        button.address_label, button.payment_label = bound.address_label, bound.payment_label
        self.unit.session.add(button)
        self.unit.session.flush()
        return name not in known

    def forget(self, button: BoundItem) -> None:
        """Take a button away."""
        self.unit.session.delete(button)
        self.unit.session.flush()
