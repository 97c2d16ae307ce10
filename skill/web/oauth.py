"""The routes of account linking: signing in, tokens, revoking, and what the server says of itself."""

from collections.abc import Callable
from functools import partial

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib has no types
    InvalidClientError,
    OAuth2Error,
)
from authlib.oauth2.rfc6749.util import extract_basic_authorization  # type: ignore[import-untyped]
from flask import Blueprint, Request, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from skill.household.passwords import sign_in
from skill.household.signing_key import SigningKey
from skill.web.oauth_server import AUTH_METHODS, GRANTS, FlaskRequest, Server, is_plain
from skill.web.page_guard import PageGuard
from skill.web.page_texts import texts
from skill.web.program import Program

AUTHORIZE = "/oauth/authorize"


def oauth_pages(program: Program, key: SigningKey, url: str, guard: PageGuard) -> Blueprint:
    """Everything under /oauth, and the metadata (RFC 8414) of the server that is reached at `url`."""
    server = Server(program, key)
    pages = Blueprint("oauth", "skill.web", template_folder="templates")

    def authorize() -> AnyResponse:
        return _authorize(server, guard, program)

    def token() -> AnyResponse:
        return _answer(server, server.create_token_response)

    def revoke() -> AnyResponse:
        return _answer(server, partial(server.create_endpoint_response, "revocation"))

    def keys() -> AnyResponse:
        return jsonify(key.published())

    def metadata() -> AnyResponse:
        return jsonify(_metadata(url))

    for path, view, methods in (
        (AUTHORIZE, authorize, ["GET", "POST"]),
        ("/oauth/token", token, ["POST"]),
        ("/oauth/revoke", revoke, ["POST"]),
        ("/oauth/jwks.json", keys, ["GET"]),
        ("/.well-known/oauth-authorization-server", metadata, ["GET"]),
    ):
        pages.add_url_rule(path, view.__name__, view, methods=methods, provide_automatic_options=False)
    return pages


def _answer(server: Server, answer: Callable[[FlaskRequest], Response]) -> Response:
    asked = server.create_oauth2_request(request)
    try:
        extract_basic_authorization(request.headers)
    except ValueError:  # no base64, or no text behind it: Authlib would break off
        refused: Response = server.handle_error_response(asked, InvalidClientError(status_code=401))
        return refused
    return answer(asked)


def _authorize(server: Server, guard: PageGuard, program: Program) -> AnyResponse:
    if not is_plain(request.args):
        return _page(guard, request, "problem.html", 400, "", problem="client")
    try:
        grant = server.get_consent_grant(request)
    except OAuth2Error as error:
        return _not_asked_well(server, guard, request, error)
    wrong = False
    if request.method == "POST":
        if not guard.is_own_form(request):
            return _page(guard, request, "sign_in.html", 403, grant.redirect_uri, problem="form")
        found = sign_in(
            program.database,
            request.form.get("login", ""),
            request.form.get("password", ""),
            program.now(),
        )
        if found is not None:
            answer: Response = server.create_authorization_response(grant.request, found, grant)
            answer.status_code = 303 if answer.status_code == 302 else answer.status_code
            return guard.protect(answer, guard.form_token(request), grant.redirect_uri)
        wrong = True
    problem = "wrong" if wrong else ""
    return _page(
        guard,
        request,
        "sign_in.html",
        400 if wrong else 200,
        grant.redirect_uri,
        problem=problem,
        client=grant.request.client.row.name,
    )


def _not_asked_well(server: Server, guard: PageGuard, asked: Request, error: OAuth2Error) -> AnyResponse:
    """Back to the client with the error where its address is known to be its own; otherwise a page."""
    if error.redirect_uri:
        status, _body, headers = error()
        return redirect(dict(headers)["Location"], status)
    return _page(guard, asked, "problem.html", 400, "", problem="client")


def _page(
    guard: PageGuard, asked: Request, template: str, status: int, leads_to: str, **values: object
) -> AnyResponse:
    token = guard.form_token(asked)
    language, told = texts(asked)
    page = render_template(f"account/{template}", form_token=token, t=told, language=language, **values)
    return guard.protect(make_response(page, status), token, leads_to)


def _metadata(url: str) -> dict[str, object]:
    """RFC 8414, section 2."""
    return {
        "issuer": url,
        "authorization_endpoint": f"{url}{AUTHORIZE}",
        "token_endpoint": f"{url}/oauth/token",
        "revocation_endpoint": f"{url}/oauth/revoke",
        "jwks_uri": f"{url}/oauth/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": list(GRANTS),
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "code_challenge_methods_supported": ["S256"],
    }
