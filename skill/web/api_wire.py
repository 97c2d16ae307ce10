"""What /v1 takes and refuses: bearer tokens, idempotency keys, strict bodies, and problems with a reason."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NoReturn

from flask import Request, Response, jsonify

from skill.conversation.errors import SpokenError
from skill.conversation.locale_files import available_locales
from skill.conversation.turn import Caller
from skill.household.identity import Speaker
from skill.orders.ports import Item
from skill.orders.quotes import Shopper
from skill.orders.rules import MAX_SPOKEN_QUANTITY
from skill.web.envelope import parse_envelope
from skill.web.program import Program
from skill.web.refusal import Refused

MOST_ITEMS = 50
_KEY = re.compile(r"[!-~]{1,200}")
_CODE = re.compile(r"[0-9]{4}")
_SKU = re.compile(r"[^\x00-\x1f\x7f]{1,80}")

SPOKEN: Mapping[str, tuple[int, str]] = {
    "Error.no_orders": (409, "no_orders"),
    "Error.no_longer_sold": (409, "not_sold"),
    "Error.out_of_stock": (409, "out_of_stock"),
    "Error.too_dear": (409, "too_dear"),
    "Error.shop_unavailable": (503, "shop_unavailable"),
    "YesIntent.already_answered": (409, "already_answered"),
    "CancelOrderIntent.unconfirmed": (409, "unconfirmed"),
    "CancelOrderIntent.requested": (409, "cancel_requested"),
    "CancelOrderIntent.cancelled": (409, "cancelled"),
    "CancelOrderIntent.too_late": (409, "too_late"),
}
"""What the services say, as a status and a reason; anything else is 409 `refused`."""


class Problem(Exception):
    """A request that cannot be met, and of which nothing was done. `more` goes into the answer."""

    def __init__(self, status: int, reason: str, **more: object) -> None:
        super().__init__(reason)
        self.answer = Answer(status, {"status": status, "reason": reason, **more})


@dataclass(frozen=True)
class Answer:
    """A status and a JSON object; from 400 on the object is a problem (RFC 9457)."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)

    def response(self) -> Response:
        """The answer for Flask, which nobody on the way keeps."""
        made = jsonify(self.body)
        made.status_code = self.status
        if self.status >= 400:
            made.mimetype = "application/problem+json"
        if self.status == 401:
            made.headers["WWW-Authenticate"] = 'Bearer realm="restock"'
        made.headers["Cache-Control"] = "no-store"
        return made


def problem(status: int, reason: str, **more: object) -> Answer:
    """A refusal that is an outcome: what led to it is kept."""
    return Problem(status, reason, **more).answer


def spoken_problem(error: SpokenError) -> Answer:
    """What the services refused, as a problem; names that the sentence would have are `names`."""
    status, reason = SPOKEN.get(error.reply.prompt, (409, "refused"))
    names = error.reply.values.get("names")
    return problem(status, reason, **({"names": names} if isinstance(names, list) else {}))


def caller_of(program: Program, request: Request) -> Caller:
    """Whose bearer token it is. Raises Problem 401 for none, and for one that proves nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(401, "token_missing")
    caller = program.identity.caller(Speaker(user_token=token.strip()), program.now())
    if caller.household_id is None:
        raise Problem(401, "token_refused")
    return caller


def require(caller: Caller, permission: str) -> None:
    """Raises Problem 403 unless the caller's role, or child mode, permits it."""
    if permission not in caller.permissions:
        raise Problem(403, "child_mode" if permission in caller.withheld else "not_allowed")


def shopper_of(program: Program, request: Request, caller: Caller) -> Shopper:
    """The caller as the order engine knows shoppers; names are in the language that is asked for."""
    locales = available_locales()
    locale = request.accept_languages.best_match(locales, locales[0]) or locales[0]
    language, _, region = locale.partition("-")
    return Shopper(program.now(), language, caller.zone, caller.member_id, region, "api")


def key_of(request: Request) -> str:
    """The request's idempotency key. Raises Problem 400."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        raise Problem(400, "idempotency_key_missing")
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency_key_malformed")
    return key


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that a request brings; an absent body is an empty one. Raises Problem."""
    content = request.get_data(cache=True)
    if not content:
        return {}
    if request.mimetype != "application/json":
        raise Problem(415, "content_type")
    try:
        return parse_envelope(content)
    except Refused as refused:
        raise Problem(refused.status, refused.reason) from None


def content_hash(request: Request, body: Mapping[str, Any]) -> str:
    """The SHA-256 of method, path and body, without a voice code: four digits are soon found from a hash."""
    told = {name: "given" if name == "voice_code" else value for name, value in body.items()}
    return sha256(json.dumps([request.method, request.path, told], sort_keys=True).encode()).hexdigest()


def wanted_of(body: Mapping[str, Any]) -> tuple[str | list[Item], bool]:
    """What a quote is asked for: "usual", "last", or items; and whether it is meant to be a double."""
    _only(body, {"items", "of", "deliberate"})
    deliberate = body.get("deliberate", False)
    if not isinstance(deliberate, bool):
        _malformed("deliberate")
    if ("items" in body) == ("of" in body):
        raise Problem(400, "items_or_of")
    if "of" not in body:
        return _items(body["items"]), deliberate
    if body["of"] not in ("usual", "last"):
        _malformed("of")
    return str(body["of"]), deliberate


def code_of(body: Mapping[str, Any]) -> str | None:
    """The voice code in a yes, if there is one."""
    _only(body, {"voice_code"})
    code = body.get("voice_code")
    if code is not None and (not isinstance(code, str) or not _CODE.fullmatch(code)):
        _malformed("voice_code")
    return code


def nothing_of(body: Mapping[str, Any]) -> None:
    """Raises Problem 400 for a body where none is due."""
    _only(body, set())


def _items(listed: object) -> list[Item]:
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_ITEMS:
        _malformed("items")
    found = []
    for one in listed:
        if not isinstance(one, dict):
            _malformed("items")
        _only(one, {"product_id", "quantity"})
        sku, quantity = one.get("product_id"), one.get("quantity", 1)
        if not isinstance(sku, str) or not _SKU.fullmatch(sku):
            _malformed("product_id")
        if type(quantity) is not int or not 0 < quantity <= MAX_SPOKEN_QUANTITY:
            _malformed("quantity")
        found.append(Item(sku, quantity))
    return found


def _only(body: Mapping[str, Any], names: set[str]) -> None:
    if set(body) - names:
        raise Problem(400, "unknown_name")


def _malformed(name: str) -> NoReturn:
    raise Problem(400, "malformed", name=name)
