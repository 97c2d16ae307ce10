"""Requests for benchmarks.endpoint_attack that are forged: by their certificate, or by their signature."""

import gzip
import json
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

from benchmarks.attack_vectors import DAY, HOST, PATH, Vector, envelope, issued, now, sign, signer, wire
from tests.alexa_ca import SIGNER, URL, Issuer, authority, ec_key, pem, rsa_key, signature
from tests.file_server import Answer, FileServer


def untrusted_files() -> Iterator[tuple[str, bytes | Answer]]:
    """Certificate files that must not be trusted, by what is wrong with them."""
    ours, middle = authority(), authority().intermediate.certificate
    stranger = authority("stranger")
    forged = Issuer(middle, rsa_key("not the intermediate's"))
    yield "self-signed", pem(issued(None, ours.key))
    yield "self-signed, with our chain behind", pem(issued(None, ours.key), middle, ours.root.certificate)
    alien = issued(stranger.intermediate, ours.key)
    yield "other authority", pem(alien, stranger.intermediate.certificate, stranger.root.certificate)
    yield "other authority, our intermediate", pem(alien, middle)
    yield "issuer's name, another key", pem(issued(forged, ours.key), middle)
    yield "no intermediate", pem(signer())
    yield "signer last", pem(middle, signer())
    yield "issued by a signer", pem(issued(Issuer(signer(), ours.key), ours.key), signer(), middle)
    late = issued(ours.root, rsa_key("late"), authority=True, common_name="late", not_after=now() - DAY / 2)
    yield "expired intermediate", pem(issued(Issuer(late, rsa_key("late")), ours.key), late)
    yield "expired", ours.chain(signer(not_before=now() - 2 * DAY, not_after=now() - DAY))
    yield "not yet valid", ours.chain(signer(not_before=now() + DAY / 2))
    yield "an authority as signer", ours.chain(signer(authority=True))
    for name in ("*.amazon.com", "x." + SIGNER, "amazon.com", "echo-api.amazon.com.evil.org", "evil.org"):
        yield f"name {name}", ours.chain(signer(names=[name]))
    yield "no alternative name", ours.chain(signer(names=()))
    yield "may not sign", ours.chain(signer(digital_signature=False))
    yield "for clients only", ours.chain(signer(purposes=[ExtendedKeyUsageOID.CLIENT_AUTH]))
    yield "elliptic key", ours.chain(issued(ours.intermediate, ec_key("signer")))
    yield "1,024 bits", ours.chain(issued(ours.intermediate, rsa_key("short", 1024)))
    yield "altered", _altered(signer()) + pem(middle)
    yield from unreadable_files(ours.chain(signer()))


def unreadable_files(chain: bytes) -> Iterator[tuple[str, bytes | Answer]]:
    """Files and answers that hold no usable certificate."""
    yield "empty", b""
    yield "words", b"no certificate"
    yield "cut", chain[:700]
    yield "binary form", signer().public_bytes(serialization.Encoding.DER)
    yield "3,000 certificates", chain * 1500
    yield "200 kB behind it", chain + b"\n" * 200_000
    yield "11 certificates", chain + pem(authority().root.certificate) * 9
    yield "not UTF-8", b"-----BEGIN CERTIFICATE-----\n\xff\xfe\n-----END CERTIFICATE-----\n"
    for status in (204, 301, 302, 307, 400, 403, 404, 500, 503):
        moved = {"Location": PATH} if 300 <= status < 400 else {}
        yield f"status {status}", Answer(chain, status=status, headers=moved)
    yield "hangs", Answer(chain, after=4)
    yield "drips", Answer(chain, drip=0.01)
    yield "cut short", Answer(chain[:900], headers={"Content-Length": str(len(chain))})


def _altered(certificate: x509.Certificate) -> bytes:
    changed = bytearray(certificate.public_bytes(serialization.Encoding.DER))
    changed[-1] ^= 1
    text = b64encode(changed).decode()
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n".encode()


def cert(host: FileServer) -> Iterator[Vector]:
    """Certificate files, each under an address of its own: one download is right, more are not."""
    ours, root = authority(), authority().root.certificate
    trusted = {
        "with the root": ours.chain(signer()) + pem(root),
        "line ends of Windows": ours.chain(signer()).replace(b"\n", b"\r\n"),
        "several names": ours.chain(signer(names=["x.amazon.com", SIGNER])),
    }
    files: list[tuple[str, bytes | Answer, bool]] = [(name, file, True) for name, file in trusted.items()]
    files += [(name, file, False) for name, file in untrusted_files()]
    keys = {"1,024 bits": rsa_key("short", 1024)}
    for number, (name, file, passes) in enumerate(files):
        path = f"/echo.api/attack-{number}.pem"
        host.answers[path] = file
        body = wire(envelope())
        yield Vector("cert", name, passes, body, sign(body, f"https://{HOST}{path}", keys.get(name)), 1)


def sig(_host: FileServer) -> Iterator[Vector]:
    """Signatures that are not Alexa's over exactly these bytes."""
    body = wire(envelope(anything="Brötchen"))
    right = signature(body)
    raw = authority().key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    for name, value in _spellings(right, raw):
        yield Vector("sig", name, False, body, (("SignatureCertChainUrl", URL), ("Signature-256", value)))
    for name, value in _other_signatures(body):
        yield Vector("sig", name, False, body, (("SignatureCertChainUrl", URL), ("Signature-256", value)))
    head = sign(body)
    for name, other in _changed(body):
        yield Vector("sig", name, False, other, head)
    for name in ("Signature", "Signature256", "Signature_256", "X-Signature-256"):
        yield Vector("sig", f"only {name}", False, body, (head[0], (name, right)))
    yield Vector("sig", "missing", False, body, head[:1])
    yield Vector("sig", "twice", False, body, (*head, head[1]))
    packed = gzip.compress(body)
    yield Vector("sig", "compressed", False, packed, (*head, ("Content-Encoding", "gzip")))


def _spellings(right: str, raw: bytes) -> Iterator[tuple[str, str]]:
    yield "empty", ""
    yield "no base64", "!" * len(right)
    yield "hexadecimal", raw.hex()
    yield "alphabet of addresses", urlsafe_b64encode(raw).decode() + "-_"
    yield "space inside", right[:20] + " " + right[20:]
    yield "tab inside", right[:20] + "\t" + right[20:]
    yield "no padding", right.rstrip("=")
    yield "more padding", right + "="
    yield "stray bits", right[:-3] + chr(ord(right[-3]) + 1) + "=="
    yield "broken tail", right + "!!"
    yield "cut", b64encode(raw[:-1]).decode()
    yield "longer", b64encode(raw + b"\0").decode()
    yield "zeros", b64encode(bytes(256)).decode()
    yield "5,000 characters", "A" * 5000
    yield "60,000 characters", "A" * 60_000
    yield "not ASCII", "\u00e9" * 344


def _other_signatures(body: bytes) -> Iterator[tuple[str, str]]:
    key = authority().key
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.MAX_LENGTH)
    made = {
        "SHA-1": key.sign(body, padding.PKCS1v15(), hashes.SHA1()),
        "SHA-512": key.sign(body, padding.PKCS1v15(), hashes.SHA512()),
        "PSS": key.sign(body, pss, hashes.SHA256()),
    }
    for name, raw in made.items():
        yield name, b64encode(raw).decode()
    yield "other key", signature(body, rsa_key("forger"))
    yield "other body", signature(wire(envelope()))
    yield "nothing signed", signature(b"")
    yield "base64 of the body signed", signature(b64encode(body))


def _changed(body: bytes) -> Iterator[tuple[str, bytes]]:
    yield "one letter", body.replace(b"en-US", b"en-GB")
    yield "line end behind", body + b"\n"
    yield "space in front", b" " + body
    yield "byte order mark", b"\xef\xbb\xbf" + body
    yield "written again", json.dumps(json.loads(body), separators=(",", ":")).encode()
    yield "keys sorted", json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False).encode()
    yield "escaped", json.dumps(json.loads(body)).encode()
    yield "other form of Unicode", unicodedata.normalize("NFD", body.decode()).encode()
    yield "other encoding", body.decode().encode("utf-16")
    yield "no body", b""
