"""Households: people, labels, devices, consent and contact caps, each household for itself."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import col, select

from skill.household.models import Consent, ContactCap, Device
from skill.household.service import DEFAULT_CAPS, Households
from skill.storage.database import Database
from skill.storage.keys import hashed, new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def household(database: Database) -> UUID:
    """A household with a zone and nobody in it."""
    found = new_id()
    with database.unit(found) as unit:
        Households(unit).create("Home", "America/New_York", NOW)
    return found


def test_a_household_is_found_as_it_was_created(database: Database, household: UUID) -> None:
    with database.reading(household) as unit:
        found = Households(unit).get()
    assert (found.name, found.zone, found.created_at) == ("Home", "America/New_York", NOW)
    assert (found.quiet_from_minute, found.quiet_until_minute) == (21 * 60, 7 * 60)


def test_a_household_that_is_not_there_is_an_error(database: Database) -> None:
    with database.reading(new_id()) as unit, pytest.raises(LookupError):
        Households(unit).get()


def test_members_are_listed_in_the_order_they_came(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        for name, role in (("Anna", "owner"), ("Ben", "adult"), ("Ada", "child")):
            Households(unit).add_member(name, role, default=name == "Anna")
    with database.reading(household) as unit:
        assert [member.name for member in Households(unit).members()] == ["Anna", "Ben", "Ada"]


def test_a_member_is_found_by_name_in_any_letter_case(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        made = Households(unit).add_member("Zoë Groß", "adult")
    with database.reading(household) as unit:
        for name in (" zoë gross ", "ZOË GROSS", "Zoë Groß"):
            found = Households(unit).member_named(name)
            assert found is not None
            assert found.id == made.id
        assert Households(unit).member_named("Zoe") is None
        assert Households(unit).member(new_id()) is None


def test_a_role_that_is_not_in_the_table_is_refused(database: Database, household: UUID) -> None:
    with database.unit(household) as unit, pytest.raises(ValueError, match="no role emperor"):
        Households(unit).add_member("Napoleon", "emperor")


def test_the_default_label_comes_before_the_others(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        homes = Households(unit)
        assert homes.default_address() is None
        assert homes.default_payment_method() is None
        for label, default in (("work", False), ("home", True), ("cabin", False)):
            homes.add_address(label, default=default)
            homes.add_payment_method(f"card {label}", default=default)
        assert homes.default_address() == "home"
        assert homes.default_payment_method() == "card home"


def test_without_a_default_the_labels_go_by_the_alphabet(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        for label in ("work", "cabin"):
            Households(unit).add_address(label)
        assert Households(unit).default_address() == "cabin"


def test_consent_is_given_withdrawn_and_given_again(database: Database, household: UUID) -> None:
    with database.unit(household) as unit:
        homes = Households(unit)
        anna, ben = homes.add_member("Anna", "owner"), homes.add_member("Ben", "adult")
        assert not homes.has_consent(anna.id, "offers")
        homes.withdraw_consent(anna.id, "offers", NOW)
        homes.give_consent(anna.id, "offers", NOW)
        homes.give_consent(anna.id, "offers", NOW + timedelta(days=1))
        assert homes.has_consent(anna.id, "offers")
        assert not homes.has_consent(ben.id, "offers")
        assert not homes.has_consent(anna.id, "reminders")
        homes.withdraw_consent(anna.id, "offers", NOW + timedelta(days=2))
        homes.withdraw_consent(anna.id, "offers", NOW + timedelta(days=3))
        assert not homes.has_consent(anna.id, "offers")
    with database.reading(household) as unit:
        row = unit.session.exec(select(Consent).where(col(Consent.household_id) == household)).one()
        assert (row.given_at, row.withdrawn_at) == (NOW, NOW + timedelta(days=2))
    with database.unit(household) as unit:
        Households(unit).give_consent(anna.id, "offers", NOW + timedelta(days=4))
        assert Households(unit).has_consent(anna.id, "offers")


def test_a_new_household_accepts_few_messages(database: Database, household: UUID) -> None:
    with database.reading(household) as unit:
        caps = unit.session.exec(select(ContactCap).where(col(ContactCap.household_id) == household)).all()
    assert {cap.purpose: cap.per_week for cap in caps} == DEFAULT_CAPS


def test_a_speaker_is_remembered_once_by_its_hash(database: Database, household: UUID) -> None:
    for later in range(2):
        with database.unit(household) as unit:
            Households(unit).see_device("kitchen", NOW + timedelta(days=later))
    with database.reading(household) as unit:
        device = unit.session.exec(select(Device).where(col(Device.household_id) == household)).one()
    assert (device.id_hash, device.first_seen_at) == (hashed("device", "kitchen"), NOW)


def test_a_household_does_not_see_its_neighbours(database: Database, household: UUID) -> None:
    neighbour = new_id()
    with database.unit(neighbour) as unit:
        Households(unit).create("Next door", "UTC", NOW)
        other = Households(unit).add_member("Nora", "owner")
        Households(unit).add_address("next door", default=True)
    with database.reading(household) as unit:
        homes = Households(unit)
        assert homes.members() == []
        assert homes.member(other.id) is None
        assert homes.default_address() is None
