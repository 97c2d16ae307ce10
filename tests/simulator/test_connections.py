"""Tasks that a skill hands over end as the account decides, and the skill hears of it in a new session."""

from typing import Any

import pytest

from skill.simulator.account import Outcome
from skill.simulator.connections import CONSENT, VERIFY
from tests.simulator.ride_skill import LOCATION, Envelope, Ride, asks, says

PRINT = "connection://AMAZON.PrintPDF/1"


def hands_over(uri: str, **more: Any) -> Ride:
    """A skill that hands a task over when it is asked for help, and tells how it came back."""
    directive = {"type": "Connections.StartConnection", "uri": uri, **more}

    def answer(request: Envelope) -> Envelope:
        match request:
            case {"intent": _}:
                return says("One moment.", directive)
            case {"cause": {"status": {"code": code}}}:
                return says(f"Back with {code}.")
        return asks("Where to?")

    return Ride(answer)


def consent(*scopes: str) -> Envelope:
    asked = [{"permissionScope": scope, "consentLevel": "ACCOUNT"} for scope in scopes]
    return {"@type": "AskForPermissionsConsentRequest", "@version": "2", "permissionScopes": asked}


@pytest.mark.parametrize(
    ("answer", "status"), [(True, "ACCEPTED"), (False, "DENIED"), (None, "NOT_ANSWERED")]
)
def test_a_permission_is_granted_as_the_owner_answers(answer: bool | None, status: str) -> None:
    ride = hands_over(CONSENT, input=consent(LOCATION), token="t")
    ride.account.answers_permission = answer
    ride.say("open ride hailer")
    spoken = ride.device.say("help")
    assert spoken.connection == {
        "type": "ConnectionCompleted",
        "token": "t",
        "status": {"code": "200", "message": "OK"},
        "result": {"status": status},
    }
    assert spoken.permission == {LOCATION: answer is True}
    assert ride.account.granted(LOCATION) is (answer is True)
    assert spoken.speech == "One moment. Back with 200."


def test_the_skill_comes_back_in_a_new_session() -> None:
    ride = hands_over(PRINT, onCompletion="RESUME_SESSION")
    ride.say("open ride hailer", "help")
    assert ride.kinds == ["LaunchRequest", "AMAZON.HelpIntent", "SessionResumedRequest"]
    before, after = ride.sent[1]["session"], ride.sent[2]["session"]
    assert after["new"] is True
    assert after["sessionId"] != before["sessionId"]
    assert ride.requests[2]["cause"] == {
        "type": "ConnectionCompleted",
        "status": {"code": "200", "message": "OK"},
    }


@pytest.mark.parametrize(
    ("knows", "result"),
    [(True, {"status": "ACHIEVED"}), (False, {"status": "NOT_ACHIEVED", "reason": "NOT_MATCH"})],
)
def test_the_voice_pin_is_known_or_not(knows: bool, result: Envelope) -> None:
    ride = hands_over(VERIFY)
    ride.account.proves_person = knows
    spoken = ride.device.say("help")
    assert spoken.connection
    assert spoken.connection["result"] == result


def test_any_task_may_be_given_an_outcome() -> None:
    ride = hands_over(PRINT)
    ride.account.outcomes[PRINT] = Outcome("500", "out of paper", {"pages": 0})
    spoken = ride.device.say("help")
    assert spoken.connection
    assert spoken.connection["status"] == {"code": "500", "message": "out of paper"}
    assert spoken.connection["result"] == {"pages": 0}
    assert spoken.speech == "One moment. Back with 500."


def test_an_outcome_that_was_set_decides_what_is_granted() -> None:
    ride = hands_over(CONSENT, input=consent(LOCATION))
    ride.account.outcomes[CONSENT] = Outcome(result={"status": "DENIED"})
    assert ride.device.say("help").permission == {LOCATION: False}


def test_a_skill_that_wants_errors_only_hears_of_no_success() -> None:
    ride = hands_over(PRINT, onCompletion="SEND_ERRORS_ONLY")
    spoken = ride.device.say("help")
    assert ride.kinds == ["AMAZON.HelpIntent"]
    assert (spoken.speech, spoken.session_open) == ("One moment.", False)


def test_a_skill_that_wants_errors_only_hears_of_an_error_outside_a_session() -> None:
    ride = hands_over(PRINT, onCompletion="SEND_ERRORS_ONLY")
    ride.account.outcomes[PRINT] = Outcome("500", "out of paper")
    ride.say("help")
    told = ride.sent[-1]
    assert told["request"]["type"] == "System.ExceptionEncountered"
    assert told["request"]["error"]["message"] == "out of paper"
    assert told["request"]["cause"] == {"requestId": ride.requests[0]["requestId"]}
    assert "session" not in told


def test_a_consent_card_can_be_answered_in_the_app() -> None:
    scope = "read::alexa:device:all:address"
    card = {"type": "AskForPermissionsConsent", "permissions": [scope]}
    ride = Ride(lambda _: says("See the card.", card=card))
    with pytest.raises(LookupError, match="no card asks"):
        ride.device.grant()
    assert ride.device.say("help").card == card
    assert ride.device.grant() == {scope: True}
    assert ride.account.granted("alexa::devices:all:address:full:read")
    assert ride.device.grant(granted=False) == {scope: False}
    assert not ride.account.granted(scope)


def test_a_card_to_link_the_account_is_shown() -> None:
    ride = Ride(lambda _: says("See the card.", card={"type": "LinkAccount"}))
    assert ride.device.say("help").card == {"type": "LinkAccount"}
