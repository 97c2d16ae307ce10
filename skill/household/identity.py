"""Who is speaking: from what a face knows of the speaker to a Caller with permissions."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from skill.conversation.turn import Caller
from skill.household import directory
from skill.household.directory import Found
from skill.household.roles import BUYING, permissions
from skill.household.service import Households
from skill.household.tokens import TokenCheck, TokenRefused
from skill.storage.database import Database

log = logging.getLogger("restock.identity")

Welcome = Callable[[str, datetime], None]
"""Makes a new demo household for an unknown Alexa user id and binds it (development only)."""


@dataclass(frozen=True)
class Speaker:
    """What a request says of its speaker; tokens and the person id only when the platform gave them."""

    user_id: str | None = None
    user_token: str | None = None
    person_id: str | None = None
    person_token: str | None = None
    device_id: str | None = None


class Identity:
    """Finds the Caller behind a Speaker. `welcome` is given in development and absent in production."""

    def __init__(
        self, database: Database, token_check: TokenCheck | None = None, welcome: Welcome | None = None
    ) -> None:
        self._database = database
        self._token_check = token_check
        self._welcome = welcome

    def caller(self, speaker: Speaker, at: datetime) -> Caller:
        """The linked member, or the recognised person of that household; an empty Caller when unknown.

        A person's own token comes before their person id, and both before the account of the device. With
        a token that is refused nobody is known.
        """
        try:
            account = self._account(speaker, at)
            person = self._person(speaker, at)
        except TokenRefused as refused:
            log.warning("token refused", extra={"reason": refused.reason})
            return Caller()  # a token that was taken back must not fall back to an older binding
        if person is not None and (account is None or person.household_id == account.household_id):
            return self._loaded(person)
        if account is not None:
            return self._loaded(account)
        if self._welcome is not None and speaker.user_id:
            self._welcome(speaker.user_id, at)
            found = directory.find(self._database, directory.ALEXA_USER, speaker.user_id)
            if found is not None:
                return self._loaded(found)
        return Caller()

    def known(self, found: Found) -> Caller:
        """The Caller for a member who signed in; empty when there is no such member any more."""
        return self._loaded(found)

    def _account(self, speaker: Speaker, at: datetime) -> Found | None:
        return self._linked(speaker.user_token, at) or self._known(directory.ALEXA_USER, speaker.user_id)

    def _person(self, speaker: Speaker, at: datetime) -> Found | None:
        return self._linked(speaker.person_token, at) or self._known(
            directory.ALEXA_PERSON, speaker.person_id
        )

    def _known(self, kind: str, external_id: str | None) -> Found | None:
        return directory.find(self._database, kind, external_id) if external_id else None

    def _linked(self, token: str | None, at: datetime) -> Found | None:
        if not token or self._token_check is None:
            return None
        subject = self._token_check.subject(token, at)
        return directory.find(self._database, directory.ACCOUNT, subject)

    def _loaded(self, found: Found) -> Caller:
        with self._database.reading(found.household_id) as unit:
            households = Households(unit)
            member = households.member(found.member_id)
            if member is None:
                return Caller()
            household = households.get()
            return Caller(
                household_id=found.household_id,
                member_id=member.id,
                name=member.name,
                role=member.role,
                permissions=permissions(member.role, child_mode=household.child_mode),
                zone=household.zone,
                withheld=permissions(member.role) & BUYING if household.child_mode else frozenset(),
            )
