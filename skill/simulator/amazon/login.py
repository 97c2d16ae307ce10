"""Login with Amazon's token endpoint: client credentials, authorization codes and refresh tokens.

Path, fields and statuses: ask-sdk-model 1.82 (`services/lwa`); error words: RFC 6749 part 5.2.
"""

import secrets
from collections.abc import Callable, Mapping

from skill.simulator.amazon.service import Asked, Refusal, Reply, Route
from skill.simulator.amazon.tokens import LIFETIME, Tokens

CLIENT_ID = "amzn1.application-oa2-client.offline"
CLIENT_SECRET = "offline-secret"
"""What a skill is configured with to call the stand-in; a well-known value protects nothing."""
SCOPES = frozenset({"alexa::proactive_events", "alexa:skill_messaging", "alexa::health:profile:write"})


class Login:
    """Gives tokens to the one client there is. `code` makes an authorization code to be exchanged."""

    name = "login"

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._codes: dict[str, str] = {}
        self._refresh: dict[str, str] = {}
        self._grants: Mapping[str, Callable[[Mapping[str, str]], Reply]] = {
            "client_credentials": self._client,
            "authorization_code": self._exchange,
            "refresh_token": self._refreshed,
        }
        self.routes = tuple(
            Route("POST", path, self._token, "form") for path in ("/auth/O2/token", "/auth/o2/token")
        )

    def code(self, scope: str) -> str:
        """A new authorization code, as Alexa hands one over when a customer consents; good for one use."""
        made = secrets.token_urlsafe(16)
        self._codes[made] = scope
        return made

    def failure(self, refusal: Refusal) -> Reply:
        """{"error", "error_description"}."""
        return Reply(refusal.status, {"error": refusal.code, "error_description": refusal.message})

    def denied(self) -> Refusal:
        """401: the client is not known."""
        return Refusal(401, "invalid_client", "Client authentication failed")

    def _token(self, asked: Asked) -> Reply:
        form: Mapping[str, str] = asked.body
        answer = self._grants.get(form.get("grant_type", ""))
        if answer is None:
            raise Refusal(400, "unsupported_grant_type", "The grant type is not supported")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise self.denied()
        return answer(form)

    def _client(self, form: Mapping[str, str]) -> Reply:
        scope = form.get("scope", "")
        if scope not in SCOPES:
            raise Refusal(400, "invalid_scope", "The requested scope is invalid, unknown or malformed")
        return self._given(scope, {})

    def _exchange(self, form: Mapping[str, str]) -> Reply:
        scope = self._codes.pop(form.get("code", ""), None)
        if scope is None:
            raise Refusal(400, "invalid_grant", "The authorization code is unknown or was used before")
        refresh = "Atzr|" + secrets.token_urlsafe(32)
        self._refresh[refresh] = scope
        return self._given(scope, {"refresh_token": refresh})

    def _refreshed(self, form: Mapping[str, str]) -> Reply:
        refresh = form.get("refresh_token", "")
        scope = self._refresh.get(refresh)
        if scope is None:
            raise Refusal(400, "invalid_grant", "The refresh token is unknown")
        return self._given(scope, {"refresh_token": refresh})

    def _given(self, scope: str, more: Mapping[str, str]) -> Reply:
        token = self._tokens.for_client(scope)
        seconds = int(LIFETIME.total_seconds())
        return Reply(
            200,
            {"access_token": token, "scope": scope, "token_type": "bearer", "expires_in": seconds, **more},
        )
