"""Settings of several machines: one database, place for media and provider; no secret is told."""

from string import printable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from components.errors import SettingsError
from components.settings import Settings

POSTGRESQL = {
    "AIML_API_KEY": "sk-secret",
    "PLAYGROUND_DATABASE_URL": "postgresql://ada:secret@db:5433/playground",
    "PLAYGROUND_MEDIA_URL": "s3://bucket/prefix/",
}
SECRET = st.text(printable, min_size=1, max_size=12)


@given(
    user=SECRET,
    password=SECRET,
    port=st.integers(1, 65_535),
    name=st.from_regex(r"\A[\w-]{1,9}\Z", alphabet=printable),
)
def test_an_address_of_postgresql_is_kept_in_all_its_parts(
    user: str, password: str, port: int, name: str
) -> None:
    url = sa.URL.create("postgresql", user, password, "db.example", port, name)
    environment = {
        **POSTGRESQL,
        "PLAYGROUND_DATABASE_URL": url.render_as_string(hide_password=False),
    }
    read = sa.make_url(Settings.from_env(environment).database_url)
    assert read == url.set(drivername="postgresql+psycopg")


@given(
    text=st.text(max_size=30), start=st.sampled_from(["", "postgresql://", "postgresql:", "s3://"])
)
def test_whatever_is_set_is_taken_or_refused_in_a_sentence(text: str, start: str) -> None:
    for name in ("PLAYGROUND_DATABASE_URL", "PLAYGROUND_MEDIA_URL"):
        try:
            Settings.from_env({**POSTGRESQL, name: start + text})
        except SettingsError as error:
            assert str(error).startswith("PLAYGROUND_")
            assert str(error).endswith(".")


def test_nothing_that_is_printed_of_the_settings_tells_a_secret() -> None:
    settings = Settings.from_env(
        {
            **POSTGRESQL,
            "PLAYGROUND_AUTH": "ada:secret",
            "AWS_ACCESS_KEY_ID": "user",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "secret",
            "HTTPS_PROXY": "http://ada:secret@proxy:3128",
        }
    )
    assert "secret" in settings.database_url
    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)


def test_both_ways_to_write_postgresql_are_the_same_and_a_slash_at_the_end_is_none() -> None:
    settings = Settings.from_env(POSTGRESQL)
    assert settings.is_shared
    assert settings.database_url == "postgresql+psycopg://ada:secret@db:5433/playground"
    assert settings.media_url == "s3://bucket/prefix"
    same = Settings.from_env({**POSTGRESQL, "PLAYGROUND_DATABASE_URL": settings.database_url})
    assert same == settings


def test_a_server_may_have_to_prove_who_it_is() -> None:
    url = "postgresql://ada@db/playground?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    settings = Settings.from_env({**POSTGRESQL, "PLAYGROUND_DATABASE_URL": url})
    assert sa.make_url(settings.database_url).query == {
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
    }


@pytest.mark.parametrize("url", ["s3://bucket", "s3://my.bucket-2/a/b_c.d-e", "s3://abc/kling"])
def test_a_place_in_an_object_store_goes_with_sqlite_too(url: str) -> None:
    settings = Settings.from_env({"PLAYGROUND_MEDIA_URL": url})
    assert settings.media_url == url
    assert not settings.is_shared


@pytest.mark.parametrize(
    ("without", "sentence"),
    [
        (
            "PLAYGROUND_MEDIA_URL",
            (
                "PLAYGROUND_DATABASE_URL names a PostgreSQL server, which several machines "
                "share, and they need one place for media: set "
                "PLAYGROUND_MEDIA_URL=s3://bucket/prefix too."
            ),
        ),
        (
            "AIML_API_KEY",
            (
                "PLAYGROUND_DATABASE_URL names a PostgreSQL server, and each process that "
                "shares it would bring a sandbox of its own: set AIML_API_KEY, or AIML_API_BASE to "
                "the address of one sandbox (`python -m components.sandbox`)."
            ),
        ),
    ],
)
def test_what_several_machines_need_in_common_has_to_be_set(without: str, sentence: str) -> None:
    environment = {name: value for name, value in POSTGRESQL.items() if name != without}
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment)
    assert str(caught.value) == sentence


def test_one_sandbox_for_all_is_a_provider() -> None:
    environment = {**POSTGRESQL, "AIML_API_KEY": "", "AIML_API_BASE": "http://sandbox:8090"}
    assert not Settings.from_env(environment).is_sandbox


@pytest.mark.parametrize(
    ("environment", "package", "setting"),
    [
        (POSTGRESQL, "psycopg", "PLAYGROUND_DATABASE_URL"),
        (POSTGRESQL, "procrastinate", "PLAYGROUND_DATABASE_URL"),
        ({"PLAYGROUND_MEDIA_URL": "s3://bucket/prefix"}, "obstore", "PLAYGROUND_MEDIA_URL"),
        ({"PLAYGROUND_METRICS": "1"}, "prometheus_client", "PLAYGROUND_METRICS"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_asks_for_it(
    environment: dict[str, str], package: str, setting: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment, is_installed=lambda name: name != package)
    assert str(caught.value) == (
        f"{setting} needs what is not installed here ({package}). "
        "Run `pip install -r requirements-cluster.txt`, or remove the setting."
    )


def test_one_machine_asks_for_no_further_package() -> None:
    Settings.from_env({"AIML_API_KEY": "k"}, is_installed=lambda _: False)


def test_an_object_store_is_reached_by_the_usual_variables() -> None:
    given_variables = {
        "AWS_ACCESS_KEY_ID": " user ",
        "AWS_SECRET_ACCESS_KEY": "pass/word+",
        "AWS_SESSION_TOKEN": "token==",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9000/",
    }
    settings = Settings.from_env({**POSTGRESQL, **given_variables})
    assert settings.object_store == {
        "access_key_id": "user",
        "secret_access_key": "pass/word+",
        "session_token": "token==",
        "region": "eu-central-1",
        "endpoint_url": "http://127.0.0.1:9000",
    }
    nearer: dict[str, Any] = {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_S3": "http://s3:9000"}
    nearer_settings = Settings.from_env({**POSTGRESQL, **given_variables, **nearer})
    assert nearer_settings.object_store["region"] == "eu-west-1"
    assert nearer_settings.object_store["endpoint_url"] == "http://s3:9000"


@pytest.mark.parametrize(
    "variables",
    [
        {"AWS_ACCESS_KEY_ID": "user"},
        {"AWS_SECRET_ACCESS_KEY": "secret"},
        {"AWS_ACCESS_KEY_ID": "user", "AWS_SECRET_ACCESS_KEY": "sec ret"},
        {"AWS_ENDPOINT_URL": "127.0.0.1:9000/secret"},
    ],
)
def test_variables_of_the_object_store_are_refused_only_where_there_is_one(
    variables: dict[str, str],
) -> None:
    with pytest.raises(SettingsError, match="AWS_") as caught:
        Settings.from_env({**POSTGRESQL, **variables})
    assert "sec" not in str(caught.value).replace("AWS_SECRET", "")
    assert Settings.from_env(variables).object_store == {}


def test_figures_and_the_form_of_the_log_are_set() -> None:
    usual = Settings.from_env({})
    assert (usual.metrics, usual.log_format) == (False, "text")
    settings = Settings.from_env({"PLAYGROUND_METRICS": "1", "PLAYGROUND_LOG_FORMAT": "json"})
    assert (settings.metrics, settings.log_format) == (True, "json")
