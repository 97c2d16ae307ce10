"""`POST /v1/shop-events`: what the merchant's shop reports, signed by the Standard Webhooks specification."""

import base64
import hmac
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from flask import Blueprint, Response, jsonify, request

from skill.orders.shop_events import NewsRefused
from skill.storage.errors import DatabaseError

log = logging.getLogger("restock.web")
PATH = "/v1/shop-events"
MOST_BYTES = 64 * 1024
"""A return of 200 lines is below 20 KiB."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""How old or new a signature may be (Standard Webhooks, "Verifying signatures": timestamp tolerance)."""
MOST_SIGNATURES = 10
_ID = re.compile("[!-~]{1,80}")
_TIMESTAMP = re.compile("[0-9]{1,12}")

Hear = Callable[[str, bytes], None]


class NotSigned(Exception):
    """The report is not proven to come from the shop just now; `str()` is a slug for the log."""


def shop_events(keys: Sequence[bytes], hear: Hear, clock: Callable[[], datetime]) -> Blueprint:
    """The endpoint. `keys` are those that count today: two while they are exchanged."""
    pages = Blueprint("shop_events", __name__)

    def take() -> tuple[Response, int]:
        body = request.get_data(cache=False)
        if len(body) > MOST_BYTES:
            return _problem("body_size", 413)
        try:
            event_id = verify(keys, dict(request.headers), body, clock())
            hear(event_id, body)
        except NotSigned as error:
            log.warning("refused", extra={"reason": str(error), "status": 401})
            return _problem("not_authorised", 401)
        except NewsRefused as error:
            log.warning("refused", extra={"reason": error.reason, "status": error.status})
            return _problem(error.reason, error.status)
        except DatabaseError as error:
            log.warning("refused", extra={"reason": type(error).__name__, "status": 503})
            return _problem("unavailable", 503)
        return jsonify({"event": event_id}), 200

    pages.add_url_rule(PATH, "take", take, methods=["POST"], provide_automatic_options=False)
    return pages


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a report that one of `keys` signed within five minutes of `now`. Raises NotSigned.

    Signed is `id.timestamp.body` by HMAC-SHA256, given as `v1,` and base64; the header may name several
    signatures (Standard Webhooks, "Signature scheme").
    """
    told = {name.lower(): value for name, value in headers.items()}
    event_id, timestamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not _ID.fullmatch(event_id) or not _TIMESTAMP.fullmatch(timestamp):
        raise NotSigned("signature_missing")
    if abs(int(timestamp) - now.timestamp()) > CLOCKS_DIFFER.total_seconds():
        raise NotSigned("timestamp_window")
    given = told.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    expected = [signature(key, event_id, timestamp, body) for key in keys]
    # Every pair is compared in full, so that the time taken tells nothing.
    fits = [hmac.compare_digest(one.encode(), other.encode()) for one in given for other in expected]
    if not any(fits):
        raise NotSigned("signature_wrong")
    return event_id


def signature(key: bytes, event_id: str, timestamp: str, body: bytes) -> str:
    """How `key` signs a report."""
    signed = f"{event_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def _problem(reason: str, status: int) -> tuple[Response, int]:
    answer = jsonify({"status": status, "reason": reason})
    answer.mimetype = "application/problem+json"
    return answer, status
