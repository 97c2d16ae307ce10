"""Chooses the shop of this installation by its settings: the merchant's behind HTTP, or the embedded demo."""

from functools import partial
from typing import Protocol, runtime_checkable
from uuid import UUID

from skill.orders.ports import Shop
from skill.settings import Settings
from skill.shops.demo import DemoShop
from skill.shops.import_catalogue import currency_of
from skill.storage.database import Database


def chosen_shop(settings: Settings, database: Database) -> Shop:
    """The merchant's shop when the settings name one, else the demo shop on `database`."""
    if settings.shop is None:
        return DemoShop(database)
    from skill.shops.http import HttpShop  # the demo needs no HTTP: it costs start time
    from skill.shops.http_wire import MerchantServer

    return HttpShop(MerchantServer(settings.shop.url, settings.shop.key), partial(currency_of, database))


def acting_for(shop: Shop, household_id: UUID) -> Shop:
    """The shop as one household sees it: a merchant has to be told who buys, the demo shop has not."""
    return shop.acting_for(household_id) if isinstance(shop, _ForHouseholds) else shop


@runtime_checkable
class _ForHouseholds(Protocol):
    def acting_for(self, household_id: UUID) -> Shop: ...
