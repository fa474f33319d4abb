"""Odd clips, made by real encoders and broken by code."""

import io
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.stream import VideoStream

from tests.samples.media_corpus import SHARES, Odd, renamed, written
from tests.samples.media_files import (
    cut,
    drawing,
    even_frame,
    sound_only,
    turned_video,
    video,
)
from tests.samples.odd_streams import FRAGMENTS, remuxed, stretched_video, with_hole


def odd_clips() -> list[Odd]:
    """Return all clips of the corpus, and what only claims to be one."""
    return [*_containers(), *_lengths(), *_rates(), *_sides(), *_pixels(), *_sounds(), *_no_clips()]


def _clip(name: str, *, accepted: bool | None = True, **options: Any) -> Odd:
    given = {"size": (64, 64), "seconds": 3, **options}
    return Odd(name, lambda folder: video(folder / name, **given), accepted)


def _containers() -> Iterator[Odd]:
    yield _clip("fits.mp4", size=(720, 720), sound=True)
    yield _clip("fits.mov", size=(720, 720))
    yield _clip("fits.mkv", size=(720, 720), sound=True)
    yield _clip("mpeg4.avi", codec="mpeg4")
    yield _clip("vp9.webm", codec="libvpx-vp9")
    yield _clip("hevc.mov", codec="libx265")
    yield _clip("mjpeg.avi", codec="mjpeg yuvj420p")
    yield _clip("phone.3gp", codec="mpeg4", size=(176, 144))
    yield _clip("camera.ts", size=(720, 720), sound=True)
    yield _clip("camera.m2ts", size=(720, 720), options={"mpegts_m2ts_mode": "1"})
    yield _clip("disc.mpg", codec="mpeg2video")
    yield _clip("old.flv", codec="flv")
    yield _clip("old.wmv", codec="wmv2")
    yield _clip("recorder.mp4", size=(720, 720), options=FRAGMENTS, sound=True)
    yield Odd("later.mkv", lambda at: remuxed(_fitting(at), at / "later.mkv", later_s=7))
    yield Odd("later.mp4", lambda at: remuxed(_fitting(at), at / "later.mp4", later_s=7))
    yield Odd("later.ts", lambda at: remuxed(_fitting(at), at / "later.ts", later_s=90_000))
    yield Odd("two.mkv", lambda at: remuxed(_fitting(at), at / "two.mkv", copies=2))


def _lengths() -> Iterator[Odd]:
    yield _clip("1 s.mp4", seconds=1, accepted=False)
    yield _clip("2.9 s.mp4", seconds=2.9, accepted=False)
    yield _clip("10.05 s.mp4", size=(720, 720), seconds=10.05, sound=True)
    yield _clip("61 s.mp4", seconds=61, fps=1)
    yield _clip("one frame.mp4", seconds=1 / 24, accepted=False)


def _rates() -> Iterator[Odd]:
    yield _clip("120 fps.mp4", fps=120)
    yield _clip("15 fps.mp4", fps=15)
    yield _clip("7 fps.mkv", fps=7)
    yield Odd("varying.mp4", lambda folder: varying_video(folder / "varying.mp4"))
    yield Odd("varying.mkv", lambda folder: varying_video(folder / "varying.mkv"))


def _sides() -> Iterator[Odd]:
    yield _clip("200 by 200.mp4", size=(200, 200))
    yield _clip("4k.mp4", size=(3840, 2160), fps=3)
    yield _clip("strip.mp4", size=(800, 100))
    yield _clip("pole.mp4", size=(98, 402))
    yield Odd("stretched.mp4", lambda at: stretched_video(at / "stretched.mp4"))
    yield Odd("turned.mp4", lambda at: turned_video(at / "turned.mp4", (96, 64), seconds=3))


def _pixels() -> Iterator[Odd]:
    yield _clip("10 bits.mp4", codec="libx265 yuv420p10le")
    yield _clip("full colour.mp4", codec="libx264 yuv444p")
    yield Odd("hdr.mp4", lambda at: _high_dynamic_range(at / "hdr.mp4"))


def _sounds() -> Iterator[Odd]:
    yield _clip("surround.mkv", sound="ac3")
    yield _clip("96 khz.mov", sound="pcm_s16le")
    yield _clip("opus.webm", codec="libvpx-vp9", sound="libopus")


def _no_clips() -> Iterator[Odd]:
    yield Odd("only sound.mp4", lambda at: sound_only(at / "only sound.mp4"), accepted=False)
    yield Odd("cover.m4a", lambda at: _cover(at / "cover.m4a"), accepted=False)
    yield Odd("tone.wav", lambda at: _wave(at / "tone.wav"), accepted=False)
    yield Odd("picture.mp4", lambda at: renamed(at, "c.png", "picture.mp4"), accepted=False)
    contents = {
        "empty.mp4": b"",
        "text.mp4": b"hello",
        "head.mp4": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2",
        "head.mkv": b"\x1aE\xdf\xa3" + bytes(60),
        "head.avi": b"RIFF\xff\xff\0\0AVI LIST",
        "list.mp4": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "playlist.mov": b"#EXTM3U\nhttp://127.0.0.1:1/a.ts\n",
        "huge box.mp4": b"\xff\xff\xff\xffmoov" + bytes(40),
    }
    for name, content in contents.items():
        yield Odd(name, written(name, content), accepted=False)
    yield Odd("hole.mp4", lambda at: with_hole(_fitting(at)), accepted=False)
    for ending in ("mp4", "mov", "mkv", "avi"):
        for share in SHARES[1:]:
            yield _cut_clip(f"cut at {share:.0%}.{ending}", share)


def _cut_clip(name: str, share: float) -> Odd:
    front = {"movflags": "faststart"} if name.endswith(("mp4", "mov")) else None

    def make(folder: Path) -> Path:
        return cut(video(folder / name, seconds=2.5, options=front), share)

    return Odd(name, make, accepted=False)


def _fitting(folder: Path) -> Path:
    return video(folder / "fitting.mp4", size=(720, 720), seconds=3.2, sound=True)


def varying_video(path: Path) -> Path:
    """Write frames that stand for 20 to 200 milliseconds in turn."""
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 720, 720, "yuv420p"
        stream.options = {"preset": "ultrafast"}
        stream.codec_context.time_base = Fraction(1, 1000)
        at = 0
        for number in range(70):
            frame = even_frame(64 + number % 99, (720, 720))
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            at += 200 if number % 7 == 0 else 20 + number % 20
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _high_dynamic_range(path: Path) -> Path:
    with av.open(str(path), "w") as target:
        stream = target.add_stream("libx265", rate=24)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p10le"
        stream.options = {"preset": "ultrafast", "x265-params": "log-level=none"}
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, 16, 9
        for number in range(73):
            frame = even_frame(number, (64, 64)).reformat(format="yuv420p10le")
            frame.pts = number
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def _cover(path: Path) -> Path:
    """Write sound with the picture of an album, which is no clip."""
    plain = sound_only(path.with_name("sound.m4a"), seconds=4)
    buffer = io.BytesIO()
    drawing().save(buffer, "JPEG")
    with av.open(str(plain)) as source, av.open(str(path), "w", format="mp4") as target:
        sound = target.add_stream_from_template(source.streams.audio[0])
        cover = target.add_stream("mjpeg", rate=1)
        assert isinstance(cover, VideoStream)
        cover.width, cover.height, cover.pix_fmt = 400, 300, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        picture = av.Packet(buffer.getvalue())
        picture.stream, picture.pts, picture.dts = cover, 0, 0
        picture.time_base = Fraction(1)
        target.mux(picture)
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = sound
                target.mux(packet)
    plain.unlink()
    return path


def _wave(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(bytes(16_000))
    return path
