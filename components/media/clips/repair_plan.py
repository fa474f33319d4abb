"""What has to happen to a clip so that it meets the limits, with the least change: no I/O.

A clip that only has another container, other sound, or is too long keeps its picture as it is
stored; anything else is encoded anew.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isfinite

from components.media.clips.display_matrix import DisplayTurn
from components.media.clips.inspection import VideoInfo
from components.media.clips.limits import (
    VideoLimits,
    codec_label,
    file_length_s,
    has_plain_picture,
    has_steady_rate,
    video_checks,
)
from components.media.formats.wording import megabytes, sides
from components.media.images.sizing import Size
from components.media.report import ClipChoices, Harmless

_USUAL_RATES = (24, 25, 30, 50, 60)
_UNKNOWN_RATE = Fraction(30)
# So near a limit, a frame more or less every other second is less than twice as many.
_NEARLY = Fraction(1, 2)
# What lies behind the asked start must be long enough after the last frame is rounded as well.
_START_MARGIN_S = 0.1
# A first frame later than this is seen to be late; reordered frames begin a few frames late.
_DARK_S = 0.25


@dataclass(frozen=True)
class ClipPlan:
    """From `start_s` on, `frame_count` frames at `rate` a second; content amid a canvas, upright.

    `keeps_picture` says that the stored frames can stay as they are, `keeps_sound` the sound.
    Before the start lie `undecodable_s` that are passed over.
    """

    start_s: float
    frame_count: int
    rate: Fraction
    content_px: Size
    canvas_px: Size
    keeps_picture: bool
    keeps_sound: bool
    undecodable_s: float = 0.0

    @property
    def length_s(self) -> Fraction:
        """How long the frames last, in seconds."""
        return self.frame_count / self.rate


def plan_clip(info: VideoInfo, choices: ClipChoices, limits: VideoLimits) -> ClipPlan:
    """Return what to do with a clip that is long enough."""
    start_s = _start_s(choices.start_s, info, limits)
    length_s = min(info.duration_s - start_s, limits.max_duration_s)
    rate = frame_rate(info, limits)
    fewest = ceil(Fraction(limits.min_duration_s) * rate)
    most = floor(Fraction(limits.max_duration_s) * rate)
    content_px, canvas_px = frame_sizes(_display_size(info), limits)
    broken = {check.label for check in video_checks(info, limits) if not check.holds}
    kept_bytes = info.size_bytes * length_s / info.duration_s
    return ClipPlan(
        start_s=start_s,
        frame_count=min(max(round(length_s * rate), fewest), most),
        rate=rate,
        content_px=content_px,
        canvas_px=canvas_px,
        keeps_picture=(
            "Sides" not in broken
            and has_steady_rate(info, limits)
            and info.duration_s >= limits.min_duration_s
            and has_plain_picture(info)
            and info.container != "avi"
            and info.turn is DisplayTurn.NONE
            and start_s == 0
            and info.undecodable_s == 0
            and kept_bytes <= limits.max_size_bytes
        ),
        keeps_sound=info.audio_codec == "aac",
        undecodable_s=info.undecodable_s,
    )


def needs_work(info: VideoInfo, plan: ClipPlan, limits: VideoLimits) -> bool:
    """Tell whether the file cannot go out as it is."""
    all_hold = all(check.holds for check in video_checks(info, limits))
    is_plain = info.picture_tracks == 1 and not info.has_place and info.start_s < _DARK_S
    return not (all_hold and plan.keeps_picture and is_plain)


def frame_rate(info: VideoInfo, limits: VideoLimits) -> Fraction:
    """Return a steady rate within the limits.

    A rate outside is multiplied or divided by a whole number, so that every frame is shown
    equally long: 15 becomes 30, 120 becomes 60. One that varies becomes a usual one.
    """
    slowest, fastest = Fraction(limits.min_fps), Fraction(limits.max_fps)
    fps = info.fps if info.is_steady else info.usual_fps or info.fps
    rate = Fraction(fps).limit_denominator(1001) if isfinite(fps) else Fraction(0)
    if rate <= 0:
        return _UNKNOWN_RATE
    if not info.is_steady:
        enough = (usual for usual in _USUAL_RATES if usual >= rate - Fraction(1, 2))
        return Fraction(next(enough, _USUAL_RATES[-1]))
    if rate > fastest:
        near = rate - fastest <= _NEARLY
        return fastest if near else rate / ceil(rate / fastest)
    if rate < slowest:
        near = slowest - rate <= _NEARLY
        return slowest if near else _multiplied(rate, slowest, fastest)
    return rate


def frame_sizes(size_px: Size, limits: VideoLimits) -> tuple[Size, Size]:
    """Return the even sizes of content and canvas; they differ beyond a ratio of 3:1.

    What is longer than 3:1 cannot have both sides within 720 to 2160 pixels: it is scaled to the
    full length and padded, so that the most of it is seen.
    """
    shorter, longer = min(size_px), max(size_px)
    if longer * limits.min_side_px > shorter * limits.max_side_px:
        scale = Fraction(limits.max_side_px, longer)
    elif shorter < limits.min_side_px:
        scale = Fraction(limits.min_side_px, shorter)
    else:
        scale = min(Fraction(1), Fraction(limits.max_side_px, longer))
    width_px, height_px = (
        min(max(2, round(side * scale / 2) * 2), limits.max_side_px) for side in size_px
    )
    canvas_px = (max(width_px, limits.min_side_px), max(height_px, limits.min_side_px))
    return (width_px, height_px), canvas_px


def clip_changes(before: VideoInfo, after: VideoInfo, plan: ClipPlan) -> tuple[str, ...]:
    """Return a sentence for each thing that was done."""
    original, original_label = _display_size(before), f"{before.container.upper()}"
    scaled = "Enlarged" if plan.content_px > original else "Shrunk"
    end_s = plan.start_s + after.duration_s
    span = f"from {_clock(plan.start_s)} to {_clock(end_s)}"
    labels = (f"{original_label} ({codec_label(before)})", f"MP4 ({codec_label(after)})")
    is_cut = plan.start_s > 0 or before.duration_s > end_s + 0.05
    sound_is_cut = not is_cut and file_length_s(before) > before.duration_s
    changes = {
        f"Cut to {after.duration_s:.4g} s, {span}.": is_cut,
        "Cut the sound to the length of the picture.": sound_is_cut,
        f"Kept the first of its {before.picture_tracks} picture tracks.": before.picture_tracks > 1,
        Harmless("Turned upright."): before.turn not in (DisplayTurn.NONE, DisplayTurn.MIRRORED),
        "Mirrored, as its head says.": before.turn.is_mirrored,
        f"{scaled} from {sides(*original)} to {sides(*plan.content_px)}.": not plan.keeps_picture
        and original != plan.content_px,
        f"Left out its first {before.undecodable_s:.2f} s, which no player can show, as the key "
        "frame is missing.": before.undecodable_s > 0,
        "Left out the dark before its first frame.": before.start_s >= _DARK_S
        and not before.undecodable_s,
        "Made its pixels square.": not before.has_square_pixels,
        f"Padded to {sides(*plan.canvas_px)} with black.": plan.canvas_px != plan.content_px,
        f"Made its varying frame rate a steady {after.fps:.4g} a second.": not before.is_steady,
        f"Changed from {before.fps:.4g} to {after.fps:.4g} frames a second.": before.is_steady
        and abs(before.fps - after.fps) > 0.05,
        f"Saved as {labels[1]} instead of {labels[0]}.": labels[0] != labels[1]
        and (before.container != "mov" or codec_label(before) != codec_label(after)),
        f"Converted the sound from {before.audio_codec.upper()} to AAC.": after.has_audio
        and not plan.keeps_sound,
        "Left the sound out, because it cannot be read.": before.has_audio and not after.has_audio,
        Harmless("Removed the place where it was recorded."): before.has_place,
    }
    done = [sentence for sentence, applies in changes.items() if applies]
    if not plan.keeps_picture:
        sizes = [megabytes(before.size_bytes), megabytes(after.size_bytes)]
        change = f", from {sizes[0]} to {sizes[1]}" if sizes[0] != sizes[1] else ""
        done.append(f"Encoded the picture anew{change}.")
    return tuple(done) or (Harmless("Wrote the file anew as MP4."),)


def _start_s(wanted_s: float, info: VideoInfo, limits: VideoLimits) -> float:
    latest_s = max(0.0, info.duration_s - limits.min_duration_s - _START_MARGIN_S)
    return min(max(wanted_s, 0.0), latest_s) if isfinite(wanted_s) else 0.0


def _display_size(info: VideoInfo) -> Size:
    """Return the upright size with square pixels."""
    aspect = info.pixel_aspect if 0.1 < info.pixel_aspect < 10 else 1.0
    width_px, height_px = info.width_px, info.height_px
    if info.turn.swaps_sides:
        return width_px, max(1, round(height_px * aspect))
    return max(1, round(width_px * aspect)), height_px


def _multiplied(rate: Fraction, slowest: Fraction, fastest: Fraction) -> Fraction:
    wanted = rate * ceil(slowest / rate)
    return wanted if wanted <= fastest else slowest


def _clock(seconds: float) -> str:
    """Return "0:12", with tenths where there are any."""
    tenths = round(seconds * 10)
    rest = f".{tenths % 10}" if tenths % 10 else ""
    return f"{tenths // 600}:{tenths // 10 % 60:02}{rest}"
