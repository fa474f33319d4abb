"""Clips in step: what several show at one instant is never further apart than one frame."""

import base64
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from components.interface.web.served.scripts import page_scripts
from tests.apps.playgrounds import Playground
from tests.samples.numbered_clips import FPS, numbered_clip
from tests.ui.visitor import Visitor, visiting

CLIPS = 4
FRAMES = 200
FRAME_MS = 1000 / FPS
FRAME_LOCK = f"{page_scripts().url}/widgets/comparison/playback/frame_lock.js"
LAID_OUT = """async ({clip, count, fps, slow, script}) => {
  const bytes = Uint8Array.from(atob(clip), (sign) => sign.charCodeAt(0));
  const src = URL.createObjectURL(new Blob([bytes], { type: "video/mp4" }));
  const videos = Array.from({ length: count }, () => {
    const video = Object.assign(document.createElement("video"), { src, muted: true });
    video.dataset.fps = fps;
    return video;
  });
  document.body.prepend(...videos);
  if (slow !== null) {
    const rate = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "playbackRate");
    Object.defineProperty(videos[slow], "playbackRate", {
      get() { return rate.get.call(this); },
      set(wanted) { rate.set.call(this, Math.min(wanted, 0.5)); },
    });
  }
  const { FrameLock } = await import(script);
  window.lock = new FrameLock(videos, () => {});
  await window.lock.play();
}"""
SEEN = """async ({ samples, frameMs }) => {
  const { videos } = window.lock;
  const pen = Object.assign(document.createElement("canvas"), { width: 8, height: videos.length })
    .getContext("2d", { willReadFrequently: true });
  const seen = [];
  while (seen.length < samples) {
    await new Promise(requestAnimationFrame);
    if (window.lock.moving) continue;
    const beganMs = performance.now();
    videos.forEach((video, row) => pen.drawImage(video, 0, row, 8, 1));
    // What took longer to read than a clip shows a frame was not seen at one instant.
    if (performance.now() - beganMs > frameMs / 2) continue;
    const { data } = pen.getImageData(0, 0, 8, videos.length);
    const isWhite = (row, bit) => data[4 * (8 * row + bit)] > 128;
    const numbers = videos.map((_, row) =>
      [...Array(8).keys()].reduce((sum, bit) => sum + (isWhite(row, bit) << bit), 0));
    const isNew = numbers.join() !== seen.at(-1)?.join();
    if (isNew) seen.push(numbers);
  }
  return seen;
}"""


@pytest.fixture
def visitor(browser: Browser, playground: Playground) -> Iterator[Visitor]:
    """Somebody whose page shows numbered clips only."""
    with visiting(browser, playground) as (_, visitor):
        visitor.page.goto(f"{playground.url}/healthz")
        yield visitor


def seen(visitor: Visitor, folder: Path, samples: int, slow: int | None = None) -> Any:
    """The numbers that the clips show at the same instants, each time that one of them changes.

    `slow` is a clip that plays at half its speed at most, as on a machine that is too slow for it.
    """
    clip = base64.b64encode(numbered_clip(folder, "one key frame", FRAMES).read_bytes()).decode()
    visitor.page.evaluate(
        LAID_OUT, {"clip": clip, "count": CLIPS, "fps": FPS, "slow": slow, "script": FRAME_LOCK}
    )
    # They begin when each is ready to.
    visitor.page.evaluate(SEEN, {"samples": 12, "frameMs": FRAME_MS})
    return visitor.page.evaluate(SEEN, {"samples": samples, "frameMs": FRAME_MS})


def apart(numbers: list[int]) -> int:
    """How many frames lie between the first and the last; they begin again together."""
    return max(numbers) - min(numbers)


@pytest.mark.parametrize("slow", [None, 2])
def test_clips_show_the_same_frame_even_if_one_cannot_keep_up(
    slow: int | None, visitor: Visitor, tmp_path: Path
) -> None:
    numbers = seen(visitor, tmp_path, 60, slow)
    spreads = [apart(it) for it in numbers]
    # A frame that a busy machine left out is caught up with by the next one.
    assert all(min(pair) <= 1 for pair in pairwise(spreads)), numbers
    assert sum(spread <= 1 for spread in spreads) >= 0.9 * len(spreads), numbers


def test_a_clip_that_stands_still_is_waited_for(visitor: Visitor, tmp_path: Path) -> None:
    seen(visitor, tmp_path, 10)
    visitor.page.evaluate(
        """() => {
          const [, stuck] = window.lock.videos;
          stuck.pause();
          stuck.play = () => Promise.resolve();
          window.stuckAt = stuck.currentTime;
        }"""
    )
    visitor.page.wait_for_function(
        "() => window.lock.videos.every((it, at) => at === 1 || it.paused)"
    )
    ahead_s = visitor.page.evaluate(
        "() => Math.max(...window.lock.videos.map((it) => it.currentTime)) - window.stuckAt"
    )
    assert ahead_s < 10 / FPS
    visitor.page.evaluate("() => { delete window.lock.videos[1].play; }")
    visitor.page.wait_for_function("() => window.lock.videos.every((it) => !it.paused)")
    samples = visitor.page.evaluate(SEEN, {"samples": 20, "frameMs": FRAME_MS})
    assert all(apart(it) <= 1 for it in samples[5:])
