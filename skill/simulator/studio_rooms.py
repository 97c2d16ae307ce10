"""The accounts and devices of a studio's house, and the stand-in Amazon services behind each account."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from skill.simulator.account import DEVICE_ID, SAMPLE_ADDRESS, Account, DeviceState
from skill.simulator.amazon import AmazonServices
from skill.simulator.device import Device
from skill.simulator.studio_house import House
from skill.simulator.studio_turns import Place

SPEAKER = "speaker"
"""What the first device of every account is called."""


class Rooms:
    """Every account and device that somebody spoke from; each is set up at its first use.

    An account's services listen on a loopback port from then until `close`.
    """

    def __init__(self, house: House, clock: Callable[[], datetime]) -> None:
        self._house = house
        self._clock = clock
        self._accounts: dict[str | None, Account] = {}
        self._services: dict[str | None, AmazonServices] = {}
        self._devices: dict[tuple[str | None, str, str], Device] = {}
        self._open = ExitStack()

    def account(self, user: str | None) -> Account:
        """The Amazon account of a user; raises LookupError for somebody whom the house does not know."""
        if user not in self._accounts:
            self._accounts[user] = self._house.account(user)
        return self._accounts[user]

    def services(self, user: str | None) -> AmazonServices:
        """Amazon's services as this user's account has them."""
        if user not in self._services:
            self._services[user] = self._open.enter_context(AmazonServices(self.account(user), self._clock))
        return self._services[user]

    def device(self, place: Place) -> Device:
        """The device of a place in its language. Raises LookupError, ModelError."""
        key = (place.user, place.device, place.locale)
        if key not in self._devices:
            self._devices[key] = self._new_device(place)
        return self._devices[key]

    def devices(self, user: str | None) -> list[str]:
        """The names of a user's devices, in the order they were set up."""
        return list(dict.fromkeys(name for owner, name, _ in self._devices if owner == user))

    def state(self, place: Place) -> DeviceState | None:
        """How the device of a place stands there, in whatever language; None for one not set up yet."""
        return self.account(place.user).devices.get(_device_id(place))

    def go(self, before: Place, place: Place) -> None:
        """Move from a place to another: a device that changes its language leaves its session."""
        left = self._devices.get((place.user, place.device, before.locale))
        device = self.device(place)
        person_id = None if place.person is None else self._person_id(place.user, place.person)
        device.state.screen, device.person_id = place.screen, person_id
        if left is not None and left is not device:
            left.close()

    def close(self) -> None:
        """Leave every open session and end the services."""
        try:
            for device in self._devices.values():
                device.close()
        finally:
            self._open.close()

    def _new_device(self, place: Place) -> Device:
        model, account = self._house.models.skill(place.locale), self.account(place.user)
        services = self.services(place.user)
        zone = self._house.zone(account.user_id)
        state = DeviceState(
            device_id=_device_id(place), locale=place.locale, zone=zone, address=SAMPLE_ADDRESS
        )
        account.devices[state.device_id] = state
        return Device(
            services.around(self._house.handle),
            model,
            account=account,
            state=state,
            skill_id=self._house.skill_id,
            clock=self._clock,
            services=services,
        )

    def _person_id(self, user: str | None, name: str) -> str:
        people = self.account(user).people
        if name not in people:
            people[name] = self._house.person(name)
        return people[name].person_id


def _device_id(place: Place) -> str:
    names = (place.user, None if place.device == SPEAKER else place.device)
    return "-".join([DEVICE_ID, *(name for name in names if name)])
