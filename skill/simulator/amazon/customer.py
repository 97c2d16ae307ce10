"""Device address, customer and person profile, and device settings.

Paths, statuses and fields: ask-sdk-model 1.82 (`services/device_address`, `services/ups`). Texts of refusals
as seen on the real services: "The authentication token is not valid." (amazon-alexa-php issue 62) and
"Access denied with reason: ACCESS_NOT_REQUESTED" (jovo-framework issue 441 and its clients of both services).
"""

from collections.abc import Callable
from typing import Any

from skill.simulator.account import Account, DeviceState, Profile
from skill.simulator.amazon.service import Asked, Refusal, Reply, Route
from skill.simulator.amazon.tokens import Grant

FULL_ADDRESS = "alexa::devices:all:address:full:read"
SHORT_ADDRESS = "alexa:devices:all:address:country_and_postal_code:read"
ADDRESS_FIELDS = (
    *("addressLine1", "addressLine2", "addressLine3", "city", "stateOrRegion", "districtOrCounty"),
    *("countryCode", "postalCode"),
)
SHORT_FIELDS = ("countryCode", "postalCode")
PROFILE = {
    "name": ("alexa::profile:name:read", "name"),
    "givenName": ("alexa::profile:given_name:read", "given_name"),
    "email": ("alexa::profile:email:read", "email"),
    "mobileNumber": ("alexa::profile:mobile_number:read", "mobile_number"),
}
"""By the word in the path: the scope that is needed, and the field of a Profile."""
SETTINGS = {
    "timeZone": "zone",
    "distanceUnits": "distance_units",
    "temperatureUnit": "temperature_unit",
}
"""By the word in the path: the field of a DeviceState."""


def _access_denied() -> Refusal:
    return Refusal(403, "ACCESS_DENIED", "Access denied with reason: ACCESS_NOT_REQUESTED")


def _code_and_message(refusal: Refusal) -> Reply:
    return Reply(refusal.status, {"code": refusal.code, "message": refusal.message})


class Addresses:
    """The Device Address service: only for the token's own device, only with the permission."""

    name = "address"

    def __init__(self, account: Account) -> None:
        self._account = account
        base = "/v1/devices/{deviceId}/settings/address"
        self.routes = (
            Route("GET", base, self._reader(FULL_ADDRESS, ADDRESS_FIELDS)),
            Route("GET", base + "/countryAndPostalCode", self._reader(SHORT_ADDRESS, SHORT_FIELDS)),
        )

    def failure(self, refusal: Refusal) -> Reply:
        """Without a valid token the service speaks of a `type`, without permission of a `code`."""
        if refusal.code == "ACCESS_DENIED":
            return _code_and_message(refusal)
        return Reply(refusal.status, {"type": refusal.code, "message": refusal.message})

    def denied(self) -> Refusal:
        """403, as when the permission was never asked for."""
        return _access_denied()

    def _reader(self, scope: str, fields: tuple[str, ...]) -> Callable[[Asked], Reply]:
        def read(asked: Asked) -> Reply:
            if asked.grant is None or asked.grant.device_id != asked.params["deviceId"]:
                raise Refusal(403, "FORBIDDEN", "The authentication token is not valid.")
            if not self._account.granted(scope):
                raise self.denied()
            state = self._account.devices.get(asked.params["deviceId"])
            if state is None or not state.address:
                return Reply(204)
            return Reply(200, {name: state.address.get(name) for name in fields})

        return read


class Profiles:
    """The Customer Profile service and its twin for the person who speaks; values are JSON strings."""

    name = "profile"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.routes = tuple(
            Route("GET", path, self._reader(word, whose))
            for word in PROFILE
            for path, whose in (
                (f"/v2/accounts/~current/settings/Profile.{word}", self._customer),
                (f"/v2/persons/~current/profile/{word}", self._person),
            )
            if path != "/v2/persons/~current/profile/email"  # there is no such operation
        )

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}."""
        return _code_and_message(refusal)

    def denied(self) -> Refusal:
        """403, as when the permission was never asked for."""
        return _access_denied()

    def _reader(self, word: str, whose: Callable[[Grant], Profile]) -> Callable[[Asked], Reply]:
        scope, field = PROFILE[word]

        def read(asked: Asked) -> Reply:
            profile = whose(_device_grant(asked))
            if not self._account.granted(scope):
                raise self.denied()
            value: str | None = getattr(profile, field)
            if value is None:
                return Reply(204)
            return Reply(200, _phone_number(value) if word == "mobileNumber" else value)

        return read

    def _customer(self, _grant: Grant) -> Profile:
        return self._account.profile

    def _person(self, grant: Grant) -> Profile:
        person = self._account.person(grant.person_id)
        if person is None:
            # Unverified: what the service says when the request named no person.
            raise self.denied()
        return person.profile


class Settings:
    """Time zone and units of the token's own device; no permission is needed."""

    name = "settings"

    def __init__(self, account: Account) -> None:
        self._account = account
        self.routes = tuple(
            Route("GET", f"/v2/devices/{{deviceId}}/settings/System.{word}", self._reader(field))
            for word, field in SETTINGS.items()
        )

    def failure(self, refusal: Refusal) -> Reply:
        """{"code", "message"}."""
        return _code_and_message(refusal)

    def denied(self) -> Refusal:
        """403: the token is for another device."""
        return Refusal(403, "ACCESS_DENIED", "The authentication token does not have access to resource.")

    def _reader(self, field: str) -> Callable[[Asked], Reply]:
        def read(asked: Asked) -> Reply:
            device_id = asked.params["deviceId"]
            state: DeviceState | None = self._account.devices.get(device_id)
            if _device_grant(asked).device_id != device_id or state is None:
                raise self.denied()
            return Reply(200, getattr(state, field))

        return read


def _device_grant(asked: Asked) -> Grant:
    if asked.grant is None or asked.grant.device_id is None:
        raise Refusal(401, "INVALID_TOKEN", "The authentication token is malformed or invalid.")
    return asked.grant


def _phone_number(value: str) -> dict[str, Any]:
    """ "+1 2065550100" is a country code and a number; without a space the country is unknown."""
    country, _, number = value.rpartition(" ")
    return {"countryCode": country or None, "phoneNumber": number}
