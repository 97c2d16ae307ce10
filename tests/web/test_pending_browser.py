"""The pages for shoppers in a real Chromium: signing in, the order, the yes, nothing from elsewhere."""

import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from selenium.webdriver.common.by import By
from werkzeug.serving import make_server

from skill.household.oauth_clients import add_client
from tests.web.api_contract import Api
from tests.web.chromium import WIDE, Browser, chromium
from tests.web.web_home import PASSWORD, WebHome


@pytest.fixture
def served(demo_file: Path, tmp_path: Path) -> Iterator[tuple[WebHome, str]]:
    """A home behind a real server on a free port, and its address."""
    copy = tmp_path / "web.db"
    shutil.copyfile(demo_file, copy)
    server = make_server("127.0.0.1", 0, lambda environ, start: home.flask(environ, start), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    home = WebHome(f"sqlite:///{copy}", tmp_path / "key.pem", url)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield home, url
    server.shutdown()
    thread.join()
    server.server_close()
    home.app.close()


@pytest.fixture
def window() -> Iterator[Browser]:
    """A browser."""
    with chromium() as browser:
        browser.resize(WIDE)
        yield browser


def sign_in(window: Browser) -> None:
    window.find("login").send_keys("Anna")
    window.find("password").send_keys(PASSWORD)
    window.driver.find_element(By.TAG_NAME, "button").click()


def test_a_card_leads_to_an_order(window: Browser, served: tuple[WebHome, str]) -> None:
    home, url = served
    api = Api(home, home.member_id)
    card = api.say("OrderItemIntent", product="ground coffee").card
    link = re.search(rf"{url}/pending/[A-Za-z0-9_-]+", str(card))
    assert link, card
    window.open(link[0])
    assert window.unnamed_controls() == []
    sign_in(window)
    window.until("document.querySelector('button[value=place]') !== null")
    assert window.unnamed_controls() == []
    window.driver.find_element(By.CSS_SELECTOR, "button[value=place]").click()
    window.until("document.querySelector('[role=alert]') !== null")
    assert "Your order is placed" in window.driver.find_element(By.TAG_NAME, "main").text
    assert len(api.made_orders()) == 1
    asked = {one for one in window.addresses() if one.startswith("http")}
    origins = {f"{urlsplit(one).scheme}://{urlsplit(one).netloc}" for one in asked}
    assert origins == {url}


def test_signing_in_leads_back_to_the_client_through_the_policy_of_the_page(
    window: Browser, served: tuple[WebHome, str]
) -> None:
    home, url = served
    back = f"{url.replace('127.0.0.1', 'localhost')}/healthz"  # another origin, as Alexa's is
    with home.app.database.unit(None) as unit:
        client, _secret = add_client(unit, "App", [back], home.now)
    query = urlencode(home.asked(client_id=client.id, redirect_uri=back))
    window.open(f"{url}/oauth/authorize?{query}")
    sign_in(window)
    window.until("location.pathname == '/healthz' && location.search.includes('code=')")
    assert not any("Content Security Policy" in complaint for complaint in window.complaints())
