"""Guards the pages where shoppers sign in: forms come from our own page, which nobody frames or keeps."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from urllib.parse import urlsplit
from uuid import UUID

from flask import Request
from werkzeug.wrappers import Response

from skill.household.directory import Found

SESSION_LIFETIME = timedelta(minutes=15)
FORM_COOKIE, SESSION_COOKIE = "restock-form", "restock-session"


class PageGuard:
    """Cookies and headers of the pages at `url`; `secret` signs who is signed in.

    Cookies have the prefix `__Host-` under https, so that no neighbouring name can set them.
    """

    def __init__(self, url: str, secret: bytes, clock: Callable[[], datetime]) -> None:
        self._origin = url
        self._secure = url.startswith("https:")
        self._secret = secret
        self._clock = clock

    def form_token(self, request: Request) -> str:
        """What the forms of this browser must carry: the value of its cookie, or a new one."""
        return request.cookies.get(self._name(FORM_COOKIE)) or token_urlsafe(24)

    def is_own_form(self, request: Request) -> bool:
        """Whether a form comes from our own page in this browser: cookie, field and origin agree."""
        cookie = request.cookies.get(self._name(FORM_COOKIE), "")
        field = request.form.get("form_token", "")
        origin = request.headers.get("Origin")
        same = bool(cookie) and hmac.compare_digest(cookie.encode(), field.encode())
        return same and origin in (None, self._origin)

    def signed_in(self, request: Request) -> Found | None:
        """Who signed in with this browser within fifteen minutes."""
        body, _, seal = request.cookies.get(self._name(SESSION_COOKIE), "").partition(".")
        if not hmac.compare_digest(seal.encode(), self._seal(body).encode()):
            return None
        try:
            household, member, until = json.loads(base64.urlsafe_b64decode(body))
        except (ValueError, binascii.Error):
            return None
        if self._clock().timestamp() >= until:
            return None
        return Found(UUID(household), UUID(member))

    def remember(self, response: Response, found: Found) -> None:
        """Let the browser show for fifteen minutes who signed in."""
        until = int((self._clock() + SESSION_LIFETIME).timestamp())
        content = json.dumps([found.household_id.hex, found.member_id.hex, until]).encode()
        body = base64.urlsafe_b64encode(content).decode()
        self._set(response, SESSION_COOKIE, f"{body}.{self._seal(body)}")

    def protect(self, response: Response, form_token: str, leads_to: str = "") -> Response:
        """The page with its form cookie, and headers by which it is not framed or kept and loads nothing.

        `leads_to` is the address elsewhere that the form's answer may redirect to.
        """
        self._set(response, FORM_COOKIE, form_token)
        also = f" {_origin_of(leads_to)}" if leads_to else ""
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; form-action 'self'{also}; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        response.headers["Cache-Control"] = "no-store"
        # "no-referrer" would also turn the Origin of our own forms into "null"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _seal(self, body: str) -> str:
        return hmac.new(self._secret, body.encode(), sha256).hexdigest()

    def _name(self, cookie: str) -> str:
        return f"__Host-{cookie}" if self._secure else cookie

    def _set(self, response: Response, cookie: str, value: str) -> None:
        # Lax and not Strict: the way here leads through a link on another site or in Alexa's app.
        response.set_cookie(self._name(cookie), value, secure=self._secure, httponly=True, samesite="Lax")


def _origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
