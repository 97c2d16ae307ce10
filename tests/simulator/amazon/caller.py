"""A household, a clock that is moved by hand, and calls of its services over HTTP."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from skill.simulator.account import Account, DeviceState, Person, Profile
from skill.simulator.amazon import AmazonServices
from skill.simulator.amazon.login import CLIENT_ID, CLIENT_SECRET

KITCHEN = "amzn1.ask.device.kitchen"
USER = "amzn1.ask.account.anna"
ANNA = "amzn1.ask.person.anna"
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class Answer(NamedTuple):
    """What a service answered; `body` is None where there was no content."""

    status: int
    body: Any


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def household() -> Account:
    """Anna's account: a kitchen device with an address, a profile, and no permission granted."""
    address = {
        "addressLine1": "1 Elm Street",
        "city": "Springfield",
        "postalCode": "12345",
        "countryCode": "US",
    }
    return Account(
        USER,
        {KITCHEN: DeviceState(KITCHEN, address=address)},
        {"Anna": Person(ANNA, Profile(given_name="Anna", mobile_number="+1 2065550100"))},
        Profile("Anna Miller", "Anna", "anna@example.com", "+1 2065550199"),
    )


@dataclass
class Caller:
    """Calls the services as a skill does, with a fresh token of the kitchen device unless told otherwise."""

    services: AmazonServices
    account: Account
    clock: Clock = field(default_factory=Clock)

    def token(self, person_id: str | None = None, *, in_session: bool = True) -> str:
        """A token of the kitchen device."""
        return self.services.token(KITCHEN, person_id, in_session=in_session)

    def client_token(self, scope: str) -> str:
        """A token of the skill's own client."""
        answer = self.login(grant_type="client_credentials", scope=scope)
        return str(answer.body["access_token"])

    def login(self, **form: str) -> Answer:
        """Ask the token endpoint, as the known client unless the form says otherwise."""
        whole = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **form}
        return self.send("POST", "/auth/O2/token", urlencode(whole).encode(), {})

    def ask(self, method: str, path: str, body: object = None, token: str | None = None) -> Answer:
        """One call with JSON; `token` "" sends none."""
        bearer = self.token() if token is None else token
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self.send(method, path, None if body is None else json.dumps(body).encode(), headers)

    def get(self, path: str, token: str | None = None) -> Answer:
        """One GET."""
        return self.ask("GET", path, token=token)

    def send(self, method: str, path: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        """One call with these very bytes."""
        connection = http.client.HTTPConnection(urlsplit(self.services.address).netloc, timeout=10)
        try:
            connection.request(method, path, content, dict(headers))
            answer = connection.getresponse()
            told = answer.read()
        finally:
            connection.close()
        return Answer(answer.status, json.loads(told) if told else None)
