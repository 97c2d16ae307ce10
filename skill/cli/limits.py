"""`restock household limits`: what may be ordered by voice, shown and set."""

import json
import os
from contextlib import closing
from decimal import Decimal, InvalidOperation
from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import select

from skill import bootstrap, settings
from skill.bootstrap import App
from skill.catalog.models import Seller
from skill.conversation.wording import MINOR_DIGITS
from skill.orders.limits import own_limits, set_limits
from skill.orders.models import OrderingLimits
from skill.storage.database import Unit

NONE = "none"
MOST = 10**9
"""No limit is larger, in minor units: what is beyond is a slip."""
AMOUNTS = {
    "most_cents": "most for one order",
    "cents_per_hour": "most in an hour",
    "cents_per_day": "most in a day",
    "cents_per_month": "most in thirty days",
}
COUNTS = {
    "orders_per_hour": "orders in an hour",
    "orders_per_day": "orders in a day",
    "orders_per_month": "orders in thirty days",
}
Amount = Annotated[str | None, typer.Option(metavar="AMOUNT", help='Money, as 50.00, or "none".')]
Count = Annotated[int | None, typer.Option(metavar="N", help="How many orders.")]


def limits(
    user: Annotated[str | None, typer.Option(help="A member, or an imported customer's number.")] = None,
    most: Amount = None,
    per_hour: Amount = None,
    per_day: Amount = None,
    per_month: Amount = None,
    orders_per_hour: Count = None,
    orders_per_day: Count = None,
    orders_per_month: Count = None,
    rise_percent: Annotated[
        str | None, typer.Option(metavar="PERCENT", help='What a price may rise, or "none".')
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, amounts in minor units.")] = False,
) -> None:
    """Show what the household may order by voice; with options, change that first."""
    amounts = dict(zip(AMOUNTS, (most, per_hour, per_day, per_month), strict=True))
    counts = dict(zip(COUNTS, (orders_per_hour, orders_per_day, orders_per_month), strict=True))
    with closing(bootstrap.build(settings.load(os.environ))) as skill:
        household = _household(skill, user)
        with skill.database.unit(household) as unit:
            digits = _digits(unit)
            changes: dict[str, int | None] = {
                name: _cents(text, digits) for name, text in amounts.items() if text is not None
            }
            changes |= {name: count for name, count in counts.items() if count is not None}
            if rise_percent is not None:
                changes["rise_percent"] = _percent(rise_percent)
            row = _changed(unit, changes) if changes else own_limits(unit)
            _print(row, digits, as_json=as_json)


def _household(skill: App, user: str | None) -> UUID:
    try:
        return skill.member(user).household_id
    except LookupError as error:
        raise typer.BadParameter(str(error.args[0]), param_hint="--user") from error


def _changed(unit: Unit, changes: dict[str, int | None]) -> OrderingLimits:
    try:
        return set_limits(unit, changes)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="limits") from error


def _digits(unit: Unit) -> int:
    """How many decimals the shop's money has; the fewest where its sellers differ."""
    currencies = unit.session.exec(select(Seller.currency).distinct()).all()
    return min((MINOR_DIGITS.get(currency, 2) for currency in currencies), default=2)


def _cents(text: str, digits: int) -> int | None:
    if text == NONE:
        return None
    try:
        cents = Decimal(text).scaleb(digits)
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value() or not 0 < cents <= MOST:
        raise typer.BadParameter(f"{text} is no amount such as 50.00", param_hint="AMOUNT")
    return int(cents)


def _percent(text: str) -> int | None:
    if text == NONE:
        return None
    if not (text.isascii() and text.isdecimal() and int(text[:9]) <= 1000):
        raise typer.BadParameter(f"{text} is no percentage from 0 to 1000", param_hint="--rise-percent")
    return int(text)


def _print(row: OrderingLimits, digits: int, *, as_json: bool) -> None:
    values = {name: getattr(row, name) for name in (*AMOUNTS, *COUNTS, "rise_percent")}
    if as_json:
        typer.echo(json.dumps(values))
        return
    for name, label in AMOUNTS.items():
        cents = values[name]
        typer.echo(f"{label}: {'no limit' if cents is None else f'{Decimal(cents).scaleb(-digits):,}'}")
    for name, label in COUNTS.items():
        typer.echo(f"{label}: {values[name]}")
    rise = values["rise_percent"]
    typer.echo(f"rise of a price: {'no limit' if rise is None else f'{rise} percent'}")
