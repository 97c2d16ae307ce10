"""The composition root: settings -> database, shop, services, intents -> an App that every face uses."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from skill.alexa.adapter import make_handler
from skill.baby.service import Diary
from skill.catalog.index import CatalogCache
from skill.catalog.service import Catalog
from skill.conversation import locale_files, prompts
from skill.conversation.dispatcher import Dispatcher, Observer, ServiceFactory, Speech, as_answer
from skill.conversation.session import Session
from skill.conversation.talk import Conversations
from skill.conversation.turn import Answer, Caller, Heard, Reply, Turn
from skill.features import BASIC_EXAMPLES, SUBSCRIBERS, declarations
from skill.household import directory, notices
from skill.household.directory import Found
from skill.household.identity import Identity, Speaker
from skill.household.news import News
from skill.household.service import Households
from skill.household.tokens import OidcTokenCheck, OwnKeys, SignedTokenCheck, TokenCheck, TokenRefused
from skill.loyalty.service import Loyalty
from skill.orders.card_links import CardLinks
from skill.orders.following import follow_shop
from skill.orders.models import Quote
from skill.orders.ports import Shop
from skill.orders.service import Orders
from skill.settings import Settings
from skill.shops.chosen import acting_for, chosen_shop
from skill.shops.demo_household import Services, seed_household
from skill.storage import schema
from skill.storage.database import Database, Unit
from skill.storage.engine import make_engine, sqlite_file
from skill.storage.errors import DatabaseError
from skill.storage.keys import new_id
from skill.worker import jobs

if TYPE_CHECKING:
    from skill.household.signing_key import SigningKey

TOKEN_AUDIENCE = "restock"
"""The `aud` of our own account tokens."""
OFFLINE_USER = "amzn1.ask.account.offline"
"""The Alexa user id of the offline speaker's default member."""


def interaction_model(locale: str) -> dict[str, Any]:
    """The Alexa interaction model of a locale, from the declared intents and the locale files."""
    from skill import interaction_model as model_builder  # no turn needs the builder: it costs start time
    from skill.shops.demo_catalogue import brand_values, product_values
    from skill.shops.demo_rewards import reward_values

    texts = locale_files.load(locale)
    types = {
        "PRODUCT": product_values(texts.language),
        "REWARD": reward_values(texts.language),
        "BRAND": brand_values(),
    }
    return model_builder.build(declarations().intents.values(), texts, types)


def model_files() -> dict[str, str]:
    """Every committed interaction model: file name -> text."""
    from skill import interaction_model as model_builder

    return {
        f"{locale}.json": model_builder.dump(interaction_model(locale))
        for locale in locale_files.available_locales()
    }


def model_problems() -> list[str]:
    """What is wrong with the models and their locale files, one line each: also between languages."""
    from skill import interaction_model as model_builder

    locales = locale_files.available_locales()
    found = [
        f"{locale}: {problem}"
        for locale in locales
        for problem in model_builder.problems(interaction_model(locale), locale_files.load(locale))
    ]
    first = locale_files.load(locales[0])
    for locale in locales[1:]:
        found += model_builder.parity(first, locale_files.load(locale))
    return found


def system_clock() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


def speech(locale: str) -> Speech:
    """Texts and prompts of a locale, or of the nearest one there is."""
    texts = locale_files.load_spoken(locale)
    return Speech(texts, prompts.for_locale(texts.locale))


class App:
    """One configured program: what the faces, the command line and the worker call."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Callable[[], datetime],
        *,
        shop: Shop | None = None,
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock
        self.shop = shop or chosen_shop(settings, database)
        self.demo_services = Services(self.orders, self.diary)
        self.declarations = declarations()
        self._catalog = CatalogCache()
        self._observers: list[Observer] = []
        self._welcoming = Lock()
        self.signing_key = _signing_key(settings)
        self.tokens = _token_check(settings, self.signing_key)
        self.card_links = _card_links(settings)
        self.identity = Identity(database, self.tokens, self._welcome if settings.development else None)
        self.services: dict[str, ServiceFactory] = {
            "catalog": self.catalog,
            "orders": self.orders,
            "loyalty": Loyalty,
            "baby": self.diary,
            "household": News,
            "conversation": self._conversations,
        }
        self.dispatcher = Dispatcher(
            database,
            self.declarations,
            self.services,
            speech,
            before=(self._arrive,),
            observers=self._observers,
        )

    def orders(self, unit: Unit) -> Orders:
        """The order service on a unit."""
        home = unit.household_id
        shop = self.shop if home is None else acting_for(self.shop, home)
        return Orders(unit, self.catalog(unit), shop, SUBSCRIBERS, self._card_link)

    def _card_link(self, quote: Quote) -> str:
        return self.card_links.link(quote) if self.card_links else ""

    def catalog(self, unit: Unit) -> Catalog:
        """The catalogue on a unit; its index is shared by the whole process."""
        return Catalog(unit, self._catalog)

    def diary(self, unit: Unit) -> Diary:
        """The baby diary on a unit."""
        return Diary(unit, self.orders(unit))

    def _conversations(self, unit: Unit) -> Conversations:
        return Conversations(unit, self.declarations, self.services, BASIC_EXAMPLES)

    def _arrive(self, unit: Unit, turn: Turn) -> None:
        """A new speaker is remembered."""
        if turn.device_id:
            Households(unit).see_device(turn.device_id, turn.at)

    # --- the Assistant port of the Alexa face

    def now(self) -> datetime:
        """The clock of every turn."""
        return self.clock()

    def caller(self, speaker: Speaker, at: datetime) -> Caller:
        """Who speaks; in development an unknown user gets a demo household."""
        return self.identity.caller(speaker, at)

    def answer(self, turn: Turn) -> Answer:
        """Run one turn, after open orders have moved to where the shop says that they are."""
        if turn.caller.household_id is not None:
            follow_shop(self.database, self.orders, turn.caller.household_id, turn.at)
        verifies = turn.verifies and self.settings.verify_person
        return self.dispatcher.answer(replace(turn, verifies=verifies))

    def apologise(self, locale: str, key: str = "Error.internal") -> Answer:
        """A prompt outside any turn."""
        rendered = speech(locale).prompts.render(key, {})
        turn = Turn("", "launch", locale, self.now(), Caller())
        return as_answer(turn, Reply(key), rendered, Session())

    def knows(self, intent: str) -> bool:
        """Whether some feature declares `intent`."""
        return intent in self.declarations.intents

    def can_fulfill(self, intent: str, slots: Mapping[str, Heard]) -> bool:
        """Whether the intent is ours and every product named is sold; reads only."""
        if not self.knows(intent):
            return False
        names = [heard.value for name, heard in slots.items() if name == "product" and heard.value]
        with self.database.reading(None) as unit:
            catalog = self.catalog(unit)
            return all(catalog.find(name, "en").decision != "decline" for name in names)

    def event(self, kind: str, speaker: Speaker, at: datetime, body: Mapping[str, object]) -> None:
        """Account linked: bind the Alexa user to the account's member. Unlinked or disabled: unbind."""
        if not speaker.user_id:
            return
        if kind == "AlexaSkillEvent.SkillAccountLinked":
            self._link(speaker.user_id, body.get("accessToken"), at)
        if kind == "AlexaSkillEvent.ProactiveSubscriptionChanged":
            notices.subscribed(self.database, speaker.user_id, body, at)
        if kind in ("AlexaSkillEvent.SkillDisabled", "AlexaSkillEvent.SkillAccountUnlinked"):
            notices.subscribed(self.database, speaker.user_id, {}, at)
            directory.unbind(self.database, directory.ALEXA_USER, speaker.user_id)

    def _link(self, user_id: str, token: object, at: datetime) -> None:
        if self.tokens is None or not isinstance(token, str):
            return
        try:
            account = self.tokens.subject(token, at)
        except TokenRefused:
            return
        found = directory.find(self.database, directory.ACCOUNT, account)
        if found is not None:
            with self.database.unit(found.household_id) as unit:
                directory.bind(unit, directory.ALEXA_USER, user_id, found.member_id)

    # --- what the command line, the speaker and the worker use

    @cached_property
    def handle(self) -> Callable[[dict[str, Any]], dict[str, Any]]:
        """The Alexa face in process: request envelope -> response envelope."""
        return make_handler(self, self.settings.skill_id)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of every turn after its commit."""
        self._observers.append(observer)

    def model(self, locale: str) -> dict[str, Any]:
        """The interaction model of a locale, built in memory."""
        return interaction_model(locale)

    def member(self, name: str | None) -> Found:
        """A member of the demo household by name (None: the default one), or an imported customer by number.

        Raises LookupError when there is no such member or customer.
        """
        base = directory.find(self.database, directory.ALEXA_USER, OFFLINE_USER)
        customer = directory.find(self.database, directory.CUSTOMER, name) if name else None
        if customer is not None:
            return customer
        if base is None:
            raise LookupError("There is no demo household: run `restock db seed`.")
        if name is None:
            return base
        with self.database.reading(base.household_id) as unit:
            member = Households(unit).member_named(name)
        if member is None:
            raise LookupError(f"There is no member or customer called {name!r}.")
        return Found(base.household_id, member.id)

    def link(self, name: str | None, user_id: str) -> None:
        """Bind an Alexa user id to whom `member` finds; raises LookupError like it."""
        found = self.member(name)
        with self.database.unit(found.household_id) as unit:
            directory.bind(unit, directory.ALEXA_USER, user_id, found.member_id)

    def speaker(self, name: str | None) -> str:
        """An Alexa user id with which the offline speaker speaks as `name`; raises LookupError."""
        if name is None:
            self.member(None)
            return OFFLINE_USER
        user_id = f"{OFFLINE_USER}.{name.strip().casefold()}"
        self.link(name, user_id)
        return user_id

    def hear_shop(self, event_id: str, body: bytes) -> None:
        """Take a report of the merchant's shop whose signature was verified; raises NewsRefused."""
        from skill.shops.hearing import Hearing  # no turn hears the shop: it costs start time

        Hearing(self.database, self.orders, self.clock)(event_id, body)

    def work(self, at: datetime | None = None) -> jobs.Report:
        """Do once what time asks for, in every household; then send what is to be sent."""
        from skill.worker.carriers import carriers  # no turn sends anything: it costs start time

        clock = self.now if at is None else lambda: at
        return jobs.run_once(self.database, self.orders, Loyalty, clock, carriers(self.settings, clock))

    def _welcome(self, user_id: str, at: datetime) -> None:
        with self._welcoming:  # the second of two first requests must not make a second household
            if directory.find(self.database, directory.ALEXA_USER, user_id) is None:
                self.seed_household(new_id(), user_id, at)

    def close(self) -> None:
        """Close the connections to the database; they are opened again when they are needed."""
        self.database.engine.dispose()

    def seed_household(self, household_id: UUID, user_id: str, at: datetime) -> None:
        """A new demo household bound to an Alexa user id."""
        with self.database.unit(household_id) as unit:
            member = seed_household(unit, self.demo_services, at)
            directory.bind(unit, directory.ALEXA_USER, user_id, member.id)


def _signing_key(settings: Settings) -> "SigningKey | None":
    """The key of our own account linking, if there is one; development makes one where it is absent."""
    if settings.web is None or settings.web.key_file is None:
        return None
    from skill.household.signing_key import read_key  # Lambda signs nothing: it costs start time

    return read_key(settings.web.key_file, settings.web.url, TOKEN_AUDIENCE, may_create=settings.development)


def _card_links(settings: Settings) -> CardLinks | None:
    """Links on cards, where there is an address to lead to and a key to sign with."""
    web = settings.web
    return CardLinks(web.url, web.link_key) if web is not None and web.link_key else None


def _token_check(settings: Settings, own: "SigningKey | None") -> TokenCheck | None:
    """What account tokens are checked with: our own key, or the keys of the shop's provider."""
    if own is not None and settings.web is not None:
        return SignedTokenCheck(OwnKeys(own.published_bytes()), settings.web.url, TOKEN_AUDIENCE)
    if settings.oidc is not None:
        return OidcTokenCheck(settings.oidc.jwks_url, settings.oidc.issuer, settings.oidc.audience)
    return None


def build(settings: Settings, *, clock: Callable[[], datetime] = system_clock) -> App:
    """The App on the settings' database; raises DatabaseError when it cannot be used as it is."""
    engine = make_engine(settings.database_url)
    try:
        schema.check(engine)
    except DatabaseError:
        engine.dispose()
        raise
    return App(settings, Database(engine), clock)


def seed(app: App) -> None:
    """Fill the reference tables with the demo shop's products, rewards and rules."""
    from skill.shops.demo_catalogue import seed_catalogue
    from skill.shops.demo_rewards import seed_rewards

    with app.database.unit(None) as unit:
        seed_catalogue(unit)
        seed_rewards(unit)


def seed_demo(app: App) -> None:
    """Fill the reference tables and, unless it is there, the offline speaker's household."""
    seed(app)
    if directory.find(app.database, directory.ALEXA_USER, OFFLINE_USER) is None:
        app.seed_household(new_id(), OFFLINE_USER, app.now())


def prepare(settings: Settings, clock: Callable[[], datetime] = system_clock) -> None:
    """Create, migrate and seed the embedded file when it is absent; migrate it when it is older.

    A database named by `RESTOCK_DATABASE_URL` is left alone. The file appears only when it is complete.
    """
    engine = make_engine(settings.database_url)
    path = sqlite_file(engine)
    if settings.database_url_given or path is None:
        return
    if path.exists():
        if schema.revision(engine) in schema.REVISIONS[:-1]:
            schema.upgrade(engine)
        engine.dispose()
        return
    schema.create_folder(engine)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft_engine = make_engine(f"sqlite:///{draft}")
    try:
        schema.upgrade(draft_engine)
        seed_demo(App(settings, Database(draft_engine), clock))
        draft_engine.dispose()
        _publish(draft, path)
    finally:
        draft_engine.dispose()
        draft.unlink(missing_ok=True)


def _publish(draft: Path, path: Path) -> None:
    """Give the draft its name, unless another process was faster: that one's file may be in use already."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        draft.replace(path)
