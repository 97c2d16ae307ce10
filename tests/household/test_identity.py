"""Who speaks: tokens, persons, accounts, and what becomes of the unknown."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from skill.conversation.turn import Caller
from skill.household import directory
from skill.household.directory import Found
from skill.household.identity import Identity, Speaker
from skill.household.roles import permissions
from skill.household.service import Households
from skill.household.tokens import TokenRefused
from skill.storage.database import Database
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@dataclass
class Tokens:
    """A token check that knows these tokens."""

    subjects: dict[str, str] = field(default_factory=dict)

    def subject(self, token: str, at: datetime) -> str:
        if token not in self.subjects:
            raise TokenRefused("expired")
        return self.subjects[token]


@dataclass
class People:
    """A household in the directory: Anna by her account, Ben as a person, Rosa next door."""

    database: Database
    home: UUID
    next_door: UUID
    anna: UUID
    ben: UUID
    rosa: UUID


@pytest.fixture
def people(database: Database) -> People:
    """Two households whose members are bound in every way there is."""
    home, next_door = new_id(), new_id()
    with database.unit(home) as unit:
        homes = Households(unit)
        homes.create("Home", "America/New_York", NOW)
        anna, ben = homes.add_member("Anna", "owner").id, homes.add_member("Ben", "child").id
        directory.bind(unit, directory.ALEXA_USER, "user-anna", anna)
        directory.bind(unit, directory.ALEXA_PERSON, "person-ben", ben)
        directory.bind(unit, directory.ACCOUNT, "account-anna", anna)
        directory.bind(unit, directory.ACCOUNT, "account-ben", ben)
    with database.unit(next_door) as unit:
        homes = Households(unit)
        homes.create("Next door", "UTC", NOW)
        rosa = homes.add_member("Rosa", "adult").id
        directory.bind(unit, directory.ALEXA_USER, "user-rosa", rosa)
        directory.bind(unit, directory.ALEXA_PERSON, "person-rosa", rosa)
        directory.bind(unit, directory.ACCOUNT, "account-rosa", rosa)
    return People(database, home, next_door, anna, ben, rosa)


TOKENS = Tokens({"token-anna": "account-anna", "token-ben": "account-ben", "token-rosa": "account-rosa"})


def who(people: People, **speaker: str) -> UUID | None:
    return Identity(people.database, TOKENS).caller(Speaker(**speaker), NOW).member_id


def test_the_linked_member_speaks_for_the_account(people: People) -> None:
    caller = Identity(people.database, TOKENS).caller(Speaker(user_token="token-anna"), NOW)
    assert caller == Caller(
        people.home, people.anna, "Anna", "owner", permissions("owner"), "America/New_York"
    )


def test_an_account_is_known_by_its_user_id_as_well(people: People) -> None:
    assert who(people, user_id="user-anna") == people.anna


def test_the_token_comes_before_the_user_id(people: People) -> None:
    assert who(people, user_id="user-rosa", user_token="token-anna") == people.anna


def test_a_recognised_person_speaks_for_themselves(people: People) -> None:
    identity = Identity(people.database, TOKENS)
    caller = identity.caller(Speaker(user_id="user-anna", person_id="person-ben"), NOW)
    assert (caller.member_id, caller.permissions) == (people.ben, permissions("child"))
    assert who(people, user_id="user-anna", person_token="token-ben") == people.ben
    assert who(people, person_id="person-ben") == people.ben


def test_a_persons_token_comes_before_the_persons_id(people: People) -> None:
    assert who(people, person_id="person-ben", person_token="token-anna") == people.anna


def test_a_guests_voice_does_not_move_the_device_to_the_guests_household(people: People) -> None:
    assert who(people, user_id="user-anna", person_id="person-rosa") == people.anna
    assert who(people, user_id="user-anna", person_token="token-rosa") == people.anna


def test_an_unknown_person_leaves_the_account_speaking(people: People) -> None:
    assert who(people, user_id="user-anna", person_id="person-nobody") == people.anna


def test_a_refused_token_makes_the_speaker_unknown_and_its_reason_is_logged(
    people: People, caplog: pytest.LogCaptureFixture
) -> None:
    assert who(people, user_token="token-forged") is None
    assert who(people, user_id="user-anna", user_token="token-forged") is None
    assert {vars(record)["reason"] for record in caplog.records} == {"expired"}
    assert "token-forged" not in caplog.text


def test_a_token_without_a_provider_counts_for_nothing(people: People) -> None:
    caller = Identity(people.database).caller(Speaker(user_token="token-anna"), NOW)
    assert caller == Caller()


@pytest.mark.parametrize(
    "speaker",
    [Speaker(), Speaker(user_id="nobody"), Speaker(person_id="nobody"), Speaker(device_id="kitchen")],
)
def test_in_production_the_unknown_stay_unknown(people: People, speaker: Speaker) -> None:
    assert Identity(people.database, TOKENS).caller(speaker, NOW) == Caller()


def test_in_development_an_unknown_user_is_welcomed_once(people: People) -> None:
    welcomed: list[str] = []

    def welcome(user_id: str, at: datetime) -> None:
        welcomed.append(user_id)
        with people.database.unit(new_id()) as unit:
            Households(unit).create("Demo", "UTC", at)
            member = Households(unit).add_member("Demo", "owner")
            directory.bind(unit, directory.ALEXA_USER, user_id, member.id)

    identity = Identity(people.database, TOKENS, welcome)
    first = identity.caller(Speaker(user_id="new"), NOW)
    assert first.name == "Demo"
    assert identity.caller(Speaker(user_id="new"), NOW) == first
    assert identity.caller(Speaker(), NOW) == Caller()
    assert identity.caller(Speaker(user_id="user-anna"), NOW).member_id == people.anna
    assert welcomed == ["new"]


def test_binding_again_replaces_and_unbinding_forgets(people: People) -> None:
    with people.database.unit(people.next_door) as unit:
        directory.bind(unit, directory.ALEXA_USER, "user-anna", people.rosa)
    found = directory.find(people.database, directory.ALEXA_USER, "user-anna")
    assert found == Found(people.next_door, people.rosa)
    for _ in range(2):
        directory.unbind(people.database, directory.ALEXA_USER, "user-anna")
        assert directory.find(people.database, directory.ALEXA_USER, "user-anna") is None


def test_kinds_of_identifiers_are_kept_apart(people: People) -> None:
    assert directory.find(people.database, directory.ALEXA_PERSON, "user-anna") is None


def test_the_directory_holds_no_identifier_itself(people: People) -> None:
    with people.database.engine.connect() as connection:
        held = str(connection.exec_driver_sql("SELECT * FROM directory").all())
    assert "user-anna" not in held
