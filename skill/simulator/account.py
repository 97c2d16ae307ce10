"""The household on Amazon's side: one account, its people, devices, permissions and linked shop account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Screen = Literal["none", "round", "small", "large", "tv"]
"""What a device can show; "none" is a speaker without a screen."""

DEVICE_ID = "amzn1.ask.device.offline-speaker"

SAMPLE_ADDRESS: Mapping[str, str] = {
    "addressLine1": "12 Example Street",
    "city": "Springfield",
    "stateOrRegion": "IL",
    "postalCode": "62704",
    "countryCode": "US",
}
"""Where devices stand that nobody gave another address: without one no skill that asks could be tried."""

_SPELLINGS = {
    "read::alexa:device:all:address": "alexa::devices:all:address:full:read",
    "read::alexa:device:all:address:country_and_postal_code": (
        "alexa:devices:all:address:country_and_postal_code:read"
    ),
}
"""How consent cards have spelled the scopes of the address, and how the manifest does [unverified]."""


@dataclass(frozen=True)
class Profile:
    """What the Customer Profile service tells of an account or a person; None where nothing was entered."""

    name: str | None = None
    given_name: str | None = None
    email: str | None = None
    mobile_number: str | None = None


def sample_profile(name: str | None = None) -> Profile:
    """A profile for a name; the mail domain and the telephone number are ones that nobody can own."""
    shown = (name or "Sam").strip().title()
    return Profile(f"{shown} Example", shown, f"{shown.casefold()}@example.com", "+12025550142")


@dataclass(frozen=True)
class Person:
    """Somebody whose voice a device may recognise; `access_token` is set when the person linked the skill."""

    person_id: str
    profile: Profile = field(default_factory=Profile)
    access_token: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How a task ends that a skill started with Connections.StartConnection.

    `code` is the wire's string; anything but a 2xx one is an error. `result` is the task's own payload.
    """

    code: str = "200"
    message: str = "OK"
    result: Mapping[str, object] | None = None

    @property
    def failed(self) -> bool:
        """Whether Amazon reports an error and not a result."""
        return not self.code.startswith("2")


@dataclass
class DeviceState:
    """One device: where it stands and what it can show.

    `zone` is an IANA name; `address` holds the fields of the Device Address service (addressLine1, city,
    postalCode, countryCode, ...), None when its owner entered none.
    """

    device_id: str = DEVICE_ID
    locale: str = "en-US"
    zone: str = "America/New_York"
    screen: Screen = "none"
    distance_units: Literal["METRIC", "IMPERIAL"] = "IMPERIAL"
    temperature_unit: Literal["CELSIUS", "FAHRENHEIT"] = "FAHRENHEIT"
    address: Mapping[str, str] | None = None


@dataclass
class Account:
    """An Amazon account that uses one skill.

    `permissions` maps a scope ("alexa::alerts:reminders:skill:readwrite") to whether it was granted; a scope
    that is absent was never asked for. `answers_permission` is what the account's owner says when a skill
    asks for a permission aloud, None when there is no answer; `proves_person` whether somebody who is asked
    for the voice PIN knows it. `outcomes` are how other tasks end, by uri ("connection://..."), and win over
    these two. `access_token` is set when the skill's own account is linked.
    """

    user_id: str
    devices: dict[str, DeviceState] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    permissions: dict[str, bool] = field(default_factory=dict)
    answers_permission: bool | None = True
    proves_person: bool = True
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    access_token: str | None = None
    enabled: bool = True

    def granted(self, scope: str) -> bool:
        """Whether the owner granted the scope, however it was spelled then."""
        known = _SPELLINGS.get(scope, scope)
        return any(given and _SPELLINGS.get(name, name) == known for name, given in self.permissions.items())

    def answer(self, scopes: Iterable[str], *, granted: bool) -> dict[str, bool]:
        """Grant or refuse scopes; gives what each of them is now."""
        answered = dict.fromkeys(scopes, granted)
        self.permissions.update(answered)
        return answered

    def person(self, person_id: str | None) -> Person | None:
        """Who has this id, if the account knows the person."""
        return next((each for each in self.people.values() if each.person_id == person_id), None)
