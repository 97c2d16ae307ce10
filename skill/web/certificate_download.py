"""Which certificate addresses Alexa may name, and the one careful GET that fetches such a file.

The rules are Amazon's (developer documentation, "Host a custom skill as a web service"): https,
s3.amazonaws.com, port 443 or none, and a path that begins with /echo.api/ once its dot segments are
folded. Amazon's own addresses need nothing beyond letters, digits and `. _ ~ -`, so everything else is
refused rather than interpreted: user information, percent-encoding, queries, fragments, backslashes,
control characters, empty segments, an empty or zero-padded port, and a path that names no file.
"""

import http.client
import io
import re
import socket
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi

from skill.web.refusal import Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

AMAZON_BASE = "https://s3.amazonaws.com"
MAX_FILE_BYTES = 64 * 1024
MAX_URL_CHARACTERS = 1024
# ASCII matters: without it the case-insensitive "s" also matches U+017F, the long s.
_URL = re.compile(r"(?i:https)://(?i:s3\.amazonaws\.com)(?::443)?(/[A-Za-z0-9._~/-]*)", re.ASCII)


def normalised_path(url: str) -> str:
    """The path of a certificate address with its dot segments folded (RFC 3986 part 5.2.4).

    Raises Refused (`certificate_url` for anything but the allowed scheme, host, port and characters,
    `certificate_path` for a path outside /echo.api/ or one that names no file).
    """
    matched = _URL.fullmatch(url) if len(url) <= MAX_URL_CHARACTERS else None
    if matched is None:
        raise Refused("certificate_url")
    segments: list[str] = []
    named = matched[1].split("/")[1:]
    for segment in named:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    # Folders disagree on what ".." does to an empty segment, so there must be none.
    if "" in named or named[-1] in (".", "..") or len(segments) < 2 or segments[0] != "echo.api":
        raise Refused("certificate_path")
    return "/" + "/".join(segments)


class CertificateHost:
    """Fetches certificate files from Amazon's bucket, or in tests from a stand-in.

    `base` replaces scheme and host (`http://127.0.0.1:8080`) and is for tests only: it is used after
    the address has passed every check. Nothing else differs. Proxies named in the environment are
    not used.
    """

    def __init__(self, base: str | None = None) -> None:
        parts = urlsplit(base or AMAZON_BASE)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("The certificate base must be an http or https address with a host.")
        self._host = parts.hostname
        self._port = parts.port or (443 if parts.scheme == "https" else 80)
        self._host_header = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
        self._prefix = parts.path.rstrip("/")
        # Built once: loading the roots costs milliseconds, and a request should not pay for it.
        self._tls = ssl.create_default_context(cafile=certifi.where()) if parts.scheme == "https" else None

    def fetch(self, path: str, deadline: float) -> bytes:
        """The bytes at `path`, complete before `deadline` (seconds of time.monotonic).

        The deadline covers connecting, the TLS handshake and every byte, so a host that drips bytes
        is cut off like one that hangs; only the resolver's own time limit is outside it. Redirects
        are not followed. Raises Refused: `certificate_timeout`, `certificate_unreachable`,
        `certificate_status` (anything but 200) or `certificate_size` (above 64 KiB).
        """
        try:
            with self._connect(deadline) as connection:
                connection.sendall(self._request(path))
                return _answer(connection, deadline)
        except TimeoutError:
            raise Refused("certificate_timeout") from None
        except (OSError, ValueError, http.client.HTTPException):
            raise Refused("certificate_unreachable") from None

    def _request(self, path: str) -> bytes:
        lines = (
            f"GET {self._prefix}{path} HTTP/1.1",
            f"Host: {self._host_header}",
            "Accept-Encoding: identity",
            "Connection: close",
        )
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")

    def _connect(self, deadline: float) -> socket.socket:
        """A connection to the first address that answers, all tries together within the deadline."""
        failure: OSError = OSError("the host has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(
            self._host, self._port, type=socket.SOCK_STREAM
        ):
            plain = socket.socket(family, kind, protocol)
            try:
                plain.settimeout(_remaining(deadline))
                plain.connect(address)
                return self._tls.wrap_socket(plain, server_hostname=self._host) if self._tls else plain
            except OSError as error:
                plain.close()
                failure = error
        raise failure


class _DeadlineReader(io.RawIOBase):
    """Reads a socket so that all reads together end by the deadline, not each one by its own."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        self._connection.settimeout(_remaining(self._deadline))
        return self._connection.recv_into(buffer)


def _answer(connection: socket.socket, deadline: float) -> bytes:
    response = http.client.HTTPResponse(connection, method="GET")
    response.fp.close()
    response.fp = io.BufferedReader(_DeadlineReader(connection, deadline))
    with response:
        response.begin()
        if response.status != http.client.OK:
            raise Refused("certificate_status")
        content = response.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise Refused("certificate_size")
    return content


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds
