"""Settings: the only reader of the environment; everything else gets a `Settings` object."""

import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

EMBEDDED_DATABASE_URL = "sqlite:///./var/restock.db"
DEVELOPMENT_SKILL_ID = "amzn1.ask.skill.offline-development"
ALEXA_EVENTS_URL = "https://api.amazonalexa.com/v1/proactiveEvents"
"""North America, live; a skill that is not published adds /stages/development."""
ALEXA_TOKEN_URL = "https://api.amazon.com/auth/O2/token"
TEST_ONLY = ("RESTOCK_TEST_CA_FILE", "RESTOCK_TEST_CERT_BASE")
OIDC = ("RESTOCK_OIDC_JWKS_URL", "RESTOCK_OIDC_ISSUER", "RESTOCK_OIDC_AUDIENCE")


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one line that names it and says what to do."""


@dataclass(frozen=True)
class OidcSettings:
    """Where account-linking tokens are checked: key set address, expected issuer and audience."""

    jwks_url: str
    issuer: str
    audience: str


@dataclass(frozen=True)
class ShopSettings:
    """Where the merchant's shop is (docs/shop-api.md) and the key to it, which no representation shows."""

    url: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class WebSettings:
    """Where shoppers reach this server with a browser: its public address, without a slash at the end.

    `key_file` holds the private key that signs the tokens of our own account linking; `link_key` the secret
    that signs links on cards, which no representation shows. What has no key is not offered.
    """

    url: str
    key_file: Path | None = None
    link_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class AlexaClientSettings:
    """How the skill proves itself to Amazon when it sends notices, and where it sends them."""

    client_id: str
    client_secret: str = field(repr=False)
    events_url: str
    token_url: str


@dataclass(frozen=True)
class Settings:
    """All settings of one process. `database_url_given` is False when the embedded default is used."""

    env: str = "production"
    skill_id: str = ""
    database_url: str = EMBEDDED_DATABASE_URL
    database_url_given: bool = False
    host: str = "127.0.0.1"
    port: int = 8000
    test_ca_file: Path | None = None
    test_cert_base: str | None = None
    oidc: OidcSettings | None = None
    verify_person: bool = False
    smtp_url: str = ""
    mail_from: str = ""
    shop: ShopSettings | None = None
    shop_event_keys: tuple[bytes, ...] = field(default=(), repr=False)
    alexa_client: AlexaClientSettings | None = None
    web: WebSettings | None = None

    @property
    def development(self) -> bool:
        """Whether unknown Alexa users become new demo households and test settings are allowed."""
        return self.env == "development"


def load(environ: Mapping[str, str], *, env: str | None = None, need_skill_id: bool = False) -> Settings:
    """Read and check the `RESTOCK_*` variables of `environ`.

    `env` overrides `RESTOCK_ENV` (the offline speaker always runs in development).
    Raises SettingsError with one line for the first thing that is wrong.
    """
    chosen = env or environ.get("RESTOCK_ENV", "") or "production"
    if chosen not in ("production", "development"):
        raise SettingsError(f"RESTOCK_ENV must be production or development, not {chosen!r}.")
    skill_id = environ.get("RESTOCK_SKILL_ID", "")
    if not skill_id and chosen == "development":
        skill_id = DEVELOPMENT_SKILL_ID
    if not skill_id and need_skill_id:
        raise SettingsError("RESTOCK_SKILL_ID is not set: give the application id of your Alexa skill.")
    _refuse_test_settings(environ, chosen)
    url = environ.get("RESTOCK_DATABASE_URL", "")
    return Settings(
        env=chosen,
        skill_id=skill_id,
        database_url=_driver_named(url or EMBEDDED_DATABASE_URL),
        database_url_given=bool(url),
        host=environ.get("RESTOCK_HOST", "") or "127.0.0.1",
        port=_port(environ.get("RESTOCK_PORT", "") or "8000"),
        test_ca_file=Path(ca) if (ca := environ.get("RESTOCK_TEST_CA_FILE", "")) else None,
        test_cert_base=environ.get("RESTOCK_TEST_CERT_BASE", "") or None,
        oidc=_oidc(environ),
        verify_person=_switch(environ, "RESTOCK_VERIFY_PERSON"),
        smtp_url=_smtp_url(environ),
        mail_from=_mail_from(environ),
        shop=_shop(environ),
        shop_event_keys=_shop_event_keys(environ),
        alexa_client=_alexa_client(environ),
        web=_web(environ),
    )


def _refuse_test_settings(environ: Mapping[str, str], env: str) -> None:
    for name in TEST_ONLY:
        if not environ.get(name):
            continue
        if env == "production" or environ.get("AWS_LAMBDA_FUNCTION_NAME"):
            raise SettingsError(f"{name} is for tests only and is refused in production and on Lambda.")


def _driver_named(url: str) -> str:
    """PostgreSQL addresses as people write them, with the driver SQLAlchemy needs to be told."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _port(text: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise SettingsError(f"RESTOCK_PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "")
    if value not in ("", "on", "off"):
        raise SettingsError(f"{name} must be on or off")
    return value == "on"


def _smtp_url(environ: Mapping[str, str]) -> str:
    url = environ.get("RESTOCK_SMTP_URL", "")
    if url and not re.fullmatch(r"smtps?://([^@/\s]+@)?[^@/:\s]+(:[0-9]{1,5})?/?", url):
        raise SettingsError("RESTOCK_SMTP_URL must be smtp://[user:password@]host[:port] or smtps://...")
    return url.rstrip("/")


def _mail_from(environ: Mapping[str, str]) -> str:
    sender = environ.get("RESTOCK_MAIL_FROM", "")
    if bool(sender) != bool(environ.get("RESTOCK_SMTP_URL", "")):
        raise SettingsError("RESTOCK_SMTP_URL and RESTOCK_MAIL_FROM are needed together.")
    if sender and not re.fullmatch(r"[^@\r\n]*[^@\s<>]+@[^@\s<>]+>?", sender):
        raise SettingsError("RESTOCK_MAIL_FROM must be an address, as Corner Shop <orders@shop.example>.")
    return sender


def _oidc(environ: Mapping[str, str]) -> OidcSettings | None:
    values = [environ.get(name, "") for name in OIDC]
    if not any(values):
        return None
    missing = [name for name, value in zip(OIDC, values, strict=True) if not value]
    if missing:
        raise SettingsError(f"{missing[0]} is not set: {', '.join(OIDC)} are needed together.")
    return OidcSettings(*values)


def _web(environ: Mapping[str, str]) -> WebSettings | None:
    url, key_file = environ.get("RESTOCK_WEB_URL", ""), environ.get("RESTOCK_WEB_KEY_FILE", "")
    link_key = environ.get("RESTOCK_LINK_KEY", "")
    if not url and not key_file and not link_key:
        return None
    if not url or not _is_shop_url(url) or urlsplit(url).path not in ("", "/"):
        raise SettingsError("RESTOCK_WEB_URL must be the server's public address, https://host[:port].")
    if url.startswith("http:") and not _is_loopback(urlsplit(url).hostname or ""):
        raise SettingsError("RESTOCK_WEB_URL must be https, unless it is on this machine.")
    if key_file and any(environ.get(name) for name in OIDC):
        raise SettingsError("RESTOCK_WEB_KEY_FILE and RESTOCK_OIDC_ISSUER exclude each other.")
    if link_key and not re.fullmatch(r"[!-~]{32,512}", link_key):
        raise SettingsError("RESTOCK_LINK_KEY must be 32 to 512 visible ASCII characters without spaces.")
    return WebSettings(url.rstrip("/"), Path(key_file) if key_file else None, link_key)


def _shop(environ: Mapping[str, str]) -> ShopSettings | None:
    url, key = environ.get("RESTOCK_SHOP_URL", ""), environ.get("RESTOCK_SHOP_KEY", "")
    if bool(url) != bool(key):
        raise SettingsError("RESTOCK_SHOP_URL and RESTOCK_SHOP_KEY are needed together.")
    if not url:
        return None
    if not _is_shop_url(url):
        raise SettingsError(
            "RESTOCK_SHOP_URL must be https://host[:port][/path], without user, query or fragment."
        )
    plain = environ.get("RESTOCK_SHOP_PLAIN_HTTP", "")
    if plain not in ("", "allow"):
        raise SettingsError("RESTOCK_SHOP_PLAIN_HTTP must be allow or not be set.")
    if url.startswith("http:") and plain != "allow" and not _is_loopback(urlsplit(url).hostname or ""):
        raise SettingsError(
            "RESTOCK_SHOP_URL must be https; RESTOCK_SHOP_PLAIN_HTTP=allow permits http on a trusted network."
        )
    if not re.fullmatch(r"[!-~]{16,512}", key):
        raise SettingsError("RESTOCK_SHOP_KEY must be 16 to 512 visible ASCII characters without spaces.")
    return ShopSettings(url.rstrip("/"), key)


def _alexa_client(environ: Mapping[str, str]) -> AlexaClientSettings | None:
    client_id = environ.get("RESTOCK_ALEXA_CLIENT_ID", "")
    secret = environ.get("RESTOCK_ALEXA_CLIENT_SECRET", "")
    if bool(client_id) != bool(secret):
        raise SettingsError("RESTOCK_ALEXA_CLIENT_ID and RESTOCK_ALEXA_CLIENT_SECRET are needed together.")
    if not client_id:
        return None
    events = _amazon_url(environ, "RESTOCK_ALEXA_EVENTS_URL", ALEXA_EVENTS_URL)
    token = _amazon_url(environ, "RESTOCK_ALEXA_TOKEN_URL", ALEXA_TOKEN_URL)
    return AlexaClientSettings(client_id, secret, events, token)


def _amazon_url(environ: Mapping[str, str], name: str, usual: str) -> str:
    url = environ.get(name, "") or usual
    loopback = _is_shop_url(url) and _is_loopback(urlsplit(url).hostname or "")
    if not _is_shop_url(url) or not (url.startswith("https:") or loopback):
        raise SettingsError(f"{name} must be https://host[:port]/path.")
    return url


def _shop_event_keys(environ: Mapping[str, str]) -> tuple[bytes, ...]:
    """One key, or two while the shop changes from one to the other."""
    told = environ.get("RESTOCK_SHOP_EVENT_KEYS", "").split(",")
    keys = [one.strip().removeprefix("whsec_") for one in told if one.strip()]
    try:
        decoded = tuple(b64decode(key, validate=True) for key in keys)
    except ValueError:
        decoded = (b"",)
    if len(decoded) > 2 or not all(24 <= len(key) <= 64 for key in decoded):
        raise SettingsError(
            "RESTOCK_SHOP_EVENT_KEYS must be one or two keys of 24 to 64 bytes in base64, a comma between."
        )
    return decoded


def _is_shop_url(url: str) -> bool:
    """Whether it is an address as we send it: anything that would need interpreting is refused."""
    pattern = r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?"
    try:
        return bool(re.fullmatch(pattern, url)) and urlsplit(url).port != 0
    except ValueError:  # a port above 65535, or brackets around what is no address
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
