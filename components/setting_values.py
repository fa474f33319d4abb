"""Values of settings: checked and understood, each refused in a sentence that names its setting.

Every function raises `SettingsError` for what cannot be used.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import ip_network
from math import inf
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from urllib.request import getproxies

from components.errors import SettingsError

DEFAULT_BASE = "https://api.aimlapi.com"
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
PROXY_SCHEMES = ("https", "http", "all", "no")
_QUOTES = frozenset("\"'`")
_SQLITE = "sqlite:///"
_POSTGRESQL_SCHEMES = ("postgresql+psycopg", "postgresql")
POSTGRESQL = tuple(f"{scheme}://" for scheme in _POSTGRESQL_SCHEMES)
_POSTGRESQL_EXAMPLE = "postgresql+psycopg://user:password@host:5432/playground"
_POSTGRESQL_OPTIONS = {"sslmode", "sslrootcert"}
_S3 = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?P<prefix>/[A-Za-z0-9/_.-]*)?")
OBJECT_STORE_VARIABLES: Mapping[str, str] = {
    "AWS_ACCESS_KEY_ID": "access_key_id",
    "AWS_SECRET_ACCESS_KEY": "secret_access_key",
    "AWS_SESSION_TOKEN": "session_token",
    "AWS_DEFAULT_REGION": "region",
    "AWS_REGION": "region",
    "AWS_ENDPOINT_URL": "endpoint_url",
    "AWS_ENDPOINT_URL_S3": "endpoint_url",
}
"""AWS's own variables, and what each sets; of two that set the same the later one counts."""


def listed(text: str) -> list[str]:
    """The parts of what is separated by commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def proxies_of(environment: Mapping[str, str] | None) -> dict[str, str]:
    """Proxies by scheme, and as "no" the hosts without one; with those of the system, if any."""
    if environment is None:
        found = getproxies()
    else:
        found = {
            scheme: environment.get(name) or environment.get(name.upper(), "")
            for scheme, name in ((scheme, f"{scheme}_proxy") for scheme in PROXY_SCHEMES)
        }
    return {scheme: found[scheme] for scheme in PROXY_SCHEMES if found.get(scheme)}


def ca_file_of(environment: Mapping[str, str]) -> str:
    """The file or folder of certificates to trust, "" for the usual ones."""
    for name in CA_VARIABLES:
        if path := environment.get(name, ""):
            if not Path(path).exists():
                raise SettingsError(f"{name} names a file that is not there; correct or remove it.")
            return path
    return ""


def logins(text: str) -> dict[str, str]:
    """Passwords by their users."""
    found = {}
    for pair in listed(text):
        user, colon, password = pair.partition(":")
        if not (user and colon and password):
            raise SettingsError("PLAYGROUND_AUTH must be user:password pairs, comma-separated.")
        found[user] = password
    return found


def provider_key(name: str, text: str) -> str:
    """Check that a header can carry the key; the sentence tells a place in it, never the key."""
    for place, sign in enumerate(text, 1):
        if not "!" <= sign <= "~" or sign in _QUOTES:
            raise SettingsError(
                f"{name} has a {unicodedata.name(sign, 'control character').lower()} as its "
                f"character {place}, which no key has. Copy the key again, without quotes or "
                "spaces."
            )
    return text


def http_url(name: str, text: str) -> str:
    """Check that the address can be asked; a path is taken as a prefix of the provider's own."""
    if not text.startswith(("http://", "https://")):
        raise SettingsError(f"{name} must begin with https:// (or http:// on this machine).")
    if not text.isascii() or not text.isprintable() or set(text) & {" ", "\\"}:
        raise SettingsError(f"{name} has a character that no address has. Type it again.")
    try:
        parts = urlsplit(text)
        host, number = parts.hostname or "", parts.port
    except ValueError:
        host, number = "", None
    labels = host.removesuffix(".").split(".")
    if not host or number == 0 or not (":" in host or all(0 < len(each) < 64 for each in labels)):
        raise SettingsError(f"{name} must be an address such as {DEFAULT_BASE}.")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise SettingsError(
            f"{name} must be a bare address, without a password, a question mark or a #."
        )
    return text.rstrip("/")


def public_url(text: str, space_host: str | None) -> str:
    """Where people find the playground: what was set, else the host that a Space was given."""
    if not text:
        return f"https://{space_host}" if space_host else ""
    parts = urlsplit(http_url("PLAYGROUND_PUBLIC_URL", text))
    if not parts.hostname or parts.path or parts.query or parts.fragment or parts.username:
        raise SettingsError(
            "PLAYGROUND_PUBLIC_URL must be an address without a path, such as "
            "https://play.example.org."
        )
    return f"{parts.scheme}://{parts.netloc}"


def networks(name: str, text: str) -> tuple[str, ...]:
    """Addresses or networks, as they were written."""
    found = listed(text)
    for network in found:
        try:
            ip_network(network)
        except ValueError:
            raise SettingsError(
                f"{name} must be addresses or networks, such as 10.0.0.1 or 10.0.0.0/8."
            ) from None
    return tuple(found)


def database_url(text: str, default: Path) -> str:
    """The address of a SQLite file or a PostgreSQL database, as SQLAlchemy takes it."""
    name = "PLAYGROUND_DATABASE_URL" if text else "PLAYGROUND_DATA_DIR"
    url = text or f"{_SQLITE}{default}"
    path = url.removeprefix(_SQLITE)
    if text.startswith(POSTGRESQL):
        return _postgresql_url(name, text)
    if path == url:
        raise SettingsError(
            f"{name} must be a SQLite address such as {_SQLITE}/srv/runs.sqlite3, or one of "
            f"PostgreSQL such as {_POSTGRESQL_EXAMPLE}. Remove it to keep the runs in the data "
            "folder."
        )
    if not path or path.startswith((":memory:", "file:")) or "?" in path or path.endswith("/"):
        raise SettingsError(
            f"{name} must name an ordinary file, without options and question marks: runs that "
            "are kept in memory would be lost."
        )
    return url


def _postgresql_url(name: str, text: str) -> str:
    """Check an address that has a password in it: no sentence repeats any of it."""
    person, at, place = text.rpartition("@")
    text = person.replace(" ", "%20") + at + place
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        has_host, options = False, {}
    if not text.isascii() or not text.isprintable() or set(text) & {" ", "\\", "#"}:
        has_host = False
    if not has_host or parts.netloc.count("@") > 1 or not re.fullmatch(r"/[^/]+", parts.path):
        raise SettingsError(
            f"{name} must be an address such as {_POSTGRESQL_EXAMPLE}; what is not a letter or a "
            "digit in a password is written as in %2F for a slash."
        )
    if not options.keys() <= _POSTGRESQL_OPTIONS:
        raise SettingsError(
            f"{name} may end in sslmode and sslrootcert as options, such as ?sslmode=verify-full, "
            "and in no others."
        )
    return parts._replace(scheme=_POSTGRESQL_SCHEMES[0]).geturl()


def media_url(name: str, text: str) -> str:
    """The address of a place in an object store, without a slash at its end; "" for none."""
    match = _S3.fullmatch(text.rstrip("/"))
    if not text:
        return ""
    segments = (match["prefix"] or "").split("/")[1:] if match else [""]
    if "" in segments or {".", ".."} & set(segments):
        raise SettingsError(
            f"{name} must be a bucket and a prefix such as s3://bucket/playground: the bucket with "
            "3 to 63 small letters, digits, dots and hyphens, the prefix with letters, digits, "
            "slashes and -_. only."
        )
    return text.rstrip("/")


def object_store(given: Mapping[str, str]) -> dict[str, str]:
    """How the object store is reached: what is set of `OBJECT_STORE_VARIABLES`, by their values."""
    found: dict[str, str] = {}
    for name, option in OBJECT_STORE_VARIABLES.items():
        if value := given[name]:
            found[option] = http_url(name, value) if option == "endpoint_url" else value
            if any(not "!" <= sign <= "~" for sign in value):
                raise SettingsError(f"{name} has a character that does not belong. Copy it again.")
    if ("access_key_id" in found) != ("secret_access_key" in found):
        raise SettingsError(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both, or neither "
            "where the machine itself may use the bucket."
        )
    return found


def require_packages(setting: str, packages: Iterable[str], found: Callable[[str], bool]) -> None:
    """Raise `SettingsError` where a package that a setting needs is not installed."""
    if missing := [name for name in packages if not found(name)]:
        raise SettingsError(
            f"{setting} needs what is not installed here ({', '.join(missing)}). "
            "Run `pip install -r requirements-cluster.txt`, or remove the setting."
        )


def usd(name: str, text: str) -> float | None:
    """An amount in USD, None where nothing is set."""
    if not text:
        return None
    try:
        amount = float(text)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < inf:
        raise SettingsError(f"{name} must be an amount in USD, for example 5 or 2.50.")
    return amount


def port(name: str, text: str) -> int:
    """A port's number; 0 for any that is free."""
    if not text.isdecimal() or not 0 <= int(text) < 2**16:
        raise SettingsError(f"{name} must be a port number, for example 7860.")
    return int(text)


def count(name: str, given: Mapping[str, str], default: int) -> int:
    """A whole number from 1 to a million."""
    text = given[name] or str(default)
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise SettingsError(f"{name} must be a whole number from 1 on, for example {default}.")
    return int(text)


def flag(name: str, text: str) -> bool:
    """True for 1; False for 0 and for nothing."""
    if text not in ("", "0", "1"):
        raise SettingsError(f"{name} must be 1 or 0.")
    return text == "1"


def choice(name: str, text: str, allowed: Sequence[str]) -> str:
    """One of a few words, the first where nothing is set."""
    if text and text not in allowed:
        raise SettingsError(f"{name} must be {' or '.join(allowed)}.")
    return text or allowed[0]
