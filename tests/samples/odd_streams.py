"""Clips whose packets are sound and whose container is odd: written anew, packet by packet."""

from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from tests.samples.media_files import even_frame

FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof+delay_moov"}


def remuxed(source: Path, path: Path, *, later_s: float = 0.0, copies: int = 1) -> Path:
    """Write the same packets, all of them later, each track as often as asked."""
    with av.open(str(source)) as given, av.open(str(path), "w") as target:
        tracks = [
            {stream.index: target.add_stream_from_template(stream) for stream in given.streams}
            for _ in range(copies)
        ]
        for packet in given.demux():
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            later = round(later_s / packet.time_base)
            for track in tracks:
                copy = av.Packet(bytes(packet))
                copy.pts, copy.dts = packet.pts + later, packet.dts + later
                copy.time_base, copy.duration = packet.time_base, packet.duration
                copy.is_keyframe = packet.is_keyframe
                copy.stream = track[packet.stream_index]
                target.mux(copy)
    return path


def stretched_video(path: Path) -> Path:
    """Write frames of 960x720 that are shown as 1280x720."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 960, 720, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        for number in range(73):
            target.mux(stream.encode(even_frame(number, (720, 960))))
        target.mux(stream.encode(None))
    return path


def with_hole(path: Path) -> Path:
    """Turn the middle of a file into zeros, as a copy that broke off leaves it."""
    content = bytearray(path.read_bytes())
    third = len(content) // 3
    content[third : 2 * third] = bytes(third)
    path.write_bytes(content)
    return path


def padded(source: Path, path: Path, size_bytes: int) -> Path:
    """Write the same frames with filling in them, as cameras of a constant rate do."""
    with av.open(str(source)) as given, av.open(str(path), "w") as target:
        tracks = {each.index: target.add_stream_from_template(each) for each in given.streams}
        each_bytes = (size_bytes - source.stat().st_size) // given.streams.video[0].frames
        unit = b"\x0c" + b"\xff" * (each_bytes - 6) + b"\x80"
        for packet in given.demux():
            if packet.dts is None:
                continue
            content = bytes(packet)
            if packet.stream is given.streams.video[0]:
                content += len(unit).to_bytes(4) + unit
            copy = av.Packet(content)
            copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
            copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
            copy.stream = tracks[packet.stream_index]
            target.mux(copy)
    return path
