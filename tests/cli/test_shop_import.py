"""`restock shop import` as a merchant meets it, and what an imported customer then hears."""

import csv
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlmodel import SQLModel

from skill import bootstrap
from skill.cli.root import app, run
from skill.orders.quotes import Quoted, Shopper
from skill.settings import Settings
from skill.storage import schema
from skill.storage.engine import make_engine

EXTRACT = Path(__file__).parent.parent / "data" / "online_retail"
CSV_FILES = ("--catalogue", str(EXTRACT / "products.csv"), "--orders", str(EXTRACT / "transactions.csv"))
PARQUET_FILES = tuple(argument.replace(".csv", ".parquet") for argument in CSV_FILES)
LINES = list(csv.DictReader((EXTRACT / "transactions.csv").read_text("utf-8").splitlines()))
PRICES = {
    row["product_id"]: row["unit_price_gbp"]
    for row in csv.DictReader((EXTRACT / "products.csv").read_text("utf-8").splitlines())
}
NUMBERS = sorted({line["customer_id"] for line in LINES})
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FORTY_LINES = "14988"


class Ran(NamedTuple):
    """What a command line gave."""

    code: int
    out: str
    err: str


Restock = Callable[..., Ran]


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file as `restock db upgrade` makes it, and with any table that is newer than that."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    engine = make_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def path(migrated: Path, tmp_path: Path) -> Path:
    """A private copy of the migrated file."""
    return Path(shutil.copyfile(migrated, tmp_path / "shop.db"))


@pytest.fixture
def restock(path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Restock:
    """Runs a command line on the private database."""
    for name in [name for name in os.environ if name.startswith("RESTOCK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RESTOCK_DATABASE_URL", f"sqlite:///{path}")

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        code = run(lambda: app(list(arguments), prog_name="restock", standalone_mode=False))
        told = capsys.readouterr()
        return Ran(code, told.out, told.err)

    return command


def last_invoice(number: str) -> Counter[str]:
    """What the customer's last invoice held, straight from the file: product id -> quantity."""
    own = [line for line in LINES if line["customer_id"] == number]
    newest = max((line["ts"], line["invoice"]) for line in own)[1]
    held: Counter[str] = Counter()
    for line in own:
        if line["invoice"] == newest:
            held[line["product_id"]] += int(line["quantity"])
    return held


def said(restock: Restock, number: str, *sentences: str) -> list[dict[str, Any]]:
    ran = restock("say", "--user", number, "--now", NOW.isoformat(), "--json", *sentences)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def held(quote: dict[str, Any]) -> Counter[str]:
    return Counter({line["product_id"]: line["quantity"] for line in quote["lines"]})


@pytest.mark.parametrize("files", [CSV_FILES, PARQUET_FILES], ids=["csv", "parquet"])
def test_reorder_my_last_order_quotes_exactly_the_last_invoice(
    restock: Restock, files: tuple[str, ...]
) -> None:
    imported = restock("shop", "import", *files, "--seller", "Gift Shop")
    assert imported == Ran(0, "281 products, 30 customers, 65 orders (65 new).\n", "")
    for number in (FORTY_LINES, *NUMBERS[::10]):
        [turn] = said(restock, number, "reorder my last order")
        assert turn["reply"] == "ReorderLastOrderIntent.quoted"
        quote = turn["quote"]
        assert (quote["seller"], quote["currency"]) == ("Gift Shop", "GBP")
        assert held(quote) == last_invoice(number)
        for line in quote["lines"]:
            assert line["price_cents"] == round(float(PRICES[line["product_id"]]) * 100)  # today's
        assert quote["total_cents"] == sum(line["line_cents"] for line in quote["lines"])


def test_the_last_invoice_of_every_customer_is_quoted_in_the_process(restock: Restock, path: Path) -> None:
    restock("shop", "import", *CSV_FILES)
    settings = Settings(env="development", database_url=f"sqlite:///{path}", database_url_given=True)
    skill = bootstrap.build(settings, clock=lambda: NOW)
    for number in NUMBERS:
        with skill.database.unit(skill.member(number).household_id) as unit:
            orders = skill.orders(unit)
            made = orders.quotes.make(Shopper(NOW, "en", "UTC"), orders.last_items(), "last order")
            assert isinstance(made, Quoted)
            [quote] = made.quotes
            assert held(orders.quotes.view(quote)) == last_invoice(number)
    skill.database.engine.dispose()


def test_an_imported_order_can_be_ordered_again_and_is_then_on_its_way(restock: Restock) -> None:
    restock("shop", "import", *CSV_FILES)
    quoted, placed, where = said(restock, NUMBERS[0], "reorder my last order", "yes", "where is my order")
    assert placed["reply"] == "YesIntent.order_placed_and_code"  # over 100.00, so a voice code is offered
    assert held(placed["order"]) == held(quoted["quote"]) == last_invoice(NUMBERS[0])
    assert where["reply"] == "OrderStatusIntent.accepted"


def test_the_quote_of_a_long_invoice_is_short(restock: Restock) -> None:
    restock("shop", "import", *CSV_FILES, "--seller", "Gift Shop")
    [turn] = said(restock, FORTY_LINES, "reorder my last order")
    lines = sorted(turn["quote"]["lines"], key=lambda line: -line["line_cents"])
    assert "37 more" in turn["speech"]
    offered = turn["speech"].partition("Gift Shop: ")[2]  # before it comes what costs more than it did
    named = [line["name"] for line in turn["quote"]["lines"] if line["name"] in offered]
    assert sorted(named) == sorted(line["name"] for line in lines[:3])
    assert len(offered) < 250
    assert "home" in turn["speech"]


def test_the_last_imported_order_is_told(restock: Restock) -> None:
    restock("shop", "import", *CSV_FILES, "--seller", "Gift Shop")
    [last] = said(restock, NUMBERS[0], "what did i order last time")
    assert last["reply"] == "LastOrderIntent.told"
    assert held(last["order"]) == last_invoice(NUMBERS[0])


def test_the_result_is_printed_as_json_when_asked(restock: Restock) -> None:
    ran = restock("shop", "import", *PARQUET_FILES, "--json")
    assert json.loads(ran.out) == {
        "products": 281,
        "customers": 30,
        "orders": 65,
        "new_orders": 65,
        "bad_rows": 0,
    }


def test_a_repeated_import_says_that_nothing_is_new(restock: Restock) -> None:
    restock("shop", "import", *CSV_FILES)
    assert restock("shop", "import", *PARQUET_FILES).out == "281 products, 30 customers, 65 orders (0 new).\n"


def files(folder: Path, products: str, orders: str, encoding: str = "utf-8") -> tuple[str, ...]:
    (folder / "p.csv").write_text(products, encoding=encoding)
    (folder / "o.csv").write_text(orders, encoding=encoding)
    return ("--catalogue", str(folder / "p.csv"), "--orders", str(folder / "o.csv"))


PRODUCTS = "product_id,name,unit_price_gbp\nM1,Mug,2.50\n"
ORDERS = "customer_id,invoice,ts,product_id,quantity,unit_price\n"


def test_bad_rows_are_told_by_line_and_nothing_is_imported(restock: Restock, tmp_path: Path) -> None:
    bad = "".join(f"7,{invoice},2025-03-01,M1,-1,2.50\n" for invoice in range(25))
    ran = restock("shop", "import", *files(tmp_path, PRODUCTS + "M1,Cup,1\n", ORDERS + bad))
    assert (ran.code, ran.out) == (2, "")
    told = ran.err.splitlines()
    assert told[0] == "p.csv, line 3: product_id 'M1' is on line 2 already"
    assert told[1] == "o.csv, line 2: quantity '-1' is no whole number from 1 to 1000000"
    assert told[20:] == [
        "... and 6 more",
        "26 bad rows.",
        "Nothing was imported: put these rows right, or leave them out by --skip-bad.",
    ]
    assert restock("say", "--user", "7", "reorder my last order").code == 2


def test_bad_rows_are_left_out_when_asked(restock: Restock, tmp_path: Path) -> None:
    orders = ORDERS + "7,1,2025-03-01,M1,1,2.50\n7,2,2025-03-01,M1,0,2.50\n"
    ran = restock("shop", "import", *files(tmp_path, PRODUCTS, orders), "--skip-bad")
    assert (ran.code, ran.out) == (
        0,
        "1 product, 1 customer, 1 order (1 new); 1 bad row left out.\n",
    )
    assert ran.err.splitlines() == [
        "o.csv, line 3: quantity '0' is no whole number from 1 to 1000000",
        "1 bad row.",
    ]


def test_files_with_other_columns_are_read_by_a_mapping(restock: Restock, tmp_path: Path) -> None:
    products = "StockCode;Description;Price\nM1;Café Mug;2.50\n"
    orders = "CustomerID;InvoiceNo;InvoiceDate;StockCode;Quantity;UnitPrice\n"
    orders += "17850.0;536365;1/12/2010 8:26;M1;6;2.55\n"
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(
        '[catalogue]\nproduct_id = "StockCode"\nname = "Description"\nunit_price = "Price"\n'
        '[orders]\ncustomer_id = "CustomerID"\ninvoice = "InvoiceNo"\nts = "InvoiceDate"\n'
        'product_id = "StockCode"\nquantity = "Quantity"\nunit_price = "UnitPrice"\n'
        '[format]\nencoding = "cp1252"\ndelimiter = ";"\ntime = "%d/%m/%Y %H:%M"\n'
    )
    given = (*files(tmp_path, products, orders, "cp1252"), "--mapping", str(mapping))
    unknown = restock("shop", "import", *given)
    assert unknown.code == 2
    assert "add --currency" in unknown.err
    assert restock("shop", "import", *given, "--currency", "eur", "--zone", "Europe/Berlin").code == 0
    [turn] = said(restock, "17850", "reorder my last order")
    assert [line["name"] for line in turn["quote"]["lines"]] == ["Café Mug"]
    assert turn["quote"]["currency"] == "EUR"


@pytest.mark.parametrize("name", ['<speak>Mug</speak> & "co"', "'; DROP TABLE sku; --"])
def test_a_name_that_is_code_is_spoken_as_text(restock: Restock, tmp_path: Path, name: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    products = PRODUCTS.replace("Mug", quoted)
    assert (
        restock("shop", "import", *files(tmp_path, products, ORDERS + "7,1,2025-03-01,M1,1,2.50\n")).code == 0
    )
    [turn] = said(restock, "7", "reorder my last order")
    assert name in turn["speech"]
    assert "<speak>Mug" not in turn["ssml"].removeprefix("<speak>")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--zone", "Mars/Base"), "'Mars/Base' is no time zone"),
        (("--seller", " "), "a name of at most 80 characters is needed"),
        (("--seller", "x" * 81), "a name of at most 80 characters is needed"),
        (("--currency", "EUR"), "the currency cannot be EUR and GBP at once"),
        (("--orders", str(EXTRACT / "README.md")), "README.md has no column customer_id"),
        (("--orders", "gone.csv"), "gone.csv"),
        (("--mapping", str(EXTRACT / "README.md")), "README.md cannot be read as TOML"),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_code_two(
    restock: Restock, arguments: tuple[str, str], told: str
) -> None:
    ran = restock("shop", "import", *CSV_FILES, *arguments)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert told in ran.err


def test_parquet_without_duckdb_is_one_line(restock: Restock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    ran = restock("shop", "import", *PARQUET_FILES)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "Parquet files need duckdb" in ran.err


def test_csv_needs_no_duckdb(restock: Restock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert restock("shop", "import", *CSV_FILES).code == 0


def test_a_missing_database_is_one_line_and_is_not_created(restock: Restock, path: Path) -> None:
    path.unlink()
    ran = restock("shop", "import", *CSV_FILES)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)
    assert "run `restock db upgrade`" in ran.err
    assert not path.exists()


def test_a_bar_is_drawn_for_each_step_on_a_terminal(
    restock: Restock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = restock("shop", "import", *CSV_FILES)
    assert ran.code == 0
    for step in ("Checking products", "Checking orders", "Loading customers", "Publishing customers"):
        assert step in ran.err
