"""The household's lists: the shopping list, and others by name; words as they were spoken, each bound to a
SKU when it names just one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from skill.catalog.matching import ProductMatcher
from skill.orders.labels import meant
from skill.orders.models import ListItem, NamedList
from skill.storage.database import Unit
from skill.storage.keys import new_id

MOST_ITEMS = 200
"""Things on one list."""
MOST_LISTS = 20
"""Lists with a name, beside the shopping list."""


class ShoppingList:
    """The lists of the unit's household. `list_id` is None for the shopping list everywhere."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def items(self, list_id: UUID | None = None) -> Sequence[ListItem]:
        """Everything on a list in the order it was added."""
        return self.unit.session.exec(
            select(ListItem)
            .where(col(ListItem.household_id) == self.unit.household, col(ListItem.list_id) == list_id)
            .order_by(col(ListItem.added_at), col(ListItem.id))
        ).all()

    def add(
        self,
        words: str,
        quantity: int,
        sku_id: str | None,
        member_id: UUID | None,
        at: datetime,
        list_id: UUID | None = None,
    ) -> bool:
        """Put something on a list; False when the same thing is there already (its quantity is set).

        Raises OverflowError when the list is full.
        """
        items = self.items(list_id)
        for item in items:
            same_sku = sku_id is not None and item.sku_id == sku_id
            if same_sku or item.words.casefold() == words.casefold():
                item.quantity = quantity
                self.unit.session.add(item)
                return False
        if len(items) >= MOST_ITEMS:
            raise OverflowError("the list is full")
        self.unit.session.add(
            ListItem(
                household_id=self.unit.household,
                id=new_id(),
                words=words,
                quantity=quantity,
                sku_id=sku_id,
                member_id=member_id,
                added_at=at,
                list_id=list_id,
            )
        )
        self.unit.session.flush()
        return True

    def find(self, words: str, list_id: UUID | None = None) -> ListItem | None:
        """What `words` name best on a list; None when nothing there fits."""
        items = {str(item.id): item for item in self.items(list_id)}
        if not items:
            return None
        match = ProductMatcher([(key, item.words) for key, item in items.items()]).match(words)
        if match.decision == "decline" or not match.candidates:
            return None
        return items[match.candidates[0][0]]

    def remove(self, words: str, list_id: UUID | None = None) -> ListItem | None:
        """Take off what `words` name best; None when nothing on the list fits."""
        item = self.find(words, list_id)
        if item is not None:
            self.unit.session.delete(item)
        return item

    def clear(self, items: Sequence[ListItem]) -> None:
        """Take `items` off their list."""
        for item in items:
            self.unit.session.delete(item)

    def named(self) -> Sequence[NamedList]:
        """The lists with a name, oldest first."""
        return self.unit.session.exec(
            select(NamedList)
            .where(col(NamedList.household_id) == self.unit.household)
            .order_by(col(NamedList.made_at), col(NamedList.id))
        ).all()

    def called(self, name: str) -> NamedList | None:
        """The list that `name` (as labels.label gives it) means, forgiving a slip; None when not just one."""
        lists = {one.name: one for one in self.named()}
        found = meant(name, list(lists))
        return lists[found] if found is not None else None

    def make(self, name: str, at: datetime) -> NamedList:
        """A new list. Raises OverflowError when there are as many as may be."""
        if len(self.named()) >= MOST_LISTS:
            raise OverflowError("no more lists")
        made = NamedList(household_id=self.unit.household, id=new_id(), name=name, made_at=at)
        self.unit.session.add(made)
        self.unit.session.flush()
        return made

    def delete(self, named: NamedList) -> None:
        """Take a list away with everything on it."""
        self.clear(self.items(named.id))
        self.unit.session.delete(named)
        self.unit.session.flush()
