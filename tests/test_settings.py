"""Settings: read once from the environment, checked at the start, each fault one line that names it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill.settings import (
    DEVELOPMENT_SKILL_ID,
    EMBEDDED_DATABASE_URL,
    TEST_ONLY,
    OidcSettings,
    Settings,
    SettingsError,
    load,
)

OIDC = {
    "RESTOCK_OIDC_JWKS_URL": "https://id.example.org/keys",
    "RESTOCK_OIDC_ISSUER": "https://id.example.org",
    "RESTOCK_OIDC_AUDIENCE": "restock",
}


def test_without_any_setting_it_is_production_on_the_embedded_file() -> None:
    assert load({}) == Settings()
    assert not load({}).development
    assert load({}).database_url == EMBEDDED_DATABASE_URL


def test_every_setting_is_read() -> None:
    environ = {
        "RESTOCK_ENV": "development",
        "RESTOCK_SKILL_ID": "amzn1.ask.skill.x",
        "RESTOCK_DATABASE_URL": "sqlite:///x.db",
        "RESTOCK_HOST": "0.0.0.0",
        "RESTOCK_PORT": "9000",
        "RESTOCK_TEST_CA_FILE": "ca.pem",
        "RESTOCK_TEST_CERT_BASE": "http://127.0.0.1:1",
        **OIDC,
    }
    assert load(environ) == Settings(
        env="development",
        skill_id="amzn1.ask.skill.x",
        database_url="sqlite:///x.db",
        database_url_given=True,
        host="0.0.0.0",
        port=9000,
        test_ca_file=Path("ca.pem"),
        test_cert_base="http://127.0.0.1:1",
        oidc=OidcSettings(*OIDC.values()),
    )


def test_an_empty_setting_counts_as_not_given() -> None:
    names = ("RESTOCK_ENV", "RESTOCK_DATABASE_URL", "RESTOCK_HOST", "RESTOCK_PORT", *TEST_ONLY, *OIDC)
    assert load(dict.fromkeys(names, "")) == Settings()


@pytest.mark.parametrize("env", ["prod", "Production", "production ", "test"])
def test_an_unknown_environment_is_refused(env: str) -> None:
    with pytest.raises(SettingsError, match="RESTOCK_ENV must be production or development"):
        load({"RESTOCK_ENV": env})


def test_the_skill_id_is_needed_where_requests_are_served() -> None:
    with pytest.raises(SettingsError, match="RESTOCK_SKILL_ID is not set"):
        load({}, need_skill_id=True)
    assert load({"RESTOCK_SKILL_ID": "x"}, need_skill_id=True).skill_id == "x"
    assert load({}, env="development", need_skill_id=True).skill_id == DEVELOPMENT_SKILL_ID


@pytest.mark.parametrize("name", TEST_ONLY)
def test_a_setting_for_tests_is_refused_in_production(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} is for tests only"):
        load({name: "x"})


@pytest.mark.parametrize("name", TEST_ONLY)
def test_a_setting_for_tests_is_refused_on_lambda_even_in_development(name: str) -> None:
    environ = {name: "x", "AWS_LAMBDA_FUNCTION_NAME": "restock", "RESTOCK_ENV": "development"}
    with pytest.raises(SettingsError, match="on Lambda"):
        load(environ)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "80.5", "eighty", "８０", " 80", "9" * 5000])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match="RESTOCK_PORT must be a number from 1 to 65535"):
        load({"RESTOCK_PORT": port})


@given(text=st.text())
def test_whatever_the_port_says_it_is_a_port_or_refused(text: str) -> None:
    try:
        port = load({"RESTOCK_PORT": text}).port
    except SettingsError:
        return
    assert 0 < port < 65536


@pytest.mark.parametrize("prefix", ["postgres://", "postgresql://", "postgresql+psycopg://"])
def test_a_postgresql_address_may_be_written_as_people_do(prefix: str) -> None:
    found = load({"RESTOCK_DATABASE_URL": f"{prefix}shop@db/restock"})
    assert found.database_url == "postgresql+psycopg://shop@db/restock"
    assert found.database_url_given


@pytest.mark.parametrize("missing", OIDC)
def test_the_three_token_settings_belong_together(missing: str) -> None:
    with pytest.raises(SettingsError, match=f"^{missing} is not set"):
        load({name: value for name, value in OIDC.items() if name != missing})


def test_every_refusal_is_one_line() -> None:
    for environ in ({"RESTOCK_ENV": "a\nb"}, {"RESTOCK_PORT": "1\n2"}, {"RESTOCK_TEST_CA_FILE": "x\ny"}):
        with pytest.raises(SettingsError) as refused:
            load(environ)
        assert "\n" not in str(refused.value)
