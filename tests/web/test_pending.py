"""A card's link: from the spoken offer to the page, signing in, today's price, the yes, and refusals."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from skill.household import directory
from skill.household.models import Member
from skill.household.passwords import set_password
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.orders.models import OrderingLimits
from skill.orders.placing import Placing
from skill.orders.quotes import Quoted
from skill.storage.keys import new_id
from tests.web.api_contract import Api
from tests.web.web_home import PASSWORD, URL, WebHome, form_token, web_home


@pytest.fixture
def home(demo_file: Path, tmp_path: Path) -> Iterator[WebHome]:
    with web_home(demo_file, tmp_path) as made:
        yield made


@pytest.fixture
def api(home: WebHome) -> Api:
    return Api(home, home.member_id)


def link_on_card(api: Api, product: str = "ground coffee") -> str:
    """The path of the link on the card of a spoken offer; the shopper then says nothing more."""
    card = api.say("OrderItemIntent", product=product).card
    api.hang_up()
    found = re.search(rf"{URL}(/pending/[A-Za-z0-9_-]+)", str(card))
    assert found, card
    return found[1]


def opened(browser: Client, link: str, login: str = "Anna", password: str = PASSWORD) -> Any:
    """Open a link, sign in, and follow to the page of the order."""
    page = browser.get(link, base_url=URL)
    assert page.status_code == 200
    form = {"login": login, "password": password, "form_token": form_token(page.text)}
    return browser.post(link, data=form, base_url=URL, follow_redirects=True)


def pressed(browser: Client, page: Any, do: str = "place", **more: str) -> Any:
    """Press a button of the page."""
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    form = {"do": do, "form_token": form_token(page.text), **more}
    return browser.post(action[1], data=form, base_url=URL)


def test_an_order_begun_by_voice_is_placed_on_the_page_of_its_card(home: WebHome, api: Api) -> None:
    link = link_on_card(api)
    home.wait(hours=5)
    browser = home.browser()
    page = opened(browser, link)
    assert page.status_code == 200
    assert all(word in page.text for word in ("Corner Shop", "Coffee", "tax", "Total: $", "Order and pay"))
    assert api.made_orders() == []
    done = pressed(browser, page)
    assert "Your order is placed" in done.text
    assert pressed(browser, page).status_code == 404
    assert browser.get(link, base_url=URL).status_code == 200
    used = opened(browser, link)
    assert used.status_code == 404
    assert "nothing to order here" in used.text
    assert [order["origin"] for order in api.made_orders()] == ["api"]
    assert api.say("ContinueOrderIntent").reply == "ContinueOrderIntent.nothing"


def test_a_no_on_the_page_drops_the_order_everywhere(home: WebHome, api: Api) -> None:
    browser = home.browser()
    page = opened(browser, link_on_card(api))
    assert "nothing was ordered" in pressed(browser, page, "refuse").text
    assert api.get("/v1/pending").json == {"quotes": []}
    assert api.made_orders() == []


def test_a_page_that_was_left_open_tells_the_price_of_now(home: WebHome, api: Api) -> None:
    browser = home.browser()
    page = opened(browser, link_on_card(api))
    home.wait(minutes=10)
    anew = pressed(browser, page)
    assert "here is today" in anew.text
    assert api.made_orders() == []
    assert "Your order is placed" in pressed(browser, anew).text
    assert len(api.made_orders()) == 1


def test_the_page_tells_what_was_left_out_and_what_took_its_place(
    api: Api, home: WebHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fewer(placing: Placing, *asked: Any) -> Any:
        made = requote(placing, *asked)
        assert isinstance(made, Quoted)
        instead = [{"name": "Milk", "other": "Oat milk"}]
        return replace(made, unsold=["Rusks"], too_dear=["Tea & sugar"], instead=instead)

    requote = Placing.requote
    monkeypatch.setattr(Placing, "requote", fewer)
    browser = home.browser()
    page = opened(browser, link_on_card(api))
    assert "costs more than your household allows: Rusks, Tea &amp; sugar." in page.text
    assert "Oat milk instead of Milk." in page.text
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    assert "Rusks" in browser.get(action[1], base_url=URL).text
    assert "Your order is placed" in pressed(browser, page).text


def test_the_voice_code_is_asked_for_on_the_page_too(home: WebHome, api: Api) -> None:
    with home.app.database.unit(home.household_id) as unit:
        VoiceCodes(unit).draft(home.member_id, "4826")
        VoiceCodes(unit).settle(home.member_id, "4826")
        unit.session.add(OrderingLimits(household_id=unit.household, orders_per_hour=0))
    browser = home.browser()
    page = opened(browser, link_on_card(api))
    asked = pressed(browser, page)
    assert 'name="voice_code"' in asked.text
    wrong = pressed(browser, asked, voice_code="1397")
    assert "was not your voice code" in wrong.text
    assert "Your order is placed" in pressed(browser, wrong, voice_code="4826").text


def test_a_link_is_good_for_a_day_and_cannot_be_made_up(home: WebHome, api: Api) -> None:
    link = link_on_card(api)
    browser = home.browser()
    for wrong in (link[:-2] + ("AA" if link[-2:] != "AA" else "BB"), "/pending/x", "/pending/" + "A" * 51):
        assert browser.get(wrong, base_url=URL).status_code == 404
    home.wait(hours=24)
    assert browser.get(link, base_url=URL).status_code == 404


def test_the_page_is_for_the_one_who_began_and_who_may_buy(home: WebHome, api: Api) -> None:
    link = link_on_card(api)
    home.app.seed_household(other := new_id(), "amzn1.ask.account.other", home.now)
    with home.app.database.unit(other) as unit:
        set_password(unit, Households(unit).members()[0].id, PASSWORD, "other")
    assert opened(home.browser(), link, "other").status_code == 404
    assert opened(home.browser(), link, "Anna", "wrong password").status_code == 400
    with home.app.database.unit(home.household_id) as unit:
        anna = unit.session.get(Member, (home.household_id, home.member_id))
        assert anna is not None
        Households(unit).set_child_mode(on=True)
    assert "not allowed" in opened(home.browser(), link).text
    assert api.made_orders() == []


def test_only_our_own_forms_and_who_signed_in_are_answered(home: WebHome, api: Api) -> None:
    browser = home.browser()
    page = opened(browser, link_on_card(api))
    stranger = home.browser()
    assert pressed(stranger, page).status_code == 403
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    assert stranger.get(action[1], base_url=URL).status_code == 404
    forged = {"do": "place", "form_token": "forged"}
    assert browser.post(action[1], data=forged, base_url=URL).status_code == 403
    home.wait(minutes=15)
    assert browser.get(action[1], base_url=URL).status_code == 404
    assert api.made_orders() == []


def test_a_name_on_the_page_is_only_text(home: WebHome, api: Api) -> None:
    browser = home.browser()
    with home.app.database.unit(home.household_id) as unit:
        Households(unit).add_address("<script>alert(1)</script>", default=True)
        directory.bind(unit, directory.ACCOUNT, "unused", home.member_id)
    page = opened(browser, link_on_card(api))
    assert "<script" not in page.text
