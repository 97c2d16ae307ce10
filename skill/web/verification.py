"""Judges the raw bytes of one HTTP request: does it come from Alexa, now, and for this skill?

The order is fixed, so that unproven senders cause as little work as possible: headers and certificate
address, size, certificate (from memory or one bounded download), signature over the raw bytes, and only
then parsing, timestamp and application id. No web framework is known here; nothing can be switched off.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from skill.web.certificate_download import CertificateHost, normalised_path
from skill.web.certificates import Certificates, default_roots
from skill.web.envelope import parse_envelope
from skill.web.refusal import Refused

__all__ = ["EVENT_TYPES", "MAX_BODY_BYTES", "Refused", "RequestVerifier", "is_directive"]

CERTIFICATE_HEADER = "SignatureCertChainUrl"
# The older header `Signature` holds a SHA-1 signature and must not be trusted any more.
SIGNATURE_HEADER = "Signature-256"
MAX_BODY_BYTES = 256 * 1024
MAX_SIGNATURE_CHARACTERS = 4096
TOLERANCE = timedelta(seconds=150)
EVENT_TOLERANCE = timedelta(hours=1)
# Alexa delivers events again for up to an hour until the skill answers, with their first timestamp.
# Amazon's SDKs know the first five; the others arrive by the same route and would be lost without it.
EVENT_TYPES = frozenset(
    {
        "AlexaSkillEvent.SkillEnabled",
        "AlexaSkillEvent.SkillDisabled",
        "AlexaSkillEvent.SkillAccountLinked",
        "AlexaSkillEvent.SkillPermissionAccepted",
        "AlexaSkillEvent.SkillPermissionChanged",
        "AlexaSkillEvent.SkillAccountUnlinked",
        "AlexaSkillEvent.ProactiveSubscriptionChanged",
        "AlexaSkillEvent.NotificationSubscriptionChanged",
        "Reminders.ReminderCreated",
        "Reminders.ReminderUpdated",
        "Reminders.ReminderDeleted",
        "Reminders.ReminderStarted",
        "Reminders.ReminderStatusChanged",
        "AlexaHouseholdListEvent.ItemsCreated",
        "AlexaHouseholdListEvent.ItemsUpdated",
        "AlexaHouseholdListEvent.ItemsDeleted",
        "AlexaHouseholdListEvent.ListCreated",
        "AlexaHouseholdListEvent.ListUpdated",
        "AlexaHouseholdListEvent.ListDeleted",
    }
)
# RFC 3339 with seconds and a zone; Alexa also writes milliseconds, and the zone as +0900.
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:?[0-9]{2})"
)


class RequestVerifier:
    """The one judge in front of the Alexa endpoint; safe for many threads, made once for a process.

    `skill_id` is the only application served. `clock` returns an aware datetime. `roots` replaces the
    public roots and `cert_base` the scheme and host of the certificate download: both for tests only,
    and neither skips a check. `max_body` is in bytes.
    """

    def __init__(
        self,
        skill_id: str,
        *,
        clock: Callable[[], datetime],
        roots: Sequence[x509.Certificate] | None = None,
        cert_base: str | None = None,
        max_body: int = MAX_BODY_BYTES,
    ) -> None:
        if not skill_id:
            raise ValueError("A verifier needs the application id of the skill it protects.")
        self._skill_id = skill_id
        self._clock = clock
        self._max_body = max_body
        self._certificates = Certificates(
            default_roots() if roots is None else roots, CertificateHost(cert_base)
        )

    def verify(self, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """The parsed request, once it is proven; `headers` may be named in any case.

        A directive envelope (`is_directive`) is proven to come from Amazon, but its shape has neither
        timestamp nor application id, so it is not proven to be recent or meant for this skill. Its face
        must accept it on its own bearer token alone. Raises Refused and nothing else.
        """
        path = normalised_path(_only(headers, CERTIFICATE_HEADER, "certificate_url"))
        signature = _decoded(_only(headers, SIGNATURE_HEADER, "signature"))
        if len(body) > self._max_body:
            raise Refused("body_size", 413)
        now = self._clock()
        _check_signature(self._certificates.key_for(path, now), signature, body)
        envelope = parse_envelope(body)
        if not is_directive(envelope):
            _check_timestamp(envelope.get("request"), now)
            _check_application(envelope, self._skill_id)
        return envelope


def is_directive(envelope: Mapping[str, Any]) -> bool:
    """Whether this is a smart-home style directive: `directive` or `header` in place of `request`."""
    named = isinstance(envelope.get("directive"), dict) or isinstance(envelope.get("header"), dict)
    return named and "request" not in envelope


def _only(headers: Mapping[str, str], name: str, subject: str) -> str:
    found = [value for key, value in headers.items() if key.lower() == name.lower()]
    if len(found) != 1:
        raise Refused(f"{subject}_twice" if found else f"{subject}_missing")
    return found[0]


def _decoded(signature: str) -> bytes:
    if not signature or len(signature) > MAX_SIGNATURE_CHARACTERS:
        raise Refused("signature_encoding")
    try:
        decoded = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        raise Refused("signature_encoding") from None
    # Decoders ignore stray bits in the last character; one signature has one spelling.
    if base64.b64encode(decoded).decode("ascii") != signature:
        raise Refused("signature_encoding")
    return decoded


def _check_signature(key: RSAPublicKey, signature: bytes, body: bytes) -> None:
    try:
        key.verify(signature, body, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Refused("signature_wrong") from None


def _check_timestamp(request: Any, now: datetime) -> None:
    if not isinstance(request, dict):
        raise Refused("request_missing")
    stated = request.get("timestamp")
    if not isinstance(stated, str) or not _TIMESTAMP.fullmatch(stated):
        raise Refused("timestamp_unreadable")
    kind = request.get("type")
    allowed = EVENT_TOLERANCE if isinstance(kind, str) and kind in EVENT_TYPES else TOLERANCE
    try:
        apart = abs(now - datetime.fromisoformat(stated))
    except (ValueError, OverflowError):
        raise Refused("timestamp_unreadable") from None
    if apart > allowed:
        raise Refused("timestamp_window")


def _check_application(envelope: dict[str, Any], skill_id: str) -> None:
    """Session and context each name the application: all that do must name ours, and one must.

    Real requests lack a session (events) or a context (old devices), so absence alone is no fault.
    """
    named = [
        application.get("applicationId")
        for path in (("session", "application"), ("context", "System", "application"))
        if (application := _inside(envelope, path)) is not None
    ]
    if not named:
        raise Refused("application_missing")
    if any(name != skill_id for name in named):
        raise Refused("application_wrong")


def _inside(envelope: dict[str, Any], path: Sequence[str]) -> dict[str, Any] | None:
    """The object at `path`, or None where a step is absent or null; a step of another kind is refused."""
    found = envelope
    for step in path:
        inner = found.get(step)
        if inner is None:
            return None
        if not isinstance(inner, dict):
            raise Refused("application_wrong")
        found = inner
    return found
