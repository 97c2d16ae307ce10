"""A certificate authority of our own, so that signed Alexa requests are real in tests.

`Authority` makes a root, an intermediate and any signer a test asks for; `signed` makes the headers Alexa
would send. Serve `authority().chain()` at `PATH` with `tests.file_server`. Certificates are valid around
`NOW`; for a server that reads the real clock, ask for other dates. Keys are made once per test process,
because making them is the slow part.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Unpack

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from skill.simulator import signing
from skill.simulator.signing import Issuer as Issuer
from skill.simulator.signing import PrivateKey as PrivateKey
from skill.simulator.signing import Wishes as Wishes
from skill.simulator.signing import pem as pem

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIGNER = signing.SIGNER_NAME
PATH = signing.CHAIN_PATH
URL = signing.CHAIN_URL


@cache
def rsa_key(label: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The RSA key of this name, made once per process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(label: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of this name, made once per process."""
    return ec.generate_private_key(ec.SECP256R1())


def issue(issuer: Issuer | None, key: PrivateKey, **wishes: Unpack[Wishes]) -> x509.Certificate:
    """One certificate with this key, valid around `NOW`; `issuer` None signs it with the key itself."""
    return signing.issue(issuer, key, NOW, **wishes)


@dataclass(frozen=True)
class Authority:
    """A root, an intermediate below it, and the key that signers carry unless a test says otherwise."""

    root: Issuer
    intermediate: Issuer
    key: rsa.RSAPrivateKey

    def chain(self, signer: x509.Certificate | None = None) -> bytes:
        """The file of a signer (by default a good one): signer, then intermediate."""
        return pem(signer or self.signer(), self.intermediate.certificate)

    def signer(self, **wishes: Unpack[Wishes]) -> x509.Certificate:
        """A signer under the intermediate."""
        return issue(self.intermediate, self.key, **wishes)


@cache
def authority(label: str = "amazon") -> Authority:
    """The authority of this name, made once per process."""
    root = _authority(None, f"{label} root")
    middle = _authority(root, f"{label} intermediate")
    return Authority(root, middle, rsa_key(f"{label} signer"))


def _authority(issuer: Issuer | None, label: str) -> Issuer:
    certificate = issue(
        issuer,
        rsa_key(label),
        common_name=label,
        authority=True,
        not_before=NOW - timedelta(days=3650),
        not_after=NOW + timedelta(days=3650),
    )
    return Issuer(certificate, rsa_key(label))


def signature(body: bytes, key: rsa.RSAPrivateKey | None = None) -> str:
    """What Alexa puts into `Signature-256` for these bytes."""
    return signing.signature(body, key or authority().key)


def signed(body: bytes, url: str = URL, key: rsa.RSAPrivateKey | None = None) -> dict[str, str]:
    """The headers Alexa sends with these bytes."""
    return signing.headers(body, key or authority().key, url)


def clock_at(moment: datetime = NOW) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
