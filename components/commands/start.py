"""`python app.py`: what it was told to do, from the arguments to the last word."""

import logging
import os
import sys
from functools import partial

from components.commands import parsed_arguments
from components.commands.log_lines import set_up_logging
from components.commands.migrate import run_migrate
from components.commands.playground import running_playground
from components.commands.recover import run_recover
from components.commands.serving import listen, serve
from components.errors import PlaygroundError, SettingsError
from components.settings import Settings, help_text

SANDBOX_GUESS_S = 6.0
"""How long the sandbox takes for a run, as a first guess."""


def start() -> None:
    """Start the playground and serve until it is stopped."""
    arguments = parsed_arguments(help_text())
    set_up_logging()
    try:
        settings = Settings.from_env()
        is_json = settings.log_format == "json"
        set_up_logging(is_json=is_json, secrets=secrets_of(settings))
        if arguments.command == "recover":
            print(run_recover(settings, arguments.folders))  # noqa: T201
            return
        if arguments.command == "migrate":
            print(run_migrate(settings, arguments.database, partial(print, flush=True)))  # noqa: T201
            return
        if arguments.command == "worker":
            _work(settings)
            return
        listener = listen(settings)
        guess_s = SANDBOX_GUESS_S if settings.is_sandbox else None
        with listener, running_playground(settings, guess_s) as web:
            serve(web, listener, settings)
    except PlaygroundError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The playground cannot go on: {error}. Nothing that is kept was overwritten.")
    except (KeyboardInterrupt, SystemExit):
        # All is put away. A request for pictures may hold its thread for minutes, and Python would
        # wait for it.
        logging.shutdown()
        os._exit(0)


def _work(settings: Settings) -> None:
    """Take runs forward until told to end. Raises `SettingsError` where nothing is shared."""
    if not settings.is_shared:
        raise SettingsError(
            "`python app.py worker` works with PostgreSQL; set PLAYGROUND_DATABASE_URL to the "
            "server that the playgrounds use. With SQLite a playground takes its runs forward "
            "itself, and needs no worker."
        )
    # Its libraries are there only where several machines share a database.
    from components.commands.worker import run_worker  # noqa: PLC0415

    run_worker(settings)


def secrets_of(settings: Settings) -> list[str]:
    """What must not stand in a log: the key, passwords, and addresses that have one."""
    proxies = settings.proxies.values()
    store = [settings.object_store.get(it, "") for it in ("secret_access_key", "session_token")]
    return [settings.key, settings.database_url, *store, *settings.logins.values(), *proxies]
