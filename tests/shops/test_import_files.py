"""Files of an import: CSV and Parquet read alike, what cannot be read is said in one line."""

import sys
from pathlib import Path

import duckdb
import pytest

from skill.shops.import_files import FileRefused, Layout, digest, open_source, read_layout

EXTRACT = Path(__file__).parent.parent / "data" / "online_retail"


def written(folder: Path, content: bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path, *names: str, layout: Layout | None = None) -> list[tuple[int, list[str], str]]:
    rows = open_source(path, layout or Layout()).rows(names)
    return [(row.line, list(row.cells), row.fault) for row in rows]


@pytest.mark.parametrize("name", ["products", "transactions"])
def test_csv_and_parquet_of_the_same_table_hold_the_same_cells(name: str) -> None:
    as_csv = open_source(EXTRACT / f"{name}.csv", Layout())
    as_parquet = open_source(EXTRACT / f"{name}.parquet", Layout())
    assert as_csv.header() == as_parquet.header()
    columns = as_csv.header()
    assert [row.cells for row in as_csv.rows(columns)] == [row.cells for row in as_parquet.rows(columns)]


def test_a_row_is_on_the_line_where_it_begins(tmp_path: Path) -> None:
    path = written(tmp_path, b'a,b\n1,"two\nlines"\n\n2,x\n')
    assert read(path, "b", "a") == [(2, ["two\nlines", "1"], ""), (5, ["x", "2"], "")]


def test_a_row_with_a_field_too_few_or_too_many_is_bad(tmp_path: Path) -> None:
    path = written(tmp_path, b"a,b\n1\n1,2,3\n1,2\n")
    faults = [(line, fault) for line, _, fault in read(path, "a", "b")]
    assert faults == [
        (2, "has 1 fields where the header has 2"),
        (3, "has 3 fields where the header has 2"),
        (4, ""),
    ]


def test_a_quote_that_is_never_closed_is_a_bad_row_that_says_how_far_it_went(tmp_path: Path) -> None:
    path = written(tmp_path, b'a,b\n1,"x\n2,y\n3,z\n')
    assert read(path, "a") == [(2, [], "is not CSV up to line 4: unexpected end of data")]


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    assert read(written(tmp_path, "﻿a\nä\n".encode()), "a") == [(2, ["ä"], "")]


def test_utf_16_is_known_by_its_mark(tmp_path: Path) -> None:
    assert read(written(tmp_path, "a\nä🎈\n".encode("utf-16")), "a") == [(2, ["ä🎈"], "")]


def test_bytes_of_another_encoding_are_bad_rows_until_the_mapping_names_it(tmp_path: Path) -> None:
    path = written(tmp_path, "a\nMug\nCafé £5\n".encode("cp1252"))
    assert [fault for _, _, fault in read(path, "a")] == [
        "",
        "is not written in utf-8: name its encoding in the mapping file",
    ]
    assert read(path, "a", layout=Layout(encoding="cp1252"))[1] == (3, ["Café £5"], "")


def test_utf_16_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "a\nb\n".encode("utf-16")[:-1])
    with pytest.raises(FileRefused, match=r"orders.csv is not written in utf-16\."):
        read(path, "a")


def test_another_delimiter_is_read_when_the_mapping_names_it(tmp_path: Path) -> None:
    assert read(written(tmp_path, b"a;b\n1,5;2\n"), "a", layout=Layout(delimiter=";")) == [(2, ["1,5"], "")]


def test_an_empty_file_has_no_columns(tmp_path: Path) -> None:
    assert open_source(written(tmp_path, b""), Layout()).header() == []


def test_a_header_that_is_no_csv_has_no_columns(tmp_path: Path) -> None:
    assert open_source(written(tmp_path, b'"a'), Layout()).header() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("orders.xlsx", b"PK\x03\x04\x00\x00"), ("orders.parquet", b"a,b\n1,2\n"), ("orders.csv", b"a\0b")],
)
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(FileRefused, match=f"{name} is neither CSV nor Parquet"):
        open_source(written(tmp_path, content, name), Layout())


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=r"gone\.csv cannot be opened: No such file"):
        open_source(tmp_path / "gone.csv", Layout())


def test_a_parquet_file_that_is_cut_off_is_refused_in_one_line(tmp_path: Path) -> None:
    whole = (EXTRACT / "products.parquet").read_bytes()
    path = written(tmp_path, whole[:1000], "products.parquet")
    with pytest.raises(FileRefused, match=r"products\.parquet cannot be read as Parquet: ") as refused:
        open_source(path, Layout()).header()
    assert "\n" not in str(refused.value)


def test_parquet_is_known_whatever_the_file_is_called(tmp_path: Path) -> None:
    path = written(tmp_path, (EXTRACT / "products.parquet").read_bytes(), "products.csv")
    assert open_source(path, Layout()).header()[0] == "product_id"


def test_parquet_without_duckdb_is_one_line_that_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(FileRefused, match=r"Parquet files need duckdb: install `restock\[parquet\]`"):
        open_source(EXTRACT / "products.parquet", Layout()).header()


def test_parquet_values_come_as_decimal_text_and_utc(tmp_path: Path) -> None:
    path = tmp_path / "odd.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            "COPY (SELECT 0.1::FLOAT AS p, 2.675::DOUBLE AS d, TIMESTAMPTZ '2011-01-01 10:00:00+02' AS t, "
            f'NULL::INTEGER AS n, 1 AS "q""q") TO \'{path}\' (FORMAT parquet)'
        )
    assert read(path, "p", "d", "t", "n", 'q"q') == [
        (1, ["0.1", "2.675", "2011-01-01 08:00:00+00", "", "1"], "")
    ]


def test_a_digest_tells_files_apart(tmp_path: Path) -> None:
    first, second = written(tmp_path, b"1", "a"), written(tmp_path, b"2", "b")
    assert digest(first) == digest(first) != digest(second)


def test_a_mapping_names_columns_and_how_files_are_written(tmp_path: Path) -> None:
    text = """
    [catalogue]
    name = "Description"
    unit_price_eur = "Preis"
    [orders]
    ts = "InvoiceDate"
    [format]
    encoding = "cp1252"
    delimiter = ";"
    time = "%d.%m.%Y"
    """
    assert read_layout(written(tmp_path, text.encode(), "mapping.toml")) == Layout(
        {"name": "Description", "unit_price_eur": "Preis"}, {"ts": "InvoiceDate"}, "cp1252", ";", "%d.%m.%Y"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[orders", "m.toml cannot be read as TOML"),
        ("[other]\na = 'b'", "m.toml has 'other': it may have the tables catalogue, orders, format"),
        ("orders = 'x'", "m.toml has 'orders': it may have the tables"),
        ("[orders]\nprice = 'b'", r"m.toml has 'price' in \[orders\]: it may have customer_id"),
        ("[format]\nunit_price_eur = 'b'", r"m.toml has 'unit_price_eur' in \[format\]"),
        ("[orders]\nts = 5", r"m.toml has no text for 'ts' in \[orders\]"),
        ("[orders]\nts = ''", r"m.toml has no text for 'ts' in \[orders\]"),
        ("[format]\ndelimiter = '::'", "m.toml has '::' for the delimiter: it must be one character"),
        ("[format]\nencoding = 'klingon'", "m.toml names the encoding 'klingon', which is not known"),
        ("[format]\nencoding = 'base64'", "m.toml names the encoding 'base64', which is not known"),
    ],
)
def test_a_wrong_mapping_is_refused_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(FileRefused, match=told):
        read_layout(written(tmp_path, text.encode(), "m.toml"))
