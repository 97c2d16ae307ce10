"""Which chains are trusted, what is remembered, and what a hanging host may cost others."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import Store

from skill.web.certificate_download import CertificateHost
from skill.web.certificates import (
    MAX_CACHED,
    MAX_DOWNLOADS,
    MAX_WAITING,
    Certificates,
    default_roots,
    trusted_key,
)
from skill.web.refusal import Refused
from tests.alexa_ca import (
    NOW,
    PATH,
    SIGNER,
    Issuer,
    PrivateKey,
    authority,
    ec_key,
    issue,
    pem,
    rsa_key,
)
from tests.file_server import Answer, FileServer


def judge(content: bytes, now: datetime = NOW) -> object:
    return trusted_key(content, Store([authority().root.certificate]), now)


def test_a_good_chain_gives_the_signers_key_until_the_first_expiry() -> None:
    found = trusted_key(authority().chain(), Store([authority().root.certificate]), NOW)
    assert found.key.public_numbers() == authority().key.public_key().public_numbers()
    assert found.valid_from == NOW - timedelta(days=30)
    assert found.valid_until == NOW + timedelta(days=30)


def test_a_file_that_carries_its_root_or_stray_certificates_is_trusted_all_the_same() -> None:
    amazon, other = authority(), authority("stranger")
    assert judge(pem(amazon.signer(), amazon.intermediate.certificate, amazon.root.certificate))
    assert judge(pem(amazon.signer(), other.intermediate.certificate, amazon.intermediate.certificate))


def test_a_signer_straight_below_the_root_is_trusted() -> None:
    assert judge(pem(issue(authority().root, authority().key)))


def test_the_trust_of_the_public_roots_does_not_reach_a_test_authority() -> None:
    with pytest.raises(Refused, match=r"^certificate_untrusted$"):
        trusted_key(authority().chain(), Store(default_roots()), NOW)


def test_the_public_roots_hold_those_that_amazon_uses() -> None:
    names = {root.subject.rfc4514_string() for root in default_roots()}
    assert len(names) > 80
    assert any("Amazon Root CA 1" in name for name in names)


def _middle() -> x509.Certificate:
    return authority().intermediate.certificate


def _by_the_wrong_key() -> bytes:
    return authority().chain(issue(Issuer(_middle(), rsa_key("lookalike")), authority().key))


def _below_a_signer() -> bytes:
    signer = authority().signer()
    return pem(issue(Issuer(signer, authority().key), rsa_key("below a signer")), signer, _middle())


def _altered() -> bytes:
    content = bytearray(authority().signer().public_bytes(Encoding.DER))
    content[-1] ^= 1
    return authority().chain(x509.load_der_x509_certificate(bytes(content)))


def _with_its_own_root() -> bytes:
    other = authority("stranger")
    return pem(other.signer(), other.intermediate.certificate, other.root.certificate)


def _named(*names: str) -> bytes:
    return authority().chain(authority().signer(names=names))


def _for(digital_signature: bool | None) -> bytes:
    return authority().chain(authority().signer(digital_signature=digital_signature))


def _keyed(key: PrivateKey) -> bytes:
    return authority().chain(issue(authority().intermediate, key))


# Made when a test asks, so that collecting the tests makes no keys.
BAD_CHAINS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "self-signed": ("untrusted", lambda: pem(issue(None, authority().key))),
    "of another authority": ("untrusted", lambda: authority("stranger").chain()),
    "of another authority that brings its root": ("untrusted", _with_its_own_root),
    "signed by a key that is not the issuer's": ("untrusted", _by_the_wrong_key),
    "without its intermediate": ("untrusted", lambda: pem(authority().signer())),
    "in the wrong order": ("untrusted", lambda: pem(_middle(), authority().signer())),
    "issued by a signer": ("untrusted", _below_a_signer),
    "altered": ("untrusted", _altered),
    "for another name": ("untrusted", lambda: _named("example.com")),
    "for a longer name": ("untrusted", lambda: _named(f"{SIGNER}.evil.example")),
    "with the name as its subject only": ("untrusted", _named),
    "for a wildcard": ("name", lambda: _named("*.amazon.com")),
    "for a wildcard among others": ("name", lambda: _named("example.com", "*.amazon.com")),
    "not for signing": ("usage", lambda: _for(digital_signature=False)),
    "without key usage": ("untrusted", lambda: _for(digital_signature=None)),
    "with an elliptic key": ("key", lambda: _keyed(ec_key("signer"))),
    "with a short key": ("key", lambda: _keyed(rsa_key("short", 1024))),
    "of too many certificates": ("count", lambda: pem(authority().signer(), *[_middle()] * 10)),
    "of 3,000 certificates": ("count", lambda: pem(authority().signer()) * 3000),
    "empty": ("unreadable", lambda: b""),
    "no PEM": ("unreadable", lambda: b"<html>busy</html>"),
    "no certificate": (
        "unreadable",
        lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ),
    "cut short in the signer": ("unreadable", lambda: authority().chain()[:400]),
    "cut short in the intermediate": ("untrusted", lambda: authority().chain()[:-40]),
}


@pytest.mark.parametrize("case", BAD_CHAINS)
def test_a_chain_that_is_not_right_in_every_part_is_refused(case: str) -> None:
    reason, content = BAD_CHAINS[case]
    with pytest.raises(Refused) as refused:
        judge(content())
    assert refused.value.reason == f"certificate_{reason}"
    assert refused.value.status == 400


@pytest.mark.parametrize("days", [-31, 31])
def test_a_signer_outside_its_validity_is_refused(days: int) -> None:
    with pytest.raises(Refused, match=r"^certificate_untrusted$"):
        judge(authority().chain(), NOW + timedelta(days=days))


class Downloads:
    """A certificate host with good files at the given paths, and the cache in front of it."""

    def __init__(self, host: FileServer) -> None:
        self.host = host
        self.cache = Certificates([authority().root.certificate], CertificateHost(host.base))

    def ask(self, path: str = PATH, now: datetime = NOW) -> object:
        return self.cache.key_for(path, now)


def test_a_known_certificate_is_not_downloaded_again() -> None:
    with FileServer({PATH: authority().chain()}) as host:
        downloads = Downloads(host)
        assert downloads.ask() is downloads.ask()
        assert host.asked == [PATH]


def test_a_remembered_certificate_that_has_expired_is_refused_and_asked_for_anew() -> None:
    with FileServer({PATH: authority().chain()}) as host:
        downloads = Downloads(host)
        downloads.ask()
        later = NOW + timedelta(days=40)
        with pytest.raises(Refused, match=r"^certificate_untrusted$"):
            downloads.ask(now=later)
        host.answers[PATH] = authority().chain(authority().signer(not_after=NOW + timedelta(days=90)))
        assert downloads.ask(now=later)
        assert host.asked == [PATH] * 3


@pytest.mark.parametrize(
    "bad",
    [
        lambda: b"rubbish",
        lambda: Answer(status=404),
        lambda: Answer(status=500),
        lambda: authority("stranger").chain(),
    ],
    ids=["rubbish", "absent", "failing", "untrusted"],
)
def test_a_bad_download_is_not_remembered(bad: Callable[[], Answer | bytes]) -> None:
    with FileServer({PATH: bad()}) as host:
        downloads = Downloads(host)
        with pytest.raises(Refused):
            downloads.ask()
        host.answers[PATH] = authority().chain()
        assert downloads.ask()


def test_the_cache_forgets_the_certificate_used_longest_ago() -> None:
    chain = authority().chain()
    paths = [f"/echo.api/{number}.pem" for number in range(MAX_CACHED + 1)]
    with FileServer(dict.fromkeys(paths, chain)) as host:
        downloads = Downloads(host)
        for path in paths[:-1]:
            downloads.ask(path)
        downloads.ask(paths[0])
        downloads.ask(paths[-1])
        downloads.ask(paths[0])
        assert host.asked == paths
        downloads.ask(paths[1])
        assert host.asked == [*paths, paths[1]]


def test_many_requests_for_one_new_certificate_cause_one_download() -> None:
    with (
        FileServer({PATH: Answer(authority().chain(), after=0.2)}) as host,
        ThreadPoolExecutor(16) as pool,
    ):
        downloads = Downloads(host)
        found = list(pool.map(lambda _: downloads.ask(), range(16)))
    assert len({id(key) for key in found}) == 1
    assert host.asked == [PATH]


def test_hanging_downloads_are_few_are_cut_off_and_keep_no_known_certificate_waiting() -> None:
    hanging = [f"/echo.api/hang-{number}.pem" for number in range(MAX_WAITING + 8)]
    with (
        FileServer({PATH: authority().chain(), **dict.fromkeys(hanging, Answer(after=60))}) as host,
        ThreadPoolExecutor(len(hanging)) as pool,
    ):
        downloads = Downloads(host)
        key = downloads.ask()
        asked = [pool.submit(_refusal, downloads, path) for path in hanging]
        refused = as_completed(asked)
        assert {next(refused).result() for _ in range(8)} == {"certificate_busy"}
        host.wait_until_asked(1 + MAX_DOWNLOADS)
        assert downloads.ask() is key
        assert len(host.asked) == 1 + MAX_DOWNLOADS
        assert sum(one.done() for one in asked) == 8
        assert {one.result() for one in refused} == {"certificate_timeout"}
        host.answers["/echo.api/next.pem"] = authority().chain()
        assert downloads.ask("/echo.api/next.pem")


def _refusal(downloads: Downloads, path: str) -> str:
    with pytest.raises(Refused) as refused:
        downloads.ask(path)
    return refused.value.reason
