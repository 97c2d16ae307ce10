"""The Flask application: the Alexa endpoint behind our own verifier, and a health check."""

from typing import Any

from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from skill.alexa import directives
from skill.alexa.adapter import make_skill
from skill.alexa.assistant import Assistant
from skill.web.api import is_api
from skill.web.api_wire import problem
from skill.web.ask_sdk_shim import load_skill_adapter
from skill.web.refusal import REFUSED_BODY, Refused, log_refusal
from skill.web.verification import MAX_BODY_BYTES, RequestVerifier

UNUSED_CHECKS = ("ASK_SDK_VERIFY_SIGNATURE", "ASK_SDK_VERIFY_TIMESTAMP")
"""The adapter's own checks: they answer 500 where 400 is due, and download without limits."""


def make_app(
    assistant: Assistant, verifier: RequestVerifier, speaker: Blueprint | None = None, *more: Blueprint
) -> Flask:
    """The WSGI application. Every route that answers a shopper judges the raw bytes first.

    `speaker` is the page of development mode, for the person at this computer only; `more` are routes that
    know by themselves who may use them.
    """
    app = Flask("skill.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    for setting in UNUSED_CHECKS:
        app.config[setting] = False  # our verifier has judged the raw bytes before the adapter sees them
    adapter: Any = load_skill_adapter()(
        skill=make_skill(assistant),
        skill_id=1,  # only the adapter's dictionary key: our verifier checks the application id
        app=app,
    )

    def alexa() -> Response:
        envelope = verifier.verify(request.get_data(cache=True), dict(request.headers))
        if directives.is_directive(envelope):
            return jsonify(directives.refuse(envelope))
        answer: Response = adapter.dispatch_request()
        return answer

    def health() -> Response:
        return jsonify({"status": "ok"})

    app.url_map.merge_slashes = False  # //alexa is not there, instead of a redirect to /alexa
    for path, view, method in (("/", alexa, "POST"), ("/alexa", alexa, "POST"), ("/healthz", health, "GET")):
        # Flask would answer OPTIONS by itself, and with 200.
        app.add_url_rule(path, path, view, methods=[method], provide_automatic_options=False)
    for pages in (speaker, *more):
        if pages is not None:
            app.register_blueprint(pages)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _refused(refusal: Refused) -> tuple[Response, int]:
    log_refusal(refusal)
    return jsonify(REFUSED_BODY), refusal.status


def _http_error(error: HTTPException) -> tuple[Response, int] | Response:
    reason = "body_size" if isinstance(error, RequestEntityTooLarge) else error.name.lower().replace(" ", "_")
    if is_api(request.path):
        return problem(error.code or 400, reason).response()
    return _refused(Refused(reason, error.code or 400))
