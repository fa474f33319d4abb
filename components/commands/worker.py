"""`python app.py worker`: drives runs, beside any number of others, on any machine."""

import signal
from contextlib import ExitStack
from functools import partial

from components.catalog import Catalog
from components.commands.drivers import STOP_S, reconciler_of, tidy, tidy_scratch
from components.commands.rooms import Rooms, opened_rooms
from components.runs.engine.cluster.caretaker import Caretaker, DatabaseLock, Duty
from components.runs.engine.cluster.job_queue import JobQueue
from components.runs.engine.cluster.run_claims import RunClaims
from components.runs.engine.cluster.sending_queue import SendingQueue
from components.runs.engine.cluster.step_taker import StepTaker
from components.runs.engine.cluster.worker import Worker
from components.runs.engine.scheduler import UPKEEP_EVERY_S
from components.runs.maintenance.media_gc import MediaGarbageCollector
from components.runs.money.charge_reconciler import INTERVAL_S
from components.runs.steps.runner import StepRunner
from components.settings import Settings

HAND_OUT_EVERY_S = 1.0
LOST_EVERY_S = 5.0


def run_worker(
    settings: Settings, guess_s: float | None = None, catalog: Catalog | None = None
) -> None:
    """Drive runs until told to end (SIGTERM, Ctrl-C); see `running_playground` for the rest.

    Raises:
        SettingsError: a setting cannot be used.
        DatabaseUnavailable: the database does not answer.
    """
    with ExitStack() as stack:
        rooms = opened_rooms(settings, stack, guess_s, catalog)
        worker = _opened_worker(rooms, stack)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        print("\n  Kling O1 Playground: a worker, which waits for runs\n", flush=True)  # noqa: T201
        worker.run(STOP_S)


def _opened_worker(rooms: Rooms, stack: ExitStack) -> Worker:
    context, database = rooms.context, rooms.store.database
    slow = frozenset(model.model_id for model in context.catalog.making("image"))
    jobs, claims = JobQueue(database), RunClaims(database, slow)
    sending = SendingQueue(rooms.store, claims, jobs, context.throttle, context.clock)
    steps = StepTaker(
        claims,
        StepRunner(context).advance,
        clock=context.clock,
        count_in_flight=rooms.store.in_flight,
    )
    own = Caretaker([Duty("tidying up", UPKEEP_EVERY_S, partial(tidy_scratch, rooms))])
    for all_of in (Caretaker(_duties(rooms, sending), DatabaseLock(database)), own):
        all_of.start()
        stack.callback(all_of.stop)
    address = database.url.set(drivername="postgresql")
    return Worker(address.render_as_string(hide_password=False), steps, sending.hand_out_all)


def _duties(rooms: Rooms, sending: SendingQueue) -> list[Duty]:
    """What one of the workers does for all."""
    collected = MediaGarbageCollector(
        rooms.store.database, rooms.context.media, rooms.context.clock
    )
    return [
        Duty("handing out the queue", HAND_OUT_EVERY_S, sending.hand_out_all),
        Duty("looking for lost runs", LOST_EVERY_S, sending.find_lost),
        Duty("ending what is never taken", UPKEEP_EVERY_S, sending.end_what_is_never_taken),
        Duty("looking for charges", INTERVAL_S, reconciler_of(rooms).reconcile),
        Duty("tidying up", UPKEEP_EVERY_S, partial(tidy, rooms, collected)),
    ]
