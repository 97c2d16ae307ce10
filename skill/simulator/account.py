"""The household on Amazon's side: one account, its people, devices, permissions and linked shop account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Screen = Literal["none", "round", "small", "large", "tv"]
"""What a device can show; "none" is a speaker without a screen."""

DEVICE_ID = "amzn1.ask.device.offline-speaker"


@dataclass(frozen=True)
class Profile:
    """What the Customer Profile service tells of an account or a person; None where nothing was entered."""

    name: str | None = None
    given_name: str | None = None
    email: str | None = None
    mobile_number: str | None = None


@dataclass(frozen=True)
class Person:
    """Somebody whose voice a device may recognise; `access_token` is set when the person linked the skill."""

    person_id: str
    profile: Profile = field(default_factory=Profile)
    access_token: str | None = None


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
    asks for a permission aloud. `access_token` is set when the skill's own account is linked.
    """

    user_id: str
    devices: dict[str, DeviceState] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    profile: Profile = field(default_factory=Profile)
    permissions: dict[str, bool] = field(default_factory=dict)
    answers_permission: bool = True
    access_token: str | None = None
    enabled: bool = True

    def granted(self, scope: str) -> bool:
        """Whether the owner granted the scope."""
        return self.permissions.get(scope, False)
