"""Who drives the runs: this process with its embedded engine, or workers elsewhere."""

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from components.commands.rooms import Rooms
from components.runs.engine.scheduler import UPKEEP_EVERY_S, Engine
from components.runs.maintenance.media_gc import UNOWNED_S, MediaGarbageCollector
from components.runs.money.charge_reconciler import ChargeReconciler
from components.runs.service import UNDO_S
from components.runs.steps.runner import StepRunner

if TYPE_CHECKING:
    from components.runs.engine.cluster.remote_workers import RemoteWorkers

STOP_S = 10.0
"""What is in flight may finish for so long; the rest goes on at the next start."""


def reconciler_of(rooms: Rooms) -> ChargeReconciler:
    """Looks for charges that land late."""
    context = rooms.context
    read = context.throttle.through(context.provider.ledger_page)
    return ChargeReconciler(rooms.store, read, context.clock)


def tidy(rooms: Rooms, collected: MediaGarbageCollector) -> None:
    """Remove what was deleted, or has no owner, from what all processes share."""
    now = rooms.context.clock()
    rooms.store.purge(now - UNDO_S, partial(rooms.context.media.delete, idle_s=UNOWNED_S), now)
    collected.sweep_if_due()
    rooms.showcases.held.purge()


def tidy_scratch(rooms: Rooms) -> None:
    """Remove what this process no longer needs for itself."""
    if rooms.context.collector.parts:
        rooms.context.collector.parts.expire(rooms.store.awaiting)
    rooms.showcases.renditions.sweep()


def started_engine(rooms: Rooms, collected: MediaGarbageCollector, stack: ExitStack) -> Engine:
    """Take runs forward in this process from now on, and look for charges that land late."""
    reconciler = reconciler_of(rooms)
    reconciler.start()
    stack.callback(reconciler.stop)

    def upkeep() -> None:
        tidy_scratch(rooms)
        tidy(rooms, collected)

    advance = StepRunner(rooms.context).advance
    engine = Engine(rooms.store, advance, throttle=rooms.context.throttle, upkeep=upkeep)
    engine.start()
    stack.callback(engine.stop, STOP_S)
    # Nothing new begins there either, while what is in flight ends.
    stack.callback(reconciler.stop, timeout_s=0)
    return engine


def remote_workers(rooms: Rooms, stack: ExitStack) -> "RemoteWorkers":
    """Leave the runs to the workers, which are told of new ones; they do all but the scratch."""
    # Its packages are there only where several machines work together.
    from components.runs.engine.cluster.caretaker import Caretaker, Duty  # noqa: PLC0415
    from components.runs.engine.cluster.job_queue import JobQueue  # noqa: PLC0415
    from components.runs.engine.cluster.remote_workers import RemoteWorkers  # noqa: PLC0415

    duties = [
        Duty("tidying up", UPKEEP_EVERY_S, partial(tidy_scratch, rooms)),
        Duty("learning durations", UPKEEP_EVERY_S, rooms.context.expectations.refresh),
    ]
    care = Caretaker(duties)
    care.start()
    stack.callback(care.stop)
    return RemoteWorkers(JobQueue(rooms.store.database), rooms.context.throttle)
