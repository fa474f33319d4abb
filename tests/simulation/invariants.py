"""What must hold, whatever happens: of every sentence while it stands, and of every run's end."""

import re
from dataclasses import dataclass
from math import inf, isfinite

from components.runs.run import Run, Status
from tests.simulation.outside.provider import KEY
from tests.simulation.outside.provider_records import Generation, ProviderRecords, Violation

SAYS_FREE = re.compile(r"nothing was (?:sent or )?charged|\bnot charged\b", re.IGNORECASE)
IN_GENERAL = "A generation that fails is not charged."
SAYS_COST = re.compile(r"Charged \$(\d+\.\d+)")
SAYS_PAID = re.compile(r"is paid for|was made and")
SAYS_MAYBE = re.compile(r"may (?:have|be|cost)|might|probably", re.IGNORECASE)
SENTENCE_MAX_CHARS = 2_000
CHARGE_LOOKED_FOR_S = 11 * 3600.0
"""Charges that land this long after a run's end are found."""


@dataclass(frozen=True)
class Auditor:
    """Compares what the playground says and keeps with the provider's records."""

    records: ProviderRecords

    def check_words(self, run: Run, now: float | None) -> None:
        """No sentence of a run contradicts the records. Raises `Violation`.

        `now` is when it is said, None where it was said long ago: what was shown then is not known.
        """
        said = run.error if run.status is Status.FAILED else run.note
        made = self._made_for(run)
        try:
            _check_form(said)
            if made and made.will_cost:
                self._check_free(run, said, made, now)
            if found := SAYS_COST.search(said):
                told = round(float(found[1]), 4)
                _ensure(made is not None and told == round(made.usd, 4), "names a wrong charge")
            if SAYS_PAID.search(said):
                _ensure(made is not None and made.will_cost, "says paid, and nothing was made")
            if run.status is Status.UNCERTAIN:
                is_said = bool(SAYS_MAYBE.search(said) or SAYS_COST.search(said))
                _ensure(is_said, "does not say that it may cost something")
            _check_amount(run, made)
        except Violation as broken:
            raise Violation(f"{_named(run)}: {broken}: {said[:300]!r}") from None

    def check_end(self, run: Run) -> None:
        """How a run ended is true, and nothing paid is given up. Raises `Violation`."""
        made = self._made_for(run)
        try:
            _ensure(run.status.is_final, "has not ended")
            self.check_words(run, None)
            if run.status is Status.DONE:
                _check_result(run, made)
            elif run.status is Status.CANCELLED:
                _ensure(made is None, "is cancelled, and was made")
            else:
                self._check_failed(run, made)
        except Violation as broken:
            raise Violation(f"{_named(run)} ({run.error[:300]!r}): {broken}") from None

    def may_be_done(self, run: Run) -> bool:
        """Whether there is a result, and an answer that told of it came through."""
        made = self._made_for(run)
        return made is not None and not made.fails and bool(made.given & {"id", "result"})

    def check_charge(self, run: Run) -> None:
        """What could be known of a charge by now is booked. Raises `Violation`."""
        made = self._made_for(run)
        if made is None or run.finished_at is None:
            return
        has_id = made.id in (run.generation_id, run.inference_id)
        # Read for weeks in vain, it is given up, and the receipt says so.
        is_unread = run.charge_unknown and "could not be read" in run.events[-1].what
        landed = made.charge_at <= run.finished_at + CHARGE_LOOKED_FOR_S
        if made.will_cost and has_id and not is_unread and (landed or "cost" in made.given):
            _ensure(
                run.charged_usd is not None,
                f"{_named(run)}: its charge of {made.usd} is in the ledger, and not booked",
            )

    def _made_for(self, run: Run) -> Generation | None:
        return self.records.by_client.get(run.id) or self.records.by_id.get(run.generation_id or "")

    def _check_free(self, run: Run, said: str, made: Generation, now: float | None) -> None:
        if not SAYS_FREE.search(said.replace(IN_GENERAL, "")):
            return
        is_guarded = run.unresolved and "as far as" in said
        has_id = made.id in (run.generation_id, run.inference_id)
        shown_at = min(made.logged_at, made.charge_at if has_id else inf)
        is_shown = now is not None and shown_at <= now
        _ensure(
            is_guarded and not is_shown and not run.charged_usd,
            f"says free, and costs {made.usd} ({is_shown})",
        )

    def _check_failed(self, run: Run, made: Generation | None) -> None:
        if made is None or made.fails:
            return
        told_cost = made.kind == "image" and SAYS_COST.search(run.error)
        _ensure(run.unresolved or bool(told_cost), "gave up what is paid for")
        if "id" in made.given:
            known = made.id in (run.generation_id, run.inference_id)
            _ensure(known, f"the id that was given is lost: {made.id}")


def _check_result(run: Run, made: Generation | None) -> None:
    _ensure(made is not None and not made.fails, "is done, and nothing was made")
    if made:
        _ensure(len(run.outputs) == made.pictures or made.kind == "video", "lost a picture")
    _ensure(all(output.name for output in run.outputs), "is done without its files")


def _check_form(said: str) -> None:
    _ensure(not said or said[-1] in ".!?…", "ends in no sentence")
    _ensure(KEY not in said and "Traceback" not in said, "shows what nobody may see")
    _ensure(said.isprintable() or "\n" in said, "cannot be shown")
    _ensure(len(said) <= SENTENCE_MAX_CHARS, "is no sentence but a book")


def _check_amount(run: Run, made: Generation | None) -> None:
    usd = run.charged_usd
    if usd is None:
        return
    _ensure(isfinite(usd) and usd >= 0, f"records {usd}")
    true_usd = made.usd if made and made.will_cost else 0.0
    _ensure(abs(usd - true_usd) < 1e-9, f"records {usd}, and the ledger has {true_usd}")


def _ensure(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Violation(otherwise)


def _named(run: Run) -> str:
    return f"run {run.id} ({run.status}{', unresolved' if run.unresolved else ''})"
