"""Whatever is handed in ends as a file that meets every limit, or as one clear sentence."""

from pathlib import Path

import av
import pytest
from PIL import Image

from components.errors import MediaRejected
from components.media.clips.preflight import preflight_video
from components.media.images.preflight import preflight_image
from components.media.preflight import preflight
from components.media.report import ClipChoices, ImageChoices, Preflight
from tests.samples.media_corpus import Odd
from tests.samples.odd_clips import odd_clips
from tests.samples.odd_pictures import odd_pictures

PICTURES, CLIPS = odd_pictures(), odd_clips()


def assert_fits_as_picture(path: Path) -> None:
    """Check a picture with nothing but Pillow against Kling's documentation."""
    assert path.stat().st_size <= 10_000_000
    with Image.open(path) as picture:
        assert picture.format in ("JPEG", "PNG")
        assert getattr(picture, "n_frames", 1) == 1
        assert picture.mode in ("L", "LA", "RGB", "RGBA")
        assert not picture.getexif()
        assert min(picture.size) >= 300
        assert 0.4 <= picture.width / picture.height <= 2.5
        picture.load()


def assert_fits_as_clip(path: Path) -> None:
    """Decode a clip with nothing but PyAV and check it against Kling's documentation."""
    assert path.stat().st_size <= 200_000_000
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.average_rate is not None
        assert 23.97 <= stream.average_rate <= 60
        assert all(sound.codec_context.name == "aac" for sound in source.streams.audio)
        times, sizes, formats, rotations = [], set(), set(), set()
        for frame in source.decode(stream):
            times.append(frame.time)
            sizes |= {frame.width, frame.height}
            formats.add(frame.format.name)
            rotations.add(frame.rotation)
        length_s = max(times) - min(times) + 1 / float(stream.average_rate)
        container_s = (source.duration or 0) / av.time_base
    assert 720 <= min(sizes) <= max(sizes) <= 2160
    assert formats == {"yuv420p"}
    assert rotations == {0}
    assert 2.999 <= length_s <= 10.001
    assert container_s <= 10.1


def outcome(odd: Odd, folder: Path, kind: type[ImageChoices | ClipChoices]) -> Preflight | None:
    """Return what came of a file; None after a refusal in one sentence that leaves nothing."""
    work = folder / "work"
    work.mkdir()
    file = odd.make(folder)
    content = file.read_bytes()
    try:
        facts = preflight(file, work, kind())
    except MediaRejected as error:
        assert str(error).endswith(".")
        assert "\n" not in str(error)
        assert len(str(error)) < 250
        return None
    finally:
        assert file.read_bytes() == content
    assert facts.untouched == (facts.path == file)
    assert list(work.iterdir()) == ([] if facts.untouched else [facts.path])
    return facts


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("odd", PICTURES, ids=lambda odd: odd.name)
def test_every_odd_picture_fits_in_the_end_or_is_refused_in_a_sentence(
    tmp_path: Path, odd: Odd
) -> None:
    facts = outcome(odd, tmp_path, ImageChoices)
    assert odd.accepted in (None, facts is not None)
    if facts is not None:
        assert_fits_as_picture(facts.path)
        assert preflight_image(facts.path, tmp_path).untouched


@pytest.mark.parametrize("odd", CLIPS, ids=lambda odd: odd.name)
def test_every_odd_clip_fits_in_the_end_or_is_refused_in_a_sentence(
    tmp_path: Path, odd: Odd
) -> None:
    facts = outcome(odd, tmp_path, ClipChoices)
    assert odd.accepted in (None, facts is not None)
    if facts is not None:
        assert_fits_as_clip(facts.path)
        assert preflight_video(facts.path, tmp_path).untouched


def test_the_corpus_is_large_enough() -> None:
    assert len(PICTURES) + len(CLIPS) >= 120
