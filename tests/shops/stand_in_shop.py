"""A merchant's shop over real HTTP, with books in memory, that misbehaves when a test asks for it."""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

KEY = "stand-in-key-0123456789"
JSON, PROBLEM = "application/json", "application/problem+json"
MILK, DIAPERS = "OM-ORI-OAT-MIL-64FL", "SL-DIA-2-74"

Document = dict[str, Any]


@dataclass
class Books:
    """The merchant's own system: shelves, orders, and a clock; knows nothing of Restock's code."""

    now: Callable[[], datetime]
    price_cents: dict[str, int] = field(default_factory=lambda: {MILK: 479, DIAPERS: 2599})
    stock: dict[str, int] = field(default_factory=lambda: {MILK: 20, DIAPERS: 9})
    orders: dict[str, Document] = field(default_factory=dict)
    baskets: dict[str, Document] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    returns: dict[str, Document] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def quote(self, asked: Document) -> tuple[int, Document]:
        """The terms for a basket."""
        lines = [self._line(item) for item in asked["items"]]
        kept = [line for line in lines if line["available"] >= line["quantity"]]
        goods = sum(line["line_cents"] for line in kept)
        tax, delivery = goods // 20, 0 if goods >= 3500 else 499
        today = self.now().astimezone(ZoneInfo(asked["zone"])).date()
        return 200, {
            "seller_id": asked["seller_id"],
            "seller_name": "Corner Shop",
            "currency": "USD",
            "lines": kept,
            "short": [line for line in lines if line not in kept],
            "goods_cents": goods,
            "tax_cents": tax,
            "delivery_cents": delivery,
            "total_cents": goods + tax + delivery,
            "delivery_date": (today + timedelta(days=2)).isoformat(),
            "cancel_minutes": 30,
        }

    def _line(self, item: Document) -> Document:
        price = self.price_cents[item["sku_id"]]
        return {
            **item,
            "price_cents": price,
            "line_cents": price * item["quantity"],
            "available": self.stock[item["sku_id"]],
        }

    def place(self, reference: str, asked: Document) -> tuple[int, Document]:
        """Take an order, once for each reference."""
        basket = {name: asked[name] for name in ("shopper", "seller_id", "items")}
        with self.lock:
            if reference in self.orders:
                same = self.baskets[reference] == basket
                return (200, self.orders[reference]) if same else problem(409, "reference_reused")
            refusal = self._refusal(asked)
            if not refusal:
                for item in asked["items"]:
                    self.stock[item["sku_id"]] -= item["quantity"]
            told = {"state": "refused", "reason": refusal} if refusal else {"state": "accepted"}
            self.baskets[reference] = basket
            self.orders[reference] = {"reference": reference, **told}
            return 201, self.orders[reference]

    def _refusal(self, asked: Document) -> str:
        if self.now() > datetime.fromisoformat(asked["not_after"]):
            return "too_late"
        if any(self.stock[item["sku_id"]] < item["quantity"] for item in asked["items"]):
            return "out_of_stock"
        agreed = asked.get("agreed")
        if agreed and self.quote(asked)[1]["total_cents"] > agreed["total_cents"]:
            return "price_changed"
        return ""

    def look_up(self, reference: str) -> tuple[int, Document]:
        """An order as it stands."""
        known = self.orders.get(reference)
        return (200, known) if known else problem(404, "unknown_reference", reference)

    def cancel(self, reference: str) -> tuple[int, Document]:
        """Stop an order that is not packed."""
        with self.lock:
            order = self.orders.get(reference)
            if order is None:
                return problem(404, "unknown_reference", reference)
            if order["state"] == "accepted":
                order["state"] = "cancelled"
                for item in self.baskets[reference]["items"]:
                    self.stock[item["sku_id"]] += item["quantity"]
            return 200, order

    def progress(self, references: list[str]) -> tuple[int, Document]:
        """Those orders that are known."""
        return 200, {"orders": [self.orders[one] for one in references if one in self.orders]}

    def step(self, reference: str, state: str) -> None:
        """Move an order on: packed, shipped or delivered, now."""
        moment = self.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        self.orders[reference] |= {"state": state, f"{state}_at": moment}

    def move(self, reference: str, asked: Document) -> tuple[int, Document]:
        """Another address, until the order is packed."""
        order = self.orders.get(reference)
        if order is None:
            return problem(404, "unknown_reference", reference)
        if order["state"] == "accepted":
            self.labels[reference] = asked["address_label"]
        return 200, {"reference": reference, "address_label": self.labels.get(reference, "home")}

    def take_back(self, reference: str, name: str, asked: Document) -> tuple[int, Document]:
        """A return, once for each name; used things are not taken back."""
        with self.lock:
            order = self.orders.get(reference)
            if order is None:
                return problem(404, "unknown_reference", reference)
            if name not in self.returns:
                declined = any(item["reason"] == "other" for item in asked["items"])
                state = {"state": "declined", "reason": "used"} if declined else {"state": "accepted"}
                self.returns[name] = {"reference": name, **state}
                if not declined:
                    order.setdefault("returns", []).append({"reference": name})
            return 201, self.returns[name]

    def step_return(self, reference: str, step: str) -> None:
        """Move the returns of an order on: returned or refunded, now."""
        moment = self.now().astimezone(UTC).isoformat().replace("+00:00", "Z")
        for one in self.orders[reference]["returns"]:
            one[f"{step}_at"] = moment

    def catalogue(self, cursor: str = "") -> tuple[int, Document]:
        """One product on each page."""
        skus = list(self.price_cents)
        place = int(cursor or 0)
        sku = skus[place]
        product: Document = {
            "sku_id": sku,
            "seller_id": "corner-shop",
            "seller_name": "Corner Shop",
            "name": sku,
        }
        product |= {"price_cents": self.price_cents[sku], "currency": "USD", "tax_bp": 500}
        product |= {"stock": self.stock[sku]}
        return 200, {"products": [product], "next": str(place + 1) if place + 1 < len(skus) else None}

    def accepted(self) -> list[str]:
        """References of orders that will be delivered and charged."""
        return [name for name, order in self.orders.items() if order["state"] not in ("refused", "cancelled")]


def problem(status: int, reason: str, reference: str = "") -> tuple[int, Document]:
    """A status with its problem document."""
    told: Document = {"title": reason.replace("_", " "), "status": status, "reason": reason}
    return status, told | ({"reference": reference} if reference else {})


@dataclass(frozen=True)
class Exchange:
    """One request as it came, and the answer that the books gave to it, sent or not."""

    operation: str
    path: str
    asked: Document | None
    status: int
    media_type: str
    answered: Document


class Call:
    """One request at the shop: `answer` does what it asks for, `send` and `raw` write to the socket."""

    def __init__(
        self, shop: "StandInShop", handler: BaseHTTPRequestHandler, operation: str, body: bytes
    ) -> None:
        self.shop = shop
        self.operation = operation
        self._handler = handler
        self._asked: Document | None = json.loads(body) if body else None

    def answer(self) -> tuple[int, str, Document]:
        """Let the books do it; gives status, media type and document, which are not sent yet."""
        status, told = self._books()
        media_type = PROBLEM if status >= 400 else JSON
        copy = json.loads(json.dumps(told))
        path = self._handler.path
        self.shop.exchanges.append(Exchange(self.operation, path, self._asked, status, media_type, copy))
        return status, media_type, json.loads(json.dumps(told))

    def _books(self) -> tuple[int, Document]:
        books, asked = self.shop.books, self._asked or {}
        if self._handler.headers["Authorization"] != f"Bearer {KEY}":
            return problem(401, "not_authorised")
        parts = urlsplit(self._handler.path)
        names = parts.path.split("/orders")[-1].split("/")
        reference = names[1] if len(names) > 1 else ""
        found: Mapping[str, Callable[[], tuple[int, Document]]] = {
            "readCatalogue": lambda: books.catalogue(parse_qs(parts.query).get("cursor", [""])[0]),
            "quote": lambda: books.quote(asked),
            "progress": lambda: books.progress(parse_qs(parts.query)["references"][0].split(",")),
            "place": lambda: books.place(reference, asked),
            "lookUp": lambda: books.look_up(reference),
            "cancel": lambda: books.cancel(reference),
            "move": lambda: books.move(reference, asked),
            "requestReturn": lambda: books.take_back(reference, names[-1], asked),
        }
        return found[self.operation]()

    def send(self, status: int, media_type: str, body: bytes, **headers: str) -> None:
        """Write an answer."""
        self._handler.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": str(len(body)), **headers}.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Write bytes as they are."""
        self._handler.wfile.write(data)


Fault = Callable[[Call], None]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.errors: list[BaseException | None] = []

    def handle_error(self, request: object, client_address: object) -> None:
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):  # the other side may hang up at any time, within TLS as well
            self.errors.append(error)


class StandInShop:
    """The shop on a free loopback port; `faults` has what goes wrong with the next calls of an operation."""

    def __init__(self, now: Callable[[], datetime], tls: SSLContext | None = None) -> None:
        self.books = Books(now)
        self.exchanges: list[Exchange] = []
        self.faults: dict[str, list[Fault]] = {}
        self.closing = threading.Event()
        self.headers: list[Mapping[str, str]] = []
        self._server = _Server(self._handler())
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    @property
    def url(self) -> str:
        """Where the shop is; over TLS under the name in its certificate."""
        host = "localhost" if self._scheme == "https" else "127.0.0.1"
        return f"{self._scheme}://{host}:{self._server.server_port}/restock"

    def fail(self, operation: str, *faults: Fault) -> None:
        """What the next calls of an operation meet, one after the other; later ones are served well."""
        self.faults.setdefault(operation, []).extend(faults)

    def asked(self, operation: str) -> int:
        """How often the books were asked for an operation."""
        return sum(one.operation == operation for one in self.exchanges)

    @contextmanager
    def open(self) -> Iterator["StandInShop"]:
        """Serve until the end of the block."""
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()
        assert self._server.errors == []

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                shop.headers.append(dict(self.headers.items()))
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                call = Call(shop, self, operation(self.command, self.path), body)
                waiting = shop.faults.get(call.operation, [])
                try:
                    (waiting.pop(0) if waiting else well)(call)
                except OSError:  # the other side hung up, which is what some tests are about
                    self.close_connection = True

            do_GET = do_PUT = do_POST = _serve  # the names http.server asks for

            def log_message(self, format: str, *args: object) -> None:
                """Keep test output clean."""

        return Handler


def operation(method: str, path: str) -> str:
    """The operationId of a request, as docs/shop-api.yaml has it."""
    parts = urlsplit(path).path.removeprefix("/restock").strip("/").split("/")
    if parts[0] != "orders":
        return {"catalogue": "readCatalogue", "quotes": "quote"}[parts[0]]
    if method == "POST":
        return {"cancel": "cancel", "move": "move"}[parts[2]]
    found = {"GET1": "progress", "PUT2": "place", "GET2": "lookUp", "PUT4": "requestReturn"}
    return found[f"{method}{len(parts)}"]


def well(call: Call) -> None:
    """Do it and say so."""
    status, media_type, told = call.answer()
    call.send(status, media_type, json.dumps(told).encode())
