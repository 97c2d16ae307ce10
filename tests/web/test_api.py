"""The API under /v1 on the real services: orders, quotes, yes and no, keys, other households, bad input."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skill.household import directory
from skill.household.models import Member
from skill.household.service import Households
from skill.household.voice_code import VoiceCodes
from skill.orders.models import OrderingLimits
from skill.storage.keys import new_id
from skill.worker.jobs import ANSWERS_KEPT
from tests.web.api_contract import Api
from tests.web.web_home import WebHome, web_home

MILK = "OM-ORI-OAT-MIL-64FL"
SOAP = {"items": [{"product_id": MILK, "quantity": 2}]}
_keys = count(1)


@pytest.fixture
def home(demo_file: Path, tmp_path: Path) -> Iterator[WebHome]:
    with web_home(demo_file, tmp_path) as made:
        yield made


@pytest.fixture
def api(home: WebHome) -> Api:
    return Api(home, home.member_id)


def bought(api: Api, wanted: dict[str, Any] = SOAP) -> dict[str, Any]:
    quote = api.post("/v1/quotes", wanted)
    assert quote.status_code == 201, quote.json
    placed = api.post(f"/v1/quotes/{quote.json['id']}/confirm")
    assert placed.status_code == 200, placed.json
    found: dict[str, Any] = placed.json["orders"][0]
    return found


def test_an_order_is_quoted_confirmed_read_and_cancelled(api: Api) -> None:
    quote = api.post("/v1/quotes", SOAP)
    assert quote.json["sellers"][0]["lines"][0]["quantity"] == 2
    assert api.get(f"/v1/quotes/{quote.json['id']}").json["id"] == quote.json["id"]
    order = api.post(f"/v1/quotes/{quote.json['id']}/confirm").json["orders"][0]
    assert (order["state"], order["origin"]) == ("accepted", "api")
    assert order["total_cents"] == quote.json["sellers"][0]["total_cents"]
    assert api.get(f"/v1/orders/{order['id']}").json["state"] == "accepted"
    assert api.get("/v1/orders?limit=1").json["orders"][0]["id"] == order["id"]
    assert api.post(f"/v1/orders/{order['id']}/cancel").json["state"] == "cancelled"
    again = api.post(f"/v1/orders/{order['id']}/cancel")
    assert (again.status_code, again.json["reason"]) == (409, "cancelled")


def test_the_usual_and_the_last_order_are_quoted_and_dropped(api: Api) -> None:
    for wanted in ("usual", "last"):
        quote = api.post("/v1/quotes", {"of": wanted})
        assert quote.status_code == 201
        assert api.delete(f"/v1/quotes/{quote.json['id']}").json["state"] == "cancelled"
        assert api.delete(f"/v1/quotes/{quote.json['id']}").status_code == 404
        assert api.post(f"/v1/quotes/{quote.json['id']}/confirm").status_code == 404
    assert api.get("/v1/points").json["available"] > 0


def test_the_same_body_under_a_key_gets_the_same_answer_and_another_body_a_conflict(api: Api) -> None:
    key = "press-1"
    first = api.post("/v1/quotes", SOAP, key)
    assert api.post("/v1/quotes", SOAP, key).json == first.json
    other = api.post("/v1/quotes", {"of": "usual"}, key)
    assert (other.status_code, other.json["reason"]) == (409, "idempotency_conflict")
    yes = f"/v1/quotes/{first.json['id']}/confirm"
    placed = api.post(yes, {}, "press-2")
    assert api.post(yes, {}, "press-2").json == placed.json
    late = api.post(yes, {}, "press-3")
    assert (late.status_code, late.json["reason"]) == (404, "not_found")
    assert len(api.made_orders()) == 1


def test_a_key_is_forgotten_after_a_day(home: WebHome, api: Api) -> None:
    first = api.post("/v1/quotes", SOAP, "k")
    home.wait(hours=23)
    home.app.work()
    assert api.post("/v1/quotes", SOAP, "k").json == first.json
    home.now += ANSWERS_KEPT - timedelta(hours=22)
    home.app.work()
    assert api.post("/v1/quotes", SOAP, "k").json["id"] != first.json["id"]


def test_ten_presses_at_once_are_one_order(api: Api) -> None:
    yes = f"/v1/quotes/{api.post('/v1/quotes', SOAP).json['id']}/confirm"
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: api.post(yes, {}, "one-press"), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({json.dumps(answer.json) for answer in answers}) == 1
    assert len(api.made_orders()) == 1


def test_what_was_ordered_a_moment_ago_is_a_duplicate_unless_it_is_meant(api: Api) -> None:
    order = bought(api)
    twice = api.post("/v1/quotes", SOAP)
    assert (twice.status_code, twice.json["reason"]) == (409, "duplicate")
    assert twice.json["order"]["id"] == order["id"]
    assert api.post("/v1/quotes", {**SOAP, "deliberate": True}).status_code == 201


def test_what_was_ordered_by_voice_is_a_duplicate_here_and_the_other_way_round(api: Api) -> None:
    asked = api.say("OrderItemIntent", product="ground coffee")
    wanted = [{"product_id": line["product_id"]} for line in asked.quotes[0]["lines"]]
    assert api.say("AMAZON.YesIntent").reply.startswith("YesIntent.order_placed")
    assert api.post("/v1/quotes", {"items": wanted}).json["reason"] == "duplicate"
    bought(api)
    api.hang_up()
    assert api.say("OrderItemIntent", product="oat milk").reply == "OrderItemIntent.just_ordered"
    assert len(api.made_orders()) == 2


def test_a_quote_that_ran_out_is_told_anew(home: WebHome, api: Api) -> None:
    quote = api.post("/v1/quotes", SOAP).json
    home.wait(minutes=5)
    late = api.post(f"/v1/quotes/{quote['id']}/confirm")
    assert (late.status_code, late.json["reason"]) == (409, "terms_changed")
    assert api.made_orders() == []
    assert api.post(f"/v1/quotes/{late.json['quote']['id']}/confirm").status_code == 200


def with_code(home: WebHome, **limits: int) -> None:
    with home.app.database.unit(home.household_id) as unit:
        VoiceCodes(unit).draft(home.member_id, "4826")
        VoiceCodes(unit).settle(home.member_id, "4826")
        unit.session.add(OrderingLimits(household_id=unit.household, **limits))


def test_the_pace_of_voice_and_api_is_one_and_the_voice_code_lets_a_yes_through(
    home: WebHome, api: Api
) -> None:
    with_code(home, orders_per_hour=2)
    api.say("OrderItemIntent", product="ground coffee")
    assert api.say("AMAZON.YesIntent").reply.startswith("YesIntent.order_placed")
    bought(api)
    yes = f"/v1/quotes/{api.post('/v1/quotes', {'of': 'last', 'deliberate': True}).json['id']}/confirm"
    needed = api.post(yes)
    assert (needed.status_code, needed.json["reason"]) == (403, "code_needed")
    assert needed.json["because"] == "too_many"
    wrong = api.post(yes, {"voice_code": "1397"}, "code")
    assert (wrong.status_code, wrong.json["reason"]) == (403, "code_wrong")
    assert api.post(yes, {"voice_code": "1397"}, "code").json == wrong.json  # one try, not two
    assert api.post(yes, {"voice_code": "4826"}).status_code == 200


def test_three_wrong_codes_lock_voice_and_api_alike(home: WebHome, api: Api) -> None:
    with_code(home, orders_per_hour=0)
    yes = f"/v1/quotes/{api.post('/v1/quotes', SOAP).json['id']}/confirm"
    told = [api.post(yes, {"voice_code": "1397"}).json["reason"] for _ in range(3)]
    assert told == ["code_wrong", "code_wrong", "code_locked"]
    assert api.post(yes, {"voice_code": "4826"}).status_code == 404
    api.say("OrderItemIntent", product="ground coffee")
    assert api.say("AMAZON.YesIntent").reply == "YesIntent.held"


def test_a_limit_of_the_household_is_held_to(home: WebHome, api: Api) -> None:
    with_code(home, most_cents=100)
    held = api.post(f"/v1/quotes/{api.post('/v1/quotes', SOAP).json['id']}/confirm", {"voice_code": "4826"})
    assert (held.status_code, held.json["reason"], held.json["because"]) == (403, "held", "over_limit")


def member(home: WebHome, role: str) -> Member:
    with home.app.database.unit(home.household_id) as unit:
        made = Households(unit).add_member(f"Some {role}", role)
        directory.bind(unit, directory.ACCOUNT, str(made.id), made.id)
        return made


def test_roles_and_child_mode_hold_here_too(home: WebHome, api: Api) -> None:
    child, helper = (Api(home, member(home, role).id) for role in ("child", "helper"))
    for path in ("/v1/orders", "/v1/points", "/v1/pending"):
        assert (child.get(path).status_code, child.get(path).json["reason"]) == (403, "not_allowed")
    assert child.post("/v1/quotes", SOAP).json["reason"] == "not_allowed"
    assert helper.post("/v1/quotes", SOAP).json["reason"] == "not_allowed"
    assert helper.post("/v1/quotes", {"of": "usual"}).status_code == 201
    quote = api.post("/v1/quotes", SOAP).json
    assert helper.post(f"/v1/quotes/{quote['id']}/confirm").status_code == 404
    with home.app.database.unit(home.household_id) as unit:
        Households(unit).set_child_mode(on=True)
    assert api.post(f"/v1/quotes/{quote['id']}/confirm").json["reason"] == "child_mode"


def test_another_household_finds_nothing_and_learns_nothing(home: WebHome, api: Api) -> None:
    order, quote = bought(api), api.post("/v1/quotes", {"of": "usual", "deliberate": True}).json
    home.app.seed_household(other := new_id(), "amzn1.ask.account.other", home.now)
    with home.app.database.unit(other) as unit:
        stranger = Households(unit).members()[0]
        directory.bind(unit, directory.ACCOUNT, str(stranger.id), stranger.id)
    theirs = Api(home, stranger.id)
    nobody = new_id()
    for path in ("/v1/orders/{}", "/v1/quotes/{}"):
        own = order["id"] if "orders" in path else quote["id"]
        assert theirs.get(path.format(own)).status_code == 404
        assert theirs.get(path.format(own)).json == theirs.get(path.format(nobody)).json
    for path, own in (("/v1/orders/{}/cancel", order["id"]), ("/v1/quotes/{}/confirm", quote["id"])):
        assert theirs.post(path.format(own)).json == theirs.post(path.format(nobody)).json
        assert theirs.post(path.format(own)).status_code == 404
    assert theirs.delete(f"/v1/quotes/{quote['id']}").status_code == 404
    assert theirs.get("/v1/pending").json == {"quotes": []}
    assert api.get(f"/v1/quotes/{quote['id']}").status_code == 200


def test_an_order_begun_by_voice_is_pending_for_a_day_and_one_yes_is_one_order(
    home: WebHome, api: Api
) -> None:
    api.say("OrderItemIntent", product="ground coffee")
    (waiting,) = api.get("/v1/pending").json["quotes"]
    assert api.post("/v1/quotes", SOAP).status_code == 201
    assert (
        len(api.get("/v1/pending").json["quotes"]) == 1
    )  # a price that a site asked for was not begun by voice
    assert api.post(f"/v1/quotes/{waiting['id']}/confirm").status_code == 200
    assert api.say("AMAZON.YesIntent").reply == "YesIntent.already_answered"
    assert len(api.made_orders()) == 1
    api.say("OrderItemIntent", product="wipes")
    home.wait(hours=24, seconds=1)
    assert api.get("/v1/pending").json == {"quotes": []}


BAD: list[tuple[str, bytes, str, int, str]] = [
    ("/v1/quotes", b"{", "application/json", 400, "body_json"),
    ("/v1/quotes", b"\xff", "application/json", 400, "body_encoding"),
    ("/v1/quotes", b"[]", "application/json", 400, "body_shape"),
    ("/v1/quotes", b"{}", "application/json", 400, "items_or_of"),
    ("/v1/quotes", b"", "application/json", 400, "items_or_of"),
    ("/v1/quotes", b'{"of": "usual"}', "text/plain", 415, "content_type"),
    ("/v1/quotes", b'{"of": "usual", "of": "last"}', "application/json", 400, "body_json"),
    ("/v1/quotes", b'{"of": "everything"}', "application/json", 400, "malformed"),
    ("/v1/quotes", b'{"of": "usual", "price": 1}', "application/json", 400, "unknown_name"),
    ("/v1/quotes", b'{"of": "usual", "deliberate": "yes"}', "application/json", 400, "malformed"),
    ("/v1/quotes", b'{"items": []}', "application/json", 400, "malformed"),
    ("/v1/quotes", b'{"items": ["x"]}', "application/json", 400, "malformed"),
    (
        "/v1/quotes",
        b'{"items": [{"product_id": "x", "quantity": true}]}',
        "application/json",
        400,
        "malformed",
    ),
    ("/v1/quotes", b'{"items": [{"product_id": "x", "quantity": 0}]}', "application/json", 400, "malformed"),
    (
        "/v1/quotes",
        b'{"items": [{"product_id": "x", "quantity": 1e3}]}',
        "application/json",
        400,
        "malformed",
    ),
    ("/v1/quotes", b'{"items": [{"product_id": 7}]}', "application/json", 400, "malformed"),
    ("/v1/quotes", b'{"items": [{"product_id": "nothing-of-ours"}]}', "application/json", 409, "not_sold"),
    ("/v1/quotes", b" " * 300_000, "application/json", 413, "body_size"),
    ("/v1/quotes/not-an-id/confirm", b"{}", "application/json", 404, "not_found"),
    ("/v1/orders", b"{}", "application/json", 405, "method_not_allowed"),
]


def test_whatever_is_malformed_is_refused_with_its_reason_and_nothing_is_done(api: Api) -> None:
    for path, content, kind, status, reason in BAD:
        answer = api.send(path, content, kind, f"bad-{next(_keys)}")
        assert (answer.status_code, answer.json["reason"]) == (status, reason), content[:60]
    for limit in ("0", "101", "000000001000000", "000000001" + "0" * 5000, "%D9%A1", ""):
        assert api.get(f"/v1/orders?limit={limit}").json["reason"] == "malformed", limit[:20]
    assert api.get("/v1/pending").json == {"quotes": []}


def test_a_key_is_needed_and_a_token_too(home: WebHome, api: Api) -> None:
    for key, reason in ((None, "idempotency_key_missing"), ("k" * 201, "idempotency_key_malformed")):
        answer = api.send("/v1/quotes", b'{"of": "usual"}', "application/json", key)
        assert (answer.status_code, answer.json["reason"]) == (400, reason)
    client = home.flask.test_client()
    assert client.get("/v1/orders").json == {"status": 401, "reason": "token_missing"}
    for token in ("x", home.access_token()[:-3] + "abc"):
        refused = client.get("/v1/orders", headers={"Authorization": f"Bearer {token}"})
        assert (refused.status_code, refused.json) == (401, {"status": 401, "reason": "token_refused"})
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    old = {"Authorization": f"Bearer {api.token}"}
    home.wait(minutes=31)
    assert client.get("/v1/orders", headers=old).status_code == 401
    assert api.get("/v1/orders").status_code == 200


def test_the_token_of_account_linking_opens_the_api(home: WebHome) -> None:
    header = {"Authorization": f"Bearer {home.access_token()}"}
    assert home.flask.test_client().get("/v1/orders", headers=header).status_code == 200


ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.fixed_dictionaries(
    {}, optional={"items": ANY, "of": ANY, "deliberate": ANY, "voice_code": ANY, "other": ANY}
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=BODIES, path=st.sampled_from(["/v1/quotes", f"/v1/quotes/{new_id()}/confirm"]))
def test_whatever_the_body_holds_it_is_a_4xx_with_a_reason(api: Api, body: Any, path: str) -> None:
    answer = api.send(path, json.dumps(body).encode(), "application/json", f"any-{next(_keys)}")
    assert 400 <= answer.status_code < 500
    assert answer.json["reason"]
