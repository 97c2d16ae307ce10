"""Alexa's reminders: which endpoint is believed, what is sent, and what each refusal means."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from skill.alexa.reminders import AlexaReminders, reminders_of
from skill.conversation.reminding import NotReminded
from skill.simulator.account import Account, DeviceState
from skill.simulator.amazon import DENIED, DOWN, THROTTLED, AmazonServices
from skill.simulator.amazon.faults import Fault
from skill.simulator.amazon.reminders import SCOPE
from skill.storage.database import Database
from tests.orders.home import Home

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def services() -> Iterator[AmazonServices]:
    """The stand-in services of an account that permits reminders."""
    account = Account("user", {"kitchen": DeviceState("kitchen")}, permissions={SCOPE: True})
    with AmazonServices(account, lambda: NOW) as opened:
        yield opened


def reminders(services: AmazonServices, *, in_session: bool = True) -> AlexaReminders:
    return AlexaReminders(services.address, services.token("kitchen", None, in_session=in_session))


def test_a_reminder_rings_at_the_households_time_and_is_pushed_too(services: AmazonServices) -> None:
    reminders(services).check()
    reminders(services).create("order diapers", "en-US", FRIDAY, NOW)
    (made,) = services.reminders
    assert made.rings_at == FRIDAY
    assert made.asked["trigger"]["timeZoneId"] == "America/New_York"
    assert made.asked["alertInfo"]["spokenInfo"]["content"] == [{"locale": "en-US", "text": "order diapers"}]
    assert made.asked["pushNotification"] == {"status": "ENABLED"}


@pytest.mark.parametrize(
    ("fault", "reason"), [(DENIED, "not_permitted"), (DOWN, "unavailable"), (THROTTLED, "unavailable")]
)
def test_each_refusal_has_its_reason(services: AmazonServices, fault: Fault, reason: str) -> None:
    services.behave("reminders", fault)
    with pytest.raises(NotReminded, match=reason):
        reminders(services).check()
    with pytest.raises(NotReminded, match=reason):
        reminders(services).create("x", "en-US", FRIDAY, NOW)
    assert services.reminders == ()


def test_a_reminder_outside_a_session_or_in_the_past_is_not_set(services: AmazonServices) -> None:
    with pytest.raises(NotReminded):
        reminders(services, in_session=False).create("x", "en-US", FRIDAY, NOW)
    with pytest.raises(NotReminded):
        reminders(services).create("x", "en-US", FRIDAY - timedelta(days=30), NOW)


def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(NotReminded, match="unavailable"):
        AlexaReminders("http://127.0.0.1:9", "token").check()


def envelope(endpoint: object) -> dict[str, object]:
    return {"context": {"System": {"apiEndpoint": endpoint, "apiAccessToken": "secret"}}}


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://api.amazonalexa.com",
        "https://api.eu.amazonalexa.com",
        "http://127.0.0.1:80",
        "https://localhost:1",
    ],
)
def test_amazons_endpoints_and_the_stand_ins_are_believed(endpoint: str) -> None:
    found = reminders_of(envelope(endpoint))
    assert found is not None
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        None,
        "http://api.amazonalexa.com",
        "https://evil.example",
        "https://amazonalexa.com.evil.example",
        "ftp://localhost",
        "api.amazonalexa.com",
    ],
)
def test_no_token_goes_to_any_other_place(endpoint: object) -> None:
    assert reminders_of(envelope(endpoint)) is None


def test_where_there_are_no_reminders_that_is_said(database: Database) -> None:
    answer = Home(database).say("SetReminderIntent", product="diapers", day="2026-11-27")
    assert answer.reply == "SetReminderIntent.not_here"
