"""Requests for benchmarks.endpoint_attack: good ones, and those spoilt in address, time, application or body.

Each group makes its vectors one after the other while they are sent, so that timestamps are fresh.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Unpack

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.alexa_ca import URL, Issuer, PrivateKey, Wishes, authority, issue, signature
from tests.file_server import FileServer

SKILL = "amzn1.ask.skill.test"
OTHER = "amzn1.ask.skill.somebody-else"
SECRET = "CANARY"
"""Stands in every body, as a token and as something said; no log line may hold it."""
DAY, YEARS = timedelta(days=1), timedelta(days=3650)
Headers = tuple[tuple[str, str], ...]
_numbers = count(1)


@dataclass(frozen=True)
class Vector:
    """One request and what must become of it: 200 if `passes`, else a refusal; `fetches` is a maximum."""

    group: str
    name: str
    passes: bool
    body: bytes
    headers: Headers
    fetches: int = 0
    method: str = "POST"
    path: str = "/alexa"
    chunked: bool = False


def now() -> datetime:
    """The real clock, as the server reads it."""
    return datetime.now(UTC)


def stamp(seconds: float = 0) -> str:
    """A timestamp that many seconds from now, as Alexa writes it."""
    return (now() + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def envelope(
    kind: str = "LaunchRequest", timestamp: object = None, application: object = SKILL, **more: Any
) -> dict[str, Any]:
    """A request of the demo household's speaker; `more` goes into its `request`."""
    named = {"application": {"applicationId": application}}
    user = {"userId": "amzn1.ask.account.offline", "accessToken": f"{SECRET}-token"}
    request = {"type": kind, "requestId": f"attack.{next(_numbers)}", "locale": "en-US", **more}
    return {
        "version": "1.0",
        "session": {"new": True, "sessionId": "s", "attributes": {}, "user": user, **named},
        "context": {"System": {**named, "user": user, "device": {"deviceId": "d"}}},
        "request": {**request, "timestamp": stamp() if timestamp is None else timestamp},
    }


def wire(value: object) -> bytes:
    """JSON as Alexa sends it: UTF-8, not escaped."""
    return json.dumps(value, ensure_ascii=False).encode()


def sign(body: bytes, url: str = URL, key: rsa.RSAPrivateKey | None = None) -> Headers:
    """The headers that Alexa sends with these bytes."""
    return (("SignatureCertChainUrl", url), ("Signature-256", signature(body, key)))


def signer(**wishes: Unpack[Wishes]) -> x509.Certificate:
    """A certificate valid now, under the trusted intermediate."""
    return issued(authority().intermediate, authority().key, **wishes)


def issued(issuer: Issuer | None, key: PrivateKey, **wishes: Unpack[Wishes]) -> x509.Certificate:
    """A certificate valid now unless the wishes say otherwise."""
    wishes.setdefault("not_before", now() - DAY)
    wishes.setdefault("not_after", now() + DAY)
    return issue(issuer, key, **wishes)


def good(group: str, name: str, **envelope_parts: Any) -> Vector:
    """A properly signed launch, to be passed or to be spoilt by `replace`."""
    body = wire(envelope(**envelope_parts))
    return Vector(group, name, True, body, sign(body))


def spoilt(group: str, name: str, body: bytes) -> Vector:
    """A properly signed body that must be refused all the same."""
    return Vector(group, name, False, body, sign(body))


def valid(_host: FileServer) -> Iterator[Vector]:
    """What must pass."""
    launch = good("valid", "launch")
    yield replace(launch, fetches=1)
    yield replace(good("valid", "root path"), path="/")
    yield good("valid", "intent", kind="IntentRequest", intent={"name": "CheckPointsIntent", "slots": {}})
    for name, case in (("lower", str.lower), ("upper", str.upper)):
        yield replace(launch, name=f"headers in {name} case", headers=_names(launch, case))
    old = ("Signature", signature(b"anything else"))
    yield replace(launch, name="an old signature header beside", headers=(*launch.headers, old))
    yield replace(good("valid", "sent in chunks"), chunked=True)
    form = ("Content-Type", "multipart/form-data; boundary=x")
    yield replace(launch, name="content type of a form", headers=(*launch.headers, form))
    for seconds in (-140, 140):
        yield good("valid", f"{seconds} seconds", timestamp=stamp(seconds))
    zone = now().replace(tzinfo=None) + timedelta(hours=9)
    yield good("valid", "zone and milliseconds", timestamp=zone.strftime("%Y-%m-%dT%H:%M:%S.123+0900"))
    yield good("valid", "event of an hour", kind="AlexaSkillEvent.SkillEnabled", timestamp=stamp(-3500))
    yield good("valid", "unknown type", kind="Something.New")
    yield good("valid", "double-byte text", anything="Brötchen, おむつ, \U0001f37c")
    for part in ("session", "context"):
        less = {key: value for key, value in envelope().items() if key != part}
        yield replace(spoilt("valid", f"no {part}", wire(less)), passes=True)
    spaced = json.dumps(envelope(anything="é"), indent=4).replace("\n", "\r\n").encode()
    yield replace(spoilt("valid", "escaped and spaced", b" \n" + spaced + b"\r\n"), passes=True)
    full = launch.body + b" " * (256 * 1024 - len(launch.body))
    yield replace(spoilt("valid", "exactly 256 KB", full), passes=True)


def _names(vector: Vector, case: Callable[[str], str]) -> Headers:
    return tuple((case(name), value) for name, value in vector.headers)


PATH = "/echo.api/echo-api-cert-12.pem"
HOST = "s3.amazonaws.com"
SAME_URLS = (
    f"https://{HOST}:443{PATH}",
    f"HTTPS://{HOST}{PATH}",
    f"https://S3.AmazonAWS.com{PATH}",
    f"https://{HOST}/echo.api/../echo.api/echo-api-cert-12.pem",
    f"https://{HOST}/echo.api/./echo-api-cert-12.pem",
)
OTHER_HOSTS = (
    "evil.org", f"{HOST}.evil.org", f"evil.{HOST}", f"{HOST}.", "s3-amazonaws.com", f"evil.org/{HOST}",
    f"{HOST}@evil.org", f"user@{HOST}", f"user:pw@{HOST}", f"{HOST}:563", f"{HOST}:0443", f"{HOST}:",
    f"{HOST}:4430", f"{HOST}:443:443", f"{HOST}:+443", f"{HOST}:-443", "[::1]", "127.0.0.1", f"{HOST} ",
    f"{HOST}\\@evil.org", "s3%2eamazonaws.com", "\u00c5\u00bf3.amazonaws.com", "",
)  # fmt: skip
OTHER_PATHS = (
    "", "/", "/echo.api", "/echo.api/", "/echo.api/.", "/EcHo.aPi/x.pem", "/echo.apix/x.pem", "/other/x.pem",
    "/echo.api/../other/x.pem", "/echo.api/x/../../other/x.pem", "/../echo.api/../x.pem",
    "/echo.api/%2e%2e/other/x.pem", "/echo.api/..%2fother/x.pem", "/echo.api%2fx.pem", "/echo.api\\..\\x.pem",
    "//echo.api/x.pem", "/echo.api//x.pem", f"{PATH}?x=1", f"{PATH}#x", f"{PATH};x", f"{PATH}%00",
    f"{PATH}\0",
    f"{PATH} x", f"{PATH}\tx", f"/echo.api/{'x' * 2000}.pem", "/echo.api/\u00e9.pem", "/echo.api/*.pem",
)  # fmt: skip
OTHER_SCHEMES = ("http://", "ftp://", "file://", "//", "https:/", "https:", "https:///", "xhttps://", "")


def url(_host: FileServer) -> Iterator[Vector]:
    """Certificate addresses: five spellings of a good one, and what may never be fetched."""
    for same in SAME_URLS:
        body = wire(envelope())
        yield Vector("url", same, True, body, sign(body, same))
    wrong = [f"https://{host}{PATH}" for host in OTHER_HOSTS]
    wrong += [f"https://{HOST}{path}" for path in OTHER_PATHS]
    wrong += [f"{scheme}{HOST}{PATH}" for scheme in OTHER_SCHEMES]
    body = wire(envelope())
    for address in (*wrong, "", "x", f"{URL},{URL}"):
        yield Vector("url", address, False, body, sign(body, address))
    right = sign(body)
    yield Vector("url", "missing", False, body, right[1:])
    yield Vector("url", "twice", False, body, (*right, right[0]))
    yield Vector("url", "underscores", False, body, (("Signature_Cert_Chain_Url", URL), right[1]))


STAMPS: tuple[object, ...] = (
    "", "now", "2026", 0, 1.5, True, [], {}, -1, "99999-01-01T00:00:00Z", "0000-00-00T00:00:00Z",
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
)  # fmt: skip
ODD: tuple[object, ...] = (None, [], "x", 1)
"""What stands in the place of an object."""


def time(_host: FileServer) -> Iterator[Vector]:
    """Moments that are too far away, or that cannot be read."""
    for seconds in (-160, 160, -3600, 3600, -86_400):
        yield spoilt("time", f"{seconds} seconds", wire(envelope(timestamp=stamp(seconds))))
    fresh = stamp()
    for stated in (*STAMPS, fresh[:10], fresh[:-1], fresh[:16] + "Z", fresh.replace("T", " ")):
        yield spoilt("time", repr(stated), wire(envelope(timestamp=stated)))
    for epoch in (int(now().timestamp()), int(now().timestamp() * 1000), str(int(now().timestamp()))):
        yield spoilt("time", "since 1970", wire(envelope(timestamp=epoch)))
    for seconds in (-3700, 3700):
        late = envelope("AlexaSkillEvent.SkillEnabled", stamp(seconds))
        yield spoilt("time", f"event of {seconds} seconds", wire(late))
    for kind in ("AlexaSkillEvent.Invented", ["AlexaSkillEvent.SkillEnabled"], "LaunchRequest"):
        made = envelope(timestamp=stamp(-3000))
        made["request"]["type"] = kind
        yield spoilt("time", f"{kind} of 3,000 seconds", wire(made))
    for moved in ({}, {"timestamp": fresh}):
        made = {**envelope(), **moved}
        del made["request"]["timestamp"]
        yield spoilt("time", "not in the request", wire(made))
    none = envelope()
    none["request"]["timestamp"] = None
    yield spoilt("time", "null", wire(none))


def app(_host: FileServer) -> Iterator[Vector]:
    """Requests for another skill, or for none."""
    for other in (OTHER, "", None, 1, [SKILL], {"id": SKILL}, SKILL.upper(), SKILL + " ", SKILL + "\0", True):
        yield spoilt("app", repr(other), wire(envelope(application=other)))
    for part in ("session", "context"):
        made = envelope()
        holder = made["session"] if part == "session" else made["context"]["System"]
        holder["application"] = {"applicationId": OTHER}
        yield spoilt("app", f"other in the {part} only", wire(made))
        for odd in ODD[1:]:
            yield spoilt("app", f"{part} is {odd!r}", wire({**envelope(), part: odd}))
    bare = {"version": "1.0", "request": envelope()["request"]}
    yield spoilt("app", "named nowhere", wire(bare))
    yield spoilt("app", "named at the top", wire({**bare, "applicationId": SKILL}))


def _texts() -> Iterator[tuple[str, bytes]]:
    launch = wire(envelope())
    start = launch[:-1] + b', "more": '
    for text in (b"", b" ", b"{", b"{}", b"[]", b"null", b"true", b"1", b'"x"', b"\0", b"<xml/>", b"a=b"):
        yield repr(text), text
    yield "in a list", b"[" + launch + b"]"
    yield "twice", launch * 2
    yield "comma behind", launch[:-1] + b",}"
    yield "words behind", launch + b" x"
    yield "single quotes", launch.replace(b'"', b"'")
    yield "comment", launch[:-1] + b"/* */}"
    yield "latin 1", launch[:-1].replace(b"CANARY", b"\xe9") + b"}"
    yield "UTF-16", launch.decode().encode("utf-16")
    yield "byte order mark", b"\xef\xbb\xbf" + launch
    yield "overlong", start + b'"\xc0\xaf"}'
    yield "surrogates in UTF-8", start + b'"\xed\xa0\x80"}'
    yield "half a pair", start + b'"\\ud83c"}'
    yield "raw control character", start + b'"\x01"}'
    for number in (b"NaN", b"Infinity", b"-Infinity", b"1e999", b"1" * 5000, b"01", b"0x10"):
        yield repr(number[:10]), start + number + b"}"
    for depth in (100, 100_000):
        yield f"{depth} levels", start + b"[" * depth + b"]" * depth + b"}"
    yield "a key twice", start + b'1, "request": {}}'
    yield "an id twice", launch.replace(b'{"applicationId"', b'{"applicationId": "x", "applicationId"', 1)
    yield "compressed", gzip.compress(launch)
    for size in (256 * 1024 + 1, 300 * 1024, 12 * 1024 * 1024):
        yield f"{size} bytes", launch + b" " * (size - len(launch))


def body(_host: FileServer) -> Iterator[Vector]:
    """Properly signed bytes that are no request, or too many."""
    for name, text in _texts():
        yield spoilt("body", name, text)
    for odd in (*ODD, {}):
        yield spoilt("body", f"request is {odd!r}", wire({**envelope(), "request": odd}))
    yield spoilt("body", "no request", wire({k: v for k, v in envelope().items() if k != "request"}))
    for odd in ODD:
        yield spoilt("body", f"directive is {odd!r}", wire({"directive": odd}))
    large = envelope()
    large["request"]["more"] = "x" * 300 * 1024
    yield replace(spoilt("body", "large in chunks", wire(large)), chunked=True)


def route(_host: FileServer) -> Iterator[Vector]:
    """Properly signed requests by any method but POST, or to an address that is not there."""
    for name in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "post"):
        for path in ("/alexa", "/"):
            yield replace(good("route", f"{name} {path}"), passes=False, method=name, path=path)
    for path in ("/alexa/", "/ALEXA", "/x/../alexa", "/alexa%00", "/static/x", "/healthz", "*"):
        yield replace(good("route", path), passes=False, path=path)
