"""The provider, played: it takes requests, works for a while, charges, and keeps records."""

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from math import inf
from typing import Any
from uuid import UUID

from tests.simulation.outside.fault_schedule import (
    DECLINED,
    LOST,
    NOT_ARRIVED,
    PUT_OFF,
    FaultSchedule,
)
from tests.simulation.outside.files import picture_of
from tests.simulation.outside.provider_records import Generation, Post, ProviderRecords
from tests.simulation.outside.replies import (
    HALF,
    PAUSES_S,
    RIGHT_COSTS,
    WRONG_COSTS,
    cost_of,
    fault_reply,
    problem,
    spoken,
)
from tests.simulation.outside.transport import Call, NoReply, Reply

KEY = "sk-played-0123456789"
IMAGES, VIDEOS = "/v1/images/generations", "/v2/video/generations"
NAMED_SHARE = 0.95
"""Of so many rows of the log the inference is named."""
HOUR_S, DAY_S = 3600.0, 86_400.0


class PlayedProvider:
    """Answers `requests` as the schedule of faults lets it; `records` has what happened."""

    def __init__(
        self,
        fault_schedule: FaultSchedule,
        clock: Callable[[], float],
        pass_time: Callable[[float], None],
        chance: random.Random,
    ) -> None:
        self.fault_schedule = fault_schedule
        self.records = ProviderRecords()
        self.clock = clock
        self._pass_time = pass_time
        self._chance = chance
        self._fault = ""

    def before(self, call: Call) -> None:
        """Decide how a call goes. Raises `NoReply` where it does not arrive."""
        scopes = {"/v2/logs": "log", "/v2/billing/transactions": "ledger", VIDEOS: "status"}
        scope = "post" if call.method == "POST" else scopes.get(call.path, "other")
        self._fault = self.fault_schedule.fault(scope, self.clock())
        if self._fault in NOT_ARRIVED:
            if call.method == "POST":
                self._note(call, accepted=False, is_certain=True)
            raise NoReply(self._fault)

    def answer(self, call: Call) -> Reply:
        """Answer a call that arrived. Raises `NoReply` where the answer is lost."""
        if self._fault == "timeout":
            self._pass_time(self._chance.uniform(30, 300))
        if call.method == "POST":
            return self._take(call)
        if self._fault and self._fault not in ("cut", "half", "nan"):
            return fault_reply(self._fault, self._chance.choice(PAUSES_S))
        reply = self._tell(call)
        if self._fault == "cut":
            return Reply(reply.status, reply.content, reply.headers, is_cut=True)
        return reply

    def make_elsewhere(self, model: str) -> Generation:
        """A generation of the same key that the playground did not send."""
        name = f"elsewhere-{len(self.records.by_client)}"
        return self._accept(name, model, "video")

    # Requests that cost money

    def _take(self, call: Call) -> Reply:
        fault, client_id = self._fault, call.headers["X-Client-Request-Id"]
        kind = "image" if call.path == IMAGES else "video"
        is_declined = fault in PUT_OFF or fault in DECLINED
        if is_declined or (fault in LOST and self._chance.random() < 0.5):
            self._note(call, accepted=False, is_certain=is_declined)
            if self._chance.random() < 0.7:
                self.records.failed_rows.append((self.clock(), client_id))
            return fault_reply(fault, self._chance.choice(PAUSES_S))
        self._note(call, accepted=True, is_certain=False)
        made = self._accept(client_id, json.loads(call.body)["model"], kind)
        self._pass_time(self._chance.uniform(5, 40) if kind == "image" else 0.3)
        if fault in LOST:
            return fault_reply(fault, "")
        return self._accepted(made)

    def _accepted(self, made: Generation) -> Reply:
        fault, headers = self._fault, {"x-inference-id": made.id}
        if fault in ("garbage", "empty", "no id"):
            return fault_reply("garbage" if fault == "no id" else fault, "")
        made.given.add("id")
        if fault == "id in header":
            return spoken({"message": "odd"}, headers=headers)
        extra: dict[str, Any] = {"echo": HALF} if fault == "half" else {}
        usage = fault if fault == "nan" else made.usage
        if made.kind == "video":
            return self._cut(spoken({"id": made.id, "status": "queued", **extra}, headers=headers))
        told, told_headers = cost_of(made, usage)
        data = [self._picture(made, number) for number in range(made.pictures)]
        if fault not in ("cut", "half"):
            made.given |= {"result"}
            made.given |= {"cost"} if usage in RIGHT_COSTS else set()
        return self._cut(spoken({"data": data, **told, **extra}, headers=headers | told_headers))

    def _cut(self, reply: Reply) -> Reply:
        return Reply(reply.status, reply.content, reply.headers, is_cut=self._fault == "cut")

    def _picture(self, made: Generation, number: int) -> dict[str, Any]:
        if self._chance.random() < 0.3:
            content = base64.b64encode(picture_of(made.id, number)).decode()
            return {"b64_json": content}
        return {"url": f"https://files.example/{made.id}/{number}"}

    def _note(self, call: Call, *, accepted: bool, is_certain: bool) -> None:
        post = Post(self.clock(), accepted, is_certain, self._fault)
        self.records.note_post(call.headers["X-Client-Request-Id"], post)

    def _accept(self, client_id: str, model: str, kind: str) -> Generation:
        chance, now = self._chance, self.clock()
        usages = RIGHT_COSTS if chance.random() < 0.6 else WRONG_COSTS
        takes_s = chance.lognormvariate(4.5, 0.4) if kind == "video" else 0.0
        if chance.random() < 0.015 and kind == "video":
            takes_s = chance.choice([HOUR_S, self.fault_schedule.climate.slowest_s])
        name = str(UUID(int=chance.getrandbits(128)))
        made = Generation(
            id=f"{name}:{model}" if kind == "video" else name,
            client_id=client_id,
            kind=kind,
            accepted_at=now,
            ready_at=now + takes_s,
            usd=chance.randint(1, 1_000_000) / 2_000_000,
            fails=kind == "video" and chance.random() < 0.08,
            usage=chance.choice(usages),
            pictures=chance.choice([1, 1, 2, 3]),
            logged_at=now + self._lag(),
            is_logged_with_id=chance.random() < NAMED_SHARE,
        )
        made.charge_at = inf if made.fails else made.ready_at + self._lag()
        self._make_odd(made)
        self.records.accept(made)
        return made

    def _lag(self) -> float:
        """How far the log and the ledger are behind, in seconds."""
        longest = self._chance.choices([5.0, 120.0, 1200.0, 6 * HOUR_S, inf], [50, 30, 15, 4, 1])[0]
        return inf if longest == inf else self._chance.uniform(0, longest)

    def _make_odd(self, made: Generation) -> None:
        chance, now = self._chance, self.clock()
        match chance.choices(["", "unknown", "no address", "word", "links"], [80, 5, 5, 5, 5])[0]:
            case "unknown":
                made.unknown_until = now + chance.choice([5.0, 300.0, 2 * HOUR_S])
            case "no address":
                made.no_address_until = made.ready_at + chance.choice([30.0, 2 * HOUR_S])
            case "word":
                made.odd_status = chance.choice(["processing", "PAUSED ", "", "half-\ud83e"])
            case "links":
                made.link_life_s = chance.choice([900.0, HOUR_S])
        if made.fails:
            made.says = chance.choice(["", "Not allowed.", "A long story. " * 1000, HALF, "\0"])

    # Questions

    def _tell(self, call: Call) -> Reply:
        match call.path:
            case "/v2/video/generations":
                return self._status(call.query["generation_id"][0])
            case "/v2/logs":
                return self._log(call.query)
            case "/v2/billing/transactions":
                return self._ledger(call.query)
            case "/v2/billing":
                return spoken({"current_balance": 10.0})
            case "/v1/models":
                return spoken({"data": []})
            case _:
                return self._metrics(call.query)

    def _metrics(self, query: dict[str, list[str]]) -> Reply:
        metrics = {"duration_ms": {"p50": 9e4, "p75": 1.2e5, "p90": 1.5e5, "p99": 3e5}}
        aliases = query.get("aliases", [])
        return spoken({"models": [{"alias": it, "metrics": metrics} for it in aliases]})

    def _status(self, generation_id: str) -> Reply:
        made, now = self.records.by_id.get(generation_id), self.clock()
        if made is None or now < made.unknown_until:
            return problem(404, "There is no such generation.")
        body: dict[str, Any] = {"id": made.id, "status": "generating"}
        if self._fault == "half":
            body["echo"] = HALF
        if now < made.ready_at:
            if made.odd_status:
                body |= {"status": made.odd_status, "error": {"message": f"Busy. {HALF}"}}
            return spoken(body)
        if made.fails:
            return spoken({**body, "status": "error", "error": {"message": made.says}})
        usage = "nan" if self._fault == "nan" else made.usage
        told, headers = cost_of(made, usage)
        if now < made.no_address_until:
            return spoken({**body, "status": "completed", **told}, headers=headers)
        if usage == "right" and not self._fault:
            made.given.add("cost")
        if now > made.link_since + made.link_life_s:
            made.links, made.link_since = made.links + 1, now
        url = f"https://files.example/{made.id}/0?link={made.links}"
        return spoken(
            {**body, "status": "completed", "video": {"url": url}, **told}, headers=headers
        )

    def _log(self, query: dict[str, list[str]]) -> Reply:
        now, (start, end) = self.clock(), (_time(query[name][0]) for name in ("start", "end"))
        rows = [
            (made.accepted_at, _succeeded(made, self._cost_shown(made)))
            for made in self.records.by_client.values()
            if made.logged_at <= now and start <= made.accepted_at <= end
        ]
        failed = self.records.failed_rows
        rows += [(at, _failed(at, client_id)) for at, client_id in failed if start <= at <= end]
        rows.sort(key=lambda row: -row[0])
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        page = [row for _, row in rows[offset : offset + limit]]
        return spoken({"data": page, "pagination": {"has_more": offset + limit < len(rows)}})

    def _cost_shown(self, made: Generation) -> float:
        """The log tells the cost of pictures; of a video only once it is charged."""
        return made.usd if made.kind == "image" or made.charge_at <= self.clock() else 0.0

    def _ledger(self, query: dict[str, list[str]]) -> Reply:
        now, since = self.clock(), _time(query["from"][0])
        until = _time(query["to"][0]) if "to" in query else inf
        rows = [
            made
            for made in self.records.by_client.values()
            if since <= made.charge_at <= now and made.charge_at < until
        ]
        rows.sort(key=lambda made: -made.charge_at)
        begin, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        page = [_charge(made) for made in rows[begin : begin + limit]]
        more = str(begin + limit) if begin + limit < len(rows) else None
        return spoken({"data": page, "pagination": {"next_cursor": more}})


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _said(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


def _succeeded(made: Generation, usd: float) -> dict[str, Any]:
    return {
        "created": _said(made.accepted_at),
        "status": "succeeded",
        "model": made.kind,
        "cost": {"usd": usd, "credits": round(usd * 2_000_000)},
        "inference_id": made.id if made.is_logged_with_id else None,
        "client_request_id": made.client_id,
    }


def _failed(at: float, client_id: str) -> dict[str, Any]:
    return {
        "created": _said(at),
        "status": "failed",
        "model": "video",
        "cost": {"usd": 0, "credits": 0},
        "inference_id": f"failed-{client_id}",
        "client_request_id": client_id,
    }


def _charge(made: Generation) -> dict[str, Any]:
    return {
        "created_at": _said(made.charge_at),
        "direction": "CHARGE",
        "amount": {"usd": made.usd, "credits": round(made.usd * 2_000_000)},
        "model": made.kind,
        "reference_id": made.id,
    }
