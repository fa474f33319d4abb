"""A clip to be shown: every frame of it, ready to be played as it arrives, and nothing else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest

from components.errors import MediaRejected
from components.media.clips.encoding import video_facts
from components.media.embedded_settings.embedding import with_settings
from components.media.renditions.clips import UNREADABLE, write_clip
from tests.samples.media_corpus import Odd
from tests.samples.media_files import sound_only, turned_video, video
from tests.samples.odd_clips import odd_clips

SECRET = "a lighthouse nobody may know of"
CLIPS: dict[str, Callable[[Path], Path]] = {
    "mp4": lambda at: video(at / "a.mp4", sound=True),
    "silent mp4": lambda at: video(at / "a.mp4"),
    "mov": lambda at: video(at / "a.mov", sound=True),
    "fragments": lambda at: video(at / "a.mp4", options={"movflags": "+frag_keyframe+empty_moov"}),
    "webm": lambda at: video(at / "a.webm", codec="libvpx-vp9", sound="libopus"),
    "hevc": lambda at: video(at / "a.mp4", codec="libx265"),
    "turned": lambda at: turned_video(at / "a.mp4", (128, 72)),
}


def talking(path: Path, into: Path) -> Path:
    """A copy that says the prompt wherever a container lets it."""
    with (
        av.open(str(path)) as source,
        av.open(str(into), "w", options={"movflags": "+use_metadata_tags"}) as target,
    ):
        for name in ("comment", "title", "description", "location", "prompt", "encoder"):
            target.metadata[name] = SECRET
        streams = [source.streams.video[0], *source.streams.audio[:1]]
        copies = {it.index: target.add_stream_from_template(it) for it in streams}
        for copy in copies.values():
            copy.metadata.update({"handler_name": SECRET, "title": SECRET})
        for packet in source.demux(streams):
            if packet.dts is not None:
                packet.stream = copies[packet.stream.index]
                target.mux(packet)
    return into


def frames(path: Path) -> list[tuple[float, Any]]:
    with av.open(str(path)) as source:
        return [
            (round(frame.time or 0, 2), frame.to_ndarray(format="gray").mean().round())
            for frame in source.decode(video=0)
        ]


@pytest.mark.parametrize("make", CLIPS.values(), ids=CLIPS.keys())
def test_every_frame_and_the_length_stay(make: Callable[[Path], Path], tmp_path: Path) -> None:
    source, target = make(tmp_path), tmp_path / "out.mp4"
    write_clip(source, target)
    before, after = video_facts(source), video_facts(target)
    assert frames(target) == frames(source)
    assert after.duration_s == pytest.approx(before.duration_s, abs=0.05)
    assert (after.width_px, after.height_px) == (before.width_px, before.height_px)
    assert after.has_audio == before.has_audio


@pytest.mark.parametrize("make", CLIPS.values(), ids=CLIPS.keys())
def test_it_can_be_played_before_all_of_it_is_there(
    make: Callable[[Path], Path], tmp_path: Path
) -> None:
    source, target = make(tmp_path), tmp_path / "out.mp4"
    write_clip(source, target)
    content = target.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("ending", ["mp4", "mov", "mkv"])
def test_nothing_that_was_said_of_it_is_left(ending: str, tmp_path: Path) -> None:
    source = talking(video(tmp_path / "a.mp4", sound=True), tmp_path / f"talking.{ending}")
    assert SECRET.encode() in source.read_bytes()
    write_clip(source, tmp_path / "out.mp4")
    assert SECRET.encode() not in (tmp_path / "out.mp4").read_bytes()
    with av.open(str(tmp_path / "out.mp4")) as clip:
        assert set(clip.metadata) <= {"major_brand", "minor_version", "compatible_brands"}


def test_the_settings_that_a_download_carries_are_not_left(tmp_path: Path) -> None:
    said = {"model": "m", "request": {"prompt": SECRET}, "run_id": "run-1"}
    source = tmp_path / "carrying.mp4"
    source.write_bytes(b"".join(with_settings(video(tmp_path / "a.mp4"), said)))
    assert SECRET.encode() in source.read_bytes()
    write_clip(source, tmp_path / "out.mp4")
    assert SECRET.encode() not in (tmp_path / "out.mp4").read_bytes()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("odd", odd_clips(), ids=lambda odd: odd.name)
def test_any_clip_is_written_or_refused_in_a_sentence_and_leaves_nothing(
    odd: Odd, tmp_path: Path
) -> None:
    """A list of addresses in particular makes nobody read another file."""
    source, target = odd.make(tmp_path), tmp_path / "out of it.mp4"
    try:
        write_clip(source, target)
    except MediaRejected as error:
        assert str(error) == UNREADABLE
        assert not target.exists()
    else:
        assert frames_at_least_one(target)


def frames_at_least_one(path: Path) -> bool:
    with av.open(str(path)) as source:
        return next(source.decode(video=0), None) is not None


def test_what_is_no_clip_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaRejected, match="Add another one"):
        write_clip(sound_only(tmp_path / "a.mp4"), tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
