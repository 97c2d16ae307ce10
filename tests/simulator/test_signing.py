"""An authority of one's own: kept in a folder, trusted by our verifier, handed out over HTTP."""

import stat
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.error import HTTPError

import pytest
from cryptography import x509

from skill.simulator.signing import CHAIN_PATH, CHAIN_URL, KEY_FILE, ChainHost, Signer, SigningError
from skill.web.verification import RequestVerifier

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BODY = (
    b'{"request": {"type": "LaunchRequest", "timestamp": "2026-11-21T12:00:00Z"},'
    b' "context": {"System": {"application": {"applicationId": "skill"}}}}'
)


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.new(NOW)


def test_our_verifier_accepts_what_a_signer_signs(signer: Signer) -> None:
    roots = x509.load_pem_x509_certificates(signer.roots)
    with ChainHost(signer) as host:
        verifier = RequestVerifier("skill", clock=lambda: NOW, roots=roots, cert_base=host.base)
        assert verifier.verify(BODY, signer.headers(BODY))["request"]["type"] == "LaunchRequest"
    assert signer.headers(BODY)["SignatureCertChainUrl"] == CHAIN_URL


def test_a_host_hands_out_the_chain_and_nothing_else(signer: Signer) -> None:
    with ChainHost(signer) as host:
        with urllib.request.urlopen(host.base + CHAIN_PATH) as answer:
            assert answer.read() == signer.chain
        with pytest.raises(HTTPError) as refused:
            urllib.request.urlopen(host.base + "/signer.key")
        refused.value.close()
        assert refused.value.code == 404


def test_a_folder_keeps_the_signer_for_the_next_time(tmp_path: Path) -> None:
    made = Signer.at(tmp_path / "signing", NOW)
    again = Signer.at(tmp_path / "signing", NOW + timedelta(days=300))
    assert (again.chain, again.roots) == (made.chain, made.roots)
    assert again.headers(BODY) == made.headers(BODY)
    assert stat.S_IMODE((tmp_path / "signing" / KEY_FILE).stat().st_mode) == 0o600


def test_a_folder_with_an_old_or_broken_signer_is_told_in_one_line(tmp_path: Path) -> None:
    Signer.at(tmp_path, NOW)
    with pytest.raises(SigningError, match="are not valid now; delete the folder"):
        Signer.at(tmp_path, NOW + timedelta(days=366))
    (tmp_path / KEY_FILE).write_bytes(b"no key")
    with pytest.raises(SigningError) as broken:
        Signer.at(tmp_path, NOW)
    assert "\n" not in str(broken.value)
