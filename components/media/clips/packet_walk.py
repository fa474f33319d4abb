"""A walk over the packets of a video: read to the end, decoded as little as possible, measured.

A file that was cut, or whose middle was never written, is noticed without decoding it all.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from statistics import median
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from components.errors import MediaRejected

_READ_TIMEOUT_S = 20.0
_UNSTEADY = 1.8
_ROUNDING_S = 1e-6
_CUT = "ends too early, as if it was cut"
_HOLE = "has a hole in it, as if copying it broke off"
_MISSING_END_S = 0.5
# A few frames before the first key frame are left out by every player; more is a missing beginning.
_MISSING_START_S = 0.1
# Their length is estimated from what is there, so it does not tell what is missing.
_STREAMED_FORMATS = ("mpeg", "mpegts")


@dataclass(frozen=True)
class Pace:
    """How frames follow each other.

    `fps` is how many there are in a second all in all, `usual_fps` how fast they come most of the
    time; both 0 for a single frame. `is_steady` is false when one stands visibly longer.
    """

    start_s: float
    length_s: float
    fps: float
    usual_fps: float
    is_steady: bool


@dataclass
class Walk:
    """What was found; times in seconds as the file counts them, frames in the order of coding."""

    frame: VideoFrame | None
    times_s: list[float]
    picture_end_s: float = -inf
    start_s: float = inf
    end_s: float = -inf

    @property
    def total_s(self) -> float:
        """How long the file lasts, with its sound."""
        return max(self.end_s - self.start_s, 0.0)

    @property
    def undecodable_s(self) -> float:
        """How much lies before the first frame that can be decoded; its key frame is missing."""
        shown_s = self.frame.time if self.frame is not None else None
        if shown_s is None or not self.times_s:
            return 0.0
        lead_s = shown_s - min(self.times_s)
        return lead_s if lead_s >= _MISSING_START_S else 0.0

    def pace(self) -> Pace:
        """Measure the frames that can be decoded."""
        from_s = min(self.times_s, default=0.0) + self.undecodable_s - _ROUNDING_S
        ordered_s = sorted(at_s for at_s in self.times_s if at_s >= from_s)
        gaps_s = [after - before for before, after in pairwise(ordered_s)]
        usual_gap_s = median(gaps_s) if gaps_s else 0.0
        start_s = ordered_s[0] if ordered_s else 0.0
        if usual_gap_s <= 0:
            return Pace(start_s, max(self.picture_end_s - start_s, 0.0), 0.0, 0.0, is_steady=True)
        return Pace(
            start_s=start_s,
            length_s=max(self.picture_end_s, ordered_s[-1] + usual_gap_s) - start_s,
            fps=len(gaps_s) / (ordered_s[-1] - start_s),
            usual_fps=1 / usual_gap_s,
            is_steady=max(gaps_s) <= _UNSTEADY * usual_gap_s,
        )


def walk_over(source: InputContainer, stream: VideoStream, name: str) -> Walk:
    """Read every packet and decode the first frame.

    Raises `MediaRejected` for a file that is cut, has a hole in its picture, or takes longer than
    20 s to read.
    """
    found = Walk(None, [])
    is_whole = _check_of(stream)
    is_streamed = source.format.name in _STREAMED_FORMATS
    deadline_s = time.monotonic() + _READ_TIMEOUT_S
    for packet in source.demux():
        if time.monotonic() > deadline_s:
            raise MediaRejected(f"{name} takes too long to read", remedy="export it again")
        if packet.is_corrupt and not is_streamed:
            raise MediaRejected(f"{name} {_CUT}", remedy="export it again")
        is_picture = packet.stream is stream
        if is_picture and packet.size and not is_whole(packet):
            raise MediaRejected(f"{name} {_HOLE}", remedy="copy or export it again")
        if is_picture and found.frame is None:
            frames = (each for each in packet.decode() if isinstance(each, VideoFrame))
            found.frame = next(frames, None)
        if not packet.is_discard:
            _note(found, packet, is_picture)
    if not is_streamed and _is_cut(found, source, stream):
        raise MediaRejected(f"{name} {_CUT}", remedy="export it again")
    return found


def stated_length_s(source: InputContainer, stream: VideoStream) -> float:
    """Return how long the picture lasts by the head of the file, in seconds; 0 if it is silent."""
    is_streamed = source.format.name in _STREAMED_FORMATS
    if is_streamed or stream.duration is None or stream.time_base is None:
        return 0.0
    return float(stream.duration * stream.time_base)


def _note(found: Walk, packet: "Packet[Any]", is_picture: bool) -> None:
    if packet.pts is None or packet.time_base is None:
        return
    at_s = float(packet.pts * packet.time_base)
    end_s = at_s + float((packet.duration or 0) * packet.time_base)
    found.start_s, found.end_s = min(found.start_s, at_s), max(found.end_s, end_s)
    if is_picture:
        found.times_s.append(at_s)
        found.picture_end_s = max(found.picture_end_s, end_s)


def _is_cut(found: Walk, source: InputContainer, stream: VideoStream) -> bool:
    """Tell whether less is there than the head promises: of the picture, or else of the file."""
    if promised_s := stated_length_s(source, stream):
        return found.pace().length_s + found.undecodable_s < promised_s - _MISSING_END_S
    # Matroska counts from zero, whenever its first frame is due.
    return found.end_s < (source.duration or 0) / av.time_base - _MISSING_END_S


def _check_of(stream: VideoStream) -> Callable[["Packet[Any]"], bool]:
    """Return what tells whether a packet is built as it must be; for H.264 in a container alone.

    There each packet is a row of units, each behind its length (ISO 14496-15, 4.3.3): zeros and
    noise are none. What is stored otherwise is decoded for its repair anyway.
    """
    head = stream.codec_context.extradata
    if stream.codec_context.name != "h264" or not head or head[0] != 1 or len(head) < 5:
        return lambda _: True
    prefix_bytes = (head[4] & 3) + 1

    def is_whole(packet: "Packet[Any]") -> bool:
        content, at = memoryview(packet), 0
        while at + prefix_bytes < len(content):
            unit_bytes = int.from_bytes(content[at : at + prefix_bytes])
            if unit_bytes == 0:
                return False
            at += prefix_bytes + unit_bytes
        return at == len(content)

    return is_whole
