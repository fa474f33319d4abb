"""Videos go out as asked and come in frame by frame."""

import tracemalloc
from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image

from components.errors import MediaRejected
from components.media.clips.encoding import FRAME_RATE, VideoWriter, read_frames, video_facts
from tests.samples.media_files import drawing, video

SIZE = (128, 72)


def write(path: Path, frames: int, sound_from: Path | None = None) -> Path:
    with VideoWriter(path, SIZE, sound_from=sound_from) as writer:
        for number in range(frames):
            writer.write(Image.new("RGB", SIZE, (number % 256, 0, 0)))
    return path


def test_a_video_is_h264_of_24_frames_a_second_that_starts_without_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4", 48)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == FRAME_RATE
        assert sum(1 for _ in file.decode(stream)) == 48
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_facts_tell_size_length_rate_and_sound(tmp_path: Path) -> None:
    loud = video(tmp_path / "loud.mp4", size=(320, 180), seconds=1.0, fps=30, sound=True)
    facts = video_facts(loud)
    assert (facts.width_px, facts.height_px, facts.has_audio) == (320, 180, True)
    assert facts.duration_s == pytest.approx(1.0, abs=0.1)
    assert facts.frames_per_s == pytest.approx(30)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x00\x00\x00\x18ftypmp42"])
def test_a_file_that_is_not_a_video_is_rejected(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaRejected, match="cannot be read as a video"):
        video_facts(path)
    with pytest.raises(MediaRejected):
        list(read_frames(path, SIZE, duration_s=1))


def test_sound_alone_is_not_a_video(tmp_path: Path) -> None:
    loud = video(tmp_path / "loud.mp4", sound=True)
    alone = tmp_path / "sound.mp4"
    with av.open(str(loud)) as source, av.open(str(alone), "w") as target:
        stream = source.streams.audio[0]
        copy = target.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    with pytest.raises(MediaRejected):
        video_facts(alone)


@pytest.mark.parametrize(("fps", "seconds"), [(24, 1.0), (30, 1.5), (60, 0.5), (12, 2.0)])
def test_frames_come_at_24_a_second_whatever_the_source(
    tmp_path: Path, fps: int, seconds: float
) -> None:
    clip = video(tmp_path / "clip.mp4", fps=fps, seconds=seconds)
    frames = list(read_frames(clip, SIZE, duration_s=seconds))
    assert len(frames) == round(seconds * 24)
    # The clip grows brighter: frames in order never grow darker.
    levels = [frame.brightness.resize((1, 1)).tobytes()[0] for frame in frames]
    assert all(later >= earlier - 2 for earlier, later in pairwise(levels))


def test_a_short_source_starts_again(tmp_path: Path) -> None:
    clip = video(tmp_path / "clip.mp4", seconds=0.5)
    frames = list(read_frames(clip, SIZE, duration_s=1.25))
    assert len(frames) == 30
    assert frames[0].brightness.tobytes() == frames[12].brightness.tobytes()


def test_sound_is_taken_over_and_lasts_as_long_as_the_pictures(tmp_path: Path) -> None:
    loud = video(tmp_path / "loud.mp4", seconds=0.5, sound=True)
    path = write(tmp_path / "out.mp4", 48, sound_from=loud)
    with av.open(str(path)) as file:
        assert file.streams.audio[0].codec_context.name == "aac"
        samples = sum(frame.samples for frame in file.decode(audio=0))
    assert samples / 44_100 == pytest.approx(2.0, abs=0.1)


def test_a_silent_source_gives_no_sound_track(tmp_path: Path) -> None:
    silent = video(tmp_path / "silent.mp4", seconds=0.5)
    assert not video_facts(write(tmp_path / "out.mp4", 12, sound_from=silent)).has_audio


def test_memory_stays_flat_however_long_the_video(tmp_path: Path) -> None:
    clip = video(tmp_path / "clip.mp4", seconds=1.0)
    peaks = []
    for seconds in (1, 8):
        tracemalloc.start()
        for _ in read_frames(clip, SIZE, duration_s=seconds):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 1_000_000


def test_an_error_while_writing_is_passed_on_and_the_file_closed(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with pytest.raises(ValueError, match="stop"), VideoWriter(path, SIZE) as writer:
        writer.write(drawing(*SIZE))
        raise ValueError("stop")
    path.unlink(missing_ok=True)
