"""Keeps the speaker page for the person at this computer: no other machine, no other site, no other page."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Request, Response

from skill.web.refusal import Refused

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""A page elsewhere can point its own domain here (DNS rebinding); then the Host header names that domain."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
    # "no-referrer" would also turn the Origin of our own forms into "null"
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def require_own(request: Request) -> None:
    """Raise Refused unless the request comes from this machine, to its own name, and from our own page.

    404 for another machine or name, as if nothing were here; 403 for what another site's page sent.
    """
    if not _is_loopback(request.remote_addr):
        raise Refused("speaker_remote", 404)
    if _host_name(request) not in OWN_NAMES:
        raise Refused("speaker_host", 404)
    if request.method == "POST" and not _from_own_page(request):
        raise Refused("speaker_origin", 403)
    if _is_embedded_elsewhere(request):
        raise Refused("speaker_origin", 403)


def protected(response: Response) -> Response:
    """The response with the headers that keep a browser from loading, framing or keeping anything else."""
    response.headers.update(HEADERS)
    return response


def _is_loopback(address: str | None) -> bool:
    try:
        found = ip_address((address or "").split("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_loopback


def _host_name(request: Request) -> str | None:
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname
    except ValueError:
        return None


def _from_own_page(request: Request) -> bool:
    """Whether the browser says so; every browser of today sends an Origin with a POST."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    return origin == f"{request.scheme}://{request.headers.get('Host', '')}"


def _is_embedded_elsewhere(request: Request) -> bool:
    """Whether a page of another origin loads this as a part of itself; a link to it is fine."""
    site = request.headers.get("Sec-Fetch-Site")
    return site in ("cross-site", "same-site") and request.headers.get("Sec-Fetch-Mode") != "navigate"
