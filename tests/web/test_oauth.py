"""Account linking end to end: signing in, codes, tokens, rotation, revoking, and all that is refused."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.household import directory
from skill.household.identity import Speaker
from tests.web.web_home import BACK, CHALLENGE, PASSWORD, URL, WebHome, form_token, web_home


@pytest.fixture
def home(demo_file: Path, tmp_path: Path) -> Iterator[WebHome]:
    with web_home(demo_file, tmp_path) as made:
        yield made


def test_alexa_links_an_account_and_the_token_says_whose_it_is(home: WebHome) -> None:
    answer = home.sign_in(home.browser())
    back = urlsplit(answer.location)
    assert answer.status_code == 303
    assert answer.location.startswith(BACK)
    assert parse_qs(back.query)["state"] == ["s-1"]
    tokens = home.exchange(parse_qs(back.query)["code"][0])
    assert tokens.status_code == 200
    assert tokens.json["token_type"] == "Bearer"
    assert tokens.headers["Cache-Control"] == "no-store"
    speaker = Speaker(user_id="amzn1.ask.account.new", user_token=tokens.json["access_token"])
    assert home.app.caller(speaker, home.now).member_id == home.member_id
    body = {"accessToken": tokens.json["access_token"]}
    home.app.event("AlexaSkillEvent.SkillAccountLinked", speaker, home.now, body)
    found = directory.find(home.app.database, directory.ALEXA_USER, "amzn1.ask.account.new")
    assert found is not None
    assert found.member_id == home.member_id


def test_a_client_may_send_its_secret_in_the_body_or_have_none(home: WebHome) -> None:
    in_body = home.exchange(home.code(), False, client_id=home.client_id, client_secret=home.secret)
    assert in_body.status_code == 200
    public = home.exchange(home.code(client_id=home.public_id), False, client_id=home.public_id)
    assert public.status_code == 200
    without = home.code(code_challenge=None, code_challenge_method=None)
    assert home.exchange(without, code_verifier=None).status_code == 200


WRONG_EXCHANGES: list[tuple[dict[str, Any], str]] = [
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"code_verifier": "short"}, "invalid_request"),
    ({"code_verifier": None}, "invalid_request"),
    ({"redirect_uri": BACK + "x"}, "invalid_grant"),
    ({"redirect_uri": None}, "invalid_grant"),
    ({"code": "nobody-ever-gave-this-out"}, "invalid_grant"),
    ({"code": None}, "invalid_request"),
    ({"grant_type": "password"}, "unsupported_grant_type"),
    ({"grant_type": None}, "unsupported_grant_type"),
]


def test_a_code_is_bound_to_what_it_was_asked_for_with(home: WebHome) -> None:
    code = home.code()
    for changes, error in WRONG_EXCHANGES:
        answer = home.exchange(code, **changes)
        assert (answer.status_code, answer.json["error"]) == (400, error), changes
    assert home.exchange(code).status_code == 200


def test_a_code_serves_one_client_once_and_five_minutes(home: WebHome) -> None:
    code = home.code()
    assert home.exchange(code, False, client_id=home.public_id).status_code == 400
    first = home.exchange(code)
    assert first.status_code == 200
    assert home.exchange(code).json["error"] == "invalid_grant"
    refreshed = home.token({"grant_type": "refresh_token", "refresh_token": first.json["refresh_token"]})
    assert refreshed.json["error"] == "invalid_grant"  # a code used twice ends what came of it
    late = home.code()
    home.wait(minutes=5)
    assert home.exchange(late).json["error"] == "invalid_grant"


def refresh(home: WebHome, token: str) -> tuple[int, str]:
    answer = home.token({"grant_type": "refresh_token", "refresh_token": token})
    return answer.status_code, answer.json.get("refresh_token", answer.json.get("error"))


def test_refresh_tokens_change_and_an_old_one_ends_the_link(home: WebHome) -> None:
    first = home.exchange(home.code()).json["refresh_token"]
    status, second = refresh(home, first)
    assert status == 200
    assert second != first
    home.wait(seconds=50)
    assert refresh(home, first)[0] == 200  # the answer was lost, or Alexa asked twice at once
    home.wait(seconds=61)
    assert refresh(home, first) == (400, "invalid_grant")
    assert refresh(home, second) == (400, "invalid_grant")


def test_a_revoked_link_gives_no_more_tokens(home: WebHome) -> None:
    token = home.exchange(home.code()).json["refresh_token"]
    assert home.token({"token": "unknown"}, path="/oauth/revoke").status_code == 200
    assert home.token({"token": token}, False, "/oauth/revoke").status_code == 401
    assert home.token({"token": token}, path="/oauth/revoke").status_code == 200
    assert refresh(home, token) == (400, "invalid_grant")


def test_a_client_that_does_not_know_its_secret_gets_nothing(home: WebHome) -> None:
    code = home.code()
    for secret in ("wrong", "", None):
        answer = home.exchange(code, False, client_id=home.client_id, client_secret=secret)
        assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_the_fifth_wrong_password_locks_for_a_quarter_of_an_hour(home: WebHome) -> None:
    browser = home.browser()
    for _ in range(5):
        assert home.sign_in(browser, "wrong password").status_code == 400
    locked = home.sign_in(browser)
    stranger = home.sign_in(browser, login="Nobody")
    assert (locked.status_code, stranger.status_code) == (400, 400)
    assert locked.text == stranger.text  # nothing tells a locked name from one that nobody has
    home.wait(minutes=15)
    assert home.sign_in(browser).status_code == 303


def test_a_form_of_another_site_signs_nobody_in(home: WebHome) -> None:
    browser = home.browser()
    page = browser.get("/oauth/authorize", query_string=home.asked(), base_url=URL)
    form = {"login": "Anna", "password": PASSWORD, "form_token": form_token(page.text)}
    asked = {"query_string": home.asked(), "base_url": URL}
    stranger = home.browser()
    assert stranger.post("/oauth/authorize", data=form, **asked).status_code == 403
    assert browser.post("/oauth/authorize", data={**form, "form_token": "x"}, **asked).status_code == 403
    origin = {"Origin": "https://evil.example"}
    assert browser.post("/oauth/authorize", data=form, headers=origin, **asked).status_code == 403
    own = {"Origin": URL}
    assert browser.post("/oauth/authorize", data=form, headers=own, **asked).status_code == 303


def test_the_page_loads_nothing_and_is_kept_and_framed_by_nobody(home: WebHome) -> None:
    page = home.browser().get("/oauth/authorize", query_string=home.asked(state='"><script>'), base_url=URL)
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self' https://alexa.amazon.com;" in policy
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script" not in page.text
    assert 'for="password"' in page.text
    assert all(
        flag in page.headers["Set-Cookie"] for flag in ("__Host-", "Secure", "HttpOnly", "SameSite=Lax")
    )
    german = home.browser().get(
        "/oauth/authorize", query_string=home.asked(), base_url=URL, headers={"Accept-Language": "de-DE"}
    )
    assert "Anmelden" in german.text


ELSEWHERE: list[dict[str, str | None]] = [
    {"client_id": "client-unknown"},
    {"client_id": None},
    {"redirect_uri": BACK + "/"},
    {"redirect_uri": "https://evil.example"},
    {"redirect_uri": None},
]


def test_nobody_is_led_to_an_address_that_the_client_has_not(home: WebHome) -> None:
    for changes in ELSEWHERE:
        answer = home.browser().get("/oauth/authorize", query_string=home.asked(**changes), base_url=URL)
        assert answer.status_code == 400
        assert "Location" not in answer.headers


WRONG_QUESTIONS: list[tuple[dict[str, str | None], str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
]


def test_a_wrong_question_goes_back_to_the_client(home: WebHome) -> None:
    for changes, error in WRONG_QUESTIONS:
        changed = {"client_id": home.public_id, "code_challenge": CHALLENGE, **changes}
        answer = home.browser().get("/oauth/authorize", query_string=home.asked(**changed), base_url=URL)
        assert answer.status_code == 302
        told = parse_qs(urlsplit(answer.location).query)
        assert (told["error"], told["state"]) == ([error], ["s-1"])


def test_the_metadata_names_what_is_there_and_the_keys_verify_the_tokens(home: WebHome) -> None:
    told: Any = home.browser().get("/.well-known/oauth-authorization-server", base_url=URL).json
    assert told["issuer"] == URL
    assert told["code_challenge_methods_supported"] == ["S256"]
    keys: Any = home.browser().get(urlsplit(told["jwks_uri"]).path, base_url=URL).json
    assert "d" not in keys["keys"][0]
    key = jwt.PyJWKSet.from_dict(keys).keys[0]
    claims = jwt.decode(
        home.access_token(), key, ["ES256"], audience="restock", issuer=URL, options={"verify_exp": False}
    )
    assert claims["sub"] == str(home.member_id)


def test_no_secret_and_no_token_is_in_a_log_or_a_row(home: WebHome, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    code = home.code()
    tokens = home.exchange(code).json
    home.sign_in(home.browser(), "a wrong secret")
    told = caplog.text + str([vars(record) for record in caplog.records])
    rows = Path(str(home.app.database.engine.url.database)).read_bytes()
    for secret in (
        code,
        home.secret,
        PASSWORD,
        "a wrong secret",
        tokens["access_token"],
        tokens["refresh_token"],
    ):
        assert secret not in told
        assert secret.encode() not in rows


def test_a_client_that_cannot_be_read_is_refused(home: WebHome) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "token": "x"}
    with_nul = base64.b64encode(b"client\0:secret").decode()
    for path in ("/oauth/token", "/oauth/revoke"):
        for told in ("Basic //4=", "Basic \u00e9", "Basic !", f"Basic {with_nul}"):
            headers = {"Authorization": told}
            answer: Any = home.browser().post(path, data=form, headers=headers, base_url=URL)
            assert (answer.status_code, answer.json["error"]) == (401, "invalid_client"), told
        answer = home.token({**form, "client_id": "client\0"}, False, path)
        assert (answer.status_code, answer.json["error"]) == (400, "invalid_client")


WORDS = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FF), max_size=40)
NAMES = [
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "refresh_token",
    "scope",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.dictionaries(st.sampled_from(NAMES), WORDS), basic=st.booleans())
def test_whatever_is_sent_for_a_token_is_a_clean_refusal(
    home: WebHome, form: dict[str, str], basic: bool
) -> None:
    for grant in ({}, {"grant_type": "authorization_code"}, {"grant_type": "refresh_token"}):
        answer = home.token({**form, **grant}, basic)
        assert answer.status_code in (400, 401)
        assert answer.json["error"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from([*NAMES, "state", "response_type", "code_challenge"]), WORDS))
def test_whatever_is_asked_of_the_page_is_a_page_or_a_way_back(
    home: WebHome, changes: dict[str, str]
) -> None:
    answer = home.browser().get("/oauth/authorize", query_string=home.asked(**changes), base_url=URL)
    assert answer.status_code in (200, 302, 400)
