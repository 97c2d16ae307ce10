"""Amazon's own Python clients against the stand-ins: they call the right paths and read every answer."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ask_sdk_core.api_client import DefaultApiClient
from ask_sdk_core.exceptions import SerializationException
from ask_sdk_core.serialize import DefaultSerializer
from ask_sdk_model.services import ApiConfiguration, AuthenticationConfiguration
from ask_sdk_model.services.directive import Header, SendDirectiveRequest, SpeakDirective
from ask_sdk_model.services.lwa import LwaClient
from ask_sdk_model.services.proactive_events import (
    CreateProactiveEventRequest,
    Event,
    ProactiveEventsServiceClient,
    RelevantAudience,
    RelevantAudienceType,
    SkillStage,
)
from ask_sdk_model.services.reminder_management import (
    AlertInfo,
    PushNotification,
    PushNotificationStatus,
    ReminderRequest,
    SpokenInfo,
    SpokenText,
    Trigger,
    TriggerType,
)
from ask_sdk_model.services.service_client_factory import ServiceClientFactory
from ask_sdk_model.services.service_exception import ServiceException
from ask_sdk_model.services.timer_management import (
    CreationBehavior,
    DisplayExperience,
    NotificationConfig,
    NotifyOnlyOperation,
    TimerRequest,
    TriggeringBehavior,
    Visibility,
)

from skill.simulator.amazon import AmazonServices
from skill.simulator.amazon.customer import FULL_ADDRESS, PROFILE, SHORT_ADDRESS
from skill.simulator.amazon.events import NOTIFICATIONS
from skill.simulator.amazon.login import CLIENT_ID, CLIENT_SECRET
from skill.simulator.amazon.reminders import SCOPE as REMINDERS
from skill.simulator.amazon.timers import SCOPE as TIMERS
from skill.simulator.signing import local_tls
from tests.simulator.amazon.caller import ANNA, KITCHEN, USER, Caller, Clock, household


@pytest.fixture
def caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Caller]:
    """Anna's services over https: Amazon's client refuses http."""
    account, clock = household(), Clock()
    tls = local_tls(tmp_path, datetime.now(UTC))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "roots.pem"))
    with AmazonServices(account, clock, tls) as services:
        assert services.address.startswith("https://localhost:")
        yield Caller(services, account, clock)


def configuration(caller: Caller) -> ApiConfiguration:
    return ApiConfiguration(
        serializer=DefaultSerializer(),
        api_client=DefaultApiClient(),
        authorization_value=caller.token(ANNA),
        api_endpoint=caller.services.address,
    )


@pytest.fixture
def factory(caller: Caller) -> ServiceClientFactory:
    """What the SDK gives a handler in a session of Anna's, with every permission."""
    scopes = [FULL_ADDRESS, SHORT_ADDRESS, REMINDERS, TIMERS, NOTIFICATIONS]
    caller.account.permissions |= dict.fromkeys([*scopes, *(scope for scope, _ in PROFILE.values())], True)
    return ServiceClientFactory(configuration(caller))


def test_the_address_client_reads_both_addresses(factory: ServiceClientFactory) -> None:
    client: Any = factory.get_device_address_service()
    assert client.get_full_address(KITCHEN).address_line1 == "1 Elm Street"
    assert client.get_country_and_postal_code(KITCHEN).postal_code == "12345"


def test_the_profile_client_reads_people_and_settings(factory: ServiceClientFactory) -> None:
    client: Any = factory.get_ups_service()
    assert client.get_profile_name() == "Anna Miller"
    assert client.get_profile_email() == "anna@example.com"
    assert client.get_profile_mobile_number().phone_number == "2065550199"
    assert client.get_persons_profile_given_name() == "Anna"
    assert client.get_persons_profile_name() is None
    assert client.get_system_time_zone(KITCHEN) == "America/New_York"
    assert client.get_system_distance_units(KITCHEN).value == "IMPERIAL"
    assert client.get_system_temperature_unit(KITCHEN).value == "FAHRENHEIT"


def test_the_reminder_client_goes_through_a_reminders_life(
    factory: ServiceClientFactory, caller: Caller
) -> None:
    client: Any = factory.get_reminder_management_service()
    wanted = ReminderRequest(
        request_time=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        trigger=Trigger(TriggerType.SCHEDULED_RELATIVE, offset_in_seconds=60),
        alert_info=AlertInfo(SpokenInfo([SpokenText("en-US", text="Order diapers")])),
        push_notification=PushNotification(PushNotificationStatus.ENABLED),
    )
    token = client.create_reminder(wanted).alert_token
    assert client.update_reminder(token, wanted).version == "2"
    # The client looks for a module that its release lacks, so it can read no reminder's text.
    with pytest.raises(SerializationException, match="alert_info_spoken_info"):
        client.get_reminder(token)
    assert caller.services.calls[-1].status == 200
    client.delete_reminder(token)
    assert client.get_reminders().alerts == []
    with pytest.raises(ServiceException) as gone:
        client.get_reminder(token)
    assert gone.value.status_code == 404
    assert "ALERT_NOT_FOUND" in str(gone.value.body)


def test_the_timer_client_goes_through_a_timers_life(factory: ServiceClientFactory) -> None:
    client: Any = factory.get_timer_management_service()
    wanted = TimerRequest(
        "PT10M",
        "bottle",
        CreationBehavior(DisplayExperience(Visibility.VISIBLE)),
        TriggeringBehavior(NotifyOnlyOperation(), NotificationConfig(play_audible=True)),
    )
    made = client.create_timer(wanted)
    assert made.trigger_time == datetime(2026, 11, 21, 12, 10, tzinfo=UTC)
    client.pause_timer(made.id)
    assert client.get_timer(made.id).remaining_time_when_paused == "PT10M"
    client.resume_timer(made.id)
    assert client.get_timers().timers[0].status.value == "ON"
    client.delete_timer(made.id)
    client.delete_timers()


def test_the_directive_client_speaks_in_between(factory: ServiceClientFactory, caller: Caller) -> None:
    wanted = SendDirectiveRequest(Header("r1"), SpeakDirective("One moment."))
    with caller.services.asking("r1"):
        factory.get_directive_service().enqueue(wanted)
    with pytest.raises(ServiceException) as closed:
        factory.get_directive_service().enqueue(wanted)
    assert closed.value.status_code == 403


def test_the_event_client_gets_its_token_and_publishes(caller: Caller) -> None:
    authentication = AuthenticationConfiguration(CLIENT_ID, CLIENT_SECRET)
    login = LwaClient(configuration(caller), authentication)
    client = ProactiveEventsServiceClient(configuration(caller), authentication, login)
    now = caller.clock.now
    payload = {
        "state": {"status": "ORDER_SHIPPED"},
        "order": {"seller": {"name": "localizedattribute:seller"}},
    }
    client.create_proactive_event(
        CreateProactiveEventRequest(
            timestamp=now,
            reference_id="order-1",
            expiry_time=now + timedelta(hours=1),
            event=Event("AMAZON.OrderStatus.Updated", payload),
            localized_attributes=[{"locale": "en-US", "seller": "Corner Shop"}],
            relevant_audience=RelevantAudience(RelevantAudienceType.Unicast, {"user": USER}),
        ),
        SkillStage.DEVELOPMENT,
    )
    assert [call.service for call in caller.services.calls] == ["login", "events"]
    assert caller.services.events[0].audience == USER


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda made: made.get_device_address_service().get_full_address(KITCHEN), 403),
        (lambda made: made.get_reminder_management_service().get_reminders(), 401),
        (lambda made: made.get_timer_management_service().get_timers(), 401),
    ],
)
def test_the_clients_read_a_refusal(
    caller: Caller, ask: Callable[[ServiceClientFactory], Any], status: int
) -> None:
    with pytest.raises(ServiceException) as denied:
        ask(ServiceClientFactory(configuration(caller)))
    assert denied.value.status_code == status
    assert denied.value.body is not None


def test_the_profile_client_cannot_read_the_refusal_that_amazon_sends(caller: Caller) -> None:
    client: Any = ServiceClientFactory(configuration(caller)).get_ups_service()
    with pytest.raises(SerializationException, match="'ACCESS_DENIED' is not a valid ErrorCode"):
        client.get_profile_name()
    assert caller.services.calls[-1].status == 403
