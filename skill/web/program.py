"""What the web face needs of the program around it: the Alexa face, and the services of /v1 and the pages."""

from typing import Protocol

from skill.alexa.assistant import Assistant
from skill.household.identity import Identity
from skill.household.signing_key import SigningKey
from skill.household.tokens import TokenCheck
from skill.orders.card_links import CardLinks
from skill.orders.service import Orders
from skill.storage.database import Database, Unit


class Program(Assistant, Protocol):
    """Everything that answers over HTTP; without account linking `tokens` and `signing_key` are None."""

    database: Database
    identity: Identity
    tokens: TokenCheck | None
    signing_key: SigningKey | None
    card_links: CardLinks | None

    def orders(self, unit: Unit) -> Orders:
        """The order service on a unit."""
