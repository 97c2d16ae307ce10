"""Imports write what the files hold, once, invisibly until the batch is complete, and go on when cut off."""

import csv
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from skill.catalog.index import CatalogCache, prices
from skill.catalog.models import Price, Seller, SkuName, Stock
from skill.household.models import Household
from skill.household.registry import Registry
from skill.household.service import HOUSEHOLD_TABLES
from skill.orders.history import History
from skill.orders.models import ORDERS_TABLES
from skill.orders.states import COUNTED_STATES, HIDDEN
from skill.shops.demo_catalogue import seed_catalogue
from skill.shops.import_files import FileRefused, Layout
from skill.shops.importing import (
    COMPLETE,
    LOADING,
    PUBLISHING,
    BadRows,
    Report,
    Request,
    customers,
    import_files,
)
from skill.shops.models import ImportBatch
from skill.storage.database import Database
from tests.shops.imported_books import catalogue, everything, visible

EXTRACT = Path(__file__).parent.parent / "data" / "online_retail"
AS_CSV = Request(EXTRACT / "products.csv", EXTRACT / "transactions.csv", seller="Gift Shop")
AS_PARQUET = Request(EXTRACT / "products.parquet", EXTRACT / "transactions.parquet", seller="Gift Shop")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = list(csv.DictReader((EXTRACT / "transactions.csv").read_text("utf-8").splitlines()))
NUMBERS = sorted({line["customer_id"] for line in LINES})
FIRST_CUSTOMER, LAST_CUSTOMER = 1, len(NUMBERS)

CATALOGUE_TEXT = "product_id,name,unit_price_gbp\nM1,Mug,2.50\nP1,Plate,4.00\n"
HEADER = "customer_id,invoice,ts,product_id,quantity,unit_price\n"
ORDERS_TEXT = HEADER + "7,100,2025-03-01 10:00:00,M1,2,2.50\n7,101,2025-04-01 10:00:00,P1,1,4.00\n"


class CutOffError(Exception):
    """Stands for the end of the process in the middle of an import."""


def silent(_step: str, _done: int, _total: int | None) -> None:
    """Nobody watches the progress."""


def imported(database: Database, request: Request, at: datetime = NOW) -> Report:
    return import_files(database, request, at, silent)[0]


def cut_off(step: str, at: int) -> Callable[[str, int, int | None], None]:
    def tell(told: str, done: int, _total: int | None) -> None:
        if (told, done) == (step, at):
            raise CutOffError

    return tell


def small(folder: Path, products: str = CATALOGUE_TEXT, orders: str = ORDERS_TEXT) -> Request:
    folder.mkdir(exist_ok=True)
    (folder / "products.csv").write_text(products, encoding="utf-8")
    (folder / "orders.csv").write_text(orders, encoding="utf-8")
    return Request(folder / "products.csv", folder / "orders.csv", seller="Corner Mugs")


def states(database: Database) -> list[str]:
    with database.reading(None) as unit:
        return list(unit.session.exec(select(ImportBatch.state).order_by(col(ImportBatch.started_at))).all())


def is_untouched(database: Database) -> bool:
    return not customers(database, NUMBERS) and not any(catalogue(database)) and not states(database)


def test_every_customer_gets_their_invoices_in_order(database: Database) -> None:
    report = imported(database, AS_CSV)
    invoices = {line["invoice"] for line in LINES}
    assert report == Report(281, len(NUMBERS), len(invoices), len(invoices), 0)
    for number in NUMBERS:
        moments = {line["invoice"]: line["ts"] for line in LINES if line["customer_id"] == number}
        expected = sorted(moments, key=lambda invoice: (moments[invoice], invoice), reverse=True)
        assert visible(database, [number])[number] == [f"import:gift-shop:{it}" for it in expected]


def test_an_imported_order_is_what_the_books_say(database: Database, tmp_path: Path) -> None:
    text = HEADER + "7,100,2025-03-01 10:00,P1,1,4.00\n7,100,2025-03-01 10:00,M1,2,2.50\n"
    imported(database, small(tmp_path, orders=text + "7,100,2025-03-01 10:01,M1,1,2.00\n"))
    hidden, household, orders = everything(database, ["7"])["7"]
    assert hidden is False
    assert household[1:] == [[("7", "owner", True)], "home"]
    [[order, lines, history]] = orders
    assert (order["number"], order["reference"], order["state"]) == (1, "import:corner-mugs:100", "delivered")
    assert (order["origin"], order["seller_name"], order["currency"]) == ("import", "Corner Mugs", "GBP")
    assert order["placed_at"] == order["cancel_until"] == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert (order["goods_cents"], order["tax_cents"], order["total_cents"]) == (1100, 0, 1100)
    told = [(line["sku_id"], line["name"], line["quantity"], line["price_cents"]) for line in lines]
    assert told == [("P1", "Plate", 1, 400), ("M1", "Mug", 3, 233)]  # two at 2.50 and one at 2.00
    assert [line["line_cents"] for line in lines] == [400, 700]
    assert [(row["state"], row["at"], row["cause"]) for row in history] == [
        ("delivered", order["placed_at"], "import")
    ]


def test_csv_and_parquet_import_to_equal_rows(database: Database) -> None:
    imported(database, AS_CSV)
    from_csv = everything(database, NUMBERS)
    with database.unit(None) as unit:
        for batch in unit.session.exec(select(ImportBatch)).all():
            unit.session.delete(batch)
    for customer in customers(database, NUMBERS).values():
        with database.unit(customer.household_id) as unit:
            Registry({"household": HOUSEHOLD_TABLES, "orders": ORDERS_TABLES}).erase(unit)
    assert imported(database, AS_PARQUET).new_orders == 65
    assert everything(database, NUMBERS) == from_csv


def test_a_repeated_import_brings_nothing_new(database: Database) -> None:
    imported(database, AS_CSV)
    before = everything(database, NUMBERS)
    assert imported(database, AS_PARQUET, NOW + timedelta(days=1)).new_orders == 0
    assert everything(database, NUMBERS) == before
    assert states(database) == [COMPLETE, COMPLETE]


def test_a_later_import_adds_new_invoices_and_changed_prices(database: Database, tmp_path: Path) -> None:
    imported(database, small(tmp_path / "1"))
    products = "product_id,name,unit_price_gbp,stock\nM1,Big Mug,3.00,4\nT1,Tea,1.00,\n"
    more = ORDERS_TEXT + "7,99,2025-05-01,T1,3,1.00\n8,102,2025-05-01,M1,1,3.00\n7,100,2025-03-01,M1,9,1\n"
    later = NOW + timedelta(days=1)
    with pytest.raises(BadRows) as refused:  # P1 is sold no more, so the old invoices cannot be told again
        imported(database, small(tmp_path / "2", products, more), later)
    assert refused.value.faults.count == 1
    report = imported(database, replace(small(tmp_path / "2", products, more), skip_bad=True), later)
    assert (report.new_orders, report.bad_rows) == (2, 1)
    assert visible(database, "78") == {
        "7": [f"import:corner-mugs:{number}" for number in (99, 101, 100)],
        "8": ["import:corner-mugs:102"],
    }
    with database.reading(None) as unit:
        assert prices(unit, ["M1", "P1", "T1"], NOW) == {"M1": 250, "P1": 400, "T1": 100}
        assert prices(unit, ["M1", "P1", "T1"], later) == {"M1": 300, "P1": 400, "T1": 100}
        assert unit.session.get_one(SkuName, ("M1", "")).name == "Big Mug"
        assert unit.session.get_one(Stock, "M1").quantity == 4
        assert unit.session.get(Stock, "T1") is None
        assert len(unit.session.exec(select(Price).where(col(Price.sku_id) == "M1")).all()) == 2


def test_every_import_makes_the_catalogue_be_read_anew(database: Database, tmp_path: Path) -> None:
    cache = CatalogCache()
    imported(database, small(tmp_path / "1"))
    with database.reading(None) as unit:
        assert cache.index(unit, "en").skus["M1"].name == "Mug"
    imported(database, small(tmp_path / "2", CATALOGUE_TEXT.replace("Mug", "Cup")))
    with database.reading(None) as unit:
        assert cache.index(unit, "de").skus["M1"].name == "Cup"
        assert cache.index(unit, "en").skus["M1"].name == "Cup"


@pytest.mark.parametrize(
    ("products", "orders"),
    [
        ("M1,Mug,2.50\nM1,Mug,2.50\n", "7,100,2025-03-01,M1,1,1.00\n"),
        ("M1,Mug,0\n", ""),
        (f"M1,{'n' * 300},1\n", ""),
        ("M1,Mug,2.50\n", "7,100,2025-03-01,M1,-1,1.00\n"),
        ("M1,Mug,2.50\n", "7,100,2025-03-01,X9,1,1.00\n7,101,2025-03-01,M1,1,1.00\n"),
    ],
)
def test_nothing_is_loaded_when_one_row_is_bad(
    database: Database, tmp_path: Path, products: str, orders: str
) -> None:
    request = small(tmp_path, f"product_id,name,unit_price_gbp\n{products}", HEADER + orders)
    with pytest.raises(BadRows):
        imported(database, request)
    assert is_untouched(database)


def test_bad_rows_are_left_out_when_asked(database: Database, tmp_path: Path) -> None:
    text = ORDERS_TEXT + "7,101,2025-04-01,M1,0,2.50\n9,200,never,M1,1,2.50\n"
    report, faults = import_files(database, replace(small(tmp_path, orders=text), skip_bad=True), NOW, silent)
    assert (report.customers, report.orders, report.bad_rows) == (1, 2, 2)
    assert [told.partition(":")[0] for told in faults.first] == ["orders.csv, line 4", "orders.csv, line 5"]
    assert list(visible(database, "79")) == ["7"]


@pytest.mark.parametrize("name", ["<speak><audio src='x'/></speak>", "'; DROP TABLE sku; --", "مج 🎈"])
def test_a_name_that_is_code_or_of_another_script_is_kept_as_it_is(
    database: Database, tmp_path: Path, name: str
) -> None:
    imported(database, small(tmp_path, CATALOGUE_TEXT.replace("Mug", name)))
    with database.reading(None) as unit:
        assert unit.session.get_one(SkuName, ("M1", "")).name == name


@pytest.mark.parametrize(
    ("request_change", "told"),
    [
        ({"currency": "EUR"}, "the currency cannot be EUR and GBP at once"),
        ({"layout": Layout(orders={"ts": "When"})}, "orders.csv has no column When"),
        ({"orders": EXTRACT / "README.md"}, "README.md has no column customer_id"),
    ],
)
def test_files_that_do_not_fit_are_refused_in_one_line(
    database: Database, tmp_path: Path, request_change: dict[str, object], told: str
) -> None:
    with pytest.raises(FileRefused, match=told):
        imported(database, replace(small(tmp_path), **request_change))  # type: ignore[arg-type]  # by name
    assert is_untouched(database)


def test_a_catalogue_without_products_is_refused(database: Database, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"products\.csv holds no products"):
        imported(database, small(tmp_path, "product_id,name,unit_price_gbp\n", HEADER))


def test_a_seller_keeps_its_currency(database: Database, tmp_path: Path) -> None:
    imported(database, small(tmp_path))
    in_euro = CATALOGUE_TEXT.replace("gbp", "eur")
    with pytest.raises(FileRefused, match="Corner Mugs sells in GBP already, not in EUR"):
        imported(database, small(tmp_path, in_euro))


def test_products_of_another_seller_are_not_taken_over(database: Database, tmp_path: Path) -> None:
    with database.unit(None) as unit:
        seed_catalogue(unit)
    text = CATALOGUE_TEXT + "SL-DIA-2-74,Mine,1.00\n"
    with pytest.raises(BadRows) as refused:
        imported(database, small(tmp_path, text))
    assert refused.value.faults.first == [
        "products.csv, line 4: product_id 'SL-DIA-2-74' is another seller's"
    ]


def test_times_and_households_are_in_the_merchants_zone(database: Database, tmp_path: Path) -> None:
    text = ORDERS_TEXT.replace("2025-04-01", "2025-07-01")
    imported(database, replace(small(tmp_path, orders=text), zone="Europe/London"))
    _, household, orders = everything(database, ["7"])["7"]
    assert household[0]["zone"] == "Europe/London"
    assert [order[0]["placed_at"].hour for order in orders] == [10, 9]


CUTS = [
    ("Checking orders", 353),
    ("Loading customers", FIRST_CUSTOMER),
    ("Loading customers", 17),
    ("Loading customers", LAST_CUSTOMER),
    ("Publishing customers", FIRST_CUSTOMER),
    ("Publishing customers", LAST_CUSTOMER),
]


@pytest.mark.parametrize(("step", "done"), CUTS)
def test_an_import_that_was_cut_off_ends_as_if_it_never_was(database: Database, step: str, done: int) -> None:
    with pytest.raises(CutOffError):
        import_files(database, AS_CSV, NOW, cut_off(step, done))
    report = imported(database, AS_CSV)
    assert states(database) == [COMPLETE]
    assert report.new_orders == 65 - sum(_orders_of(NUMBERS[:done]) if step.startswith("Publ") else [])
    resumed = everything(database, NUMBERS)
    assert imported(database, AS_CSV).new_orders == 0
    assert everything(database, NUMBERS) == resumed
    assert {number: len(orders) for number, orders in visible(database, NUMBERS).items()} == dict(
        zip(NUMBERS, _orders_of(NUMBERS), strict=True)
    )


def _orders_of(numbers: Sequence[str]) -> list[int]:
    return [len({line["invoice"] for line in LINES if line["customer_id"] == number}) for number in numbers]


@pytest.mark.parametrize("done", [FIRST_CUSTOMER, 17, LAST_CUSTOMER])
def test_nothing_of_an_import_is_visible_while_it_loads(database: Database, done: int) -> None:
    with pytest.raises(CutOffError):
        import_files(database, AS_CSV, NOW, cut_off("Loading customers", done))
    assert states(database) == [LOADING]
    assert visible(database, NUMBERS) == {}
    assert not any(catalogue(database))
    hidden = customers(database, NUMBERS)
    assert len(hidden) == done
    for customer in hidden.values():
        with database.reading(customer.household_id) as unit:
            history = History(unit)
            assert (history.last(), history.own_skus(), history.next_number() > 1) == (None, [], True)


def test_a_customer_is_published_whole_or_not_at_all(database: Database) -> None:
    with pytest.raises(CutOffError):
        import_files(database, AS_CSV, NOW, cut_off("Publishing customers", 17))
    assert states(database) == [PUBLISHING]
    shown = visible(database, NUMBERS)
    assert [len(orders) for orders in shown.values()] == _orders_of(NUMBERS[:17])


def test_new_orders_of_a_known_customer_are_hidden_until_their_batch_is_complete(
    database: Database, tmp_path: Path
) -> None:
    imported(database, small(tmp_path / "1"))
    more = small(tmp_path / "2", orders=ORDERS_TEXT + "7,102,2025-05-01,M1,1,2.50\n")
    before = visible(database, "7")
    with pytest.raises(CutOffError):
        import_files(database, more, NOW, cut_off("Loading customers", 1))
    assert visible(database, "7") == before
    imported(database, more)
    assert visible(database, "7")["7"] == ["import:corner-mugs:102", *before["7"]]


def test_what_an_abandoned_import_left_is_brought_by_the_next_one(database: Database, tmp_path: Path) -> None:
    abandoned = small(tmp_path / "1", orders=ORDERS_TEXT + "8,103,2025-06-01,P1,1,4.00\n")
    with pytest.raises(CutOffError):
        import_files(database, abandoned, NOW, cut_off("Loading customers", 2))
    corrected = small(tmp_path / "2", orders=ORDERS_TEXT.replace("7,100", "7,90"))
    imported(database, corrected)
    assert visible(database, "78") == {"7": ["import:corner-mugs:101", "import:corner-mugs:90"]}
    assert states(database) == [LOADING, COMPLETE]
    imported(database, abandoned)
    assert {number: len(orders) for number, orders in visible(database, "78").items()} == {"7": 3, "8": 1}


def test_the_hidden_state_is_none_that_counts() -> None:
    assert HIDDEN not in COUNTED_STATES


@pytest.mark.parametrize("step", ["Checking orders", "Loading customers", "Publishing customers"])
def test_two_imports_at_once_make_every_customer_once(database: Database, tmp_path: Path, step: str) -> None:
    request = small(tmp_path, orders=ORDERS_TEXT + "8,103,2025-06-01,P1,1,4.00\n")

    def be_faster(told: str, done: int, _total: int | None) -> None:
        if told == step and done in (1, 3):
            imported(database, request)

    import_files(database, request, NOW, be_faster)
    assert {number: len(orders) for number, orders in visible(database, "78").items()} == {"7": 2, "8": 1}
    assert len(_households(database)) == 2


def _households(database: Database) -> list[object]:
    with database.reading(None) as unit:
        found = select(Household.household_id).execution_options(crosses_households="worker")
        return list(unit.session.exec(found).all())


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
import skill.bootstrap
from skill.shops.importing import Request, import_files
from skill.storage.database import Database
from skill.storage.engine import make_engine

def tell(step, done, total):
    if (step, done) == (sys.argv[4], int(sys.argv[5])):
        os.kill(os.getpid(), signal.SIGKILL)

request = Request(Path(sys.argv[2]), Path(sys.argv[3]), seller="Gift Shop")
import_files(Database(make_engine(sys.argv[1])), request, datetime(2026, 3, 1, 12, tzinfo=UTC), tell)
"""


@pytest.mark.parametrize(("step", "done"), [("Loading customers", 9), ("Publishing customers", 9)])
def test_a_killed_process_is_taken_up_where_it_ended(
    database: Database, database_url: str, step: str, done: int
) -> None:
    files = [str(AS_CSV.catalogue), str(AS_CSV.orders)]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, *files, step, str(done)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert len(visible(database, NUMBERS)) == (done if step.startswith("Publ") else 0)
    imported(database, AS_CSV)
    assert [len(orders) for orders in visible(database, NUMBERS).values()] == _orders_of(NUMBERS)


def test_sellers_terms_survive_a_later_import(database: Database, tmp_path: Path) -> None:
    imported(database, small(tmp_path))
    with database.unit(None) as unit:
        seller = unit.session.get_one(Seller, "corner-mugs")
        seller.delivery_cents, seller.delivery_days = 395, 4
        unit.session.add(seller)
    imported(database, small(tmp_path))
    with database.reading(None) as unit:
        seller = unit.session.get_one(Seller, "corner-mugs")
        assert (seller.delivery_cents, seller.delivery_days, seller.revision) == (395, 4, 2)
