"""The studio: one household in front of one skill, its people and devices, its clock, and what was said."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from skill.simulator.account import Account, Person
from skill.simulator.studio import SCOPES, Fresh, Studio
from skill.simulator.studio_clock import StudioClock
from skill.simulator.studio_house import House, StudioModels
from tests.simulator.fake_skill import MODEL, NOW, SKILL_ID, FakeSkill

MODELS = StudioModels(["en-US", "en-GB"], lambda _: MODEL, lambda _: ["order diapers"])


opened: list[Studio] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Every studio is closed behind its test."""
    yield
    while opened:
        opened.pop().close()


def real() -> datetime:
    return NOW


def account(name: str | None) -> Account:
    if name not in (None, "Anna", "Ben"):
        raise LookupError(f"There is no member called {name!r}.")
    return Account(f"amzn1.ask.account.{(name or 'anna').lower()}")


def person(name: str) -> Person:
    return Person(f"amzn1.ask.person.{account(name).user_id.rpartition('.')[2]}")


def house(skill: FakeSkill, **more: Any) -> House:
    settings: dict[str, Any] = {
        "account": account,
        "person": person,
        "observe": skill.observe,
        "users": lambda: ["Anna", "Ben"],
    }
    return House(skill.handle, MODELS, SKILL_ID, **{**settings, **more})


def studio(skill: FakeSkill, **more: Any) -> Studio:
    fresh = more.pop("fresh", None)
    opened.append(Studio(house(skill, **more), StudioClock(real, NOW, running=False), fresh=fresh))
    return opened[-1]


def anew(skills: list[FakeSkill], made: type[FakeSkill] = FakeSkill) -> Fresh:
    """Gives a fresh skill each time, and keeps it for the test to look at."""

    @contextmanager
    def fresh(clock: StudioClock) -> Iterator[House]:
        skills.append(made())
        yield house(skills[-1])

    return fresh


class Shy(FakeSkill):
    """The small skill after a change: it no longer asks which product."""

    def _response(self, name: str, intent: dict[str, Any]) -> dict[str, Any]:
        response = super()._response(name, intent)
        return {**response, "directives": [], "shouldEndSession": True}


@pytest.fixture
def skill() -> FakeSkill:
    return FakeSkill()


def system(skill: FakeSkill, back: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = skill.requests[back]["context"]["System"]
    return found


def test_what_is_said_is_kept_with_its_line_its_moment_and_its_place(skill: FakeSkill) -> None:
    held = studio(skill)
    exchange = held.say("order two diapers")
    assert held.exchanges == [exchange]
    assert exchange.sentence == "order two diapers"
    assert exchange.entry["intent"] == "OrderItemIntent"
    assert exchange.entry["reply"] == "OrderItemIntent.said"
    assert exchange.at == NOW
    assert exchange.place.device == "speaker"


def test_bytes_that_are_no_text_are_said_as_a_question_mark(skill: FakeSkill) -> None:
    assert studio(skill).say("order \udcff").sentence == "order ?"


def test_another_user_speaks_from_an_account_and_a_device_of_their_own(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order diapers")
    held.use(user="Ben")
    held.say("order diapers")
    first, second = system(skill, -2), system(skill)
    assert first["user"]["userId"] != second["user"]["userId"]
    assert first["device"]["deviceId"] != second["device"]["deviceId"]
    assert skill.requests[-1]["session"]["new"] is True
    held.use(user="")
    held.say("yes")
    assert skill.requests[-1]["session"]["sessionId"] == skill.requests[0]["session"]["sessionId"]


def test_devices_of_one_account_keep_their_own_sessions_and_screens(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order diapers")
    assert held.use(device="Kitchen", screen="small").screen == "small"
    held.say("order diapers")
    assert skill.requests[-1]["session"]["new"] is True
    assert held.use(device="").screen == "none"
    assert held.use(device="kitchen").screen == "small"
    assert held.devices() == ["speaker", "kitchen"]


def test_a_recognised_voice_is_named_until_it_no_longer_is(skill: FakeSkill) -> None:
    held = studio(skill)
    held.use(person="Ben")
    held.say("order diapers")
    assert system(skill)["person"]["personId"] == "amzn1.ask.person.ben"
    held.use(person="")
    held.say("yes")
    assert "person" not in system(skill)


def test_another_locale_is_sent_and_leaves_the_session(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order diapers")
    held.use(locale="en-GB")
    assert skill.requests[-1]["request"]["type"] == "SessionEndedRequest"
    held.say("help")
    assert skill.requests[-1]["request"]["locale"] == "en-GB"


@pytest.mark.parametrize(
    "wish", [{"user": "Zoe"}, {"person": "Zoe"}, {"locale": "fr-FR"}, {"screen": "huge"}]
)
def test_what_does_not_exist_cannot_be_used_and_nothing_changes(
    skill: FakeSkill, wish: dict[str, str]
) -> None:
    held = studio(skill)
    before = held.place
    with pytest.raises(LookupError):
        held.use(**wish)
    assert held.place == before
    assert held.say("order diapers").place == before


def test_the_clock_of_the_requests_can_be_moved(skill: FakeSkill) -> None:
    held = studio(skill)
    held.move_clock(timedelta(days=1))
    held.say("order diapers")
    assert skill.requests[-1]["request"]["timestamp"] == "2026-11-21T15:00:00Z"
    assert held.local_time().isoformat() == "2026-11-21T10:00:00-05:00"


def test_permissions_go_by_short_names_or_scopes(skill: FakeSkill) -> None:
    held = studio(skill)
    assert held.permission("reminders", granted=True) == SCOPES["reminders"]
    held.permission("alexa::profile:name:read", granted=False)
    assert held.account.permissions == {SCOPES["reminders"]: True, "alexa::profile:name:read": False}
    held.permission("reminders", granted=None)
    assert SCOPES["reminders"] not in held.account.permissions
    with pytest.raises(LookupError, match="no permission 'cookies'; there are address"):
        held.permission("cookies", granted=True)


def test_why_tells_stage_score_sample_and_slots(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order two diapers")
    why = held.why()
    assert (why["stage"], why["score"], why["matched"]) == ("exact", 1.0, "order {quantity} {product}")
    assert why["slots"]["product"]["id"] == "DIAPER-4"
    held.say("open corner shop")
    assert held.why()["stage"] is None
    assert held.why(0) == why


def test_there_is_no_why_of_what_was_never_said(skill: FakeSkill) -> None:
    held = studio(skill)
    with pytest.raises(LookupError, match="Nothing was said yet"):
        held.why()
    held.say("help")
    with pytest.raises(LookupError, match="Turns so far: 1"):
        held.why(-2)


def test_the_state_is_that_of_who_speaks(skill: FakeSkill) -> None:
    held = studio(skill, state=lambda user_id, person_id: {"user": user_id, "person": person_id})
    held.use(user="Ben", person="Anna")
    assert held.state() == {"user": "amzn1.ask.account.ben", "person": "amzn1.ask.person.anna"}
    assert studio(skill).state() == {}


def test_suggestions_are_examples_first_and_then_what_begins_as_typed(skill: FakeSkill) -> None:
    held = studio(skill)
    assert held.suggestions() == ["order diapers"]
    assert "log a quarter ounce" in held.suggestions("log a q")
    assert held.continuations("log a q") == ["log a quarter ounce"]


def test_effects_are_the_counted_rows_that_changed(skill: FakeSkill) -> None:
    held = studio(skill, counts=lambda: {"orders": skill.placed, "list_items": 3})
    held.say("order diapers")
    assert held.say("yes").effects == {"orders": 1}


def test_a_replay_says_everything_again_where_the_house_stood_at_the_start(skill: FakeSkill) -> None:
    skills: list[FakeSkill] = []
    held = studio(skill, fresh=anew(skills))
    held.use(user="Ben", device="kitchen", screen="small")
    held.say("order diapers")
    held.move_clock(timedelta(hours=3))
    held.say("yes")
    again = list(held.replay())
    assert [each.sentence for each in again] == ["order diapers", "yes"]
    assert [each.differences for each in again] == [(), ()]
    assert skills[0].placed == skill.placed == 1
    assert [each["request"]["timestamp"] for each in skills[0].requests] == [
        each["request"]["timestamp"] for each in skill.requests
    ]
    assert system(skills[0])["device"] == system(skill)["device"]
    assert len(held.exchanges) == 2


def test_a_replay_tells_where_the_skill_answers_otherwise(skill: FakeSkill) -> None:
    held = studio(skill, fresh=anew([], Shy))
    held.say("order something")
    (again,) = held.replay()
    assert any(line.startswith("session_open: True before, False now") for line in again.differences)
    assert any(line.startswith("directives: ['Dialog.ElicitSlot'] before") for line in again.differences)


def test_without_a_house_as_it_was_the_skill_is_asked_again_now(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order diapers")
    held.say("yes")
    assert [each.differences for each in held.replay()] == [(), ()]
    assert skill.placed == 2


def test_permissions_are_changed_again_in_a_replay(skill: FakeSkill) -> None:
    accounts: list[Account] = []

    def counted(name: str | None) -> Account:
        accounts.append(account(name))
        return accounts[-1]

    held = studio(skill, account=counted)
    held.permission("reminders", granted=True)
    held.say("help")
    list(held.replay())
    assert [each.permissions for each in accounts] == [{SCOPES["reminders"]: True}] * 2


def test_what_a_skill_raises_is_kept_with_its_turn() -> None:
    class Broken(FakeSkill):
        def handle(self, envelope: dict[str, Any]) -> dict[str, Any]:
            raise ConnectionError("gone")

    assert isinstance(studio(Broken()).say("order diapers").spoken.error, ConnectionError)


def test_suggestions_answer_what_is_asked(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order something")
    assert held.suggestions()[:2] == ["diapers", "wipes"]


def test_silence_comes_to_nothing_without_a_session(skill: FakeSkill) -> None:
    held = studio(skill)
    assert held.silence() is None
    held.say("order diapers")
    told = held.silence()
    assert told is not None
    assert (told.sentence, told.entry["speech"]) == ("(silence)", "Well?")
    assert [each.sentence for each in held.replay()] == ["order diapers", "(silence)"]


def test_events_touches_and_questions_are_named_in_brackets(skill: FakeSkill) -> None:
    held = studio(skill)
    held.use(screen="small")
    assert held.fire("enabled").sentence == "(event) enabled"
    assert held.touch(["buy", 3]).sentence == "(touch) buy 3"
    assert skill.requests[-1]["request"]["arguments"] == ["buy", 3]
    assert held.can_fulfill("order diapers").sentence == "(can-fulfill) order diapers"
    assert len(list(held.replay())) == 3
    assert "permission-changed" in held.events()


def test_an_event_that_does_not_exist_is_refused(skill: FakeSkill) -> None:
    with pytest.raises(LookupError):
        studio(skill).fire("lunch")


class Asking(FakeSkill):
    """Shows a consent card whatever is said."""

    def _response(self, name: str, intent: dict[str, Any]) -> dict[str, Any]:
        card = {"type": "AskForPermissionsConsent", "permissions": [SCOPES["reminders"]]}
        return {**super()._response(name, intent), "card": card}


def test_a_consent_card_is_answered_in_the_app_and_again_in_a_replay() -> None:
    made: list[FakeSkill] = []
    held = studio(Asking(), fresh=anew(made, Asking))
    with pytest.raises(LookupError):
        held.grant(granted=True)
    held.say("help")
    assert held.grant(granted=True) == [SCOPES["reminders"]]
    assert held.account.permissions == {SCOPES["reminders"]: True}
    assert [each.differences for each in held.replay()] == [()]


class Reminding(FakeSkill):
    """Asks the reminders service what there is, and says in between that it does."""

    def handle(self, envelope: dict[str, Any]) -> dict[str, Any]:
        system = envelope["context"]["System"]
        for method, path, body in (
            ("GET", "/v1/alerts/reminders", None),
            (
                "POST",
                "/v1/directives",
                {
                    "header": {"requestId": envelope["request"]["requestId"]},
                    "directive": {"type": "VoicePlayer.Speak", "speech": "One moment."},
                },
            ),
        ):
            request = Request(
                system["apiEndpoint"] + path,
                method=method,
                data=None if body is None else json.dumps(body).encode(),
                headers={
                    "Authorization": f"Bearer {system['apiAccessToken']}",
                    "Content-Type": "application/json",
                },
            )
            with suppress(HTTPError):
                urlopen(request, timeout=10).close()
        return super().handle(envelope)


def test_the_skill_reaches_amazons_services_of_whose_account_it_is() -> None:
    held = studio(Reminding())
    assert [call.status for call in held.say("help").spoken.calls] == [401, 204]
    held.permission("reminders", granted=True)
    exchange = held.say("help")
    assert [(call.service, call.status) for call in exchange.spoken.calls] == [
        ("reminders", 200),
        ("directives", 204),
    ]
    assert exchange.meanwhile == ("One moment.",)


def test_a_service_can_be_made_to_fail_and_fails_again_in_a_replay() -> None:
    made: list[FakeSkill] = []
    held = studio(Reminding(), fresh=anew(made, Reminding))
    held.fault("reminders", "throttled")
    assert held.say("help").spoken.calls[0].status == 429
    (again,) = held.replay()
    assert again.spoken.calls[0].status == 429
    held.fault("reminders", "well")
    assert held.say("help").spoken.calls[0].status == 401
    with pytest.raises(ValueError, match="no service 'lunch'"):
        held.fault("lunch", "down")
    with pytest.raises(ValueError, match="not 'sleepy'"):
        held.fault("timers", "sleepy")


def test_closing_leaves_every_open_session(skill: FakeSkill) -> None:
    held = studio(skill)
    held.say("order diapers")
    held.use(user="Ben")
    held.say("order diapers")
    held.close()
    ended = [each for each in skill.requests if each["request"]["type"] == "SessionEndedRequest"]
    assert len(ended) == 2
