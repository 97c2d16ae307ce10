"""The speaker page in a real Chromium: talking, looking, touching, keys, and what screen readers get."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.web.chromium import PHONE, WIDE, Browser, chromium
from tests.web.contrast import too_faint
from tests.web.speaker_homes import HOMES, HOSTILE, ServedSpeaker, failures, served_speaker
from tests.web.speaker_steps import choose, press, say, start_in, turns


@pytest.fixture(scope="module")
def speaker(demo_file: Path) -> Iterator[ServedSpeaker]:
    """The page on a free port."""
    with served_speaker(demo_file, HOMES) as served:
        yield served


@pytest.fixture(scope="module")
def window() -> Iterator[Browser]:
    """One browser for all tests of this module."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(window: Browser, speaker: ServedSpeaker) -> Iterator[Browser]:
    """The page in a fresh conversation; afterwards the console is empty and nothing came from elsewhere."""
    window.resize(WIDE)
    window.cdp("Network.clearBrowserCookies")
    window.open(speaker.url)
    yield window
    assert window.complaints() == []
    addresses = {address for address in window.addresses() if not address.startswith(("data:", "chrome"))}
    assert {f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in addresses} <= {speaker.origin}
    window.open("about:blank")  # one test's page is not the next one's


def test_an_order_is_placed_by_typing_and_stands_in_the_state_with_its_reason_and_its_json(
    page: Browser,
) -> None:
    say(page, "reorder my usual")
    assert "Listening for an answer" in page.text("hints")
    assert "ReorderUsualIntent" in page.text("column-turn")
    assert "reorder my usual" in page.text("column-turn")
    assert "open:" not in page.text("household")
    say(page, "yes")
    assert "open: " in page.text("household")
    assert "Waiting to be spoken to" in page.text("hints")
    assert "AMAZON.YesIntent" in page.text("column-turn")
    for part, word in (
        ("request", '"IntentRequest"'),
        ("response", '"outputSpeech"'),
        ("entry", '"utterance"'),
    ):
        page.find(part).find_element(By.TAG_NAME, "summary").click()
        assert word in page.find(part).text
    assert page.find("sentence").get_attribute("value") == ""


def test_the_answer_is_announced_and_spoken_unless_that_is_switched_off(page: Browser) -> None:
    page.run(
        "window.heard = []; speechSynthesis.speak = (voice) => window.heard.push([voice.text, voice.lang])"
    )
    say(page, "how many points do i have")
    spoken = page.all(".turns > li:last-child .speech")[0].text
    assert page.run("return window.heard") == [[spoken, "en-US"]]
    announced = page.find("answer-aloud")
    assert announced.get_attribute("textContent") == spoken
    assert announced.get_attribute("aria-live") == "polite"
    page.find("aloud").click()
    say(page, "how many points do i have")
    assert len(page.run("return window.heard")) == 1
    page.open(page.driver.current_url)
    assert not page.find("aloud").is_selected()
    page.find("aloud").click()


def test_what_is_spoken_into_the_microphone_is_said(page: Browser) -> None:
    assert page.find("listen").is_displayed()
    page.run(
        """
        const hears = [{0: {transcript: "how many points"}, isFinal: false},
                       {0: {transcript: "how many points do i have"}, isFinal: true}];
        webkitSpeechRecognition.prototype.start = function () {
          for (const result of hears) this.onresult({results: [result]});
          this.onend();
        };
        """
    )
    page.find("listen").click()
    page.until("document.getElementById('log').dataset.turns == 1")
    assert "CheckPointsIntent" in page.text("column-turn")


def test_the_reason_names_slots_resolution_and_rivals(page: Browser) -> None:
    say(page, "order two packs of diapers")
    why = page.text("column-turn")
    for word in (
        "OrderItemIntent",
        "Stage",
        "Score",
        "Sample",
        "quantity",
        "AMAZON.NUMBER",
        "diapers",
        "PRODUCT",
    ):
        assert word in why
    say(page, "how many points do i have")
    page.find("why-0").click()
    page.until("document.getElementById('column-turn').textContent.includes('turn 1 of 2')")
    assert "OrderItemIntent" in page.text("column-turn")
    assert page.run("return document.activeElement.id") == "why-title"


def test_the_clock_is_moved(page: Browser) -> None:
    assert page.text("now") == "10:00"
    press(page, "step-2", "clock")
    assert page.text("now") == "11:00"
    page.find("moment").send_keys("tomorrow 8:00")
    press(page, "move", "clock")
    assert page.text("now") == "08:00"
    assert "Sat 21 Nov 2026" in page.text("clock")
    page.find("moment").send_keys("half past never")
    press(page, "move", "told")
    assert page.find("told").find_element(By.CSS_SELECTOR, "[role=alert]").text.startswith("Not done.")
    press(page, "real-time", "clock")
    assert page.text("now") == "10:00"


def test_german_is_understood_and_marked_as_german(page: Browser) -> None:
    choose(page, "locale", "de-DE")
    press(page, "use", "stage")
    say(page, "wie viele Punkte habe ich")
    assert "CheckPointsIntent" in page.text("column-turn")
    (speech,) = page.all(".speech")
    assert "Punkte" in speech.text
    assert speech.get_attribute("lang") == "de-DE"
    assert page.run("return document.documentElement.lang") == "en"


def test_another_person_speaks_and_a_permission_is_given(page: Browser) -> None:
    choose(page, "user", "Ben")
    press(page, "use", "stage")
    say(page, "open corner shop")
    assert "Ben" in page.text("log")
    choose(page, "permission", "reminders")
    press(page, "permit", "stage")
    assert "granted" in page.text("permissions")


def test_a_touch_on_the_screen_reaches_the_skill(page: Browser) -> None:
    start_in(page, "screen")
    say(page, "show the things")
    assert "What there is" in page.text("column-turn")
    assert "A shelf with three things" in page.text("column-turn")
    assert [each.text for each in page.all(".screen .touch")] == [
        "1. Oat milk",
        "2. Diapers",
        '3. alert("x") &',
    ]
    before = turns(page)
    page.all(".screen .touch")[1].click()
    page.until(f"document.getElementById('log').dataset.turns > {before}")
    assert "You touched chosen 2." in page.text("log")
    assert HOSTILE in page.text("log")
    assert page.all("main script, main img") == []


def test_everything_can_be_done_by_keyboard_alone(page: Browser) -> None:
    def key(*keys: str) -> None:
        ActionChains(page.driver).send_keys(*keys).perform()

    def focused() -> str:
        return str(page.run("return document.activeElement.id"))

    assert focused() == "sentence"
    key("reorder my usual", Keys.ENTER)
    page.until("document.getElementById('log').dataset.turns == 1")
    assert focused() == "sentence"
    key("yes", Keys.ENTER)
    page.until("document.getElementById('log').dataset.turns == 2")
    key(Keys.ARROW_UP)
    assert page.find("sentence").get_attribute("value") == "yes"
    key(Keys.ARROW_UP)
    assert page.find("sentence").get_attribute("value") == "reorder my usual"
    seen = []
    for _ in range(60):
        key(Keys.TAB)
        seen.append(focused())
        if focused() == "step-2":
            key(Keys.SPACE)
            page.until("document.getElementById('now').textContent == '11:00'")
            assert focused() == "step-2"
        if focused() == "start-over":
            break
    wanted = ["say-it", "silence", "fixture-name", "step-2", "move", "user", "use", "permit", "start-over"]
    assert [each for each in seen if each in wanted] == wanted
    key(Keys.ESCAPE)
    assert focused() == "sentence"


def test_what_was_said_is_kept_as_a_fixture_that_passes(page: Browser, tmp_path: Path) -> None:
    say(page, "reorder my usual")
    say(page, "yes")
    page.find("fixture-name").send_keys("the usual from the browser")
    page.find("show-fixture").click()
    page.until("document.getElementById('fixture')")
    shown = page.find("fixture").get_attribute("textContent") or ""
    kept = tmp_path / "kept.toml"
    kept.write_text(shown, encoding="utf-8")
    assert "the usual from the browser" in shown
    assert failures(kept) == []
    page.find("save-fixture").click()
    assert page.downloaded("the-usual-from-the-browser.toml") == shown


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_control_has_a_name_every_word_can_be_read_and_nothing_runs_off_the_page(
    page: Browser, size: tuple[int, int], dark: bool
) -> None:
    page.resize(size, dark=dark)
    start_in(page, "screen")
    say(page, "show the things")
    page.find("moment").send_keys("never")
    press(page, "move", "told")
    assert page.unnamed_controls() == []
    assert too_faint(page) == []
    assert page.run("return document.documentElement.scrollWidth <= innerWidth")
    roles = page.roles()
    for landmark in ("main", "banner"):
        assert landmark in roles
    for panel in ("Conversation", "Screen", "Household", "Clock", "Who speaks, and where"):
        assert panel in roles["region"]
    levels = page.run(
        "return [...document.querySelectorAll('h1,h2,h3')].map((each) => Number(each.tagName[1]))"
    )
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.run("return [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))


def test_without_javascript_the_same_page_works(page: Browser, speaker: ServedSpeaker) -> None:
    page.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        page.open(speaker.url)
        page.find("sentence").send_keys("reorder my usual", Keys.ENTER)
        page.find("sentence").send_keys("yes", Keys.ENTER)
        assert "open: " in page.text("household")
        assert not page.find("listen").is_displayed()
        assert not page.find("aloud").is_displayed()
    finally:
        page.cdp("Emulation.setScriptExecutionDisabled", value=False)
