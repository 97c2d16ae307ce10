"""The port to the stand-in Amazon services: what a device needs to know of them."""

from collections.abc import Sequence
from typing import Protocol


class Call(Protocol):
    """One call of the skill to a service, as the services recorded it."""

    @property
    def service(self) -> str:
        """Which service, as "reminders"."""

    @property
    def method(self) -> str:
        """The HTTP method."""

    @property
    def path(self) -> str:
        """The path called."""

    @property
    def status(self) -> int:
        """The HTTP status answered."""

    @property
    def body(self) -> object:
        """What the skill sent, as JSON."""

    @property
    def ms(self) -> float:
        """How long it took, in milliseconds."""


class Services(Protocol):
    """Amazon's services that a skill calls during a turn."""

    @property
    def address(self) -> str:
        """Where they listen, as "http://127.0.0.1:40404"; goes into `apiEndpoint`."""

    @property
    def calls(self) -> Sequence[Call]:
        """Every call of the skill so far, oldest first."""

    def token(self, device_id: str, person_id: str | None) -> str:
        """The `apiAccessToken` of a request of this device, made for the person recognised, if any."""
