"""Signs requests as Amazon does, with a certificate authority of one's own instead of Amazon's.

`Signer.new` makes root, intermediate and a signer for echo-api.amazon.com; `save` and `at` keep them in a
folder, so that a server which trusts the root once goes on doing so; `ChainHost` hands the chain out.
"""

import base64
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, Unpack

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNER_NAME = "echo-api.amazon.com"
CHAIN_PATH = "/echo.api/echo-api-cert-12.pem"
CHAIN_URL = "https://s3.amazonaws.com" + CHAIN_PATH
MONTH = timedelta(days=30)
YEAR = timedelta(days=365)
ROOTS_FILE = "roots.pem"
KEY_FILE = "signer.key"
LOCALHOST_FILE = "localhost.pem"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SigningError(Exception):
    """A folder holds no usable signer; the message is one line that says why."""


@dataclass(frozen=True)
class Issuer:
    """A certificate and the key that signs with it."""

    certificate: x509.Certificate
    key: PrivateKey


class Wishes(TypedDict, total=False):
    """What may differ from a good signer; `digital_signature` None leaves the key usage out."""

    not_before: datetime
    not_after: datetime
    names: Sequence[str]
    common_name: str
    authority: bool
    digital_signature: bool | None
    purposes: Sequence[x509.ObjectIdentifier]


def issue(
    issuer: Issuer | None, key: PrivateKey, now: datetime, **wishes: Unpack[Wishes]
) -> x509.Certificate:
    """One certificate with this key; `issuer` None signs it with the key itself.

    Unless wished otherwise it is valid from 30 days before `now` (aware) until 30 days after it.
    """
    common_name = wishes.get("common_name", SIGNER_NAME)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    signing_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(wishes.get("not_before", now - MONTH))
        .not_valid_after(wishes.get("not_after", now + MONTH))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False
        )
    )
    for extension, critical in _extensions(wishes):
        builder = builder.add_extension(extension, critical)
    return builder.sign(signing_key, hashes.SHA256())


def _extensions(wishes: Wishes) -> Iterator[tuple[x509.ExtensionType, bool]]:
    authority, names = wishes.get("authority", False), wishes.get("names", (SIGNER_NAME,))
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


def pem(*certificates: x509.Certificate) -> bytes:
    """The certificates one after the other, as a certificate file holds them."""
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def signature(body: bytes, key: rsa.RSAPrivateKey) -> str:
    """What Alexa puts into `Signature-256` for these bytes: RSA PKCS #1 v1.5 over SHA-256, in base64."""
    return base64.b64encode(key.sign(body, PKCS1v15(), hashes.SHA256())).decode("ascii")


def headers(body: bytes, key: rsa.RSAPrivateKey, url: str = CHAIN_URL) -> dict[str, str]:
    """The headers that Alexa sends with these bytes."""
    return {"SignatureCertChainUrl": url, "Signature-256": signature(body, key)}


@dataclass(frozen=True)
class Signer:
    """A key that signs requests, the chain that proves it, and the root to trust, both as PEM."""

    key: rsa.RSAPrivateKey
    chain: bytes
    roots: bytes
    url: str = CHAIN_URL

    @classmethod
    def new(cls, now: datetime) -> Self:
        """A signer with an authority of its own, valid from a month before `now` until a year after it."""
        root = _authority(None, "offline root", now)
        middle = _authority(root, "offline intermediate", now)
        key = _rsa_key()
        chain = pem(issue(middle, key, now, not_after=now + YEAR), middle.certificate)
        return cls(key, chain, pem(root.certificate))

    @classmethod
    def at(cls, folder: Path, now: datetime) -> Self:
        """The signer kept in a folder; made and kept there when there is none.

        Raises SigningError where the files cannot be read or the chain is not valid at `now`.
        """
        if not (folder / KEY_FILE).exists():
            made = cls.new(now)
            made.save(folder)
            return made
        try:
            key = serialization.load_pem_private_key((folder / KEY_FILE).read_bytes(), None)
            chain = (folder / CHAIN_PATH.removeprefix("/")).read_bytes()
            roots = (folder / ROOTS_FILE).read_bytes()
            certificates = x509.load_pem_x509_certificates(chain)
        except (OSError, ValueError, TypeError) as error:
            raise SigningError(f"{folder} holds no signer that can be read: {_one_line(error)}") from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise SigningError(f"{folder / KEY_FILE} holds no RSA key.")
        if not all(one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in certificates):
            raise SigningError(f"The certificates in {folder} are not valid now; delete the folder.")
        return cls(key, chain, roots)

    def save(self, folder: Path) -> None:
        """Write key, chain (where its address says) and root into a folder; the key for its owner only."""
        chain = folder / CHAIN_PATH.removeprefix("/")
        chain.parent.mkdir(parents=True, exist_ok=True)
        chain.write_bytes(self.chain)
        (folder / ROOTS_FILE).write_bytes(self.roots)
        _write_secret(folder / KEY_FILE, _key_pem(self.key))

    def headers(self, body: bytes) -> Mapping[str, str]:
        """The headers that go with these bytes."""
        return headers(body, self.key, self.url)


def local_tls(folder: Path, now: datetime) -> ssl.SSLContext:
    """What a server needs to speak https as "localhost"; whoever connects trusts `folder`/roots.pem.

    Made anew each time and valid from a month before `now` until a year after it. The key stays in the
    folder for its owner only, because Python's TLS reads keys from files.
    """
    root, key = _authority(None, "offline localhost root", now), _rsa_key()
    certificate = issue(root, key, now, not_after=now + YEAR, common_name="localhost", names=("localhost",))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ROOTS_FILE).write_bytes(pem(root.certificate))
    _write_secret(folder / LOCALHOST_FILE, _key_pem(key) + pem(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / LOCALHOST_FILE)
    return context


def _key_pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_secret(file: Path, content: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)


def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _authority(issuer: Issuer | None, name: str, now: datetime) -> Issuer:
    key = _rsa_key()
    made = issue(issuer, key, now, not_after=now + YEAR, common_name=name, authority=True)
    return Issuer(made, key)


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


class ChainHost:
    """Hands a signer's chain out over HTTP on loopback, at the path that its address names.

    A server under test asks here instead of Amazon's bucket: ours by `RESTOCK_TEST_CERT_BASE`. Use it as a
    context manager; `port` 0 takes a free one.
    """

    def __init__(self, signer: Signer, port: int = 0) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(signer.chain))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def base(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(chain: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers the chain's path with the chain and everything else with 404."""

        timeout = 5

        def do_GET(self) -> None:  # the name http.server asks for
            found = self.path == CHAIN_PATH
            body = chain if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the terminal belongs to the conversation."""

    return Handler
