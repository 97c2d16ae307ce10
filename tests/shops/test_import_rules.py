"""Rules of an import: columns found, bad rows named by line and reason, money exact, lines summed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.shops.import_rules import (
    CATALOGUE_COLUMNS,
    CATALOGUE_OPTIONS,
    ORDERS_COLUMNS,
    Books,
    Catalogue,
    Columns,
    Faults,
    ImportedProduct,
    Row,
    Terms,
    WrongColumns,
    find_columns,
    in_order,
    one_currency,
    read_catalogue,
    read_orders,
    reference,
    seller_id,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = Terms("shop", "GBP", UTC, NOW)
MUG = Catalogue({"M1": ImportedProduct("M1", "Mug", 250), "P1": ImportedProduct("P1", "Plate", 400)})


def catalogue(
    *rows: Sequence[str], terms: Terms = TERMS, taken: Sequence[str] = ()
) -> tuple[Catalogue, Faults]:
    faults = Faults()
    columns = Columns({name: name for name in (*CATALOGUE_COLUMNS, *CATALOGUE_OPTIONS)}, None)
    cells = [[*row, *[""] * (5 - len(row))] for row in rows]
    numbered = [Row(line, row) for line, row in enumerate(cells, start=2)]
    return read_catalogue("products.csv", numbered, columns, terms, taken, faults), faults


def orders(*rows: Sequence[str], terms: Terms = TERMS, sold: Catalogue = MUG) -> tuple[Books, Faults]:
    faults = Faults()
    columns = Columns({name: name for name in ORDERS_COLUMNS}, None)
    numbered = [Row(line, row) for line, row in enumerate(rows, start=2)]
    return read_orders("orders.csv", numbered, columns, terms, sold, faults), faults


def line(**changes: str) -> list[str]:
    good = {
        "customer_id": "7",
        "invoice": "100",
        "ts": "2025-03-01 10:00:00",
        "product_id": "M1",
        "quantity": "2",
        "unit_price": "2.50",
    }
    return list({**good, **changes}.values())


def test_the_columns_of_the_documented_files_are_found_with_their_currency() -> None:
    header = ["product_id", "name", "unit_price_gbp", "sale_lines"]
    found = find_columns(header, CATALOGUE_COLUMNS, CATALOGUE_OPTIONS, {})
    assert found.currency == "GBP"
    assert found.names == {"product_id": "product_id", "name": "name", "unit_price": "unit_price_gbp"}


def test_columns_of_other_names_are_found_by_the_mapping_in_any_letter_case() -> None:
    header = ["STOCKCODE", " Description ", "Price"]
    mapping = {"product_id": "StockCode", "name": "description", "unit_price_eur": "Price"}
    found = find_columns(header, CATALOGUE_COLUMNS, CATALOGUE_OPTIONS, mapping)
    assert found == Columns(
        {"product_id": "STOCKCODE", "name": " Description ", "unit_price": "Price"}, "EUR"
    )


def test_a_price_column_may_be_mapped_without_a_currency() -> None:
    found = find_columns(["product_id", "name", "rrp"], CATALOGUE_COLUMNS, (), {"unit_price": "rrp"})
    assert (found.names["unit_price"], found.currency) == ("rrp", None)


@pytest.mark.parametrize(
    ("header", "mapping", "told"),
    [
        (["product_id", "unit_price"], {}, "has no column name; it has product_id, unit_price"),
        ([], {}, "has no column product_id; it has none"),
        (["product_id", "name", "Name", "unit_price"], {}, "has the column name twice"),
        (["product_id", "name", "unit_price"], {"stock": "Left"}, "has no column Left"),
    ],
)
def test_columns_that_are_missing_or_doubled_are_named(
    header: list[str], mapping: dict[str, str], told: str
) -> None:
    with pytest.raises(WrongColumns, match=told):
        find_columns(header, CATALOGUE_COLUMNS, CATALOGUE_OPTIONS, mapping)


def test_the_currency_is_what_a_column_or_the_merchant_says() -> None:
    assert one_currency(None, "GBP", None) == "GBP"
    assert one_currency("eur", None) == "EUR"
    assert one_currency("gbp", "GBP", "GBP") == "GBP"


@pytest.mark.parametrize(
    ("given", "named", "told"),
    [(None, None, "add --currency"), ("EUR", "GBP", "EUR and GBP at once"), ("pounds", None, "no currency")],
)
def test_a_currency_that_is_unknown_or_contradicted_is_refused(
    given: str | None, named: str | None, told: str
) -> None:
    with pytest.raises(WrongColumns, match=told):
        one_currency(given, named)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", "Mug", "1.00"), "product_id is empty"),
        (("x" * 81, "Mug", "1.00"), f"product_id '{'x' * 37}...' is longer than 80 characters"),
        (("M1", " ", "1.00"), "name is empty"),
        (("M1", "n" * 300, "1.00"), f"name '{'n' * 37}...' is longer than 200 characters"),
        (("M1", "Mug\x00", "1.00"), "name 'Mug\\x00' holds a character that cannot be stored"),
        (("M1", "Mug", ""), "unit_price is empty"),
        (("M1", "Mug", "0"), "unit_price '0' is not above zero"),
        (("M1", "Mug", "-1.00"), "unit_price '-1.00' is not above zero"),
        (("M1", "Mug", "1.045"), "unit_price '1.045' is finer than the smallest unit of GBP"),
        (("M1", "Mug", "0.0001"), "unit_price '0.0001' is less than the smallest unit of GBP"),
        (("M1", "Mug", "1,50"), "unit_price '1,50' is no number, as 12.50"),
        (("M1", "Mug", "nan"), "unit_price 'nan' is no number, as 12.50"),
        (("M1", "Mug", "1_000"), "unit_price '1_000' is no number, as 12.50"),
        (("M1", "Mug", "1e999"), "unit_price '1e999' is too large"),
        (("M1", "Mug", "1.00", "-1"), "stock '-1' is no whole number from 0 to 2147483647"),
        (("M1", "Mug", "1.00", "1.5"), "stock '1.5' is no whole number from 0 to 2147483647"),
        (
            ("M1", "Mug", "1.00", "", "8.255"),
            "tax_percent '8.255' is no percentage with at most two decimals",
        ),
        (("T9", "Mug", "1.00"), "product_id 'T9' is another seller's"),
    ],
)
def test_a_bad_product_is_told_by_line_and_reason(row: Sequence[str], reason: str) -> None:
    found, faults = catalogue(("OK", "Good", "1.00"), row, taken=["T9"])
    assert list(found.products) == ["OK"]
    assert faults.first == [f"products.csv, line 3: {reason}"]


def test_a_product_that_is_there_twice_is_bad_the_second_time() -> None:
    found, faults = catalogue(("M1", "Mug", "1.00"), ("M1", "Other", "2.00"))
    assert found.products["M1"].name == "Mug"
    assert faults.first == ["products.csv, line 3: product_id 'M1' is on line 2 already"]


def test_names_are_kept_as_they_are_but_for_their_spaces() -> None:
    odd = ['<speak>Mug</speak> & "co"', "'; DROP TABLE product; --", "مج أحمر 🎈", " two \n lines "]
    found, faults = catalogue(*[(str(number), name, "1.00") for number, name in enumerate(odd)])
    assert faults.count == 0
    assert [product.name for product in found.products.values()] == [*odd[:3], "two lines"]


def test_absent_stock_is_not_tracked_and_absent_tax_is_included() -> None:
    found, _ = catalogue(("A", "A", "1.00"), ("B", "B", "1.00", "12", "8.25"))
    assert (found.products["A"].stock, found.products["A"].tax_bp) == (None, 0)
    assert (found.products["B"].stock, found.products["B"].tax_bp) == (12, 825)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"quantity": "-3"}, "quantity '-3' is no whole number from 1 to 1000000"),
        ({"quantity": "0"}, "quantity '0' is no whole number from 1 to 1000000"),
        ({"quantity": "1.5"}, "quantity '1.5' is no whole number from 1 to 1000000"),
        ({"quantity": "1000001"}, "quantity '1000001' is no whole number from 1 to 1000000"),
        ({"quantity": "two"}, "quantity 'two' is no number, as 12.50"),
        ({"unit_price": "0"}, "unit_price '0' is not above zero"),
        ({"unit_price": "9999999"}, "invoice '100' comes to more than 2147483647 in minor units"),
        ({"product_id": ""}, "product_id is empty"),
        ({"product_id": "X9"}, "product_id 'X9' is not in the catalogue"),
        ({"product_id": "BAD"}, "product_id 'BAD' is on a bad row of the catalogue"),
        ({"customer_id": " "}, "customer_id is empty"),
        ({"invoice": ""}, "invoice is empty"),
        ({"invoice": "9" * 90}, f"invoice '{'9' * 37}...' is longer than 88 characters"),
        ({"ts": "yesterday"}, "ts 'yesterday' is no date and time, as 2011-12-09T12:50:00"),
        ({"ts": "2025-13-01"}, "ts '2025-13-01' is no date and time, as 2011-12-09T12:50:00"),
        ({"ts": ""}, "ts '' is no date and time, as 2011-12-09T12:50:00"),
        ({"ts": "2026-01-02 00:00"}, "ts '2026-01-02 00:00' is in the future"),
        ({"ts": "1969-12-31"}, "ts '1969-12-31' is before 1970"),
    ],
)
def test_a_bad_order_line_is_told_by_line_and_reason(change: dict[str, str], reason: str) -> None:
    sold = Catalogue(MUG.products, {"BAD"})
    books, faults = orders(line(), line(**{"quantity": "300", **change}), sold=sold)
    assert faults.first == [f"orders.csv, line 3: {reason}"]
    assert books["7"]["100"].lines == {"M1": [2, 500]}


def test_a_customer_with_bad_lines_only_is_no_customer() -> None:
    books, faults = orders(line(quantity="0"))
    assert (books, faults.count) == ({}, 1)


def test_only_the_first_twenty_bad_rows_are_kept_but_all_are_counted() -> None:
    _, faults = orders(*[line(quantity="0")] * 30)
    assert (len(faults.first), faults.count) == (20, 30)


def test_lines_of_one_product_in_one_invoice_are_summed_in_file_order() -> None:
    books, _ = orders(
        line(quantity="1"), line(product_id="P1"), line(quantity="3", unit_price="2.00"), line(invoice="101")
    )
    assert books["7"]["100"].lines == {"M1": [4, 850], "P1": [2, 500]}
    assert books["7"]["101"].lines == {"M1": [2, 500]}


def test_invoices_are_ordered_by_time_and_then_by_number() -> None:
    books, _ = orders(
        line(invoice="3"),
        line(invoice="2"),
        line(invoice="1", ts="2025-04-01"),
        line(invoice="1", ts="2025-02-01"),
    )
    assert [invoice.number for invoice in in_order(books["7"])] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("said", "zone", "instant"),
    [
        ("2025-07-01 10:00:00", "UTC", datetime(2025, 7, 1, 10, tzinfo=UTC)),
        ("2025-07-01T10:00:00.500", "UTC", datetime(2025, 7, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        ("2025-07-01 10:00", "Europe/London", datetime(2025, 7, 1, 9, tzinfo=UTC)),
        ("2025-07-01T10:00:00+02:00", "Europe/London", datetime(2025, 7, 1, 8, tzinfo=UTC)),
        ("2025-07-01 10:00:00+00", "Europe/London", datetime(2025, 7, 1, 10, tzinfo=UTC)),
        ("2025-07-01", "UTC", datetime(2025, 7, 1, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_one_of_the_merchants_zone(said: str, zone: str, instant: datetime) -> None:
    books, faults = orders(line(ts=said), terms=Terms("shop", "GBP", ZoneInfo(zone), NOW))
    assert faults.first == []
    assert books["7"]["100"].placed_at == instant


def test_a_time_is_read_in_the_format_that_the_mapping_names() -> None:
    books, _ = orders(
        line(ts="3/12/2010 8:26"), terms=Terms("shop", "GBP", UTC, NOW, time_format="%d/%m/%Y %H:%M")
    )
    assert books["7"]["100"].placed_at == datetime(2010, 12, 3, 8, 26, tzinfo=UTC)


def test_numbers_that_a_spreadsheet_made_decimal_are_whole_again() -> None:
    books, faults = orders(line(customer_id="17850.0", invoice="536365.0", quantity="6.0"))
    assert faults.first == []
    assert books["17850"]["536365"].lines == {"M1": [6, 1500]}


def test_a_price_written_out_of_a_binary_fraction_is_the_amount_it_stands_for() -> None:
    found, faults = catalogue(("M1", "Mug", "1.0399999618530273"))
    assert (faults.count, found.products["M1"].price_cents) == (0, 104)


@given(st.integers(1, 2**31 - 1), st.sampled_from([("GBP", 2), ("JPY", 0), ("KWD", 3)]))
def test_every_amount_of_whole_minor_units_is_read_exactly(cents: int, unit: tuple[str, int]) -> None:
    currency, digits = unit
    text = str(Decimal(cents).scaleb(-digits))
    found, _ = catalogue(("M1", "Mug", text), terms=Terms("shop", currency, UTC, NOW))
    assert found.products["M1"].price_cents == cents


@given(st.lists(st.tuples(*[st.just(cell) | st.text(max_size=12) for cell in line()]), max_size=5))
def test_whatever_the_cells_hold_every_row_is_either_entered_or_told(rows: list[tuple[str, ...]]) -> None:
    books, faults = orders(*rows)
    invoices = [invoice for held in books.values() for invoice in held.values()]
    assert all(invoice.total_cents > 0 and invoice.lines for invoice in invoices)
    assert len(invoices) <= len(rows) - faults.count
    assert bool(invoices) == (faults.count < len(rows))


def test_rows_that_could_not_be_read_are_bad_rows() -> None:
    faults = Faults()
    columns = Columns({name: name for name in ORDERS_COLUMNS}, None)
    read_orders("orders.csv", [Row(9, (), "has 2 fields")], columns, TERMS, MUG, faults)
    assert faults.first == ["orders.csv, line 9: has 2 fields"]


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Gift Shop & Co.", "gift-shop-co"), ("Ü", "seller-"), ("a" * 80, "a" * 40), ("Café", "caf")],
)
def test_a_seller_gets_a_short_plain_id(name: str, slug: str) -> None:
    assert seller_id(name).startswith(slug)
    assert len(reference(seller_id(name), "1" * 40)) <= 100
    assert seller_id(name) == seller_id(name)


def test_a_moment_at_the_edge_of_time_is_a_bad_row() -> None:
    _, faults = orders(
        line(ts="0001-01-01"), terms=Terms("shop", "GBP", ZoneInfo("Asia/Tokyo"), NOW + timedelta(1))
    )
    assert faults.count == 1
