"""The demo household with a password and a client behind the Flask application, for the web faces."""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import Client

from skill import bootstrap
from skill.bootstrap import App
from skill.household.oauth_clients import add_client
from skill.household.passwords import set_password
from skill.settings import Settings, WebSettings
from skill.web.serve import web_app
from tests.alexa_ca import NOW

URL = "https://shop.example"
BACK = "https://alexa.amazon.com/api/skill/link/M1"
PASSWORD = "correct horse"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
LINK_KEY = "k" * 40


class WebHome:
    """Anna's household, one confidential and one public client, and a browser."""

    def __init__(self, database_url: str, key_file: Path, url: str = URL) -> None:
        self.now = NOW
        self.settings = Settings(
            env="development",
            skill_id="amzn1.ask.skill.restock",
            database_url=database_url,
            database_url_given=True,
            web=WebSettings(url, key_file, LINK_KEY),
        )
        self.app: App = bootstrap.build(self.settings, clock=lambda: self.now)
        self.flask = web_app(self.settings, self.app)
        found = self.app.member(None)
        self.household_id, self.member_id = found.household_id, found.member_id
        with self.app.database.unit(self.household_id) as unit:
            set_password(unit, self.member_id, PASSWORD)
        with self.app.database.unit(None) as unit:
            client, self.secret = add_client(unit, "Alexa", [BACK], NOW)
            public, _none = add_client(unit, "App", [BACK], NOW, public=True)
            self.client_id, self.public_id = client.id, public.id

    def wait(self, **span: float) -> None:
        """Move the clock."""
        self.now += timedelta(**span)

    def browser(self) -> Client:
        """A browser that keeps its cookies, which come over https."""
        return self.flask.test_client()

    def asked(self, **changes: str | None) -> dict[str, str]:
        """What Alexa asks the sign-in page with; None leaves a parameter out."""
        good: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "state": "s-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**good, **changes}.items() if value is not None}

    def sign_in(
        self, browser: Client, password: str = PASSWORD, login: str = "Anna", **changes: str | None
    ) -> Any:
        """Open the page and send its form."""
        page = browser.get("/oauth/authorize", query_string=self.asked(**changes), base_url=URL)
        form = {"login": login, "password": password, "form_token": form_token(page.text)}
        return browser.post("/oauth/authorize", query_string=self.asked(**changes), data=form, base_url=URL)

    def code(self, **changes: str | None) -> str:
        """A code, as the browser carries it back to the client."""
        answer = self.sign_in(self.browser(), PASSWORD, "Anna", **changes)
        return parse_qs(str(urlsplit(answer.location).query))["code"][0]

    def token(self, form: Mapping[str, str | None], basic: bool = True, path: str = "/oauth/token") -> Any:
        """Ask for tokens as a client does."""
        sent = {name: value for name, value in form.items() if value is not None}
        headers = {}
        if basic:
            pair = f"{self.client_id}:{self.secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return self.browser().post(path, data=sent, headers=headers, base_url=URL)

    def exchange(self, good: str, basic: bool = True, **changes: str | None) -> Any:
        """Exchange a code."""
        form = {"grant_type": "authorization_code", "code": good, "redirect_uri": BACK}
        return self.token({**form, "code_verifier": VERIFIER, **changes}, basic)

    def access_token(self) -> str:
        """An access token of Anna's."""
        found: str = self.exchange(self.code()).json["access_token"]
        return found


def form_token(page: str) -> str:
    """The token in a page's form."""
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found, page
    return found[1]


@contextmanager
def web_home(demo_file: Path, folder: Path) -> Iterator[WebHome]:
    """A home on a copy of the demo file."""
    copy = folder / "web.db"
    copy.write_bytes(demo_file.read_bytes())
    home = WebHome(f"sqlite:///{copy}", folder / "key.pem")
    yield home
    home.app.close()
