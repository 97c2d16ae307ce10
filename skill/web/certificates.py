"""Alexa's signing certificates: the chain that must be trusted, and the cache that holds what was.

A file is trusted as a whole or not at all, and only a trusted one is remembered: under its folded
path, until the first certificate of its chain expires. A failed download is forgotten at once.
"""

import contextlib
import re
import time
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import RLock

import certifi
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification

from skill.web.certificate_download import CertificateHost
from skill.web.refusal import Refused

SIGNER_NAME = "echo-api.amazon.com"
MAX_CERTIFICATES = 10
MAX_CACHED = 32
MAX_DOWNLOADS = 4
# Requests that may wait for downloads at one time. A server should run more threads than this, so
# that a hanging certificate host never keeps requests with a known certificate from a thread.
MAX_WAITING = 24
DOWNLOAD_SECONDS = 1.5
MIN_RSA_BITS = 2048
_PEM_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
# What `cryptography` raises for bytes that are no certificate, or one with a part it cannot read.
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True)
class SigningKey:
    """A key that Alexa signs with, and the time in which its whole chain is valid (both ends included)."""

    key: RSAPublicKey
    valid_from: datetime
    valid_until: datetime

    def valid_at(self, now: datetime) -> bool:
        """Whether every certificate of the chain is in its validity."""
        return self.valid_from <= now <= self.valid_until


def default_roots() -> list[x509.Certificate]:
    """The public root certificates that certifi carries.

    Some have a serial number of zero, Starfield's, which Amazon's chains may end in, among them.
    `cryptography` warns that a later release will refuse those: then they are left out one by one,
    instead of stopping the start, and chains still end in Amazon's own roots.
    """
    roots: list[x509.Certificate] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for block in _PEM_BLOCK.findall(Path(certifi.where()).read_bytes()):
            with contextlib.suppress(ValueError):
                roots.append(x509.load_pem_x509_certificate(block))
    return roots


def trusted_key(pem: bytes, store: verification.Store, now: datetime) -> SigningKey:
    """The signing key of a PEM file (signer first, then intermediates), if its chain is trusted at `now`.

    The chain must lead to a root of the store by the rules of the web's public key infrastructure
    (dates, key sizes, CA constraints, server authentication), the signer must carry the exact name
    echo-api.amazon.com (a wildcard does not do), be allowed to sign data, and have an RSA key of 2,048
    bits or more.
    Raises Refused.
    """
    try:
        signer, *others = _certificates(pem)
        chain = (
            verification.PolicyBuilder()
            .store(store)
            .time(now)
            .build_server_verifier(x509.DNSName(SIGNER_NAME))
            .verify(signer, others)
        )
        _check_purpose(signer.extensions)
        key = signer.public_key()
    except (verification.VerificationError, x509.ExtensionNotFound):
        raise Refused("certificate_untrusted") from None
    except _UNREADABLE:
        raise Refused("certificate_unreadable") from None
    # The library holds issuers to 2,048 bits, but not the signer's own key.
    if not isinstance(key, RSAPublicKey) or key.key_size < MIN_RSA_BITS:
        raise Refused("certificate_key")
    return SigningKey(
        key=key,
        valid_from=max(one.not_valid_before_utc for one in chain),
        valid_until=min(one.not_valid_after_utc for one in chain),
    )


def _certificates(pem: bytes) -> list[x509.Certificate]:
    # Counted before parsing, so that a file of thousands costs nothing.
    if pem.count(b"-----BEGIN") > MAX_CERTIFICATES:
        raise Refused("certificate_count")
    return x509.load_pem_x509_certificates(pem)


def _check_purpose(extensions: x509.Extensions) -> None:
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    if SIGNER_NAME not in names.get_values_for_type(x509.DNSName):
        raise Refused("certificate_name")
    if not extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
        raise Refused("certificate_usage")


class Certificates:
    """Signing keys by certificate path: from memory where known, else downloaded and judged.

    Safe for many threads. One path is downloaded once however many requests ask for it, at most four
    downloads run at one time, at most 24 requests wait, and none of them for longer than 1.5 seconds.
    A request whose key is known never waits for any of this.
    """

    def __init__(self, roots: Sequence[x509.Certificate], host: CertificateHost) -> None:
        self._store = verification.Store(list(roots))
        self._host = host
        self._known: OrderedDict[str, SigningKey] = OrderedDict()
        self._downloads: dict[str, Future[SigningKey]] = {}
        self._waiting = 0
        # Reentrant, because a download that ends at once runs its callback in the thread that began it.
        self._lock = RLock()
        self._pool = ThreadPoolExecutor(MAX_DOWNLOADS, thread_name_prefix="certificate")

    def key_for(self, path: str, now: datetime) -> RSAPublicKey:
        """The trusted key at a folded path (`/echo.api/...`); `now` is aware. Raises Refused."""
        with self._lock:
            known = self._fresh(path, now)
            if known is not None:
                return known.key
            if self._waiting >= MAX_WAITING:
                raise Refused("certificate_busy")
            download = self._downloads.get(path) or self._begin(path, now)
            self._waiting += 1
        try:
            return download.result(timeout=DOWNLOAD_SECONDS).key
        except TimeoutError:
            raise Refused("certificate_timeout") from None
        finally:
            with self._lock:
                self._waiting -= 1

    def _fresh(self, path: str, now: datetime) -> SigningKey | None:
        known = self._known.get(path)
        if known is None:
            return None
        if not known.valid_at(now):
            del self._known[path]
            return None
        self._known.move_to_end(path)
        return known

    def _begin(self, path: str, now: datetime) -> Future[SigningKey]:
        # The deadline starts here, not when a thread is free: what waited too long ends without a GET.
        deadline = time.monotonic() + DOWNLOAD_SECONDS
        download = self._pool.submit(self._download, path, now, deadline)
        self._downloads[path] = download
        download.add_done_callback(lambda _: self._end(path))
        return download

    def _download(self, path: str, now: datetime, deadline: float) -> SigningKey:
        found = trusted_key(self._host.fetch(path, deadline), self._store, now)
        with self._lock:
            self._known[path] = found
            self._known.move_to_end(path)
            while len(self._known) > MAX_CACHED:
                self._known.popitem(last=False)
        return found

    def _end(self, path: str) -> None:
        with self._lock:
            self._downloads.pop(path, None)
