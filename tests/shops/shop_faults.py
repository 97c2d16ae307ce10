"""What can go wrong with one call to the stand-in shop: each is a Fault, done before or after the effect."""

import json
import threading
from collections.abc import Callable
from typing import Any

from tests.shops.stand_in_shop import JSON, Call, Fault, well


def says(
    status: int = 200, body: bytes = b"", media_type: str = JSON, *, effect: bool = False, **headers: str
) -> Fault:
    """Another answer than the right one; with `effect` the shop has done what it was asked for."""

    def fault(call: Call) -> None:
        if effect:
            call.answer()
        call.send(status, media_type, body, **headers)

    return fault


def changed(change: Callable[[dict[str, Any]], object]) -> Fault:
    """The right answer with something changed in it; the effect is done."""

    def fault(call: Call) -> None:
        status, media_type, told = call.answer()
        change(told)
        call.send(status, media_type, json.dumps(told).encode())

    return fault


def sends(data: bytes, *, effect: bool = False) -> Fault:
    """Raw bytes in place of an HTTP answer, then the end of the connection."""

    def fault(call: Call) -> None:
        if effect:
            call.answer()
        call.raw(data)

    return fault


def mislabelled(call: Call) -> None:
    """The right answer under the name of another media type."""
    status, _media_type, told = call.answer()
    call.send(status, "text/html", json.dumps(told).encode())


def drips(call: Call) -> None:
    """The effect, and then a body that never ends, byte by byte."""
    call.answer()
    call.raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while not call.shop.closing.wait(0.005):
        call.raw(b" ")


def drips_headers(call: Call) -> None:
    """A header that never ends."""
    call.raw(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not call.shop.closing.wait(0.005):
        call.raw(b"x")


def answers_twice(call: Call) -> None:
    """The right answer, two times on one connection."""
    status, media_type, told = call.answer()
    for _ in range(2):
        call.send(status, media_type, json.dumps(told).encode())


def asked_twice(call: Call) -> None:
    """Something between us and the shop repeats the request; the second answer arrives."""
    call.answer()
    well(call)


class Held:
    """The shop is at work on one call until the test releases it; `effect_first`: only the answer is late."""

    def __init__(self, *, effect_first: bool = False) -> None:
        self._effect_first = effect_first
        self._gate = threading.Event()
        self._done = threading.Event()

    def __call__(self, call: Call) -> None:
        if self._effect_first:
            call.answer()
        self._gate.wait(60)
        if not self._effect_first:
            call.answer()
        self._done.set()
        call.send(200, JSON, b"{}")

    def release(self) -> None:
        """Let the shop go on, and return when it has done its work."""
        self._gate.set()
        assert self._done.wait(30)
