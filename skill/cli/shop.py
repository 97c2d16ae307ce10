"""`restock shop import` and `sync`: a merchant's own products and history, from files or over HTTP."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from skill import bootstrap, settings
from skill.cli.root import WRONG_USE, app
from skill.orders.ports import ShopUnavailable
from skill.shops import catalogue_sync, importing
from skill.shops.http_wire import MerchantServer
from skill.shops.import_files import FileRefused, Layout, read_layout
from skill.shops.import_rules import Faults
from skill.shops.importing import BadRows, Report, Request, Tell

shop = typer.Typer(
    help="The merchant's shop: its products and the history of its customers.", no_args_is_help=True
)
app.add_typer(shop, name="shop")


CatalogueOption = Annotated[
    Path, typer.Option(exists=True, dir_okay=False, help="Products: product_id, name, unit_price_gbp.")
]
OrdersOption = Annotated[
    Path,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Order lines: customer_id, invoice, ts, product_id, quantity, unit_price.",
    ),
]


@shop.command("import")
def import_(
    catalogue: CatalogueOption,
    orders: OrdersOption,
    currency: Annotated[
        str | None, typer.Option(help="Of all prices, as GBP; not needed when a column says so.")
    ] = None,
    seller: Annotated[str, typer.Option(help="The name shoppers hear.")] = importing.DEFAULT_SELLER,
    zone: Annotated[
        str, typer.Option(help="Of times without one, and of new households, as Europe/London.")
    ] = "UTC",
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="TOML: what your columns are called.")
    ] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave bad rows out instead of refusing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Import products and past orders (CSV or Parquet). The same again imports only what is new."""
    skill = bootstrap.build(settings.load(os.environ))
    try:
        layout = read_layout(mapping) if mapping else Layout()
        request = Request(catalogue, orders, _seller(seller), currency, _zone(zone), layout, skip_bad)
        with _progress() as tell:
            report, faults = importing.import_files(skill.database, request, skill.now(), tell)
    except FileRefused as error:
        raise typer.BadParameter(str(error)) from error
    except BadRows as error:
        _show(error.faults)
        typer.echo("Nothing was imported: put these rows right, or leave them out by --skip-bad.", err=True)
        raise typer.Exit(WRONG_USE) from error
    finally:
        skill.database.engine.dispose()
    _show(faults)
    typer.echo(json.dumps(asdict(report)) if as_json else _summary(report))


@shop.command()
def sync(
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
) -> None:
    """Read the catalogue of the shop at RESTOCK_SHOP_URL. The same again changes nothing."""
    chosen = settings.load(os.environ)
    if chosen.shop is None:
        raise typer.BadParameter("RESTOCK_SHOP_URL is not set", param_hint="sync")
    skill = bootstrap.build(chosen)
    try:
        server = MerchantServer(chosen.shop.url, chosen.shop.key)
        found = catalogue_sync.sync(skill.database, server, skill.now())
    except ShopUnavailable as error:
        raise typer.BadParameter(
            f"the shop's catalogue cannot be used: {error}", param_hint="sync"
        ) from error
    finally:
        skill.database.engine.dispose()
    counted = f"{_count(found.products, 'product')} of {_count(found.sellers, 'seller')}."
    typer.echo(json.dumps(asdict(found)) if as_json else counted)


def _seller(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > 80 or not plain.isprintable():
        raise typer.BadParameter("a name of at most 80 characters is needed", param_hint="--seller")
    return plain


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise typer.BadParameter(
            f"{name!r} is no time zone, as Europe/London", param_hint="--zone"
        ) from error


@contextmanager
def _progress() -> Iterator[Tell]:
    """A bar on standard error for each step, when that is a terminal."""
    console = Console(stderr=True)
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    tasks: dict[str, TaskID] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            tasks[step] = bars.add_task(step, total=total)
        bars.update(tasks[step], completed=done, total=total)

    with bars:
        yield tell


def _show(faults: Faults) -> None:
    for line in faults.first:
        typer.echo(line, err=True)
    if faults.count > len(faults.first):
        typer.echo(f"... and {faults.count - len(faults.first)} more", err=True)
    if faults.count:
        typer.echo(f"{_count(faults.count, 'bad row')}.", err=True)


def _summary(report: Report) -> str:
    held = (
        _count(report.products, "product"),
        _count(report.customers, "customer"),
        f"{_count(report.orders, 'order')} ({report.new_orders:,} new)",
    )
    left_out = f"; {_count(report.bad_rows, 'bad row')} left out" if report.bad_rows else ""
    return f"{', '.join(held)}{left_out}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
