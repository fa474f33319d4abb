"""The environment becomes values once; what cannot be used is refused by name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from components.errors import SettingsError
from components.settings import Settings, help_text

ROOT = Path(__file__).resolve().parents[2]


def test_without_an_environment_the_sandbox_answers_on_this_machine() -> None:
    settings = Settings.from_env({})
    assert settings.is_sandbox
    assert settings.base_url == "https://api.aimlapi.com"
    assert (settings.server_name, settings.server_port) == ("127.0.0.1", 7860)
    assert settings.data_dir == Path.cwd() / "data"
    assert settings.database_url == f"sqlite:///{Path.cwd()}/data/playground.sqlite3"
    assert (settings.logins, settings.allowed_hosts) == ({}, frozenset())


@pytest.mark.parametrize(
    ("environment", "is_sandbox"),
    [
        ({}, True),
        ({"AIML_API_KEY": "  "}, True),
        ({"AIML_API_KEY": "k"}, False),
        ({"AIML_API_BASE": "http://127.0.0.1:9000"}, False),
    ],
)
def test_a_key_or_another_address_means_live(environment: dict[str, str], is_sandbox: bool) -> None:
    assert Settings.from_env(environment).is_sandbox is is_sandbox


def test_every_value_is_read(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "AIML_API_KEY": " key ",
            "AIML_API_BASE": "https://mirror.example/",
            "PLAYGROUND_DATA_DIR": str(tmp_path),
            "PLAYGROUND_DATABASE_URL": "sqlite:////srv/runs.sqlite3",
            "PLAYGROUND_AUTH": "ada:one, bob:t:wo",
            "PLAYGROUND_ALLOW_PRIVATE_HOSTS": "10.0.0.1:80, ,media:9000",
            "PLAYGROUND_SPEND_LIMIT_USD": " 2.50",
            "GRADIO_SERVER_NAME": "::1",
            "GRADIO_SERVER_PORT": "0",
        }
    )
    assert settings == Settings(
        key="key",
        base_url="https://mirror.example",
        data_dir=tmp_path,
        database_url="sqlite:////srv/runs.sqlite3",
        logins={"ada": "one", "bob": "t:wo"},
        allowed_hosts=frozenset({"10.0.0.1:80", "media:9000"}),
        spend_limit_usd=2.5,
        server_name="::1",
        server_port=0,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIML_API_BASE", "api.aimlapi.com"),
        ("AIML_API_BASE", "ftp://api.aimlapi.com"),
        ("AIML_API_BASE", "https://"),
        ("AIML_API_BASE", "https:///v1"),
        ("AIML_API_BASE", "https://:443"),
        ("AIML_API_BASE", "https://api.aimlapi.com:99999"),
        ("AIML_API_BASE", "https://api.aimlapi.com:0"),
        ("AIML_API_BASE", "https://api.aimlapi.com:port"),
        ("AIML_API_BASE", "http://[::1"),
        ("AIML_API_BASE", "https://.aimlapi.com"),
        ("AIML_API_BASE", f"https://{'a' * 64}.com"),
        ("AIML_API_BASE", "https://api aimlapi.com"),
        ("AIML_API_BASE", "https://api.aimlapi.com/“v1”"),
        ("AIML_API_BASE", "https://me:secret@api.aimlapi.com"),
        ("AIML_API_BASE", "https://api.aimlapi.com?key=secret"),
        ("AIML_API_BASE", "https://api.aimlapi.com#secret"),
        ("AIML_API_KEY", "“sk-secret”"),
        ("AIML_API_KEY", "'sk-secret'"),
        ("AIML_API_KEY", "Bearer sk-secret"),
        ("AIML_API_KEY", "sk-\u200bsecret"),
        ("AIML_API_KEY", "sk-secret\nand another"),
        ("AIML_API_KEY", "schlüssel-secret"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgres://ada:secret@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql+psycopg2://ada:secret@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@db"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@db:port/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@db:0/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret/of@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret#of@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secret@of@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://ada:secrét@db/playground"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://db/playground?password=secret"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://db/playground?secret"),
        ("PLAYGROUND_DATABASE_URL", "postgresql://[::1/secret"),
        ("PLAYGROUND_MEDIA_URL", "5"),
        ("PLAYGROUND_MEDIA_URL", "s3://"),
        ("PLAYGROUND_MEDIA_URL", "s3://no"),
        ("PLAYGROUND_MEDIA_URL", "s3://Secret/prefix"),
        ("PLAYGROUND_MEDIA_URL", "s3://key:secret@bucket/prefix"),
        ("PLAYGROUND_MEDIA_URL", "s3://bucket//prefix"),
        ("PLAYGROUND_MEDIA_URL", "s3://bucket/../prefix"),
        ("PLAYGROUND_MEDIA_URL", "s3://bucket/a prefix"),
        ("PLAYGROUND_MEDIA_URL", "s3://bucket/prefix?secret"),
        ("PLAYGROUND_MEDIA_URL", "https://bucket.s3.amazonaws.com/secret"),
        ("PLAYGROUND_METRICS", "yes"),
        ("PLAYGROUND_LOG_FORMAT", "xml"),
        ("PLAYGROUND_DATABASE_URL", "/srv/runs.sqlite3"),
        ("PLAYGROUND_DATABASE_URL", "sqlite://secret/runs.sqlite3"),
        ("PLAYGROUND_DATABASE_URL", "sqlite:///"),
        ("PLAYGROUND_DATABASE_URL", "sqlite:///:memory:"),
        ("PLAYGROUND_DATABASE_URL", "sqlite:///file:secret?mode=memory"),
        ("PLAYGROUND_DATABASE_URL", "sqlite:////srv/runs.sqlite3?timeout=secret"),
        ("PLAYGROUND_DATA_DIR", "/srv/what?"),
        ("PLAYGROUND_AUTH", "ada"),
        ("PLAYGROUND_AUTH", "ada:"),
        ("PLAYGROUND_AUTH", ":secret"),
        ("PLAYGROUND_SPEND_LIMIT_USD", "five"),
        ("PLAYGROUND_SPEND_LIMIT_USD", "-1"),
        ("PLAYGROUND_SPEND_LIMIT_USD", "nan"),
        ("PLAYGROUND_SPEND_LIMIT_USD", "inf"),
        ("GRADIO_SERVER_PORT", "http"),
        ("GRADIO_SERVER_PORT", "-1"),
        ("GRADIO_SERVER_PORT", "65536"),
        ("PLAYGROUND_MAX_IN_FLIGHT", "0"),
        ("PLAYGROUND_MAX_IN_FLIGHT", "1.5"),
        ("PLAYGROUND_MAX_IN_FLIGHT", "1000001"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_setting_and_not_itself(
    name: str, value: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({name: value})
    assert name in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "secret" not in str(caught.value)


def test_a_key_with_typographic_quotes_is_told_at_the_start() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"AIML_API_KEY": "“sk-secret”"})
    assert str(caught.value) == (
        "AIML_API_KEY has a left double quotation mark as its character 1, which no key has. "
        "Copy the key again, without quotes or spaces."
    )


@pytest.mark.parametrize(
    "address",
    [
        "https://api.aimlapi.com",
        "http://127.0.0.1:9000",
        "http://[::1]:9000",
        "http://sandbox:8080",
        "https://gateway.example/aiml/v1",
        "https://xn--bcher-kva.example.",
    ],
)
def test_an_address_that_can_be_asked_is_taken(address: str) -> None:
    assert Settings.from_env({"AIML_API_BASE": address}).base_url == address


@pytest.mark.parametrize("key", ["k", "sk-test_0123.~+/=", "id:secret", "12|abc"])
def test_a_key_of_any_provider_is_taken(key: str) -> None:
    assert Settings.from_env({"AIML_API_KEY": key}).key == key


def test_a_database_of_another_kind_is_refused_by_what_is_taken() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PLAYGROUND_DATABASE_URL": "mysql://ada:secret@db/runs"})
    assert str(caught.value) == (
        "PLAYGROUND_DATABASE_URL must be a SQLite address such as sqlite:////srv/runs.sqlite3, "
        "or one of PostgreSQL such as postgresql+psycopg://user:password@host:5432/playground. "
        "Remove it to keep the runs in the data folder."
    )


def test_the_environment_stands_over_the_file_of_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AIML_API_KEY=from-file\nGRADIO_SERVER_PORT=8001\n")
    code = (
        "from components.settings import Settings; s = Settings.from_env();"
        "print(s.key, s.server_port, s.data_dir)"
    )
    environment = {"PYTHONPATH": str(ROOT), "GRADIO_SERVER_PORT": "8002", "PATH": os.defpath}
    result = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.split() == ["from-file", "8002", str(tmp_path / "data")]


def test_the_help_names_every_setting() -> None:
    text = help_text()
    for name in (
        "AIML_API_KEY",
        "AIML_API_BASE",
        "PLAYGROUND_DATA_DIR",
        "PLAYGROUND_DATABASE_URL",
        "PLAYGROUND_MEDIA_URL",
        "PLAYGROUND_METRICS",
        "PLAYGROUND_LOG_FORMAT",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "PLAYGROUND_AUTH",
        "PLAYGROUND_ALLOW_PRIVATE_HOSTS",
        "PLAYGROUND_SPEND_LIMIT_USD",
        "GRADIO_SERVER_NAME",
        "GRADIO_SERVER_PORT",
    ):
        assert f"  {name} " in text


def test_no_limit_on_spending_differs_from_a_limit_of_nothing() -> None:
    assert Settings.from_env({}).spend_limit_usd is None
    assert Settings.from_env({"PLAYGROUND_SPEND_LIMIT_USD": "0"}).spend_limit_usd == 0.0


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"PLAYGROUND_PUBLIC_URL": "https://play.example.org/"}, "https://play.example.org"),
        ({"PLAYGROUND_PUBLIC_URL": "http://lab.lan:7860"}, "http://lab.lan:7860"),
        ({"SPACE_HOST": "ada-play.hf.space"}, "https://ada-play.hf.space"),
        ({}, ""),
    ],
)
def test_the_address_people_use_is_set_or_that_of_a_space(
    environment: dict[str, str], url: str
) -> None:
    assert Settings.from_env(environment).public_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PLAYGROUND_PUBLIC_URL", "play.example.org"),
        ("PLAYGROUND_PUBLIC_URL", "https://play.example.org/below"),
        ("PLAYGROUND_PUBLIC_URL", "https://"),
        ("PLAYGROUND_TRUSTED_PROXIES", "proxy.example.org"),
        ("PLAYGROUND_TRUSTED_PROXIES", "10.0.0.1/99"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_proxies_and_certificates_are_read_as_calls_read_them(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.touch()
    settings = Settings.from_env(
        {
            "HTTPS_PROXY": "http://one:1",
            "https_proxy": "http://two:2",
            "ALL_PROXY": "socks5://three:3",
            "NO_PROXY": "localhost,.example.com",
            "CURL_CA_BUNDLE": str(bundle),
        }
    )
    assert settings.proxies == {"https": "http://two:2", "all": "socks5://three:3"}
    assert settings.no_proxy == "localhost,.example.com"
    assert settings.ca_file == str(bundle)
    usual = Settings.from_env({})
    assert (usual.proxies, usual.no_proxy, usual.ca_file) == ({}, "", "")


def test_certificates_that_are_not_there_stop_the_start() -> None:
    with pytest.raises(SettingsError, match=r"REQUESTS_CA_BUNDLE names a file that is not there"):
        Settings.from_env({"REQUESTS_CA_BUNDLE": "/no/such/file.pem"})
