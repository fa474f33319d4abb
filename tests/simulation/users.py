"""What people do with a playground, in any order, and often twice."""

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from components.errors import DatabaseUnavailable, InvalidInput, RunNotFound
from components.runs.new_runs.plans import PlannedRequest
from components.runs.run import Run
from components.runs.service import RunService
from tests.samples.models import MODELS, model_by_id
from tests.simulation.outside.provider import PlayedProvider

PICTURE = "https://example.com/a.png"
CLIP = "https://example.com/a.mp4"
REQUESTS: dict[str, dict[str, Any]] = {
    "klingai/image-o1": {"image_urls": [PICTURE]},
    "klingai/video-o1-image-to-video": {"image_url": PICTURE},
    "klingai/video-o1-reference-to-video": {"image_list": [PICTURE]},
    "klingai/video-o1-video-to-video-edit": {"video_url": CLIP},
    "klingai/video-o1-video-to-video-reference": {"video_url": CLIP},
}
MODEL_IDS = [*REQUESTS, "klingai/image-o1", "klingai/image-o1"]
VIDEO_MODELS = [model.model_id for model in MODELS if model.output == "video"]


class Users:
    """They know the runs that they made, and nothing of what goes on behind."""

    def __init__(self, provider: PlayedProvider, chance: random.Random) -> None:
        self._provider = provider
        self._chance = chance
        self._count = 0
        self.run_ids: list[str] = []
        self.plans: dict[str, list[str]] = {}

    def submit(self, service: RunService) -> None:
        """Make a run or a plan; some ask twice."""
        if self._chance.random() < 0.1:
            self._plan(service, self._new_id("plan"))
            return
        run_id, model = self._new_id("run"), self._chance.choice(MODEL_IDS)
        request = model_by_id(model).parse({"prompt": f"A boat {run_id}", **REQUESTS[model]})
        for _ in range(self._chance.choice([1, 1, 1, 2])):
            with suppress(DatabaseUnavailable):
                made = service.submit(request, run_id=run_id)
                assert made.id == run_id
                self._know(run_id)

    def act(self, service: RunService) -> None:
        """Click on something; a refusal is an answer too."""
        if not self.run_ids:
            return
        run_id = self._chance.choice(self.run_ids)
        with suppress(DatabaseUnavailable, InvalidInput, RunNotFound):
            self._chance.choice(self._actions())(service, run_id)

    def _actions(self) -> list[Callable[[RunService, str], object]]:
        return [
            lambda service, run_id: service.cancel(run_id),
            lambda service, run_id: service.cancel(run_id),
            lambda service, run_id: service.look_again(run_id),
            lambda service, run_id: service.look_again(run_id),
            lambda service, run_id: service.delete([run_id]),
            lambda service, run_id: service.undelete([run_id]),
            lambda service, run_id: service.annotate(run_id, title="A title", favourite=True),
            lambda service, run_id: service.get(run_id),
            self._send_again,
            self._fetch_own,
            self._fetch_lost,
            self._fetch_elsewhere,
            self._fetch_unknown,
        ]

    def _plan(self, service: RunService, group_id: str) -> None:
        model = model_by_id(self._chance.choice(VIDEO_MODELS))
        planned = [
            PlannedRequest(
                model.parse({"prompt": f"{group_id} {row}", **REQUESTS[model.model_id]}),
                {"row": str(row), "column": "1"},
            )
            for row in range(3)
        ]
        for _ in range(self._chance.choice([1, 2])):
            with suppress(DatabaseUnavailable):
                runs = service.submit_plan(group_id, planned)
                known = self.plans.setdefault(group_id, [run.id for run in runs])
                assert sorted(known) == sorted(run.id for run in runs)
                self._know(*known)

    def _send_again(self, service: RunService, run_id: str) -> None:
        new_id = self._new_id("again")
        for _ in range(2):
            self._know(service.send_again(run_id, new_id=new_id).id)

    def _fetch_own(self, service: RunService, run_id: str) -> None:
        generation_id = service.get(run_id).generation_id
        if generation_id:
            self._fetch(service, generation_id)

    def _fetch_lost(self, service: RunService, run_id: str) -> None:
        """Somebody finds on the provider's own pages what became of a run whose answer is lost."""
        del run_id
        made = [self._provider.records.by_client.get(it) for it in self.run_ids]
        lost = [it.id for it in made if it and it.kind == "video" and "id" not in it.given]
        if lost:
            self._fetch(service, self._chance.choice(lost))

    def _fetch_elsewhere(self, service: RunService, run_id: str) -> None:
        del run_id
        made = self._provider.make_elsewhere(self._chance.choice(VIDEO_MODELS))
        for _ in range(2):
            self._fetch(service, made.id)

    def _fetch_unknown(self, service: RunService, run_id: str) -> None:
        self._fetch(service, f"nobody-{run_id}:{self._chance.choice(VIDEO_MODELS)}")

    def _fetch(self, service: RunService, generation_id: str) -> Run:
        run = service.fetch_by_generation_id(generation_id)
        self._know(run.id)
        return run

    def _new_id(self, what: str) -> str:
        self._count += 1
        return f"{what}-{self._count}"

    def _know(self, *run_ids: str) -> None:
        self.run_ids += [run_id for run_id in run_ids if run_id not in self.run_ids]
