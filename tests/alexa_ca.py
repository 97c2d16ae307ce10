"""A certificate authority of our own, so that signed Alexa requests are real in tests.

`Authority` makes a root, an intermediate and any signer a test asks for; `signed` makes the headers Alexa
would send. Serve `authority().chain()` at `PATH` with `tests.file_server`. Certificates are valid around
`NOW`; for a server that reads the real clock, ask for other dates. Keys are made once per test process,
because making them is the slow part.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TypedDict, Unpack

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SIGNER = "echo-api.amazon.com"
PATH = "/echo.api/echo-api-cert-12.pem"
URL = "https://s3.amazonaws.com" + PATH

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def rsa_key(label: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The RSA key of this name, made once per process."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key(label: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of this name, made once per process."""
    return ec.generate_private_key(ec.SECP256R1())


def pem(*certificates: x509.Certificate) -> bytes:
    """The certificates one after the other, as a certificate file holds them."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


@dataclass(frozen=True)
class Issuer:
    """A certificate and the key that signs with it."""

    certificate: x509.Certificate
    key: PrivateKey


class Wishes(TypedDict, total=False):
    """What may differ from a good signer; `digital_signature` None leaves the key usage out."""

    names: Sequence[str]
    common_name: str
    authority: bool
    not_before: datetime
    not_after: datetime
    digital_signature: bool | None
    purposes: Sequence[x509.ObjectIdentifier]


def issue(issuer: Issuer | None, key: PrivateKey, **wishes: Unpack[Wishes]) -> x509.Certificate:
    """One certificate with this key; `issuer` None signs it with the key itself."""
    common_name = wishes.get("common_name", SIGNER)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wishes.get("not_before", NOW - timedelta(days=30)))
        .not_valid_after(wishes.get("not_after", NOW + timedelta(days=30)))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    for extension, critical in _extensions(wishes):
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing_key, hashes.SHA256())


def _extensions(wishes: Wishes) -> Iterator[tuple[x509.ExtensionType, bool]]:
    authority, names = wishes.get("authority", False), wishes.get("names", (SIGNER,))
    digital_signature = wishes.get("digital_signature", True)
    yield x509.BasicConstraints(ca=authority, path_length=None), True
    if digital_signature is not None:
        yield _usage(digital_signature, authority), True
    if not authority:
        yield x509.ExtendedKeyUsage(wishes.get("purposes", [ExtendedKeyUsageOID.SERVER_AUTH])), False
        if names:
            yield x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), False


def _usage(digital_signature: bool, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


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
    raw = (key or authority().key).sign(body, PKCS1v15(), hashes.SHA256())
    return base64.b64encode(raw).decode("ascii")


def signed(body: bytes, url: str = URL, key: rsa.RSAPrivateKey | None = None) -> dict[str, str]:
    """The headers Alexa sends with these bytes."""
    return {"SignatureCertChainUrl": url, "Signature-256": signature(body, key)}


def clock_at(moment: datetime = NOW) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
