"""Imports a merchant's catalogue and order history: all of it is checked, loaded hidden, then published."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from skill.household import directory
from skill.household.models import DirectoryEntry
from skill.household.service import Households
from skill.orders.imported import ADDRESS_LABEL, PastLine, PastOrder, PastOrders, SoldBy
from skill.shops import import_rules as rules
from skill.shops.import_catalogue import currency_of, taken_ids, write_catalogue
from skill.shops.import_files import FileRefused, Layout, SourceFile, digest, open_source
from skill.shops.models import ImportBatch
from skill.storage.database import Database, Unit
from skill.storage.keys import hashed, new_id

DEFAULT_SELLER = "Your Shop"
LOADING, PUBLISHING, COMPLETE = "loading", "publishing", "complete"
HIDDEN_CUSTOMER = "importing"
"""The kind of directory entry of a customer whose batch is not complete: only an import looks it up."""
LOOKED_UP_AT_ONCE = 400
ROWS_BETWEEN_NEWS = 5_000

Tell = Callable[[str, int, int | None], None]
"""Hears how far an import is: what it does, how many of it are done, and of how many if that is known."""


@dataclass(frozen=True)
class Request:
    """What to import and how to read it; `zone` holds for times without one and for new households."""

    catalogue: Path
    orders: Path
    seller: str = DEFAULT_SELLER
    currency: str | None = None
    zone: str = "UTC"
    layout: Layout = field(default_factory=Layout)
    skip_bad: bool = False


@dataclass(frozen=True)
class Report:
    """What the files held in good rows, how many orders of it were new, and how many rows were left out."""

    products: int
    customers: int
    orders: int
    new_orders: int
    bad_rows: int


class Overtaken(Exception):
    """Another import made the customer's household meanwhile."""


class BadRows(Exception):
    """The files have bad rows, and nothing was loaded; `faults` says which."""

    def __init__(self, faults: rules.Faults) -> None:
        super().__init__(f"{faults.count} bad rows")
        self.faults = faults


@dataclass(frozen=True)
class Checked:
    """Both files, read and checked: everything that is to be written."""

    sold_by: SoldBy
    catalogue: rules.Catalogue
    books: rules.Books
    faults: rules.Faults


@dataclass(frozen=True)
class Customer:
    """The household and member behind a customer number; hidden until their batch is complete."""

    household_id: UUID
    member_id: UUID
    hidden: bool


def import_files(
    database: Database, request: Request, at: datetime, tell: Tell
) -> tuple[Report, rules.Faults]:
    """Import two files; the same call again goes on where the last one was cut off.

    Gives what was done and the bad rows that were left out. Raises FileRefused, and BadRows when there are
    any and `request.skip_bad` is not set; nothing is written then. See docs/adr on what is visible when.
    """
    checked = check(database, request, at, tell)
    if checked.faults.count and not request.skip_bad:
        raise BadRows(checked.faults)
    batch_id, state = _batch(database, request, checked.sold_by, at)
    if state == LOADING:
        _load(database, batch_id, checked, request.zone, at, tell)
        database.run(None, lambda unit: _write_catalogue(unit, batch_id, checked, at))
    new = _publish(database, batch_id, checked.books, tell)
    database.run(None, lambda unit: _move(unit, batch_id, COMPLETE, at))
    orders = sum(len(invoices) for invoices in checked.books.values())
    products, customers = len(checked.catalogue.products), len(checked.books)
    return Report(products, customers, orders, new, checked.faults.count), checked.faults


def check(database: Database, request: Request, at: datetime, tell: Tell) -> Checked:
    """Read and check both files as a whole; writes nothing. Raises FileRefused."""
    layout, seller_id, faults = request.layout, rules.seller_id(request.seller), rules.Faults()
    catalogue_file, orders_file = open_source(request.catalogue, layout), open_source(request.orders, layout)
    try:
        products = _columns(
            catalogue_file, rules.CATALOGUE_COLUMNS, rules.CATALOGUE_OPTIONS, layout.catalogue
        )
        orders = _columns(orders_file, rules.ORDERS_COLUMNS, (), layout.orders)
        currency = rules.one_currency(request.currency, products.currency, orders.currency)
    except rules.WrongColumns as error:
        raise FileRefused(f"{error}.") from error
    sold_before_in = currency_of(database, seller_id)
    if sold_before_in not in (None, currency):
        raise FileRefused(f"{request.seller} sells in {sold_before_in} already, not in {currency}.")
    terms = rules.Terms(seller_id, currency, ZoneInfo(request.zone), at, layout.time_format)
    rows = _told(catalogue_file, products, "Checking products", tell)
    taken = taken_ids(database, seller_id)
    catalogue = rules.read_catalogue(catalogue_file.name, rows, products, terms, taken, faults)
    rows = _told(orders_file, orders, "Checking orders", tell)
    books = rules.read_orders(orders_file.name, rows, orders, terms, catalogue, faults)
    if not catalogue.products and not faults.count:
        raise FileRefused(f"{catalogue_file.name} holds no products.")
    return Checked(SoldBy(seller_id, request.seller, currency), catalogue, books, faults)


def _columns(
    file: SourceFile, wanted: Sequence[str], options: Sequence[str], mapping: Mapping[str, str]
) -> rules.Columns:
    try:
        return rules.find_columns(file.header(), wanted, options, mapping)
    except rules.WrongColumns as error:
        raise FileRefused(f"{file.name} {error}.") from error


def _told(file: SourceFile, columns: rules.Columns, step: str, tell: Tell) -> Iterator[rules.Row]:
    done = 0
    for done, row in enumerate(file.rows(list(columns.names.values())), start=1):
        if done % ROWS_BETWEEN_NEWS == 0:
            tell(step, done, None)
        yield row
    tell(step, done, done)


def _batch(database: Database, request: Request, sold_by: SoldBy, at: datetime) -> tuple[UUID, str]:
    """The batch of these very files and terms that was cut off, or a new one; with its state."""
    catalogue_hash, orders_hash = digest(request.catalogue), digest(request.orders)
    terms = json.dumps([asdict(sold_by), request.zone, asdict(request.layout)], sort_keys=True)
    terms_hash = sha256(terms.encode()).hexdigest()

    def find_or_begin(unit: Unit) -> ImportBatch:
        found = unit.session.exec(
            select(ImportBatch).where(
                col(ImportBatch.catalogue_hash) == catalogue_hash,
                col(ImportBatch.orders_hash) == orders_hash,
                col(ImportBatch.terms_hash) == terms_hash,
                col(ImportBatch.state) != COMPLETE,
            )
        ).first()
        if found is None:
            found = ImportBatch(
                id=new_id(),
                seller_id=sold_by.seller_id,
                catalogue_hash=catalogue_hash,
                orders_hash=orders_hash,
                terms_hash=terms_hash,
                state=LOADING,
                started_at=at,
            )
            unit.session.add(found)
        return found

    batch = database.run(None, find_or_begin)
    return batch.id, batch.state


def _load(database: Database, batch_id: UUID, checked: Checked, zone: str, at: datetime, tell: Tell) -> None:
    known = customers(database, checked.books)
    for done, number in enumerate(sorted(checked.books), start=1):
        try:
            _load_one(database, batch_id, checked, number, known.get(number), zone, at)
        except (Overtaken, IntegrityError):  # look again at what is there now
            found = customers(database, [number]).get(number)
            _load_one(database, batch_id, checked, number, found, zone, at)
        tell("Loading customers", done, len(checked.books))


def _load_one(
    database: Database,
    batch_id: UUID,
    checked: Checked,
    number: str,
    known: Customer | None,
    zone: str,
    at: datetime,
) -> None:
    past = [_past_order(checked, invoice) for invoice in rules.in_order(checked.books[number])]

    def write(unit: Unit) -> None:
        orders = PastOrders(unit, batch_id)
        if known is None:
            member_id = _welcome(unit, number, zone, at)
        else:
            member_id = known.member_id
            orders.forget_hidden_of_others()
        orders.keep(checked.sold_by, member_id, past)

    database.run(known.household_id if known else new_id(), write)


def _welcome(unit: Unit, number: str, zone: str, at: datetime) -> UUID:
    """A new household of one owner called by the customer number.

    Raises Overtaken or IntegrityError when the customer has one. The hidden entry is written first: only
    then is it sure that no import that makes it public is still under way.
    """
    households = Households(unit)
    households.create(number, zone, at)
    member = households.add_member(number, "owner", default=True)
    households.add_address(ADDRESS_LABEL, default=True)
    unit.session.add(
        DirectoryEntry(
            key_hash=hashed(HIDDEN_CUSTOMER, number),
            kind=HIDDEN_CUSTOMER,
            household_id=unit.household,
            member_id=member.id,
        )
    )
    unit.session.flush()
    if unit.session.get(DirectoryEntry, hashed(directory.CUSTOMER, number)) is not None:
        raise Overtaken
    return member.id


def _past_order(checked: Checked, invoice: rules.Invoice) -> PastOrder:
    products = checked.catalogue.products
    lines = [
        PastLine(product_id, products[product_id].name, quantity, cents)
        for product_id, (quantity, cents) in invoice.lines.items()
    ]
    return PastOrder(rules.reference(checked.sold_by.seller_id, invoice.number), invoice.placed_at, lines)


def customers(database: Database, numbers: Iterable[str]) -> dict[str, Customer]:
    """The customers that are there, by number, the hidden ones among them."""
    kinds = (HIDDEN_CUSTOMER, directory.CUSTOMER)  # one that is in the open replaces one that is hidden
    keys = {hashed(kind, number): number for number in numbers for kind in kinds}
    hashes = list(keys)
    found: dict[str, Customer] = {}
    with database.reading(None) as unit:
        for start in range(0, len(hashes), LOOKED_UP_AT_ONCE):
            entries = unit.session.exec(
                select(DirectoryEntry).where(
                    col(DirectoryEntry.key_hash).in_(hashes[start : start + LOOKED_UP_AT_ONCE])
                )
            ).all()
            for entry in sorted(entries, key=lambda entry: kinds.index(entry.kind)):
                hidden = entry.kind == HIDDEN_CUSTOMER
                found[keys[entry.key_hash]] = Customer(entry.household_id, entry.member_id, hidden)
    return found


def _write_catalogue(unit: Unit, batch_id: UUID, checked: Checked, at: datetime) -> None:
    write_catalogue(unit, checked.sold_by, checked.catalogue.products.values(), at)
    _move(unit, batch_id, PUBLISHING, at)


def _publish(database: Database, batch_id: UUID, books: rules.Books, tell: Tell) -> int:
    """Make every household of the batch visible, each in its own transaction; gives how many orders."""
    published = 0
    known = customers(database, books)
    for done, (number, customer) in enumerate(sorted(known.items()), start=1):
        work = partial(_publish_one, batch_id=batch_id, number=number, customer=customer)
        published += database.run(customer.household_id, work)
        tell("Publishing customers", done, len(known))
    return published


def _publish_one(unit: Unit, batch_id: UUID, number: str, customer: Customer) -> int:
    if customer.hidden:
        hidden = unit.session.get(DirectoryEntry, hashed(HIDDEN_CUSTOMER, number))
        if hidden is not None:
            unit.session.delete(hidden)
        directory.bind(unit, directory.CUSTOMER, number, customer.member_id)
    return PastOrders(unit, batch_id).publish()


def _move(unit: Unit, batch_id: UUID, state: str, at: datetime) -> None:
    batch = unit.session.get_one(ImportBatch, batch_id)
    batch.state = state
    batch.completed_at = at if state == COMPLETE else None
    unit.session.add(batch)
