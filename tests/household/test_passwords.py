"""Passwords: what they are refused for, what a member signs in with, and what a new one ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from skill.household.account_links import exchange, forget_expired, grant_code, present, revoke_all
from skill.household.directory import OAUTH_CODE, OAUTH_REFRESH, Found
from skill.household.oauth_clients import ClientRefused, add_client
from skill.household.passwords import PasswordRefused, set_password, sign_in
from skill.household.service import Households
from skill.household.signing_key import read_key
from skill.household.tokens import OwnKeys, SignedTokenCheck
from skill.settings import SettingsError
from skill.storage.database import Database
from skill.storage.keys import new_id

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PASSWORD = "correct horse"


@pytest.fixture
def anna(database: Database) -> Found:
    """A member with an e-mail address."""
    return member(database, "Anna", "anna@example.com")


def member(database: Database, name: str, email: str = "") -> Found:
    with database.unit(new_id()) as unit:
        households = Households(unit)
        households.create("Home", "UTC", NOW)
        made = households.add_member(name, "owner", default=True)
        households.set_email(made.id, email)
        return Found(unit.household, made.id)


def give(database: Database, found: Found, password: str = PASSWORD, login: str | None = None) -> str:
    with database.unit(found.household_id) as unit:
        return set_password(unit, found.member_id, password, login)


def test_a_member_signs_in_with_the_address_the_name_or_what_was_chosen(
    database: Database, anna: Found
) -> None:
    assert give(database, anna) == "anna@example.com"
    assert sign_in(database, " ANNA@example.com ", PASSWORD, NOW) == anna
    assert give(database, anna, "another password", "Annie") == "Annie"
    assert sign_in(database, "annie", "another password", NOW) == anna
    assert sign_in(database, "annie", PASSWORD, NOW) is None
    assert sign_in(database, "anna@example.com", "another password", NOW) is None
    ben = member(database, "Ben")
    assert give(database, ben) == "Ben"


def test_a_password_or_a_login_that_will_not_do_is_refused(database: Database, anna: Found) -> None:
    give(database, anna, login="annie")
    for wrong in ("short", "x" * 201):
        with pytest.raises(PasswordRefused):
            give(database, anna, wrong)
    with pytest.raises(PasswordRefused, match="somebody else"):
        give(database, member(database, "Other"), login="Annie")
    with pytest.raises(PasswordRefused), database.unit(anna.household_id) as unit:
        set_password(unit, new_id(), PASSWORD)


def test_a_new_password_ends_links_and_what_ran_out_is_forgotten(database: Database, anna: Found) -> None:
    code = grant_code(database, anna, "client", "https://shop.example/back", "", NOW)
    presented = present(database, OAUTH_CODE, code, "client", NOW)
    assert presented is not None
    assert exchange(database, presented, "refresh-1", NOW)
    assert not exchange(database, presented, "refresh-2", NOW)
    assert present(database, OAUTH_REFRESH, "refresh-1", "another client", NOW) is None
    assert present(database, OAUTH_REFRESH, "refresh-1", "client", NOW) is not None
    with database.unit(anna.household_id) as unit:
        revoke_all(unit, anna.member_id, NOW)
    assert present(database, OAUTH_REFRESH, "refresh-1", "client", NOW) is None
    with database.unit(anna.household_id) as unit:
        assert forget_expired(unit, NOW + timedelta(days=1)) == 1
        assert forget_expired(unit, NOW + timedelta(days=401)) == 1
    assert present(database, OAUTH_CODE, code, "client", NOW) is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/back",
        "http://shop.example/back",
        "https://shop.example/#here",
        "https://*.example",
        "https://[",
        "app:back",
    ],
)
def test_a_client_leads_back_to_complete_addresses_by_https(database: Database, uri: str) -> None:
    with pytest.raises(ClientRefused), database.unit(None) as unit:
        add_client(unit, "Alexa", [uri], NOW)
    with pytest.raises(ClientRefused), database.unit(None) as unit:
        add_client(unit, "Alexa", [], NOW)


def test_tokens_are_signed_with_either_kind_of_key_and_a_made_key_is_private(tmp_path: Path) -> None:
    pem = tmp_path / "rsa.pem"
    pem.write_bytes(written(rsa.generate_private_key(65537, 2048)))
    for path, may_create in ((tmp_path / "new/key.pem", True), (pem, False)):
        key = read_key(path, "https://shop.example", "restock", may_create=may_create)
        check = SignedTokenCheck(OwnKeys(key.published_bytes()), "https://shop.example", "restock")
        assert check.subject(key.access_token("anna", "client", NOW), NOW) == "anna"
    assert (tmp_path / "new/key.pem").stat().st_mode & 0o077 == 0


def test_a_key_that_will_not_do_is_a_setting_to_put_right(tmp_path: Path) -> None:
    wrong = {
        "weak.pem": written(rsa.generate_private_key(65537, 1024)),
        "curve.pem": written(ec.generate_private_key(ec.SECP384R1())),
        "text.pem": b"no key",
    }
    for name, content in wrong.items():
        (tmp_path / name).write_bytes(content)
    for name in (*wrong, "absent.pem"):
        with pytest.raises(SettingsError, match="RESTOCK_WEB_KEY_FILE"):
            read_key(tmp_path / name, "https://shop.example", "restock", may_create=False)


def written(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
