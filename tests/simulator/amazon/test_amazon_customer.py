"""Device address, profiles and settings: content, permissions, tokens."""

from datetime import timedelta

import pytest

from skill.simulator.amazon.customer import FULL_ADDRESS, PROFILE, SHORT_ADDRESS
from tests.simulator.amazon.caller import ANNA, KITCHEN, Caller

ADDRESS = f"/v1/devices/{KITCHEN}/settings/address"
NAME = "/v2/accounts/~current/settings/Profile.name"


def test_the_address_is_told_with_the_permission(caller: Caller) -> None:
    caller.account.permissions[FULL_ADDRESS] = True
    status, body = caller.get(ADDRESS)
    assert status == 200
    assert body == {
        "addressLine1": "1 Elm Street",
        "addressLine2": None,
        "addressLine3": None,
        "city": "Springfield",
        "stateOrRegion": None,
        "districtOrCounty": None,
        "countryCode": "US",
        "postalCode": "12345",
    }


def test_the_short_address_is_another_permission(caller: Caller) -> None:
    caller.account.permissions[SHORT_ADDRESS] = True
    short = caller.get(ADDRESS + "/countryAndPostalCode")
    assert short == (200, {"countryCode": "US", "postalCode": "12345"})
    assert caller.get(ADDRESS).status == 403


def test_a_permission_taken_back_counts_at_once(caller: Caller) -> None:
    caller.account.permissions[FULL_ADDRESS] = True
    assert caller.get(ADDRESS).status == 200
    caller.account.permissions[FULL_ADDRESS] = False
    denied = {"code": "ACCESS_DENIED", "message": "Access denied with reason: ACCESS_NOT_REQUESTED"}
    assert caller.get(ADDRESS) == (403, denied)


def test_no_address_is_no_content(caller: Caller) -> None:
    caller.account.permissions[FULL_ADDRESS] = True
    caller.account.devices[KITCHEN].address = None
    assert caller.get(ADDRESS) == (204, None)


def test_the_address_of_another_device_is_not_told(caller: Caller) -> None:
    caller.account.permissions[FULL_ADDRESS] = True
    other = caller.services.token("amzn1.ask.device.bedroom", None)
    assert caller.get(ADDRESS, token=other) == (
        403,
        {"type": "FORBIDDEN", "message": "The authentication token is not valid."},
    )


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("name", "Anna Miller"),
        ("givenName", "Anna"),
        ("email", "anna@example.com"),
        ("mobileNumber", {"countryCode": "+1", "phoneNumber": "2065550199"}),
    ],
)
def test_the_profile_is_told_field_by_field(caller: Caller, word: str, value: object) -> None:
    path = f"/v2/accounts/~current/settings/Profile.{word}"
    assert caller.get(path).status == 403
    caller.account.permissions[PROFILE[word][0]] = True
    assert caller.get(path) == (200, value)


def test_the_person_who_speaks_has_a_profile_too(caller: Caller) -> None:
    caller.account.permissions |= {scope: True for scope, _ in PROFILE.values()}
    path = "/v2/persons/~current/profile/"
    token = caller.token(ANNA)
    assert caller.get(path + "givenName", token) == (200, "Anna")
    assert caller.get(path + "mobileNumber", token).body["phoneNumber"] == "2065550100"
    assert caller.get(path + "name", token) == (204, None)
    assert caller.get(path + "email", token).status == 404
    assert caller.get(path + "givenName").status == 403


@pytest.mark.parametrize(
    ("word", "value"),
    [("timeZone", "America/New_York"), ("distanceUnits", "IMPERIAL"), ("temperatureUnit", "FAHRENHEIT")],
)
def test_settings_need_no_permission(caller: Caller, word: str, value: str) -> None:
    path = f"/v2/devices/{KITCHEN}/settings/System.{word}"
    assert caller.get(path) == (200, value)
    assert caller.get(path, caller.services.token("other", None)).status == 403


@pytest.mark.parametrize(("path", "status"), [(ADDRESS, 403), (NAME, 401)])
def test_tokens_that_are_missing_wrong_or_old_are_refused(caller: Caller, path: str, status: int) -> None:
    caller.account.permissions |= {FULL_ADDRESS: True, PROFILE["name"][0]: True}
    token = caller.token()
    assert caller.get(path, token).status == 200
    assert caller.get(path, "").status == status
    assert caller.get(path, "Atza|wrong").status == status
    assert caller.get(path, caller.client_token("alexa::proactive_events")).status == status
    caller.clock.now += timedelta(minutes=59)
    assert caller.get(path, token).status == 200
    caller.clock.now += timedelta(minutes=1)
    assert caller.get(path, token).status == status
