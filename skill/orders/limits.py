"""A household's own limits on ordering, in place of the defaults of guards.py."""

from collections.abc import Mapping
from dataclasses import fields

from sqlmodel import col, select

from skill.household.service import Households
from skill.orders.guards import Limits
from skill.orders.models import OrderingLimits
from skill.storage.database import Unit

OWN = tuple(one.name for one in fields(Limits) if one.name in OrderingLimits.model_fields)
"""The limits of guards.py that a household may set; how much a price may rise is its own alone."""


def own_limits(unit: Unit) -> OrderingLimits:
    """What holds for the unit's household; a new row with the defaults where it has set nothing."""
    row = unit.session.exec(
        select(OrderingLimits).where(col(OrderingLimits.household_id) == unit.household)
    ).first()
    if row is not None:
        return row
    defaults = Limits()
    return OrderingLimits(household_id=unit.household, **{name: getattr(defaults, name) for name in OWN})


def set_limits(unit: Unit, changes: Mapping[str, int | None]) -> OrderingLimits:
    """Change some limits and leave the others as they are; amounts in minor units, None for no limit.

    Raises ValueError for a name that is no limit, for a number that is not above zero (a rise may be zero:
    then every rise is refused), and where a number of orders is to have no limit.
    """
    Households(unit).lock()
    row = own_limits(unit)
    for name, value in changes.items():
        if name not in (*OWN, "rise_percent"):
            raise ValueError(f"{name} is no limit")
        if value is None and name.startswith("orders_"):
            raise ValueError("there is always a limit on how many orders there may be")
        if value is not None and value < (0 if name == "rise_percent" else 1):
            raise ValueError("a limit is above zero")
        setattr(row, name, value)
    unit.session.add(row)
    unit.session.flush()
    return row
