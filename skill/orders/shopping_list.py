"""The household's shopping list: words as they were spoken, each bound to a SKU when it names just one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from skill.catalog.matching import ProductMatcher
from skill.orders.models import ListItem
from skill.storage.database import Unit
from skill.storage.keys import new_id

MOST_ITEMS = 200


class ShoppingList:
    """The list of the unit's household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def items(self) -> Sequence[ListItem]:
        """Everything on the list in the order it was added."""
        return self.unit.session.exec(
            select(ListItem)
            .where(col(ListItem.household_id) == self.unit.household)
            .order_by(col(ListItem.added_at), col(ListItem.id))
        ).all()

    def add(
        self, words: str, quantity: int, sku_id: str | None, member_id: UUID | None, at: datetime
    ) -> bool:
        """Put something on the list; False when the same thing is there already (its quantity is set).

        Raises OverflowError when the list is full.
        """
        items = self.items()
        for item in items:
            same_sku = sku_id is not None and item.sku_id == sku_id
            if same_sku or item.words.casefold() == words.casefold():
                item.quantity = quantity
                self.unit.session.add(item)
                return False
        if len(items) >= MOST_ITEMS:
            raise OverflowError("the shopping list is full")
        self.unit.session.add(
            ListItem(
                household_id=self.unit.household,
                id=new_id(),
                words=words,
                quantity=quantity,
                sku_id=sku_id,
                member_id=member_id,
                added_at=at,
            )
        )
        self.unit.session.flush()
        return True

    def find(self, words: str) -> ListItem | None:
        """What `words` name best on the list; None when nothing there fits."""
        items = {str(item.id): item for item in self.items()}
        if not items:
            return None
        match = ProductMatcher([(key, item.words) for key, item in items.items()]).match(words)
        if match.decision == "decline" or not match.candidates:
            return None
        return items[match.candidates[0][0]]

    def remove(self, words: str) -> ListItem | None:
        """Take off what `words` name best; None when nothing on the list fits."""
        item = self.find(words)
        if item is not None:
            self.unit.session.delete(item)
        return item

    def clear(self, items: Sequence[ListItem]) -> None:
        """Take `items` off the list."""
        for item in items:
            self.unit.session.delete(item)
