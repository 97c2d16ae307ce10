"""Links on cards to an order that waits: short-lived, signed, dead once the order was opened or answered."""

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from skill.orders.baskets import KEPT
from skill.orders.models import Quote

_ID_BYTES, _TIME_BYTES, _SEAL_BYTES = 16, 6, 16


@dataclass(frozen=True)
class CardLinks:
    """Makes and reads links to `url`, signed with `key`.

    A link says which quote is meant and until when; it opens nothing by itself, since its page asks the
    shopper to sign in and shows only what is theirs.
    """

    url: str
    key: str = field(repr=False)

    def link(self, quote: Quote) -> str:
        """The address of the page for a quote, good for as long as a basket is kept."""
        until = int((quote.quoted_at + KEPT).timestamp())
        body = quote.id.bytes + until.to_bytes(_TIME_BYTES, "big")
        token = base64.urlsafe_b64encode(body + self._seal(body)).rstrip(b"=").decode()
        return f"{self.url}/pending/{token}"

    def read(self, token: str, at: datetime) -> UUID | None:
        """The quote that a link means; None for one that we did not make, or that ran out."""
        try:
            content = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        body, seal = content[: _ID_BYTES + _TIME_BYTES], content[_ID_BYTES + _TIME_BYTES :]
        if len(seal) != _SEAL_BYTES or not hmac.compare_digest(seal, self._seal(body)):
            return None
        until = datetime.fromtimestamp(int.from_bytes(body[_ID_BYTES:], "big"), UTC)
        return UUID(bytes=body[:_ID_BYTES]) if at < until else None

    def _seal(self, body: bytes) -> bytes:
        return hmac.new(self.key.encode(), b"card:" + body, sha256).digest()[:_SEAL_BYTES]
