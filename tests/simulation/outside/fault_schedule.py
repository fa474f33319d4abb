"""Which fault comes when: single ones by chance, and spells in which everything fails."""

import random
from dataclasses import dataclass
from math import inf

DAY_S = 86_400.0
NOT_ARRIVED = ("refused", "connect timeout", "body cut")
PUT_OFF = ("429", "429 wait", "503 wait")
DECLINED = (
    *("400", "400 half", "400 nul", "401", "402", "403", "404", "409", "413", "422", "422 long"),
    "302",
)
LOST = ("408", "500", "502 html", "503 html wait", "503", "504", "reset", "timeout")
GARBLED = ("cut", "garbage", "empty", "no id", "id in header", "half", "nan")
SILENT = ("refused", "connect timeout", "reset", "timeout")

FAULTS = {
    "post": (*NOT_ARRIVED, *PUT_OFF, *DECLINED, *LOST, *GARBLED),
    "status": (
        *SILENT,
        *PUT_OFF,
        *LOST,
        *("cut", "garbage", "empty", "half", "nan", "302", "400", "400 half", "401", "403", "404"),
    ),
    "log": (*SILENT, *PUT_OFF, *LOST, "cut", "garbage", "401", "403", "404"),
    "ledger": (*SILENT, *PUT_OFF, *LOST, "cut", "garbage", "401", "403", "404"),
    "other": (*SILENT, *PUT_OFF, *LOST, "cut", "garbage", "401", "404"),
    "file": ("expired", "cut", "damaged", "html", "other kind", "slow", "no space"),
    "disk": ("no space", "broken"),
}
SPELLS = {
    "all": (*SILENT, "429 wait", "502 html", "503 wait", "503 html wait", "401", "garbage", "any"),
    "post": (*NOT_ARRIVED, *PUT_OFF, *LOST, *GARBLED, "401", "403", "any"),
    "status": (*SILENT, *PUT_OFF, "500", "half", "garbage", "404", "401", "any"),
    "log": (*SILENT, "500", "garbage", "404", "429 wait", "any"),
    "ledger": (*SILENT, "500", "garbage", "404", "429 wait", "any"),
    "file": ("expired", "cut", "damaged", "slow", "any"),
    "disk": ("no space", "broken"),
}
"""What may last for a while; "any" is another fault every time."""


@dataclass(frozen=True)
class Climate:
    """How rough a world is: shares of calls that fail by themselves, spells a day, their length.

    `ends_s` is when all trouble is over for good, in seconds after the beginning; `inf` is never.
    `slowest_s` is how long a generation takes that got stuck, `arrives_s` when a run is asked for,
    on average; `sleep_s` is the longest time in which nothing is done.
    """

    fault_share: float = 0.08
    spells_a_day: float = 6.0
    spell_s: float = 1800.0
    ends_s: float = 2 * DAY_S
    slowest_s: float = DAY_S / 24
    arrives_s: float = 300.0
    sleep_s: float = DAY_S / 6


CLIMATES = {
    "fair": Climate(0.03, 1.0, 600.0, DAY_S),
    "rough": Climate(0.15, 8.0, 3600.0, 3 * DAY_S),
    "stormy": Climate(0.3, 16.0, 4 * 3600.0, 4 * DAY_S, DAY_S),
    "endless": Climate(0.2, 4.0, 20 * DAY_S, inf, 30 * DAY_S, DAY_S / 4, 1800.0),
}


@dataclass(frozen=True)
class Spell:
    """From when until when one kind of call fails in one way."""

    scope: str
    fault: str
    begins_at: float
    ends_at: float


class FaultSchedule:
    """Tells for every call how it goes; "" is well."""

    def __init__(self, climate: Climate, begins_at: float, chance: random.Random) -> None:
        self.climate = climate
        self._chance = chance
        self._ends_at = begins_at + climate.ends_s
        self.spells = list(self._forecast(begins_at))

    def fault(self, scope: str, now: float) -> str:
        """How a call of this kind goes at this moment."""
        if now >= self._ends_at:
            return ""
        for spell in self.spells:
            if spell.scope in ("all", scope) and spell.begins_at <= now < spell.ends_at:
                if spell.scope == "all" and scope in ("file", "disk"):
                    continue
                if spell.fault != "any":
                    return spell.fault
                return self._chance.choice(FAULTS[scope])
        if scope != "disk" and self._chance.random() < self.climate.fault_share:
            return self._chance.choice(FAULTS[scope])
        return ""

    def clear(self) -> None:
        """From now on all is well."""
        self._ends_at = -inf

    def _forecast(self, begins_at: float) -> list[Spell]:
        chance, climate = self._chance, self.climate
        spells, at = [], begins_at
        last = begins_at + min(climate.ends_s, 4 * DAY_S)
        while (at := at + chance.expovariate(climate.spells_a_day / DAY_S)) < last:
            scope = chance.choice([*SPELLS])
            lasts_s = chance.expovariate(1 / climate.spell_s)
            spells.append(Spell(scope, chance.choice(SPELLS[scope]), at, at + lasts_s))
        return spells
