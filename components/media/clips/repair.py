"""Writing a repaired clip: packets stay as they are stored where they can, else all is encoded.

Packets and frames pass through one at a time, so memory stays flat whatever the length.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from components.errors import MediaRejected
from components.media.clips.audio_track import AudioTrack
from components.media.clips.inspection import opened
from components.media.clips.repair_plan import ClipPlan
from components.media.clips.video_track import VideoTrack
from components.media.report import Cancelled, Progress, stop_if
from components.media.store.durable_files import disk_space_watched

# Sound lies a little apart from its picture in a file; further on nothing of the cut follows.
_INTERLEAVED_WITHIN_S = 5.0
_PRIMING_S = 0.1


def encode_clip(
    path: Path, target: Path, plan: ClipPlan, *, progress: Progress, cancelled: Cancelled
) -> None:
    """Write the planned cut, picture and sound encoded anew.

    Raises `MediaRejected` for a file that cannot be decoded, `RepairCancelled`, `DiskFull`.
    """
    with _between(path, target) as (source, stream, output):
        stream.thread_type = "AUTO"
        origin_s = _origin_s(stream) + plan.undecodable_s
        _seek(source, origin_s + plan.start_s)
        picture = VideoTrack(output, plan, progress)
        voice = _sound_of(source)
        sound = AudioTrack(output, plan.length_s) if voice else None
        clock = _Clock(origin_s + plan.start_s, float(stream.average_rate or 30))
        for packet in source.demux([stream, voice] if voice else [stream]):
            stop_if(cancelled)
            for frame in packet.decode():
                if isinstance(frame, VideoFrame):
                    picture.add(frame, clock.of(frame))
                elif isinstance(frame, AudioFrame) and sound:
                    sound.add(frame, None if frame.time is None else frame.time - clock.zero_s)
            sound_is_complete = sound is None or sound.is_complete
            late = _time_s(packet) > clock.zero_s + plan.length_s + _INTERLEAVED_WITHIN_S
            if picture.is_complete and (sound_is_complete or late):
                break
        picture.finish()
        if sound:
            sound.finish()


def copy_clip(
    path: Path, target: Path, plan: ClipPlan, *, progress: Progress, cancelled: Cancelled
) -> None:
    """Write the planned cut with the picture as it is stored, and the sound too where it can be.

    Raises `MediaRejected` where only encoding helps, `RepairCancelled`, `DiskFull`.
    """
    with _between(path, target) as (source, stream, output):
        picture = output.add_stream_from_template(stream)
        voice = _sound_of(source)
        kept = output.add_stream_from_template(voice) if voice and plan.keeps_sound else None
        sound = AudioTrack(output, plan.length_s) if voice and not plan.keeps_sound else None
        origin_s, is_cut = _origin_s(stream), False
        for packet in source.demux([stream, voice] if voice else [stream]):
            stop_if(cancelled)
            at_s = _time_s(packet) - origin_s
            if packet.stream is stream:
                if packet.is_discard:
                    raise MediaRejected("Frames that are not shown cannot be left out uncoded.")
                # Everything behind the first late frame may need it, though it is shown earlier.
                is_cut = is_cut or at_s >= plan.length_s
                if packet.dts is not None and not is_cut:
                    _mux(output, packet, picture, origin_s)
                    progress(min(1.0, max(0.0, at_s / float(plan.length_s))))
            elif sound:
                for frame in packet.decode():
                    if isinstance(frame, AudioFrame):
                        sound.add(frame, None if frame.time is None else frame.time - origin_s)
            elif kept and packet.dts is not None and _is_heard(packet, at_s, plan.length_s):
                _mux(output, packet, kept, origin_s)
        if sound:
            sound.finish()


@contextmanager
def _between(
    path: Path, target: Path
) -> Iterator[tuple[InputContainer, VideoStream, OutputContainer]]:
    """Lend the source and an MP4 to write; `target` is gone when something goes wrong."""
    try:
        with (
            opened(path) as (source, stream),
            disk_space_watched(),
            av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as output,
        ):
            yield source, stream, output
    except BaseException:
        target.unlink(missing_ok=True)
        raise


class _Clock:
    """Tells when a frame is due, in seconds from the start of the cut, also where no time is."""

    def __init__(self, zero_s: float, rate: float) -> None:
        self.zero_s = zero_s
        self._frame_s = 1 / rate
        self._next_s = 0.0

    def of(self, frame: VideoFrame) -> float:
        """Return when the frame begins; right behind the last one where the file does not say."""
        at_s = self._next_s
        ticks = frame.dts if frame.pts is None else frame.pts
        if ticks is not None and frame.time_base is not None:
            at_s = float(ticks * frame.time_base) - self.zero_s
        self._next_s = at_s + self._frame_s
        return at_s


def _origin_s(stream: VideoStream) -> float:
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def _sound_of(source: InputContainer) -> AudioStream | None:
    """Return the first sound that FFmpeg has a decoder for."""
    readable = [stream for stream in source.streams.audio if stream.codec_context is not None]
    return readable[0] if readable else None


def _seek(source: InputContainer, to_s: float) -> None:
    """Go to the key frame before; an AVI may have no index, and is read from its beginning."""
    if to_s > 1 and not source.format.name.startswith("avi"):
        with suppress(av.FFmpegError):
            source.seek(int(to_s * av.time_base), backward=True)


def _time_s(packet: "Packet[Any]") -> float:
    if packet.pts is None or packet.time_base is None:
        return 0.0
    return float(packet.pts * packet.time_base)


def _is_heard(packet: "Packet[Any]", at_s: float, length_s: Fraction) -> bool:
    """Tell whether sound lies within the cut; what a coder needs to begin lies a little before."""
    end_s = at_s + float((packet.duration or 0) * (packet.time_base or 0))
    return at_s >= -_PRIMING_S and end_s <= length_s


def _mux(
    output: OutputContainer,
    packet: "Packet[Any]",
    stream: VideoStream | AudioStream,
    origin_s: float,
) -> None:
    """Write a packet as it is, its time counted from the first frame on."""
    if packet.time_base and packet.pts is not None and packet.dts is not None:
        origin = round(origin_s / packet.time_base)
        packet.pts, packet.dts = packet.pts - origin, packet.dts - origin
    packet.stream = stream
    output.mux(packet)
