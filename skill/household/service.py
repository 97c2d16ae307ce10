"""Households: creates them, adds people and labels to them, and finds them again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from skill.household.models import (
    Address,
    Consent,
    ContactCap,
    Device,
    DirectoryEntry,
    Household,
    Member,
    PaymentMethod,
    VoiceCode,
)
from skill.household.roles import ROLES
from skill.storage.database import Unit
from skill.storage.keys import hashed, new_id

DEFAULT_CAPS = {"order_updates": 7, "reminders": 3, "offers": 1}
"""Messages per week that a new household accepts, by purpose; nothing is sent without consent as well."""


class Households:
    """Reads and writes the unit's own household."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def create(self, name: str, zone: str, at: datetime) -> Household:
        """Start the unit's household with the default contact caps."""
        household = Household(household_id=self.unit.household, name=name, zone=zone, created_at=at)
        self.unit.session.add(household)
        self.unit.session.flush()
        for purpose, per_week in DEFAULT_CAPS.items():
            self.unit.session.add(
                ContactCap(household_id=self.unit.household, purpose=purpose, per_week=per_week)
            )
        return household

    def get(self) -> Household:
        """The unit's household; raises LookupError when it does not exist."""
        found = self.unit.session.exec(
            select(Household).where(col(Household.household_id) == self.unit.household)
        ).first()
        if found is None:
            raise LookupError("no such household")
        return found

    def lock(self) -> None:
        """Let no other transaction of this household pass here until this one ends.

        SQLite has one writer at a time anyway; PostgreSQL locks the household's row.
        """
        self.unit.session.exec(
            select(Household.household_id)
            .where(col(Household.household_id) == self.unit.household)
            .with_for_update()
        ).first()

    def set_child_mode(self, *, on: bool) -> None:
        """Switch child mode, in which nothing can be bought by voice."""
        household = self.get()
        household.child_mode = on
        self.unit.session.add(household)

    def add_member(self, name: str, role: str, *, default: bool = False) -> Member:
        """Add a person; raises ValueError for a role that the role table does not have."""
        if role not in ROLES:
            raise ValueError(f"there is no role {role}")
        member = Member(
            household_id=self.unit.household, id=new_id(), name=name, role=role, is_default=default
        )
        self.unit.session.add(member)
        self.unit.session.flush()
        return member

    def members(self) -> Sequence[Member]:
        """Everyone of the household, in the order they were added."""
        return self.unit.session.exec(
            select(Member).where(col(Member.household_id) == self.unit.household).order_by(col(Member.id))
        ).all()

    def member(self, member_id: UUID) -> Member | None:
        """One member by id."""
        return self.unit.session.exec(
            select(Member).where(col(Member.household_id) == self.unit.household, col(Member.id) == member_id)
        ).first()

    def member_named(self, name: str) -> Member | None:
        """The member of that name, in whatever letter case it is given."""
        return next((m for m in self.members() if m.name.casefold() == name.strip().casefold()), None)

    def set_email(self, member_id: UUID, address: str) -> None:
        """Where a member's order confirmations go; "" for nowhere. Raises LookupError for a stranger."""
        member = self.member(member_id)
        if member is None:
            raise LookupError("no such member")
        member.email = address
        self.unit.session.add(member)

    def add_address(self, label: str, *, default: bool = False) -> None:
        """Add a delivery address by its label."""
        self.unit.session.add(Address(household_id=self.unit.household, label=label, is_default=default))

    def addresses(self) -> Sequence[str]:
        """The labels of the household's addresses, in the order of the alphabet."""
        return self.unit.session.exec(
            select(Address.label)
            .where(col(Address.household_id) == self.unit.household)
            .order_by(col(Address.label))
        ).all()

    def default_address(self) -> str | None:
        """The label that orders go to unless another one is named; None when there is no address."""
        return self.unit.session.exec(
            select(Address.label)
            .where(col(Address.household_id) == self.unit.household)
            .order_by(col(Address.is_default).desc(), col(Address.label))
        ).first()

    def add_payment_method(self, label: str, *, default: bool = False) -> None:
        """Add a payment method by its label."""
        self.unit.session.add(
            PaymentMethod(household_id=self.unit.household, label=label, is_default=default)
        )

    def payment_methods(self) -> Sequence[str]:
        """The labels of the household's payment methods, in the order of the alphabet."""
        return self.unit.session.exec(
            select(PaymentMethod.label)
            .where(col(PaymentMethod.household_id) == self.unit.household)
            .order_by(col(PaymentMethod.label))
        ).all()

    def default_payment_method(self) -> str | None:
        """The label of the instrument that orders are charged to; None when there is none."""
        return self.unit.session.exec(
            select(PaymentMethod.label)
            .where(col(PaymentMethod.household_id) == self.unit.household)
            .order_by(col(PaymentMethod.is_default).desc(), col(PaymentMethod.label))
        ).first()

    def give_consent(self, member_id: UUID, purpose: str, at: datetime) -> None:
        """Record that the member agrees to `purpose`; a withdrawn consent is given anew."""
        consent = self._consent(member_id, purpose)
        if consent is None:
            consent = Consent(
                household_id=self.unit.household, member_id=member_id, purpose=purpose, given_at=at
            )
        elif consent.withdrawn_at is not None:
            consent.given_at, consent.withdrawn_at = at, None
        self.unit.session.add(consent)
        self.unit.session.flush()

    def withdraw_consent(self, member_id: UUID, purpose: str, at: datetime) -> None:
        """Record that the member no longer agrees; no effect when there was no consent."""
        consent = self._consent(member_id, purpose)
        if consent is not None and consent.withdrawn_at is None:
            consent.withdrawn_at = at
            self.unit.session.add(consent)

    def has_consent(self, member_id: UUID, purpose: str) -> bool:
        """Whether the member agrees to `purpose` now."""
        consent = self._consent(member_id, purpose)
        return consent is not None and consent.withdrawn_at is None

    def cap(self, purpose: str) -> int | None:
        """How many messages of a purpose the household accepts in seven days; None where it set no cap."""
        return self.unit.session.exec(
            select(ContactCap.per_week).where(
                col(ContactCap.household_id) == self.unit.household, col(ContactCap.purpose) == purpose
            )
        ).first()

    def _consent(self, member_id: UUID, purpose: str) -> Consent | None:
        return self.unit.session.exec(
            select(Consent).where(
                col(Consent.household_id) == self.unit.household,
                col(Consent.member_id) == member_id,
                col(Consent.purpose) == purpose,
            )
        ).first()

    def see_device(self, device_id: str, at: datetime) -> None:
        """Remember a speaker the first time it is heard in this household."""
        key = hashed("device", device_id)
        known = self.unit.session.exec(
            select(Device.id_hash).where(
                col(Device.household_id) == self.unit.household, col(Device.id_hash) == key
            )
        ).first()
        if known is None:
            self.unit.session.add(Device(household_id=self.unit.household, id_hash=key, first_seen_at=at))


HOUSEHOLD_TABLES = (
    Household,
    Member,
    VoiceCode,
    Device,
    Address,
    PaymentMethod,
    Consent,
    ContactCap,
    DirectoryEntry,
)
"""What this feature gives to the export, import and erase registry, parents first."""
