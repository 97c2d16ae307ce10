"""Makes the web application from settings and serves it: Waitress for real, Flask's server with reload."""

from pathlib import Path

from cryptography import x509
from flask import Flask

from skill.alexa.assistant import Assistant
from skill.settings import Settings, SettingsError
from skill.web.app import make_app
from skill.web.verification import RequestVerifier

THREADS = 32
"""At most 24 requests may wait for a certificate host; the others must still be answered."""

MAX_RECEIVED_BYTES = 8 * 1024 * 1024
"""A body above the verifier's limit is taken in up to here, so that its sender can still hear the 413."""


def web_app(settings: Settings, assistant: Assistant) -> Flask:
    """The WSGI application for `settings`; raises SettingsError when the verifier cannot be made."""
    roots = _roots(settings.test_ca_file) if settings.test_ca_file else None
    try:
        verifier = RequestVerifier(
            settings.skill_id, clock=assistant.now, roots=roots, cert_base=settings.test_cert_base
        )
    except ValueError as error:
        raise SettingsError(f"The request verifier cannot be made: {error}.") from error
    return make_app(assistant, verifier)


def _roots(path: Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError("RESTOCK_TEST_CA_FILE cannot be read as PEM certificates.") from error


def serve(app: Flask, host: str, port: int) -> None:
    """Serve `app` with Waitress until interrupted; raises OSError when the port is taken."""
    from waitress import create_server

    server = create_server(
        app, host=host, port=port, threads=THREADS, max_request_body_size=MAX_RECEIVED_BYTES, ident=None
    )
    server.run()
