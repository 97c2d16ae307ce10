"""What a person does on the speaker page, step by step, each waiting for what comes of it."""

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.web.chromium import Browser


def say(page: Browser, sentence: str) -> None:
    """Type a sentence, press Enter, and wait for the answer."""
    before = turns(page)
    field = page.find("sentence")
    field.clear()
    field.send_keys(sentence, Keys.ENTER)
    page.until(f"document.getElementById('log').dataset.turns > {before}")


def turns(page: Browser) -> int:
    """How many turns the conversation has."""
    return int(page.run("return document.getElementById('log').dataset.turns"))


def press(page: Browser, element_id: str, changes: str) -> None:
    """Click a control and wait until the part with the id `changes` is another one."""
    page.run("document.getElementById(arguments[0]).seen = true", changes)
    page.find(element_id).click()
    page.until("!document.getElementById(arguments[0]).seen", changes)


def choose(page: Browser, element_id: str, words: str) -> None:
    """Choose an option by its words."""
    Select(page.find(element_id)).select_by_visible_text(words)


def start_in(page: Browser, home: str) -> None:
    """Start over in another home."""
    choose(page, "home", home)
    press(page, "start-over", "stage")
