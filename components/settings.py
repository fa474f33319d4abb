"""Settings: the only reader of the environment."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

from dotenv import dotenv_values

from components import setting_values as values
from components.errors import SettingsError
from components.setting_values import DEFAULT_BASE

DATABASE_FILE = "playground.sqlite3"
LOG_FORMATS = ("text", "json")
DEFAULT_PER_MINUTE = 600
DEFAULT_IN_FLIGHT = 5000
"""What one process on two cores carries; a provider's own limits are kept by heeding its 429."""

DESCRIPTIONS: Mapping[str, str] = {
    "AIML_API_KEY": "the provider's key; absent: the embedded sandbox",
    "AIML_API_BASE": f"the provider's address (default {DEFAULT_BASE})",
    "PLAYGROUND_DATA_DIR": "where runs and media are kept (default ./data)",
    "PLAYGROUND_DATABASE_URL": (
        "the database: sqlite:////path/to/file, or for several machines "
        "postgresql+psycopg://user:password@host:port/name (default a file in the data folder)"
    ),
    "PLAYGROUND_MEDIA_URL": (
        "where media are kept: s3://bucket/prefix of an S3-compatible object store "
        "(default the data folder)"
    ),
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
    "PLAYGROUND_METRICS": "1: figures for Prometheus at /metrics (default 0)",
    "PLAYGROUND_LOG_FORMAT": "text, or json: each line of the log as JSON (default text)",
    "GRADIO_SERVER_NAME": "the address to listen on (default 127.0.0.1)",
    "GRADIO_SERVER_PORT": "the port to listen on (default 7860)",
    "AWS_ACCESS_KEY_ID": "with PLAYGROUND_MEDIA_URL: the object store's user",
    "AWS_SECRET_ACCESS_KEY": "with PLAYGROUND_MEDIA_URL: that user's password",
    "AWS_SESSION_TOKEN": "with PLAYGROUND_MEDIA_URL: for credentials that expire",
    "AWS_REGION": "with PLAYGROUND_MEDIA_URL: the bucket's region",
    "AWS_DEFAULT_REGION": "the same, where AWS_REGION is not set",
    "AWS_ENDPOINT_URL_S3": "with PLAYGROUND_MEDIA_URL: the object store's address (default AWS)",
    "AWS_ENDPOINT_URL": "the same, where AWS_ENDPOINT_URL_S3 is not set",
}

_PACKAGES: Mapping[str, tuple[str, ...]] = {
    "PLAYGROUND_DATABASE_URL": ("psycopg", "procrastinate"),
    "PLAYGROUND_MEDIA_URL": ("obstore",),
    "PLAYGROUND_METRICS": ("prometheus_client",),
}
"""What is installed only where a setting asks for it."""


def _is_installed(package: str) -> bool:
    return find_spec(package) is not None


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the app is started with; read once, handed down as values.

    `proxies` maps "https", "http" and "all" to a proxy's address, `no_proxy` lists hosts that need
    none, and `ca_file` is the file or folder of the certificates to trust, "" for the usual ones.
    `media_url` is "" for the data folder, and `object_store` how another place is reached:
    "access_key_id", "secret_access_key", "session_token", "region" and "endpoint_url", as far as
    they are set. What holds a secret is not in its `repr`.
    """

    key: str = field(default="", repr=False)
    base_url: str = DEFAULT_BASE
    data_dir: Path = Path("data")
    database_url: str = field(default="", repr=False)
    media_url: str = ""
    object_store: Mapping[str, str] = field(default_factory=dict, repr=False)
    metrics: bool = False
    log_format: str = LOG_FORMATS[0]
    logins: Mapping[str, str] = field(repr=False)
    allowed_hosts: frozenset[str] = frozenset()
    public_url: str = ""
    trusted_proxies: tuple[str, ...] = ()
    spend_limit_usd: float | None = None
    max_submissions_per_minute: int = DEFAULT_PER_MINUTE
    max_in_flight: int = DEFAULT_IN_FLIGHT
    server_name: str = "127.0.0.1"
    server_port: int = 7860
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    no_proxy: str = ""
    ca_file: str = ""

    @property
    def is_sandbox(self) -> bool:
        """Without a key and without another address the app brings its own provider."""
        return not self.key and self.base_url == DEFAULT_BASE

    @property
    def is_shared(self) -> bool:
        """Whether the database is a PostgreSQL server, so that several processes share the work."""
        return self.database_url.startswith(values.POSTGRESQL)

    @classmethod
    def from_env(
        cls,
        environment: Mapping[str, str] | None = None,
        *,
        is_installed: Callable[[str], bool] = _is_installed,
    ) -> Self:
        """Read the environment over a `.env` file of the working directory.

        Raises:
            SettingsError: a value that cannot be used, values that do not go together, or a package
                that is not installed; names the setting.
        """
        # Not from the file: calls to the provider read them from the environment alone.
        proxies = values.proxies_of(environment)
        ca_file = values.ca_file_of(os.environ if environment is None else environment)
        if environment is None:
            file = {name: value for name, value in dotenv_values(".env").items() if value}
            environment = {**file, **os.environ}
        given = {name: environment.get(name, "").strip() for name in DESCRIPTIONS}
        settings = cls(
            **_kept_where(given),
            **_limits(given),
            key=values.provider_key("AIML_API_KEY", given["AIML_API_KEY"]),
            base_url=values.http_url("AIML_API_BASE", given["AIML_API_BASE"] or DEFAULT_BASE),
            metrics=values.flag("PLAYGROUND_METRICS", given["PLAYGROUND_METRICS"]),
            log_format=values.choice(
                "PLAYGROUND_LOG_FORMAT", given["PLAYGROUND_LOG_FORMAT"], LOG_FORMATS
            ),
            logins=values.logins(given["PLAYGROUND_AUTH"]),
            public_url=values.public_url(
                given["PLAYGROUND_PUBLIC_URL"], environment.get("SPACE_HOST")
            ),
            trusted_proxies=values.networks(
                "PLAYGROUND_TRUSTED_PROXIES", given["PLAYGROUND_TRUSTED_PROXIES"]
            ),
            allowed_hosts=frozenset(values.listed(given["PLAYGROUND_ALLOW_PRIVATE_HOSTS"])),
            server_name=given["GRADIO_SERVER_NAME"] or "127.0.0.1",
            server_port=values.port("GRADIO_SERVER_PORT", given["GRADIO_SERVER_PORT"] or "7860"),
            no_proxy=proxies.pop("no", ""),
            proxies=proxies,
            ca_file=ca_file,
        )
        _check_together(settings)
        _require_packages(settings, is_installed)
        return settings


def help_text() -> str:
    """The settings as lines for `--help`."""
    width = max(map(len, DESCRIPTIONS))
    return "\n".join(f"  {name:<{width}}  {what}" for name, what in DESCRIPTIONS.items())


def _kept_where(given: Mapping[str, str]) -> dict[str, Any]:
    """The database, and where media are kept; AWS's variables count only for an object store."""
    data_dir = Path(given["PLAYGROUND_DATA_DIR"] or "data").expanduser().resolve()
    database = given["PLAYGROUND_DATABASE_URL"]
    media_url = values.media_url("PLAYGROUND_MEDIA_URL", given["PLAYGROUND_MEDIA_URL"])
    return {
        "data_dir": data_dir,
        "database_url": values.database_url(database, data_dir / DATABASE_FILE),
        "media_url": media_url,
        "object_store": values.object_store(given) if media_url else {},
    }


def _limits(given: Mapping[str, str]) -> dict[str, Any]:
    """How much may be sent and spent."""
    spend, in_flight = "PLAYGROUND_SPEND_LIMIT_USD", "PLAYGROUND_MAX_IN_FLIGHT"
    per_minute = "PLAYGROUND_MAX_SUBMISSIONS_PER_MINUTE"
    return {
        "spend_limit_usd": values.usd(spend, given[spend]),
        "max_submissions_per_minute": values.count(per_minute, given, DEFAULT_PER_MINUTE),
        "max_in_flight": values.count(in_flight, given, DEFAULT_IN_FLIGHT),
    }


def _check_together(settings: Settings) -> None:
    """Raise `SettingsError` where the processes of a shared database would share too little."""
    if not settings.is_shared:
        return
    if not settings.media_url:
        raise SettingsError(
            "PLAYGROUND_DATABASE_URL names a PostgreSQL server, which several machines share, and "
            "they need one place for media: set PLAYGROUND_MEDIA_URL=s3://bucket/prefix too."
        )
    if settings.is_sandbox:
        raise SettingsError(
            "PLAYGROUND_DATABASE_URL names a PostgreSQL server, and each process that shares it "
            "would bring a sandbox of its own: set AIML_API_KEY, or AIML_API_BASE to the address "
            "of one sandbox (`python -m components.sandbox`)."
        )


def _require_packages(settings: Settings, is_installed: Callable[[str], bool]) -> None:
    asked = {
        "PLAYGROUND_DATABASE_URL": settings.is_shared,
        "PLAYGROUND_MEDIA_URL": bool(settings.media_url),
        "PLAYGROUND_METRICS": settings.metrics,
    }
    for name, packages in _PACKAGES.items():
        if asked[name]:
            values.require_packages(name, packages, is_installed)
