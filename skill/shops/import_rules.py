"""Pure rules of an import: which column is which, which rows are wrong and why, and what an invoice holds."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import NamedTuple

from skill.conversation.wording import MINOR_DIGITS

CATALOGUE_COLUMNS = ("product_id", "name", "unit_price")
CATALOGUE_OPTIONS = ("stock", "tax_percent")
ORDERS_COLUMNS = ("customer_id", "invoice", "ts", "product_id", "quantity", "unit_price")
PRICE_IN_CURRENCY = re.compile(r"unit_price_([a-z]{3})")

SHOWN_AT_MOST = 20
MOST_CENTS = 2**31 - 1
"""Amounts are kept in 32-bit columns."""
MOST_QUANTITY = 1_000_000
NOISE = Decimal("0.05")
"""By how much of a minor unit an amount may be off: binary fractions written out, as 1.0399999618530273."""
LONGEST_ID, LONGEST_NAME, LONGEST_CUSTOMER = 80, 200, 80
LONGEST_REFERENCE = 100
LONGEST_SELLER_ID = 40
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_SPREADSHEET_ID = re.compile(r"([0-9]+)\.0+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Row(NamedTuple):
    """One row of a file: its line (of a Parquet file, its row) and its cells, or why it cannot be read."""

    line: int
    cells: Sequence[str]
    fault: str = ""


class BadCell(ValueError):
    """A cell that cannot be taken; the message says which and why."""


class WrongColumns(ValueError):
    """A file lacks a column, has it twice, or its currency is not known; the message is one line."""


@dataclass
class Faults:
    """The bad rows found: how many, and the first of them as lines of text."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, file: str, line: int, reason: str) -> None:
        """Note one bad row."""
        self.count += 1
        if len(self.first) < SHOWN_AT_MOST:
            self.first.append(f"{file}, line {line}: {reason}")


@dataclass(frozen=True)
class Columns:
    """Where the wanted columns are: our name -> the file's; `currency` when the price column names it."""

    names: Mapping[str, str]
    currency: str | None


@dataclass(frozen=True)
class Terms:
    """Whose rows these are and how to read them: currency of amounts, zone and format of times, and now."""

    seller_id: str
    currency: str
    zone: tzinfo
    now: datetime
    time_format: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedProduct:
    """A product of the merchant's catalogue; `stock` None is not tracked, tax is included unless given."""

    product_id: str
    name: str
    price_cents: int
    stock: int | None = None
    tax_bp: int = 0


@dataclass(slots=True)
class Invoice:
    """One invoice: its earliest time, and by product in file order [quantity, cents paid]."""

    number: str
    placed_at: datetime
    lines: dict[str, list[int]] = field(default_factory=dict)
    total_cents: int = 0


Books = dict[str, dict[str, Invoice]]
"""Customer number -> invoice number -> invoice."""


@dataclass
class Catalogue:
    """The products of a catalogue by id, and the ids of its bad rows."""

    products: dict[str, ImportedProduct] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)

    def known(self, product_id: str) -> str:
        """The id as the catalogue holds it, so that a million lines share one text. Raises BadCell."""
        product = self.products.get(product_id)
        if product is not None:
            return product.product_id
        where = "on a bad row of the catalogue" if product_id in self.bad else "not in the catalogue"
        raise BadCell(f"product_id {shown(product_id)} is {where}")


def find_columns(
    header: Sequence[str], wanted: Sequence[str], options: Sequence[str], mapping: Mapping[str, str]
) -> Columns:
    """Find our columns in a file's header, by the names in `mapping` or by our own, in any letter case.

    The price column may be called unit_price, or unit_price_gbp and so on. Raises WrongColumns.
    """
    held = [name.strip().casefold() for name in header]
    price, currency = _price_column(held, mapping)
    named = {our: mapping.get(our, our) for our in (*wanted, *options)} | {"unit_price": price}
    found = {}
    for our, theirs in named.items():
        places = [place for place, name in enumerate(held) if name == theirs.strip().casefold()]
        if len(places) > 1:
            raise WrongColumns(f"has the column {theirs} twice")
        if places:
            found[our] = header[places[0]]
        elif our in wanted or our in mapping:
            raise WrongColumns(f"has no column {theirs}; it has {', '.join(header) or 'none'}")
    return Columns(found, currency)


def _price_column(held: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, str | None]:
    for our, theirs in mapping.items():
        if our == "unit_price":
            return theirs, None
        if match := PRICE_IN_CURRENCY.fullmatch(our):
            return theirs, match[1].upper()
    for name in held:
        if match := PRICE_IN_CURRENCY.fullmatch(name):
            return name, match[1].upper()
    return "unit_price", None


def one_currency(given: str | None, *named: str | None) -> str:
    """The currency of an import: the one given and those that columns name must be one.

    Raises WrongColumns when there is none, or more than one, or it is no code of three letters.
    """
    told = {currency.upper() for currency in (given, *named) if currency}
    if not told:
        raise WrongColumns("the currency is not known: add --currency, or call the price unit_price_gbp")
    if len(told) > 1:
        raise WrongColumns(f"the currency cannot be {' and '.join(sorted(told))} at once")
    currency = told.pop()
    if not re.fullmatch("[A-Z]{3}", currency):
        raise WrongColumns(f"{shown(currency)} is no currency code, as GBP")
    return currency


def seller_id(name: str) -> str:
    """A slug of the seller's name, at most 40 characters; a hash when the name has no plain letters."""
    slug = re.sub("[^a-z0-9]+", "-", name.casefold()).strip("-")[:LONGEST_SELLER_ID].strip("-")
    return slug or f"seller-{sha256(name.encode()).hexdigest()[:8]}"


def read_catalogue(
    file: str, rows: Iterable[Row], columns: Columns, terms: Terms, taken: Collection[str], faults: Faults
) -> Catalogue:
    """The products of the good rows. `taken` are ids that another seller's products have."""
    found = Catalogue()
    lines: dict[str, int] = {}
    for line, cells in _readable(file, rows, columns, faults):
        try:
            product = _product(cells, terms)
            _check_new(product.product_id, lines, taken)
        except BadCell as error:
            faults.add(file, line, str(error))
            found.bad.add(cells["product_id"].strip())
        else:
            lines[product.product_id] = line
            found.products[product.product_id] = product
    return found


def read_orders(
    file: str, rows: Iterable[Row], columns: Columns, terms: Terms, catalogue: Catalogue, faults: Faults
) -> Books:
    """The invoices of the good rows by customer; lines of one product in one invoice are summed."""
    books: Books = {}
    for line, cells in _readable(file, rows, columns, faults):
        try:
            _enter(books, cells, terms, catalogue)
        except BadCell as error:
            faults.add(file, line, str(error))
    return books


def _readable(
    file: str, rows: Iterable[Row], columns: Columns, faults: Faults
) -> Iterator[tuple[int, dict[str, str]]]:
    names = list(columns.names)
    for line, cells, fault in rows:
        if fault:
            faults.add(file, line, fault)
        else:
            yield line, dict(zip(names, cells, strict=True))


def _product(cells: Mapping[str, str], terms: Terms) -> ImportedProduct:
    return ImportedProduct(
        product_id=_id(cells, "product_id", LONGEST_ID),
        name=_text(cells, "name", LONGEST_NAME),
        price_cents=_cents(cells["unit_price"], terms.currency),
        stock=_whole(cells["stock"], "stock", 0, MOST_CENTS) if cells.get("stock", "").strip() else None,
        tax_bp=_basis_points(cells.get("tax_percent", "")),
    )


def _check_new(product_id: str, lines: Mapping[str, int], taken: Collection[str]) -> None:
    if product_id in lines:
        raise BadCell(f"product_id {shown(product_id)} is on line {lines[product_id]} already")
    if product_id in taken:
        raise BadCell(f"product_id {shown(product_id)} is another seller's")


def _enter(books: Books, cells: Mapping[str, str], terms: Terms, catalogue: Catalogue) -> None:
    customer = _id(cells, "customer_id", LONGEST_CUSTOMER)
    number = _id(cells, "invoice", LONGEST_REFERENCE - len(reference(terms.seller_id, "")))
    at = parse_time(cells["ts"], terms)
    product_id = catalogue.known(_id(cells, "product_id", LONGEST_ID))
    quantity = _whole(cells["quantity"], "quantity", 1, MOST_QUANTITY)
    cents = quantity * _cents(cells["unit_price"], terms.currency)
    invoice = books.get(customer, {}).get(number) or Invoice(number, at)
    if invoice.total_cents + cents > MOST_CENTS:
        raise BadCell(f"invoice {shown(number)} comes to more than {MOST_CENTS} in minor units")
    invoice.placed_at = min(invoice.placed_at, at)
    invoice.total_cents += cents
    line = invoice.lines.setdefault(product_id, [0, 0])
    line[0] += quantity
    line[1] += cents
    books.setdefault(customer, {})[number] = invoice


def reference(seller: str, invoice: str) -> str:
    """What an imported order is known by in its household."""
    return f"import:{seller}:{invoice}"


def in_order(invoices: Mapping[str, Invoice]) -> list[Invoice]:
    """A customer's invoices by time, those of one moment by their number."""
    return sorted(invoices.values(), key=lambda invoice: (invoice.placed_at, invoice.number))


def parse_time(text: str, terms: Terms) -> datetime:
    """An instant in UTC; a time without a zone is one of `terms.zone`. Raises BadCell."""
    said = text.strip()
    try:
        if terms.time_format:
            moment = datetime.strptime(said, terms.time_format)
        else:
            moment = datetime.fromisoformat(said)
        instant = (moment if moment.tzinfo else moment.replace(tzinfo=terms.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCell(f"ts {shown(said)} is no date and time, as 2011-12-09T12:50:00") from error
    if not EARLIEST <= instant <= terms.now:
        raise BadCell(f"ts {shown(said)} is {'in the future' if instant > terms.now else 'before 1970'}")
    return instant


def _cents(text: str, currency: str) -> int:
    """An amount above zero in minor units. Raises BadCell; never goes through a binary fraction."""
    exact = _decimal(text, "unit_price").scaleb(MINOR_DIGITS.get(currency, 2))
    if exact <= 0:
        raise BadCell(f"unit_price {shown(text.strip())} is not above zero")
    if exact > MOST_CENTS:
        raise BadCell(f"unit_price {shown(text.strip())} is too large")
    cents = exact.quantize(Decimal(1), ROUND_HALF_UP)
    if abs(exact - cents) > NOISE:
        raise BadCell(f"unit_price {shown(text.strip())} is finer than the smallest unit of {currency}")
    if cents == 0:
        raise BadCell(f"unit_price {shown(text.strip())} is less than the smallest unit of {currency}")
    return int(cents)


def _basis_points(text: str) -> int:
    if not text.strip():
        return 0
    exact = _decimal(text, "tax_percent") * 100
    if not 0 <= exact <= 10_000 or exact != int(exact):
        raise BadCell(f"tax_percent {shown(text.strip())} is no percentage with at most two decimals")
    return int(exact)


def _whole(text: str, name: str, least: int, most: int) -> int:
    number = _decimal(text, name)
    if not least <= number <= most or number != number.to_integral_value():
        raise BadCell(f"{name} {shown(text.strip())} is no whole number from {least} to {most}")
    return int(number)


def _decimal(text: str, name: str) -> Decimal:
    said = text.strip()
    if not said:
        raise BadCell(f"{name} is empty")
    if len(said) > 40 or not _NUMBER.fullmatch(said):
        raise BadCell(f"{name} {shown(said)} is no number, as 12.50")
    return Decimal(said)


def _id(cells: Mapping[str, str], name: str, longest: int) -> str:
    said = _text(cells, name, longest)
    whole = _SPREADSHEET_ID.fullmatch(said)  # a spreadsheet's 17850.0 is customer 17850
    return whole[1] if whole else said


def _text(cells: Mapping[str, str], name: str, longest: int) -> str:
    said = " ".join(cells[name].split())
    if not said:
        raise BadCell(f"{name} is empty")
    if len(said) > longest:
        raise BadCell(f"{name} {shown(said)} is longer than {longest} characters")
    if _CONTROL.search(said):
        raise BadCell(f"{name} {shown(said)} holds a character that cannot be stored")
    return said


def shown(text: str) -> str:
    """A value as a message quotes it: at most 40 characters, and nothing that a terminal would obey."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
