"""Order status on Alexa: from the order through the outbox to the stand-in Amazon services over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from skill.alexa.adapter import make_handler
from skill.bootstrap import OFFLINE_USER
from skill.household.models import ContactCap
from skill.household.notices import MESSAGE, ORDER_STATUS
from skill.household.service import Households
from skill.settings import AlexaClientSettings, Settings, SettingsError, load
from skill.simulator.account import Account
from skill.simulator.amazon import DENIED, DOWN, THROTTLED, AmazonServices
from skill.simulator.amazon.events import NOTIFICATIONS
from skill.simulator.amazon.faults import Fault
from skill.simulator.amazon.login import CLIENT_ID, CLIENT_SECRET
from skill.storage.database import Database
from skill.storage.outbox import BACK_OFF, Outbox
from skill.worker.amazon_http import Answer
from skill.worker.delivery import NotPermitted, TryLater, Undeliverable
from skill.worker.proactive import judge
from tests.orders.home import NOW, Home

SUBSCRIPTIONS = [{"eventName": ORDER_STATUS}, {"eventName": MESSAGE}]


class Notified:
    """A household whose member agreed to order news, here and at Amazon."""

    def __init__(self, database: Database, services: AmazonServices, home: Home) -> None:
        self.services, self.home = services, home
        client = AlexaClientSettings(
            CLIENT_ID,
            CLIENT_SECRET,
            f"{services.address}/v1/proactiveEvents",
            f"{services.address}/auth/O2/token",
        )
        home.app.settings = Settings(env="development", alexa_client=client)
        self.subscribe(SUBSCRIPTIONS)
        self.consent(given=True)

    def subscribe(self, subscriptions: list[dict[str, str]]) -> None:
        """Amazon tells what the member subscribed to, as it does."""
        request = {
            "type": "AlexaSkillEvent.ProactiveSubscriptionChanged",
            "requestId": "r",
            "body": {"subscriptions": subscriptions},
        }
        system = {"user": {"userId": OFFLINE_USER}}
        envelope = {"version": "1.0", "context": {"System": system}, "request": request}
        make_handler(self.home.app, None)(envelope)

    def consent(self, *, given: bool) -> None:
        """The member agrees to order news, or no longer."""
        with self.home.database.unit(self.home.household_id) as unit:
            assert self.home.caller.member_id is not None
            households = Households(unit)
            change = households.give_consent if given else households.withdraw_consent
            change(self.home.caller.member_id, "order_updates", self.home.now)

    def order(self) -> None:
        """An order of oat milk."""
        asked = self.home.say("OrderItemIntent", product="oat milk")
        assert self.home.say("AMAZON.YesIntent", asked).reply == "YesIntent.order_placed"

    def pass_days(self, days: int = 3) -> None:
        """Time goes by, and the worker makes its rounds."""
        for _ in range(days * 3):
            self.home.wait(hours=8)
            self.home.app.work()

    def told(self) -> list[str]:
        """The states that Amazon was told, oldest first."""
        return [str(one.payload["state"]["status"]) for one in self.services.events]

    def states(self) -> list[str]:
        """The states of all notices in the outbox."""
        with self.home.database.reading(self.home.household_id) as unit:
            every = Outbox(unit).all("waiting", "sent", "dead", "dropped")
            return sorted(one.state for one in every if one.kind in ("order_status", "notice"))


@pytest.fixture
def notified(database: Database) -> Iterator[Notified]:
    """The household in front of the stand-in services, all on one clock."""
    home = Home(database)
    account = Account(OFFLINE_USER, permissions={NOTIFICATIONS: True})
    with AmazonServices(account, lambda: home.now) as services:
        yield Notified(database, services, home)


def test_a_member_hears_once_that_an_order_left_and_once_that_it_came(notified: Notified) -> None:
    notified.order()
    notified.pass_days()
    assert notified.told() == ["ORDER_SHIPPED", "ORDER_DELIVERED"]
    first, second = notified.services.events
    assert first.payload["order"]["seller"]["name"] == "localizedattribute:sellerName"
    assert "expectedArrival" in first.payload["state"]["deliveryDetails"]
    assert "deliveredOn" in second.payload["state"]
    assert first.reference_id != second.reference_id
    assert all(event.delivered and event.audience == OFFLINE_USER for event in notified.services.events)
    assert sum(call.service == "login" for call in notified.services.calls) <= 2  # the token is kept


@pytest.mark.parametrize("without", ["consent", "subscription"])
def test_without_either_consent_nothing_is_told(notified: Notified, without: str) -> None:
    if without == "consent":
        notified.consent(given=False)
    else:
        notified.subscribe([])
    notified.order()
    notified.pass_days()
    assert notified.services.events == ()
    assert set(notified.states()) == {"dropped"}


def test_the_quiet_hours_are_kept(notified: Notified) -> None:
    with notified.home.database.unit(notified.home.household_id) as unit:
        home = Households(unit).get()
        home.quiet_from_minute, home.quiet_until_minute = 1, 0  # but for one minute at midnight
        unit.session.add(home)
    put(notified)
    notified.home.app.work()
    assert notified.services.events == ()
    assert notified.states() == ["waiting"]
    notified.home.now = datetime(2026, 11, 22, 5, 0, 30, tzinfo=UTC)  # midnight in New York
    notified.home.app.work()
    assert notified.states() == ["sent"]


def test_a_cap_of_one_a_week_lets_one_through(notified: Notified) -> None:
    with notified.home.database.unit(notified.home.household_id) as unit:
        cap = unit.session.get(ContactCap, (notified.home.household_id, "order_updates"))
        assert cap is not None
        cap.per_week = 1
    notified.order()
    notified.pass_days()
    assert notified.told() == ["ORDER_SHIPPED"]


def test_amazon_being_down_delays_a_notice_and_loses_none(notified: Notified) -> None:
    notified.services.behave("events", DOWN)
    put(notified)
    for wait in BACK_OFF:
        notified.home.app.work()
        assert notified.states() == ["waiting"]
        notified.home.now += wait + timedelta(seconds=1)
    notified.services.behave("events", None)
    notified.home.app.work()
    assert notified.told() == ["ORDER_SHIPPED"]


def test_a_notice_that_failed_every_time_is_dead(notified: Notified) -> None:
    notified.services.behave("events", DOWN)
    put(notified)
    for wait in (*BACK_OFF, timedelta(0)):
        notified.home.app.work()
        notified.home.now += wait + timedelta(seconds=1)
    assert notified.states() == ["dead"]


@pytest.mark.parametrize("fault", [THROTTLED, DOWN])
def test_a_busy_service_is_asked_again_after_a_while(notified: Notified, fault: Fault) -> None:
    notified.services.behave("events", fault)
    put(notified)
    notified.home.app.work()
    asked = sum(call.service == "events" for call in notified.services.calls)
    notified.home.app.work()
    assert sum(call.service == "events" for call in notified.services.calls) == asked == 1
    notified.home.wait(seconds=BACK_OFF[0].total_seconds() + 1)
    notified.services.behave("events", None)
    notified.home.app.work()
    assert notified.states() == ["sent"]


def put(notified: Notified) -> None:
    """One notice that is due."""
    payload = {"status": "ORDER_SHIPPED", "seller": "Corner Shop", "locale": "en-US", "reference": "r-1"}
    with notified.home.database.unit(notified.home.household_id) as unit:
        member_id = notified.home.caller.member_id
        Outbox(unit).put("order_status", "k", payload, NOW, purpose="order_updates", member_id=member_id)


def test_a_notice_that_amazon_knows_already_is_done(notified: Notified) -> None:
    put(notified)
    notified.home.app.work()
    with notified.home.database.unit(notified.home.household_id) as unit:
        payload = {"status": "ORDER_SHIPPED", "seller": "S", "locale": "en-US", "reference": "r-1"}
        member_id = notified.home.caller.member_id
        Outbox(unit).put("order_status", "again", payload, NOW, purpose="order_updates", member_id=member_id)
    notified.home.app.work()
    assert notified.states() == ["sent", "sent"]
    assert len(notified.services.events) == 1


def test_a_permission_that_was_taken_back_ends_it_and_shows_among_the_dead(notified: Notified) -> None:
    notified.services.behave("events", DENIED)
    put(notified)
    notified.home.app.work()
    with notified.home.database.reading(notified.home.household_id) as unit:
        (dead,) = Outbox(unit).all("dead")
    assert dead.last_error == "Amazon does not let us tell this customer (403)"
    notified.services.behave("events", None)
    with notified.home.database.unit(notified.home.household_id) as unit:
        Outbox(unit).revive(dead.id, NOW)
    notified.home.app.work()
    assert notified.states() == ["dropped"]


def test_a_wrong_secret_is_a_dead_letter_that_says_so(notified: Notified) -> None:
    notified.services.behave("login", DENIED)
    put(notified)
    notified.home.app.work()
    with notified.home.database.reading(notified.home.household_id) as unit:
        (dead,) = Outbox(unit).all("dead")
    assert dead.last_error == "Amazon does not accept the skill's client id and secret"


def test_a_subscriptions_run_is_told_as_a_waiting_message(notified: Notified) -> None:
    home = notified.home
    home.say("AMAZON.YesIntent", home.say("StartSubscriptionIntent", product="oat milk", interval="P1W"))
    notified.home.wait(days=4, hours=3)
    notified.home.app.work()
    names = [event.name for event in notified.services.events]
    assert MESSAGE in names


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(403), NotPermitted),
        (Answer(400), Undeliverable),
        (Answer(429), TryLater),
        (Answer(432), TryLater),
        (Answer(500), OSError),
        (Answer(302), OSError),
    ],
)
def test_each_refusal_means_what_amazon_documents(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        judge(answer)


@pytest.mark.parametrize(("header", "seconds"), [("90", 90.0), ("soon", 0.0), ("999999", 86_400.0)])
def test_amazon_says_how_long_to_wait(header: str, seconds: float) -> None:
    with pytest.raises(TryLater) as told:
        judge(Answer(429, headers={"retry-after": header}))
    assert told.value.seconds == seconds


def test_a_wait_that_was_asked_for_is_kept(notified: Notified) -> None:
    put(notified)
    with notified.home.database.unit(notified.home.household_id) as unit:
        outbox = Outbox(unit)
        (message,) = outbox.due(NOW)
        outbox.take(message, NOW)
        outbox.fail(message.id, "later", NOW, wait=timedelta(hours=3))
        assert message.due_at == NOW + timedelta(hours=3)


def test_the_settings_go_together_and_leave_the_secret_out_of_sight() -> None:
    given = {"RESTOCK_ALEXA_CLIENT_ID": "id", "RESTOCK_ALEXA_CLIENT_SECRET": "the-secret"}
    assert "the-secret" not in repr(load(given))
    with pytest.raises(SettingsError, match="together"):
        load({"RESTOCK_ALEXA_CLIENT_ID": "id"})
    with pytest.raises(SettingsError, match="EVENTS_URL"):
        load({**given, "RESTOCK_ALEXA_EVENTS_URL": "http://elsewhere.example/"})
