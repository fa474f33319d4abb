"""Settings: the only reader of the environment."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from math import inf
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from dotenv import dotenv_values

from components.errors import SettingsError

DEFAULT_BASE = "https://api.aimlapi.com"
DEFAULT_PER_MINUTE = 600
DEFAULT_IN_FLIGHT = 5000
"""What one process on two cores carries; a provider's own limits are kept by heeding its 429."""

DESCRIPTIONS: Mapping[str, str] = {
    "AIML_API_KEY": "the provider's key; absent: the embedded sandbox",
    "AIML_API_BASE": f"the provider's address (default {DEFAULT_BASE})",
    "PLAYGROUND_DATA_DIR": "where runs and media are kept (default ./data)",
    "PLAYGROUND_DATABASE_URL": "the database, SQLite only (default a file in the data folder)",
    "PLAYGROUND_AUTH": "user:password pairs, comma-separated; absent: no login",
    "PLAYGROUND_PUBLIC_URL": (
        "the address people open it by, such as https://play.example.org; any other name than this "
        "machine's own is refused"
    ),
    "PLAYGROUND_TRUSTED_PROXIES": (
        "addresses of proxies in front of it, comma-separated; only they may say who asks"
    ),
    "PLAYGROUND_MAX_SUBMISSIONS_PER_MINUTE": (
        f"most runs sent in any minute; the rest queue (default {DEFAULT_PER_MINUTE})"
    ),
    "PLAYGROUND_MAX_IN_FLIGHT": (
        f"most runs at the provider at once; the rest queue (default {DEFAULT_IN_FLIGHT})"
    ),
    "PLAYGROUND_ALLOW_PRIVATE_HOSTS": "host:port pairs that may be reached besides public ones",
    "PLAYGROUND_SPEND_LIMIT_USD": "the most that one day's runs may cost; absent: no limit",
    "GRADIO_SERVER_NAME": "the address to listen on (default 127.0.0.1)",
    "GRADIO_SERVER_PORT": "the port to listen on (default 7860)",
}

_QUOTES = frozenset("\"'`")
_SQLITE = "sqlite:///"
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_SCHEMES = ("https", "http", "all", "no")

NOT_YET = ("PLAYGROUND_MEDIA_URL",)
"""Reserved names: to ignore one in silence would be worse than not to start."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the app is started with; read once, handed down as values.

    `proxies` maps "https", "http" and "all" to a proxy's address, `no_proxy` lists hosts that need
    none, and `ca_file` is the file or folder of the certificates to trust, "" for the usual ones.
    """

    key: str = ""
    base_url: str = DEFAULT_BASE
    data_dir: Path = Path("data")
    database_url: str = ""
    logins: Mapping[str, str]
    allowed_hosts: frozenset[str] = frozenset()
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    spend_limit_usd: float | None = None
    max_submissions_per_minute: int = DEFAULT_PER_MINUTE
    max_in_flight: int = DEFAULT_IN_FLIGHT
    server_name: str = "127.0.0.1"
    server_port: int = 7860
    proxies: Mapping[str, str] = field(default_factory=dict)
    no_proxy: str = ""
    ca_file: str = ""

    @property
    def is_sandbox(self) -> bool:
        """Without a key and without another address the app brings its own provider."""
        return not self.key and self.base_url == DEFAULT_BASE

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read the environment over a `.env` file of the working directory.

        Raises:
            SettingsError: a value that cannot be used; names the setting.
        """
        # Not from the file: calls to the provider read them from the environment alone.
        proxies = _proxies(environment)
        ca_file = _ca_file(os.environ if environment is None else environment)
        if environment is None:
            file = {name: value for name, value in dotenv_values(".env").items() if value}
            environment = {**file, **os.environ}
        given = {name: environment.get(name, "").strip() for name in DESCRIPTIONS}
        for name in NOT_YET:
            if environment.get(name):
                raise SettingsError(f"{name} has no effect in this version; remove it.")
        data_dir = Path(given["PLAYGROUND_DATA_DIR"] or "data").expanduser().resolve()
        return cls(
            key=_key("AIML_API_KEY", given["AIML_API_KEY"]),
            base_url=_http_url("AIML_API_BASE", given["AIML_API_BASE"] or DEFAULT_BASE),
            data_dir=data_dir,
            database_url=_sqlite_url(
                given["PLAYGROUND_DATABASE_URL"], data_dir / "playground.sqlite3"
            ),
            logins=_logins(given["PLAYGROUND_AUTH"]),
            public_url=_public_url(given["PLAYGROUND_PUBLIC_URL"], environment.get("SPACE_HOST")),
            trusted_proxies=_networks(
                "PLAYGROUND_TRUSTED_PROXIES", given["PLAYGROUND_TRUSTED_PROXIES"]
            ),
            allowed_hosts=frozenset(_listed(given["PLAYGROUND_ALLOW_PRIVATE_HOSTS"])),
            spend_limit_usd=_usd("PLAYGROUND_SPEND_LIMIT_USD", given["PLAYGROUND_SPEND_LIMIT_USD"]),
            max_submissions_per_minute=_count(
                "PLAYGROUND_MAX_SUBMISSIONS_PER_MINUTE", given, DEFAULT_PER_MINUTE
            ),
            max_in_flight=_count("PLAYGROUND_MAX_IN_FLIGHT", given, DEFAULT_IN_FLIGHT),
            server_name=given["GRADIO_SERVER_NAME"] or "127.0.0.1",
            server_port=_port("GRADIO_SERVER_PORT", given["GRADIO_SERVER_PORT"] or "7860"),
            no_proxy=proxies.pop("no", ""),
            proxies=proxies,
            ca_file=ca_file,
        )


def help_text() -> str:
    """The settings as lines for `--help`."""
    width = max(map(len, DESCRIPTIONS))
    return "\n".join(f"  {name:<{width}}  {what}" for name, what in DESCRIPTIONS.items())


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _proxies(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Proxies by scheme, and as "no" the hosts without one; with those of the system, if any."""
    if environment is None:
        found = getproxies()
    else:
        found = {
            scheme: environment.get(name) or environment.get(name.upper(), "")
            for scheme, name in ((scheme, f"{scheme}_proxy") for scheme in PROXY_SCHEMES)
        }
    return {scheme: found[scheme] for scheme in PROXY_SCHEMES if found.get(scheme)}


def _ca_file(environment: Mapping[str, str]) -> str:
    for name in CA_VARIABLES:
        if path := environment.get(name, ""):
            if not Path(path).exists():
                raise SettingsError(f"{name} names a file that is not there; correct or remove it.")
            return path
    return ""


def _logins(text: str) -> dict[str, str]:
    logins = {}
    for pair in _listed(text):
        user, colon, password = pair.partition(":")
        if not (user and colon and password):
            raise SettingsError("PLAYGROUND_AUTH must be user:password pairs, comma-separated.")
        logins[user] = password
    return logins


def _key(name: str, text: str) -> str:
    """Check that a header can carry the key; the sentence tells a place in it, never the key."""
    for place, sign in enumerate(text, 1):
        if not "!" <= sign <= "~" or sign in _QUOTES:
            raise SettingsError(
                f"{name} has a {unicodedata.name(sign, 'control character').lower()} as its "
                f"character {place}, which no key has. Copy the key again, without quotes or "
                "spaces."
            )
    return text


def _http_url(name: str, text: str) -> str:
    """Check that the address can be asked; a path is taken as a prefix of the provider's own."""
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} must begin with https:// (or http:// on this machine).")
    if not text.isascii() or not text.isprintable() or set(text) & {" ", "\\"}:
        raise SettingsError(f"{name} has a character that no address has. Type it again.")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    labels = host.removesuffix(".").split(".")
    if not host or port == 0 or not (":" in host or all(0 < len(each) < 64 for each in labels)):
        raise SettingsError(f"{name} must be an address such as {DEFAULT_BASE}.")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise SettingsError(
            f"{name} must be a bare address, without a password, a question mark or a #."
        )
    return text.rstrip("/")


def _public_url(text: str, space_host: str | None) -> str:
    """Where people find the playground: what was set, else the host that a Space was given."""
    if not text:
        return f"https://{space_host}" if space_host else ""
    parts = urlsplit(_http_url("PLAYGROUND_PUBLIC_URL", text))
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        raise SettingsError(
            "PLAYGROUND_PUBLIC_URL must be an address without a path, such as "
            "https://play.example.org."
        )
    return f"{parts.scheme}://{parts.netloc}"


def _networks(name: str, text: str) -> tuple[str, ...]:
    networks = _listed(text)
    for network in networks:
        try:
            ip_network(network)
        except ValueError:
            raise SettingsError(
                f"{name} must be addresses or networks, such as 10.0.0.1 or 10.0.0.0/8."
            ) from None
    return tuple(networks)


def _sqlite_url(text: str, default: Path) -> str:
    """The address of a SQLite file; other databases are not supported yet."""
    name = "PLAYGROUND_DATABASE_URL" if text else "PLAYGROUND_DATA_DIR"
    url = text or f"{_SQLITE}{default}"
    path = url.removeprefix(_SQLITE)
    if path == url:
        raise SettingsError(
            f"{name} must be a SQLite address such as {_SQLITE}/srv/runs.sqlite3; PostgreSQL and "
            "other databases are not supported yet. Remove it to keep the runs in the data folder."
        )
    if not path or path.startswith((":memory:", "file:")) or "?" in path or path.endswith("/"):
        raise SettingsError(
            f"{name} must name an ordinary file, without options and question marks: runs that "
            "are kept in memory would be lost."
        )
    return url


def _usd(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < inf:
        raise SettingsError(f"{name} must be an amount in USD, for example 5 or 2.50.")
    return amount


def _port(name: str, text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) < 2**16:
        raise SettingsError(f"{name} must be a port number, for example 7860.")
    return int(text)


def _count(name: str, given: Mapping[str, str], default: int) -> int:
    text = given[name] or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise SettingsError(f"{name} must be a whole number from 1 on, for example {default}.")
    return int(text)
