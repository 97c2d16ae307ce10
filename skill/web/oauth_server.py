"""The authorization server on Authlib: codes with PKCE, refreshing, revoking (RFC 6749, 7636, 7009)."""

import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]  # Authlib has no types
    AuthorizationServer,
    InvalidGrantError,
    InvalidRequestError,
    OAuth2Payload,
    OAuth2Request,
    grants,
)
from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]
from flask import Request, Response, jsonify
from werkzeug.datastructures import MultiDict

from skill.household import account_links
from skill.household.account_links import Presented
from skill.household.account_models import OAuthClient
from skill.household.directory import OAUTH_CODE, OAUTH_REFRESH, Found
from skill.household.oauth_clients import find_client, is_secret
from skill.household.signing_key import ACCESS_LIFETIME, SigningKey
from skill.web.program import Program

# Authlib writes tokens into its debug log.
logging.getLogger("authlib").setLevel(logging.INFO)

AUTH_METHODS = ["client_secret_basic", "client_secret_post", "none"]
GRANTS = ("authorization_code", "refresh_token")


@dataclass(frozen=True)
class Client:
    """A client as Authlib asks about it."""

    row: OAuthClient

    @property
    def client_id(self) -> str:
        """Its id."""
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """None: the address to lead back to must always be named."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """No scopes: what a token may do is what its member may do."""
        return ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Whether it is one of the registered addresses, to the letter."""
        return redirect_uri in self.row.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        """Whether the secret is right."""
        return is_secret(self.row, secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """A client that has a secret must show it."""
        return (method == "none") == (not self.row.secret_hash)

    def check_response_type(self, response_type: str) -> bool:
        """Codes only."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Codes and refresh tokens."""
        return grant_type in GRANTS


@dataclass(frozen=True)
class Credential:
    """A presented code or refresh token as Authlib asks about it."""

    presented: Presented

    @property
    def code_challenge(self) -> str | None:
        """What the verifier must hash to, if the code was asked for with PKCE."""
        return self.presented.code_challenge or None

    @property
    def code_challenge_method(self) -> str:
        """Always S256."""
        return "S256"

    def get_redirect_uri(self) -> str:
        """Where the code led to."""
        return self.presented.redirect_uri

    def get_scope(self) -> str:
        """No scopes."""
        return ""

    def check_client(self, client: Client) -> bool:
        """Whether it was given to this client."""
        return self.presented.client_id == client.client_id


class S256Challenge(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """PKCE by S256 alone, and not to be left out by a client without a secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Raises InvalidRequestError for a plain or a missing challenge."""
        super().validate_code_challenge(grant, redirect_uri)
        data = grant.request.payload.data
        if data.get("code_challenge") and data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Unsupported 'code_challenge_method'")
        if not data.get("code_challenge") and not grant.request.client.row.secret_hash:
            raise InvalidRequestError("Missing 'code_challenge'")


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """A code for tokens, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

    def generate_authorization_code(self) -> str:
        """A code that is in the books already when it is given out."""
        request = self.request
        return account_links.grant_code(
            self.server.program.database,
            request.user,
            request.client.client_id,
            request.payload.redirect_uri,
            request.payload.data.get("code_challenge") or "",
            self.server.program.now(),
        )

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Nothing: it is kept by its hash already."""

    def query_authorization_code(self, code: str, client: Client) -> Credential | None:
        """The code, if it is good."""
        found: Credential | None = self.server.credential(OAUTH_CODE, code, client)
        return found

    def delete_authorization_code(self, authorization_code: Credential) -> None:
        """Nothing: it was used up together with the tokens' being kept."""

    def authenticate_user(self, authorization_code: Credential) -> Found:
        """Who signed in."""
        return authorization_code.presented.found


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """A refresh token for a new pair of tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Credential | None:
        """The token, if it is good."""
        found: Credential | None = self.server.credential(OAUTH_REFRESH, refresh_token, self.request.client)
        return found

    def authenticate_user(self, refresh_token: Credential) -> Found:
        """Who signed in."""
        return refresh_token.presented.found

    def revoke_old_credential(self, refresh_token: Credential) -> None:
        """Nothing: it was used up together with the new one's being kept."""


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    """Ends a link by its refresh token; an access token ends by itself within half an hour."""

    CLIENT_AUTH_METHODS = AUTH_METHODS

    def authenticate_token(self, request: Any, client: Client) -> Credential | None:
        """The refresh token, if it is good and this client's; anything else has ended already."""
        self.check_params(request, client)
        found: Credential | None = self.server.credential(OAUTH_REFRESH, request.form["token"], client)
        return found

    def revoke_token(self, token: Credential, request: Any) -> None:
        """End the link."""
        account_links.revoke(self.server.program.database, token.presented, self.server.program.now())


def is_plain(values: MultiDict[str, str]) -> bool:
    """Whether all values are plain text (RFC 6749, appendix A); Authlib breaks off at others."""
    odd = re.compile(r"[^ -~]")
    return not any(
        odd.search(value) or (name != "state" and re.search(r'["\\]', value))
        for name, value in values.items(multi=True)
    )


class Asked(OAuth2Payload):  # type: ignore[misc]  # Authlib has no types
    """The parameters of a request: of the address where the shopper signs in, of the form elsewhere."""

    def __init__(self, values: MultiDict[str, str]) -> None:
        self._values = values

    @property
    def data(self) -> MultiDict[str, str]:
        """Each parameter's first value."""
        return self._values

    @property
    def datalist(self) -> dict[str, list[str]]:
        """All values of each parameter."""
        return defaultdict(list, self._values.to_dict(flat=False))


class FlaskRequest(OAuth2Request):  # type: ignore[misc]  # Authlib has no types
    """Flask's request as Authlib reads it; it refuses plain http, but TLS often ends at a proxy before us."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.method, f"https://{request.host}{request.path}", headers=request.headers)
        self._form = request.form
        self.payload = Asked(request.args if request.path.endswith("/authorize") else request.form)

    @property
    def form(self) -> MultiDict[str, str]:
        """The form; what stands in an address has been in too many logs to count."""
        return self._form


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Authlib's server on the program's own tables and clock."""

    def __init__(self, program: Program, key: SigningKey) -> None:
        super().__init__()
        self.program = program
        self._key = key
        self.register_token_generator("default", self._tokens)
        self.register_grant(CodeGrant, [S256Challenge(required=True)])
        self.register_grant(RefreshGrant)
        self.register_endpoint(Revocation)

    def create_oauth2_request(self, request: Request) -> FlaskRequest:
        """The request for Authlib."""
        return request if isinstance(request, FlaskRequest) else FlaskRequest(request)

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        """The answer for Flask, never to be kept by anybody on the way."""
        response = jsonify(body) if isinstance(body, dict) else Response(body)
        response.status_code = status
        response.headers.extend(headers)
        response.headers["Cache-Control"] = "no-store"
        return response

    def send_signal(self, name: str, *_what: Any, **_more: Any) -> None:
        """Nobody listens."""

    def query_client(self, client_id: str) -> Client | None:
        """A client by its id; PostgreSQL would break off at an id with a NUL."""
        if not client_id.isprintable():
            return None
        with self.program.database.reading(None) as unit:
            row = find_client(unit, client_id)
        return Client(row) if row else None

    def credential(self, kind: str, token: str, client: Client) -> Credential | None:
        """A code or refresh token that this client may use now."""
        found = account_links.present(
            self.program.database, kind, token, client.client_id, self.program.now()
        )
        return Credential(found) if found else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Use up what was presented, keep what was made for it; InvalidGrantError if it was used just now."""
        used = getattr(request, "authorization_code", None) or request.refresh_token
        database, at = self.program.database, self.program.now()
        if not account_links.exchange(database, used.presented, token["refresh_token"], at):
            raise InvalidGrantError

    def _tokens(self, *, client: Client, user: Found, **_asked: Any) -> dict[str, Any]:
        return {
            "token_type": "Bearer",
            "access_token": self._key.access_token(str(user.member_id), client.client_id, self.program.now()),
            "expires_in": int(ACCESS_LIFETIME.total_seconds()),
            "refresh_token": token_urlsafe(32),
        }
