"""Makes the web application from settings and serves it: Waitress for real, Flask's server with reload."""

import atexit
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from flask import Flask
from werkzeug.serving import is_running_from_reloader

from skill.settings import Settings, SettingsError
from skill.web.app import make_app
from skill.web.faces import shopper_faces
from skill.web.program import Program
from skill.web.shop_events import Hear, shop_events
from skill.web.verification import RequestVerifier

if TYPE_CHECKING:
    from skill.web.speaker.sessions import Homes


def web_app(
    settings: Settings, assistant: Program, homes: "Homes | None" = None, hear: Hear | None = None
) -> Flask:
    """The WSGI application for `settings`; raises SettingsError when the verifier cannot be made.

    With `homes` to open studios in, and in development only, it has the speaker page as well; with `hear`
    and the keys to check them by it takes the shop's reports.
    """
    roots = _roots(settings.test_ca_file) if settings.test_ca_file else None
    try:
        verifier = RequestVerifier(
            settings.skill_id, clock=assistant.now, roots=roots, cert_base=settings.test_cert_base
        )
    except ValueError as error:
        raise SettingsError(f"The request verifier cannot be made: {error}.") from error
    keys = settings.shop_event_keys
    more = shopper_faces(settings, assistant)
    if hear and keys:
        more.append(shop_events(keys, hear, assistant.now))
    if homes is None or not settings.development:
        return make_app(assistant, verifier, None, *more)
    from skill.web.speaker.page import speaker_page  # a server in production needs no simulator
    from skill.web.speaker.sessions import Sessions

    sessions = Sessions(homes)
    atexit.register(sessions.close)
    return make_app(assistant, verifier, speaker_page(sessions), *more)


def _roots(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError("RESTOCK_TEST_CA_FILE cannot be read as PEM certificates.") from error


def serve(app: Flask, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve `app` with Waitress until interrupted, after calling `ready`.

    Raises SettingsError when `host` and `port` cannot be listened on.
    """
    from skill.web.wsgi_server import make_server

    try:
        server = make_server(app, host, port)
    except (OSError, ValueError) as error:
        raise _not_listening(host, port) from error
    ready()
    server.run()


def serve_with_reload(app: Flask, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve `app` with Flask's development server, anew whenever a file changes; otherwise like `serve`."""
    if not is_running_from_reloader():
        # Flask's server would end the process itself, with two lines and code 1.
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind, protocol) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind(address)
        except OSError as error:
            raise _not_listening(host, port) from error
        ready()
    app.run(host, port, debug=False, use_reloader=True)


def _not_listening(host: str, port: int) -> SettingsError:
    return SettingsError(f"{host}:{port} cannot be listened on: choose another --host or --port.")
