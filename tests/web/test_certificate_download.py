"""The rules for certificate addresses, and the download's limits against a host that misbehaves."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.web.certificate_download import CertificateHost, normalised_path
from skill.web.refusal import Refused
from tests.alexa_ca import PATH, URL
from tests.file_server import Answer, FileServer

HOST = "https://s3.amazonaws.com"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (URL, PATH),
        (f"{HOST}:443/echo.api/echo-api-cert.pem", "/echo.api/echo-api-cert.pem"),
        (f"{HOST}/echo.api/../echo.api/echo-api-cert.pem", "/echo.api/echo-api-cert.pem"),
        (f"{HOST}/echo.api/./a/../x.pem", "/echo.api/x.pem"),
        (f"{HOST}/../echo.api/x.pem", "/echo.api/x.pem"),
        (f"{HOST}/other/../echo.api/x.pem", "/echo.api/x.pem"),
        (f"{HOST}/echo.api/deeper/x_1~2.pem", "/echo.api/deeper/x_1~2.pem"),
        ("HTTPS://S3.AmazonAWS.com/echo.api/x.pem", "/echo.api/x.pem"),
    ],
)
def test_an_address_that_alexa_may_name_gives_its_folded_path(url: str, path: str) -> None:
    assert normalised_path(url) == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "echo.api/x.pem",
        "http://s3.amazonaws.com/echo.api/x.pem",
        "https://notamazon.com/echo.api/x.pem",
        "https://s3.amazonaws.com.evil.example/echo.api/x.pem",
        "https://s3.amazonaws.com./echo.api/x.pem",
        "https://\u017f3.amazonaws.com/echo.api/x.pem",
        "https://s3.ama\u200bzonaws.com/echo.api/x.pem",
        "https://user@s3.amazonaws.com/echo.api/x.pem",
        "https://s3.amazonaws.com@evil.example/echo.api/x.pem",
        "https://s3.amazonaws.com:443@evil.example/echo.api/x.pem",
        f"{HOST}:563/echo.api/x.pem",
        f"{HOST}:0443/echo.api/x.pem",
        f"{HOST}:/echo.api/x.pem",
        f"{HOST}:abc/echo.api/x.pem",
        f"{HOST}:\u0664\u0664\u0663/echo.api/x.pem",
        f"{HOST}",
        f"{HOST}/echo.api/%2e%2e/other/x.pem",
        f"{HOST}/echo.api%2fx.pem",
        f"{HOST}/%65cho.api/x.pem",
        f"{HOST}/echo.api/x.pem?",
        f"{HOST}/echo.api/x.pem?a=1",
        f"{HOST}/echo.api/x.pem#a",
        f"{HOST}/echo.api\\..\\other/x.pem",
        "https:\\\\s3.amazonaws.com/echo.api/x.pem",
        f"{HOST}/echo.api/x.pem\r\nX: y",
        f"{HOST}/echo.api/x.pem\n",
        f" {URL}",
        f"{HOST}/echo.api/\x00x.pem",
        f"{HOST}/echo.api/;/x.pem",
        f"{URL}, {URL}",
        f"{HOST}/echo.api/{'x' * 1024}",
    ],
)
def test_an_address_with_anything_unusual_is_refused(url: str) -> None:
    with pytest.raises(Refused, match=r"^certificate_url$"):
        normalised_path(url)


@pytest.mark.parametrize(
    "path",
    [
        "/EcHo.aPi/x.pem",
        "/invalid.path/x.pem",
        "/echo.api",
        "/echo.api/",
        "/echo.api/.",
        "/echo.api/..",
        "/echo.api/a/..",
        "/echo.api/../x.pem",
        "/echo.api/../other/x.pem",
        "/echo.api/a/../../other/x.pem",
        "/echo.api./x.pem",
        "/echo.apix/x.pem",
        "//echo.api/x.pem",
        "/echo.api//x.pem",
        "/echo.api//../x.pem",
        "/",
    ],
)
def test_a_path_that_leaves_the_folder_or_names_no_file_is_refused(path: str) -> None:
    with pytest.raises(Refused, match=r"^certificate_path$"):
        normalised_path(HOST + path)


@given(
    st.one_of(
        st.text(),
        st.builds("{}/echo.api/{}".format, st.just(HOST), st.text(alphabet="./%abc?#@:\\\r\n", max_size=30)),
    )
)
def test_whatever_is_accepted_is_a_plain_path_under_the_folder(url: str) -> None:
    try:
        path = normalised_path(url)
    except Refused:
        return
    assert path.startswith("/echo.api/")
    assert not {".", "..", ""} & set(path.split("/")[1:])
    assert path.isascii()
    assert path.isprintable()
    assert not set(path) & set("%?#\\@: ")


def _fetch(base: str, seconds: float = 5.0) -> bytes:
    return CertificateHost(base).fetch(PATH, time.monotonic() + seconds)


def test_a_file_is_fetched_from_the_base_and_the_path() -> None:
    with FileServer({PATH: b"file", "/mirror" + PATH: b"mirrored"}) as host:
        assert _fetch(host.base) == b"file"
        assert _fetch(host.base + "/mirror/") == b"mirrored"
        assert host.asked == [PATH, "/mirror" + PATH]


@pytest.mark.parametrize("status", [204, 301, 302, 307, 403, 404, 500, 503])
def test_any_status_but_200_is_refused_and_no_redirect_is_followed(status: int) -> None:
    with FileServer({"/elsewhere": b"file"}) as host:
        host.answers[PATH] = Answer(b"", status, {"Location": host.base + "/elsewhere"})
        with pytest.raises(Refused, match=r"^certificate_status$"):
            _fetch(host.base)
        assert host.asked == [PATH]


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "65537"}])
def test_a_file_above_64_kib_is_refused(headers: dict[str, str]) -> None:
    with FileServer({PATH: Answer(b"x" * 65_537, headers=headers)}) as host:
        with pytest.raises(Refused, match=r"^certificate_size$"):
            _fetch(host.base)
        host.answers[PATH] = b"x" * 65_536
        assert len(_fetch(host.base)) == 65_536


@pytest.mark.parametrize("answer", [Answer(b"late", after=60), Answer(b"x" * 60_000, drip=0.02)])
def test_a_host_that_hangs_or_drips_is_cut_off_at_the_deadline(answer: Answer) -> None:
    with FileServer({PATH: answer}) as host, pytest.raises(Refused, match=r"^certificate_timeout$"):
        _fetch(host.base, seconds=0.3)


def test_a_deadline_that_has_passed_asks_for_nothing() -> None:
    with FileServer({PATH: b"file"}) as host:
        with pytest.raises(Refused, match=r"^certificate_timeout$"):
            _fetch(host.base, seconds=-1)
        assert host.asked == []


def test_a_port_where_nobody_listens_is_refused() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(Refused, match=r"^certificate_unreachable$"):
            _fetch(f"http://127.0.0.1:{unused.getsockname()[1]}")


def test_a_name_that_does_not_resolve_is_refused() -> None:
    with pytest.raises(Refused, match=r"^certificate_unreachable$"):
        _fetch(f"http://{'a' * 64}.invalid")


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_refused(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = CertificateHost(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(Refused, match=r"^certificate_(unreachable|timeout)$"):
            _speak_to(host, listener, said)


def _speak_to(host: CertificateHost, listener: socket.socket, said: bytes) -> None:
    """Let `host` fetch while one connection to `listener` is answered with exactly `said`."""
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(host.fetch, PATH, time.monotonic() + 5)
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(said)
        fetching.result()


def test_a_host_that_speaks_no_tls_is_refused() -> None:
    with (
        FileServer({PATH: b"file"}) as host,
        pytest.raises(Refused, match=r"^certificate_unreachable$"),
    ):
        _fetch(host.base.replace("http:", "https:"))


@pytest.mark.parametrize("base", ["ftp://127.0.0.1", "127.0.0.1:80", "http://", "http://host:port"])
def test_a_base_that_is_no_web_address_is_a_mistake_of_the_caller(base: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        CertificateHost(base)
