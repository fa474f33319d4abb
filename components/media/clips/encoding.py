"""Videos in and out, frame by frame: memory stays flat whatever the length.

`VideoWriter` makes an H.264 MP4 (yuv420p, faststart) with the sound of another file if asked;
`read_frames` gives the frames of a file at the same rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Self

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from components.errors import MediaRejected
from components.media.clips.display_matrix import turn_of
from components.media.drawing.canvas import Picture
from components.media.drawing.planes import Filling, Planes, Size, frame_of, planes_of

FRAME_RATE = 24
SAMPLE_RATE_HZ = 44_100
# The least work that still looks good; one thread, because several are rendered at once.
_ENCODER = {"preset": "ultrafast", "crf": "24", "threads": "1"}


@dataclass(frozen=True)
class VideoFacts:
    """What a video file is: upright sides in pixels, length in seconds."""

    container: str
    width_px: int
    height_px: int
    duration_s: float
    frames_per_s: float
    has_audio: bool


def video_facts(path: Path) -> VideoFacts:
    """Read the head of a video file. Raises `MediaRejected` when there is no video in it."""
    try:
        with av.open(str(path)) as source:
            stream = source.streams.video[0]
            frame = next(source.decode(stream))
            turned = turn_of(frame).swaps_sides
            sides = (frame.height, frame.width) if turned else (frame.width, frame.height)
            return VideoFacts(
                container=source.format.name,
                width_px=sides[0],
                height_px=sides[1],
                duration_s=(source.duration or 0) / 1_000_000,
                frames_per_s=float(stream.average_rate or 0),
                has_audio=bool(source.streams.audio),
            )
    except (av.FFmpegError, IndexError, StopIteration, ValueError) as error:
        raise MediaRejected("The file cannot be read as a video.") from error


def read_frames(path: Path, size_px: Size, *, duration_s: float) -> Iterator[Planes]:
    """Yield the video's frames, upright and filling the size, 24 a second, from the start.

    A video shorter than `duration_s` starts again. Raises `MediaRejected` when it breaks off.
    """
    wanted = round(duration_s * FRAME_RATE)
    given = 0
    while given < wanted:
        before = given
        for planes in _one_pass(path, size_px):
            yield planes
            given += 1
            if given == wanted:
                return
        if given == before:
            raise MediaRejected("The video has no pictures in it.")


class VideoWriter:
    """Writes frames, and the sound of `sound_from` if given, into an MP4 of 24 a second.

    Use as a context manager; the file is complete when it closes.
    """

    def __init__(
        self, path: Path, size_px: tuple[int, int], *, sound_from: Path | None = None
    ) -> None:
        self.size_px = size_px
        self._file = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self._video = self._file.add_stream("libx264", rate=FRAME_RATE)
        self._video.width, self._video.height = size_px
        self._video.pix_fmt = "yuv420p"
        self._video.options = {**_ENCODER}
        codec = self._video.codec_context
        codec.colorspace = codec.color_primaries = codec.color_trc = Colorspace.ITU709
        codec.color_range = ColorRange.MPEG
        self._frame_count = 0
        self._sample_count = 0
        self._audio: AudioStream | None = None
        self._sound: Iterator[AudioFrame] = iter(())
        if sound_from is not None and _has_sound(sound_from):
            self._audio = self._file.add_stream("aac", rate=SAMPLE_RATE_HZ)
            self._audio.layout = "stereo"
            self._sound = _sound_frames(sound_from)

    def write(self, picture: Picture | Planes) -> None:
        """Append one picture of `size_px`, and the sound that belongs to it."""
        frame = frame_of(picture if isinstance(picture, Planes) else planes_of(picture))
        frame.pts = self._frame_count
        self._file.mux(self._video.encode(frame))
        self._frame_count += 1
        self._write_sound_until(self._frame_count * SAMPLE_RATE_HZ // FRAME_RATE)

    def _write_sound_until(self, sample: int) -> None:
        while self._audio is not None and self._sample_count < sample:
            frame = next(self._sound, None)
            if frame is None:
                return
            frame.pts = self._sample_count
            self._sample_count += frame.samples
            self._file.mux(self._audio.encode(frame))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        try:
            if error is None:
                self._file.mux(self._video.encode(None))
                if self._audio is not None:
                    self._file.mux(self._audio.encode(None))
        finally:
            self._file.close()


def _one_pass(path: Path, size_px: Size) -> Iterator[Planes]:
    try:
        with av.open(str(path)) as source:
            source.streams.video[0].thread_type = "AUTO"
            yield from _at_frame_rate(source, size_px)
    except (av.FFmpegError, IndexError) as error:
        raise MediaRejected("The file cannot be read as a video.") from error


def _at_frame_rate(source: InputContainer, size_px: Size) -> Iterator[Planes]:
    """Show each frame until the next one is due, repeating or leaving out frames as needed."""
    stream = source.streams.video[0]
    frame_s = float(1 / stream.average_rate) if stream.average_rate else 1 / FRAME_RATE
    fill = Filling(size_px)
    tick, time_s, start_s = 0, 0.0, 0.0
    held: VideoFrame | None = None
    for frame in source.decode(stream):
        time_s = time_s + frame_s if frame.time is None else frame.time
        if held is None:
            start_s = time_s
        else:
            ticks = _ticks_until(time_s - start_s)
            if ticks > tick:
                yield from repeat(fill(held), ticks - tick)
            tick = max(tick, ticks)
        held = frame
    if held is not None:
        rest = _ticks_until(time_s - start_s + frame_s) - tick
        yield from repeat(fill(held), rest if tick else max(1, rest))


def _ticks_until(time_s: float) -> int:
    return round(time_s * FRAME_RATE)


def _has_sound(path: Path) -> bool:
    with av.open(str(path)) as source:
        return bool(source.streams.audio)


def _sound_frames(path: Path) -> Iterator[AudioFrame]:
    """Yield the sound as stereo AAC input, again and again, as long as it is asked for."""
    while True:
        resampler = AudioResampler(format="fltp", layout="stereo", rate=SAMPLE_RATE_HZ)
        heard = False
        with av.open(str(path)) as source:
            for frame in source.decode(source.streams.audio[0]):
                for part in resampler.resample(frame):
                    heard = True
                    yield part
        if not heard:
            return
