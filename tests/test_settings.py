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
    ShopSettings,
    WebSettings,
    load,
)

SHOP = {"RESTOCK_SHOP_URL": "https://shop.example/restock", "RESTOCK_SHOP_KEY": "k" * 16}
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
        **SHOP,
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
        shop=ShopSettings(*SHOP.values()),
    )


def test_an_empty_setting_counts_as_not_given() -> None:
    names = ("RESTOCK_ENV", "RESTOCK_DATABASE_URL", "RESTOCK_HOST", "RESTOCK_PORT", *TEST_ONLY, *OIDC, *SHOP)
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


@pytest.mark.parametrize("missing", SHOP)
def test_a_shop_needs_its_address_and_its_key(missing: str) -> None:
    with pytest.raises(SettingsError, match="RESTOCK_SHOP_URL and RESTOCK_SHOP_KEY are needed together"):
        load({**SHOP, missing: ""})


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/restock/v1/",
        "https://[2001:db8::1]/restock",
        "http://localhost:8080",
        "http://127.0.0.2:8080/restock",
        "http://[::1]:8080",
    ],
)
def test_a_shop_is_reached_by_https_or_on_this_machine(url: str) -> None:
    shop = load({**SHOP, "RESTOCK_SHOP_URL": url}).shop
    assert shop is not None
    assert shop.url == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://user:secret@shop.example",
        "https://shop.example?key=1",
        "https://shop.example/#top",
        "https://shop.example:65536",
        "https://shop.example:0",
        "https://[::1",
        "https://[1.2]/",
        "https://shop.example/a b",
        "https://shop.example\r\nX: y",
        "https://shöp.example",
    ],
)
def test_an_address_of_a_shop_with_anything_unusual_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="RESTOCK_SHOP_URL must be https://"):
        load({**SHOP, "RESTOCK_SHOP_URL": url})


@pytest.mark.parametrize("url", ["http://shop.example", "http://10.0.0.7", "http://127.0.0.1.example"])
def test_a_shop_elsewhere_is_reached_without_tls_only_by_a_setting(url: str) -> None:
    environ = {**SHOP, "RESTOCK_SHOP_URL": url}
    with pytest.raises(SettingsError, match="RESTOCK_SHOP_PLAIN_HTTP=allow"):
        load(environ)
    assert load({**environ, "RESTOCK_SHOP_PLAIN_HTTP": "allow"}).shop == ShopSettings(url, "k" * 16)
    with pytest.raises(SettingsError, match="must be allow"):
        load({**environ, "RESTOCK_SHOP_PLAIN_HTTP": "yes"})


@pytest.mark.parametrize("key", ["short", "k" * 15, "k" * 513, "k" * 16 + "\n", "k k" * 10, "é" * 20])
def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(SettingsError, match="RESTOCK_SHOP_KEY must be") as refused:
        load({**SHOP, "RESTOCK_SHOP_KEY": key})
    assert key not in str(refused.value)


def test_the_key_to_the_shop_is_in_no_representation_of_the_settings() -> None:
    assert "kkkk" not in repr(load(SHOP))


WEB = {"RESTOCK_WEB_URL": "https://restock.example", "RESTOCK_LINK_KEY": "k" * 32}


def test_the_pages_for_shoppers_have_an_address_and_keys() -> None:
    web = load(
        {**WEB, "RESTOCK_WEB_KEY_FILE": "/etc/web.pem", "RESTOCK_WEB_URL": "https://restock.example/"}
    ).web
    assert web == WebSettings("https://restock.example", Path("/etc/web.pem"), "k" * 32)
    assert "kkkk" not in repr(web)
    assert load({"RESTOCK_WEB_URL": "http://127.0.0.1:8000"}).web == WebSettings("http://127.0.0.1:8000")
    assert load({}).web is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"RESTOCK_WEB_URL": ""}, "RESTOCK_WEB_URL must be"),
        ({"RESTOCK_WEB_URL": "restock.example"}, "RESTOCK_WEB_URL must be"),
        ({"RESTOCK_WEB_URL": "https://restock.example/path"}, "RESTOCK_WEB_URL must be"),
        ({"RESTOCK_WEB_URL": "http://restock.example"}, "must be https"),
        ({"RESTOCK_LINK_KEY": "short"}, "RESTOCK_LINK_KEY"),
        ({"RESTOCK_LINK_KEY": "with space" * 4}, "RESTOCK_LINK_KEY"),
        (
            {
                "RESTOCK_WEB_KEY_FILE": "key.pem",
                "RESTOCK_OIDC_JWKS_URL": "https://shop.example/keys",
                "RESTOCK_OIDC_ISSUER": "https://shop.example",
                "RESTOCK_OIDC_AUDIENCE": "restock",
            },
            "exclude each other",
        ),
    ],
)
def test_settings_of_the_pages_that_will_not_do_are_refused(changes: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load({**WEB, **changes})
