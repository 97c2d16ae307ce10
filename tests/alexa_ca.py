"""A certificate authority and certificate host of our own, so that signed Alexa requests are real in tests.

`Authority` makes a root, an intermediate and any signer a test asks for; `CertificateServer` hands files
out over HTTP on a free loopback port and can misbehave; `signed` makes the headers Alexa would send.
Keys are made once per test process, because making them is the slow part.
"""

import base64
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
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
        yield x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False
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


@dataclass
class Answer:
    """What the certificate host answers for one path; `after` is the pause in seconds before the body.

    `drip` sends the body one byte at a time with that many seconds between.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    drip: float = 0.0


class CertificateServer:
    """A certificate host on a free loopback port: `answers` by path, `asked` in order of arrival.

    Use it as a context manager; `base` is what `cert_base` takes. Leaving it ends every pause.
    """

    def __init__(self, answers: Mapping[str, Answer | bytes] | None = None) -> None:
        self.answers: dict[str, Answer | bytes] = dict(answers or {})
        self.asked: list[str] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def base(self) -> str:
        """The address that stands for https://s3.amazonaws.com."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "CertificateServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_until_asked(self, times: int) -> None:
        """Return once the host has been asked this many times in all; fails after ten seconds."""
        for _ in range(1000):
            if len(self.asked) >= times:
                return
            time.sleep(0.01)
        raise AssertionError(f"asked {len(self.asked)} times, not {times}")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        asked, answers, closing = self.asked, self.answers, self._closing

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the name http.server asks for
                asked.append(self.path)
                found = answers.get(self.path, Answer(status=404))
                answer = found if isinstance(found, Answer) else Answer(found)
                try:
                    self._send(answer)
                except OSError:  # the other side hung up, which is what some tests are about
                    self.close_connection = True

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                closing.wait(answer.after)
                if not answer.drip:
                    self.wfile.write(answer.body)
                    return
                for number in answer.body:
                    self.wfile.write(bytes([number]))
                    if closing.wait(answer.drip):
                        return

            def log_message(self, format: str, *args: object) -> None:
                """Keep test output clean."""

        return Handler


def clock_at(moment: datetime = NOW) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment
