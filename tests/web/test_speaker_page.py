"""The speaker page without a browser: who may have it, plain forms, escaping, and many browsers at once."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from skill.web.speaker.sessions import Sessions
from tests.web.served_shop import served_shop
from tests.web.speaker_homes import HOSTILE, failures, home_studio, screen_studio, speaker_app

OWN = {"Origin": "http://localhost"}


@pytest.fixture
def sessions() -> Iterator[Sessions]:
    """Studios in front of the small skill with a screen, at most two."""
    made = Sessions({"screen": screen_studio, "another": screen_studio}, most=2)
    yield made
    made.close()


@pytest.fixture
def flask(demo_file: Path, sessions: Sessions) -> Flask:
    """The web application with the page."""
    return speaker_app(demo_file, sessions)


@pytest.fixture
def client(flask: Flask) -> FlaskClient:
    """A browser on this machine."""
    return flask.test_client()


def post(client: FlaskClient, **form: str) -> str:
    """Send a form of the page, follow to the page, and give its text."""
    answer = client.post("/speaker", data=form, headers=OWN, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def visible(page: str) -> str:
    """The words of a page."""
    return " ".join(unescape(re.sub(r"<[^<>]*>", " ", page)).split())


# --- who may have it


def test_it_is_not_there_in_production(demo_file: Path, tmp_path: Path) -> None:
    with served_shop(demo_file, tmp_path, env="production") as shop:
        for address in ("/speaker", "/speaker/static/speaker.js", "/speaker/fixture.toml"):
            assert shop.client.get(address).status_code == 404
        assert shop.client.post("/speaker", data={"do": "say"}, headers=OWN).status_code == 404


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.2", "2001:db8::1", "::ffff:10.0.0.7", "", None])
def test_another_machine_finds_nothing(client: FlaskClient, sessions: Sessions, address: str | None) -> None:
    for path in ("/speaker", "/speaker/static/speaker.css", "/speaker/fixture.toml"):
        found = client.get(path, environ_overrides={"REMOTE_ADDR": address})
        assert found.status_code == 404
    assert sessions.count == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_finds_it(client: FlaskClient, address: str) -> None:
    assert client.get("/speaker", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "127.0.0.1.nip.io", "[", ""]
)
def test_a_name_that_was_pointed_here_finds_nothing(client: FlaskClient, host: str) -> None:
    assert client.get("/speaker", headers={"Host": host}).status_code in (400, 404)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:9", "[::1]:8000"])
def test_the_names_of_this_machine_find_it(client: FlaskClient, host: str) -> None:
    assert client.get("/speaker", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
def test_the_form_of_another_site_is_refused(
    client: FlaskClient, sessions: Sessions, headers: dict[str, str]
) -> None:
    assert client.post("/speaker", data={"do": "say", "sentence": "yes"}, headers=headers).status_code == 403
    assert sessions.count == 0


def test_another_site_cannot_load_it_as_a_part_of_itself_but_may_link_to_it(client: FlaskClient) -> None:
    embedded = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert client.get("/speaker", headers=embedded).status_code == 403
    assert client.get("/speaker", headers={**embedded, "Sec-Fetch-Mode": "navigate"}).status_code == 200


def test_every_answer_forbids_what_is_not_its_own(client: FlaskClient) -> None:
    for path in ("/speaker", "/speaker/static/speaker.js", "/speaker/static/nothing.js"):
        headers = client.get(path, buffered=True).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self';")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    cookie = client.get("/speaker").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/speaker" in cookie
    assert "Set-Cookie" not in client.get("/speaker").headers


# --- without JavaScript


def test_a_plain_form_says_a_sentence_and_gives_the_same_page(client: FlaskClient) -> None:
    answer = client.post("/speaker", data={"do": "say", "sentence": "buy milk"}, headers=OWN)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/speaker")
    page = visible(client.get("/speaker").text)
    assert "buy milk" in page
    assert "Hello." in page
    assert "BuyIntent" in page
    assert "oat milk" in page
    assert "found in the model" in page or "milk" in page


def test_loading_the_page_again_says_nothing_again(client: FlaskClient) -> None:
    post(client, do="say", sentence="buy milk")
    for _ in range(2):
        assert client.get("/speaker").text.count('class="said"') == 1


def test_an_earlier_turn_can_be_examined(client: FlaskClient) -> None:
    post(client, do="say", sentence="show the things")
    post(client, do="say", sentence="buy milk")
    page = client.get("/speaker?turn=0").text
    assert "turn 1 of 2" in visible(page)
    assert "What there is" in page
    assert "What there is" not in client.get("/speaker?turn=7").text
    assert client.get("/speaker?turn=x").status_code == 200


def test_a_touch_reaches_the_skill(client: FlaskClient) -> None:
    page = post(client, do="say", sentence="show the things")
    assert 'value="0-1"' in page
    assert "You touched chosen 2." in visible(post(client, do="touch", touch="0-1"))


@pytest.mark.parametrize("touch", ["0-9", "5-0", "", "0", "-1-0", "0-0-0", "x-y", "9" * 5000, "٣-٣"])
def test_what_is_not_on_the_screen_cannot_be_touched(client: FlaskClient, touch: str) -> None:
    post(client, do="say", sentence="show the things")
    page = visible(post(client, do="touch", touch=touch))
    assert "Not done. That is not on the screen." in page
    assert "You touched" not in page


def test_sentences_that_begin_as_typed_are_suggested(client: FlaskClient) -> None:
    found = client.get("/speaker/suggestions", query_string={"typed": "what"}).json
    assert found == ["what do you have"]
    assert client.get("/speaker/suggestions", query_string={"typed": HOSTILE}).json == []


def test_a_skill_event_is_sent(client: FlaskClient) -> None:
    assert "(event) enabled" in visible(post(client, do="event", event="enabled"))
    assert "Not done." in post(client, do="event", event="party")


def test_amazon_asks_whether_the_skill_could_do_a_thing(client: FlaskClient) -> None:
    page = post(client, do="can-fulfill", sentence="buy milk")
    assert "CanFulfillIntentRequest" in page
    assert "Type what Amazon should ask about." in visible(post(client, do="can-fulfill", sentence=" "))


def test_a_service_of_amazons_is_made_to_misbehave(client: FlaskClient) -> None:
    assert "<option>reminders</option>" in client.get("/speaker").text
    assert "The service reminders is now: down." in visible(
        post(client, do="fault", service="reminders", behaviour="down")
    )
    assert "Not done." in post(client, do="fault", service="weather", behaviour="down")
    assert "Not done." in post(client, do="fault", service="reminders", behaviour="lazy")


def test_nothing_can_be_kept_before_something_was_said(client: FlaskClient) -> None:
    assert client.get("/speaker/fixture.toml").status_code == 303
    assert "Nothing was said yet" in client.get("/speaker").text


def test_nobody_answering_ends_the_session(client: FlaskClient) -> None:
    assert "Nobody was asked anything." in post(client, do="silence")
    assert "Listening for an answer" in post(client, do="say", sentence="show the things")
    assert "Waiting to be spoken to" in post(client, do="silence")


def test_the_clock_is_moved_and_put_back(client: FlaskClient) -> None:
    assert 'datetime="2026-11-20T10:00:00-05:00"' in client.get("/speaker").text
    assert 'datetime="2026-11-21T10:00' in post(client, do="clock", to="+1d")
    assert 'datetime="2026-12-24T18:30' in post(client, do="clock", moment="2026-12-24 18:30")
    assert "+1y&#39; is no time" in post(client, do="clock", moment="+1y")
    assert 'datetime="2026-11-20T10:00:00-05:00"' in post(client, do="clock", to="real")


def test_who_speaks_where_is_changed(client: FlaskClient) -> None:
    page = post(client, do="use", user="", person="", device="Kitchen", screen="round", locale="en-US")
    assert 'value="kitchen"' in page
    assert "<option selected>round</option>" in page
    assert "There is no screen" in visible(post(client, do="use", screen="cinema"))


def test_a_permission_is_granted_and_refused(client: FlaskClient) -> None:
    scope = "alexa::alerts:reminders:skill:readwrite"
    assert f"{scope} granted" in visible(
        post(client, do="permission", permission="reminders", answer="granted")
    )
    assert f"{scope} refused" in visible(
        post(client, do="permission", permission="reminders", answer="refused")
    )
    assert scope not in post(client, do="permission", permission="reminders", answer="never asked")
    assert "Not done." in post(client, do="permission", permission="nonsense", answer="granted")
    assert "Not done." in post(client, do="permission", permission="reminders", answer="maybe")


def test_a_card_that_asks_for_a_permission_is_answered(client: FlaskClient) -> None:
    scope = "read::alexa:device:all:address"
    assert f"Asks for: {scope}" in visible(post(client, do="say", sentence="help"))
    assert f"Granted: {scope}." in visible(post(client, do="grant", answer="granted"))
    assert f"{scope} granted" in visible(client.get("/speaker").text)


def test_starting_over_forgets_what_was_said(client: FlaskClient, sessions: Sessions) -> None:
    post(client, do="say", sentence="buy milk")
    page = post(client, do="home", home="another")
    assert "Started over in: another." in page
    assert "buy milk" not in visible(page)
    assert "Not done." in post(client, do="home", home="nowhere")
    assert sessions.count == 1


@pytest.mark.parametrize("form", [{}, {"do": "dance"}, {"do": "say"}, {"do": "say", "sentence": "  "}])
def test_a_form_that_makes_no_sense_is_one_sentence(client: FlaskClient, form: dict[str, str]) -> None:
    assert "Not done." in post(client, **form)


@pytest.mark.parametrize("sentence", ["x" * 10_000, "\x00\x07", "買う牛乳", "\U0001f37c" * 50, "<b>" * 100])
def test_any_sentence_gives_a_page(client: FlaskClient, sentence: str) -> None:
    assert 'class="said"' in post(client, do="say", sentence=sentence)


def test_a_form_that_is_too_large_is_refused(client: FlaskClient) -> None:
    answer = client.post("/speaker", data={"do": "say", "sentence": "x" * 300_000}, headers=OWN)
    assert answer.status_code == 413


# --- what others wrote


def test_all_that_comes_from_the_shopper_or_the_skill_is_escaped(client: FlaskClient) -> None:
    pages = [
        post(client, do="say", sentence="show the things"),
        post(client, do="say", sentence=HOSTILE),
        post(client, do="use", device=HOSTILE),
        post(client, do="clock", moment=HOSTILE),
        client.get("/speaker", query_string={"fixture": HOSTILE, "turn": "0"}).text,
    ]
    for page in pages:
        assert "<script>alert" not in page
        assert "<img" not in page
        assert page.count("<script") == 1
    assert HOSTILE in visible(pages[0]) or HOSTILE in unescape(pages[0])


def test_pictures_of_the_skill_are_named_and_not_loaded(client: FlaskClient) -> None:
    page = post(client, do="say", sentence="show the things")
    assert "A shelf with three things" in page
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


# --- many browsers


def test_each_browser_has_its_own_conversation(flask: Flask) -> None:
    first, second = flask.test_client(), flask.test_client()
    post(first, do="say", sentence="buy milk")
    assert "buy milk" not in visible(second.get("/speaker").text)
    assert "buy milk" in visible(first.get("/speaker").text)


def test_the_studio_unused_for_longest_goes_first(flask: Flask, sessions: Sessions) -> None:
    browsers = [flask.test_client() for _ in range(3)]
    for browser in browsers[:2]:
        post(browser, do="say", sentence="buy milk")
    browsers[0].get("/speaker")
    browsers[2].get("/speaker")
    assert sessions.count == 2
    assert "buy milk" in visible(browsers[0].get("/speaker").text)
    assert "buy milk" not in visible(browsers[1].get("/speaker").text)


def test_many_threads_of_one_browser_take_turns(flask: Flask) -> None:
    cookie = flask.test_client().get("/speaker").headers["Set-Cookie"].split(";")[0]

    def say(_number: int) -> int:
        headers = {**OWN, "Cookie": cookie}
        return (
            flask.test_client(use_cookies=False)
            .post("/speaker", data={"do": "say", "sentence": "buy milk"}, headers=headers)
            .status_code
        )

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(say, range(24))) == {303}
    page = flask.test_client(use_cookies=False).get("/speaker", headers={"Cookie": cookie}).text
    assert page.count('class="said"') == 24


def test_many_new_browsers_at_once_leave_no_more_than_the_most(flask: Flask, sessions: Sessions) -> None:
    def visit(_number: int) -> Any:
        return flask.test_client().get("/speaker").status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(visit, range(16))) == {200}
    assert sessions.count == 2


# --- our own skill


@pytest.fixture
def browser(demo_file: Path) -> Iterator[FlaskClient]:
    """A browser in front of our own skill."""
    own = Sessions({"home": home_studio})
    yield speaker_app(demo_file, own).test_client()
    own.close()


def test_an_order_by_plain_forms_is_in_the_state_and_in_a_fixture_that_reads_back(
    browser: FlaskClient, tmp_path: Path
) -> None:
    post(browser, do="say", sentence="reorder my usual")
    assert "open: " in visible(post(browser, do="say", sentence="yes"))
    answer = browser.get("/speaker/fixture.toml", query_string={"fixture": "Order the usual!"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="order-the-usual.toml"'
    kept = tmp_path / "kept.toml"
    kept.write_text(answer.text, encoding="utf-8")
    assert failures(kept) == []
