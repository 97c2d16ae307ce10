"""Whatever is said, sent or configured gets a clear answer and changes nothing, through every face."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from skill.bootstrap import App
from skill.cli.worlds import STRANGER, FixtureWorlds, Stage, fixture_worlds
from skill.simulator import envelopes
from skill.simulator.account import Account, DeviceState
from skill.simulator.device import Device
from skill.simulator.fixture_cases import DEFAULT_NOW
from skill.simulator.fixtures import FixtureClock
from skill.simulator.surroundings import Sender
from skill.simulator.transcript import Witness
from skill.storage.database import Database
from skill.storage.engine import make_engine

KEPT_OF_EVERY_TURN = {"turn_record", "confirmation"}
NOT_UNDERSTOOD = "FallbackIntent.not_understood"
UNKNOWN = {
    "Error.not_sold",
    NOT_UNDERSTOOD,
    "OrderItemIntent.what",
    "ChangeQuantityIntent.nothing_open",
    "CancelOrderIntent.nothing_open",
}
"""What nonsense is answered with: as no product, or as a wish that there is nothing to do for."""
MARKUP = "<audio src='https://example.org/x.mp3'/><break time='10s'/>"
SQL = "'; DROP TABLE shop_order; --"
LONG = "a" * 10_000
EMOJI = "\N{BABY BOTTLE}\N{ROLL OF PAPER}"
ARABIC = "أعد طلب حفاضاتي"


@dataclass(frozen=True)
class Heard:
    """One answer: its reply key, if the skill itself gave it, and the response that went over the wire."""

    reply: str | None
    response: Mapping[str, Any]

    @property
    def ssml(self) -> str:
        return str(self.response["outputSpeech"]["ssml"])

    @property
    def words(self) -> str:
        return "".join(ElementTree.fromstring(self.ssml).itertext())


class Home:
    """A household at its speaker: sentences, or envelopes with slots as Alexa would send them."""

    def __init__(self, host: FixtureWorlds, stage: Stage, clock: FixtureClock) -> None:
        self._host, self.stage, self._clock = host, stage, clock
        self._witness = Witness()
        stage.observe(self._witness)
        self.user_id = stage.speaker(None)

    @property
    def path(self) -> Path:
        """The file of the embedded database."""
        return Path(self.stage.app.settings.database_url.removeprefix("sqlite:///"))

    def say(self, sentence: str, locale: str = "en-US") -> Heard:
        """One sentence to a speaker that was silent before."""
        device = Device(
            self.stage.handle,
            self._host.model(locale),
            account=Account(self.user_id),
            state=DeviceState(locale=locale, zone=self.stage.zone(self.user_id)),
            skill_id=self._host.skill_id,
            clock=self._clock,
        )
        return self._heard(device.say(sentence).response)

    def send(self, name: str, user_id: str | None = None, **slots: str) -> Heard:
        """An intent request with these slot values, unresolved."""
        return self._heard(self.stage.handle(self.envelope(name, user_id, **slots)))

    def envelope(self, name: str, user_id: str | None = None, **slots: str) -> dict[str, Any]:
        """The envelope that `send` sends."""
        sender = Sender(self._host.skill_id, user_id or self.user_id, "amzn1.ask.device.TEST", "en-US")
        wire = {slot: {"name": slot, "value": value} for slot, value in slots.items()}
        request = envelopes.intent_request(
            sender, self._clock(), envelopes.wire_intent(name, wire), "STARTED"
        )
        session = {"new": True, "sessionId": "session", "attributes": {}}
        return envelopes.envelope(sender, session, request)

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, but for what is kept of each turn."""
        with closing(sqlite3.connect(self.path)) as connection:
            names = [
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {
                name: sorted(connection.execute(f'SELECT * FROM "{name}"'), key=repr)
                for name in names
                if name not in KEPT_OF_EVERY_TURN
            }

    def _heard(self, envelope: Mapping[str, Any]) -> Heard:
        answer = self._witness.take()
        return Heard(answer.reply if answer else None, envelope["response"])


@pytest.fixture(scope="module")
def host() -> Iterator[FixtureWorlds]:
    with fixture_worlds() as made:
        yield made


@pytest.fixture
def home(host: FixtureWorlds) -> Home:
    """The demo household, whose device and open orders are known and up to date."""
    clock = FixtureClock(DEFAULT_NOW)
    made = Home(host, host.world("home", clock), clock)
    made.say("how many points do I have")
    made.send("CheckPointsIntent")
    return made


def require_clear(heard: Heard) -> None:
    """Fail unless something was said, as well-formed speech that is no apology for a fault of ours."""
    assert heard.words.strip()
    assert len(heard.ssml) <= 8_000
    assert heard.reply is not None
    assert heard.reply != "Error.internal"


SENTENCES = [
    ("", {NOT_UNDERSTOOD}),
    ("   ", {NOT_UNDERSTOOD}),
    (LONG, {NOT_UNDERSTOOD}),
    ("order " + LONG, UNKNOWN),
    ("order " * 1_700, UNKNOWN),
    (EMOJI, {NOT_UNDERSTOOD}),
    (f"order {EMOJI}", UNKNOWN),
    (ARABIC, {NOT_UNDERSTOOD}),
    (f"order {ARABIC}", UNKNOWN),
    (f"order {MARKUP}", UNKNOWN),
    (f"order {SQL}", UNKNOWN),
    ("order zero oat milk", {"Error.quantity_too_small"}),
    ("order 0 diapers", {"Error.quantity_too_small"}),
    ("order minus one oat milk", {"Error.quantity_too_small"}),
    ("order -1 diapers", {"Error.quantity_too_small"}),
    ("order one million oat milk", {"Error.quantity_too_large"}),
    ("order 1,000,000 diapers", {"Error.quantity_too_large"}),
    ("order a submarine", {"Error.not_sold"}),
    ("order flux capacitors", UNKNOWN),
    ("claim a submarine", {"ClaimRewardIntent.not_offered", NOT_UNDERSTOOD}),
    ("take the submarine off my list", {"RemoveFromListIntent.not_there"}),
    ("order " + "9" * 5_000 + " oat milk", {"Error.quantity_too_large", *UNKNOWN}),
    ("order " + "million " * 50 + "oat milk", {"Error.quantity_too_large"}),
    ("\udcff\x00\x1b[31m", UNKNOWN),
]
GERMAN_SENTENCES = [
    ("", {NOT_UNDERSTOOD}),
    (LONG, {NOT_UNDERSTOOD}),
    ("bestelle " * 1_100, UNKNOWN),
    (EMOJI, {NOT_UNDERSTOOD}),
    (ARABIC, {NOT_UNDERSTOOD}),
    (f"bestelle {MARKUP}", UNKNOWN),
    (f"bestelle {SQL}", UNKNOWN),
    ("bestelle null hafermilch", {"Error.quantity_too_small"}),
    ("bestelle minus eine hafermilch", {"Error.quantity_too_small"}),
    ("bestelle eine million hafermilch", {"Error.quantity_too_large"}),
    ("bestelle einen fluxkompensator", UNKNOWN),
]
SPOKEN = [("en-US", *case) for case in SENTENCES] + [("de-DE", *case) for case in GERMAN_SENTENCES]


@pytest.mark.parametrize(
    ("locale", "sentence", "replies"), SPOKEN, ids=[f"{case[0]}-{case[1][:20]!a}" for case in SPOKEN]
)
def test_an_odd_sentence_gets_a_clear_answer_and_changes_nothing(
    home: Home, locale: str, sentence: str, replies: set[str]
) -> None:
    before = home.rows()
    heard = home.say(sentence, locale)
    require_clear(heard)
    assert heard.reply in replies
    assert home.rows() == before


ENVELOPES: list[tuple[str, dict[str, str], str]] = [
    ("OrderItemIntent", {"product": ""}, "OrderItemIntent.what"),
    ("OrderItemIntent", {"product": LONG}, "Error.not_sold"),
    ("OrderItemIntent", {"product": EMOJI}, "Error.not_sold"),
    ("OrderItemIntent", {"product": ARABIC}, "Error.not_sold"),
    ("OrderItemIntent", {"product": MARKUP}, "Error.not_sold"),
    ("OrderItemIntent", {"product": "</speak><speak>&amp;"}, "Error.not_sold"),
    ("OrderItemIntent", {"product": SQL}, "Error.not_sold"),
    ("OrderItemIntent", {"product": "{{ config }}{% raw %}"}, "Error.not_sold"),
    ("OrderItemIntent", {"product": "submarine"}, "Error.not_sold"),
    ("OrderItemIntent", {"product": "\udcff\x00\x1b\ufffe"}, "Error.not_sold"),
    ("OrderItemIntent", {"product": "oat milk", "quantity": "0"}, "Error.quantity_too_small"),
    ("OrderItemIntent", {"product": "oat milk", "quantity": "-1"}, "Error.quantity_too_small"),
    ("OrderItemIntent", {"product": "oat milk", "quantity": "1000000"}, "Error.quantity_too_large"),
    ("OrderItemIntent", {"product": "oat milk", "quantity": "9" * 5_000}, "Error.quantity_too_large"),
    ("OrderAnywayIntent", {"product": "submarine"}, "Error.not_sold"),
    ("OrderAnywayIntent", {"product": "oat milk", "quantity": "0"}, "Error.quantity_too_small"),
    ("AddToListIntent", {"product": "oat milk", "quantity": "-1"}, "Error.quantity_too_small"),
    ("RemoveFromListIntent", {"product": MARKUP}, "RemoveFromListIntent.not_there"),
    ("ClaimRewardIntent", {"reward": MARKUP}, "ClaimRewardIntent.not_offered"),
    ("FindProductIntent", {"product": MARKUP}, "FindProductIntent.not_sold"),
    ("FindProductIntent", {"product": LONG}, "FindProductIntent.not_sold"),
    ("LogDiaperIntent", {"child": MARKUP}, "Error.which_child"),
    ("LogFeedingIntent", {"amount": "-1", "unit": "ounces"}, "LogFeedingIntent.bad_amount"),
    ("NoSuchIntent", {"product": "oat milk"}, NOT_UNDERSTOOD),
]


@pytest.mark.parametrize(
    ("intent", "slots", "reply"),
    ENVELOPES,
    ids=[f"{case[0]}-{'-'.join(case[1].values())[:20]!a}" for case in ENVELOPES],
)
def test_an_odd_slot_gets_a_clear_answer_and_changes_nothing(
    home: Home, intent: str, slots: dict[str, str], reply: str
) -> None:
    before = home.rows()
    heard = home.send(intent, **slots)
    require_clear(heard)
    assert heard.reply == reply
    assert [element.tag for element in ElementTree.fromstring(heard.ssml).iter()] == ["speak"]
    assert home.rows() == before


@pytest.mark.parametrize("words", [MARKUP, SQL, EMOJI, ARABIC, "{{ config }}", "a & b < c", "\udcffx\x00y"])
def test_odd_words_on_the_list_are_only_words_when_they_are_read(home: Home, words: str) -> None:
    assert home.send("AddToListIntent", product=words).reply == "AddToListIntent.added"
    heard = home.send("ReadListIntent")
    require_clear(heard)
    assert heard.reply == "ReadListIntent.read"
    assert [element.tag for element in ElementTree.fromstring(heard.ssml).iter()] == ["speak"]


@pytest.fixture
def stranger(host: FixtureWorlds) -> Home:
    """Somebody whom a skill in production does not know."""
    clock = FixtureClock(DEFAULT_NOW)
    return Home(host, host.world("stranger", clock), clock)


@pytest.mark.parametrize(
    "sentence", ["reorder my usual", "order two oat milk", "how many points do I have", "where is my order"]
)
def test_a_stranger_in_production_is_asked_to_link_an_account(stranger: Home, sentence: str) -> None:
    before = stranger.rows()
    heard = stranger.say(sentence)
    require_clear(heard)
    assert heard.reply == "Error.account_needed"
    assert heard.response["card"] == {"type": "LinkAccount"}
    assert stranger.rows() == before


@pytest.mark.parametrize("sentence", ["help", "do you have oat milk", "what can I get for my points", LONG])
def test_a_stranger_in_production_may_ask_and_browse(stranger: Home, sentence: str) -> None:
    before = stranger.rows()
    heard = stranger.say(sentence)
    require_clear(heard)
    assert heard.reply != "Error.account_needed"
    assert stranger.rows() == before


def test_a_stranger_in_development_becomes_one_new_household(home: Home) -> None:
    before = home.rows()
    for _ in range(2):
        assert home.send("CheckPointsIntent", STRANGER).reply == "CheckPointsIntent.enough_for"
    after = home.rows()
    assert len(after["household"]) == len(before["household"]) + 1
    assert set(before["shop_order"]) < set(after["shop_order"])
    assert len(after["shop_order"]) == 2 * len(before["shop_order"])


@pytest.fixture
def impatient(home: Home) -> Iterator[App]:
    """The program on the home's database, waiting hardly at all for a lock."""
    settings = home.stage.app.settings
    engine = make_engine(settings.database_url, busy_timeout_ms=20)
    yield App(settings, Database(engine), home.stage.app.clock)
    engine.dispose()


def test_a_locked_database_is_told_aloud_and_the_next_turn_works(home: Home, impatient: App) -> None:
    before = home.rows()
    with closing(sqlite3.connect(home.path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        refused = impatient.handle(home.envelope("ReorderUsualIntent"))["response"]
    assert "can't reach my records" in refused["outputSpeech"]["ssml"]
    assert refused["shouldEndSession"] is True
    assert home.rows() == before
    quoted = impatient.handle(home.envelope("ReorderUsualIntent"))["response"]
    assert quoted["shouldEndSession"] is False
