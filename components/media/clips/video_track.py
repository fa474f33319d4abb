"""The picture of a repaired clip: steady rate, upright, scaled, padded, 8 bits, as H.264."""

from fractions import Fraction

from av.container import OutputContainer
from av.filter import Graph
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from components.media.clips.display_matrix import DisplayTurn, turn_of
from components.media.clips.repair_plan import ClipPlan
from components.media.report import Progress

# PQ and HLG, what phones and cameras call HDR, by their numbers in ITU-T H.273.
_HDR_TRANSFERS = (16, 18)
_BT2020 = 9
# 120 Mb/s keep ten seconds at 150 MB, below the 200 MB a model takes, even if all of it is noise.
_ENCODER = {"preset": "superfast", "crf": "18", "maxrate": "120M", "bufsize": "120M"}


class VideoTrack:
    """Takes decoded frames with their time from the start of the cut, and writes exactly the cut.

    Each frame stands until the next is due; the last one until the end.
    """

    def __init__(self, output: OutputContainer, plan: ClipPlan, progress: Progress) -> None:
        self._output = output
        self._plan = plan
        self._progress = progress
        self._done = 0
        self._held: VideoFrame | None = None
        self._filter: _Filter | None = None
        self._turn: DisplayTurn | None = None
        self._stream: VideoStream = output.add_stream("libx264", rate=plan.rate)
        self._stream.width, self._stream.height = plan.canvas_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.options = {**_ENCODER}

    @property
    def is_complete(self) -> bool:
        """True when the cut is full."""
        return self._done >= self._plan.frame_count

    def add(self, frame: VideoFrame, at_s: float) -> None:
        """Show the frame from `at_s` on; what lies before the cut only replaces what is held."""
        self._write_until(round(at_s * self._plan.rate))
        self._held = frame
        # The head says it once for all frames; not every decoder repeats it with each of them.
        self._turn = self._turn or turn_of(frame)

    def finish(self) -> None:
        """Hold the last frame to the end and flush the encoder."""
        self._write_until(self._plan.frame_count)
        self._output.mux(self._stream.encode(None))

    def _write_until(self, count: int) -> None:
        count = min(count, self._plan.frame_count)
        if self._held is None or count <= self._done:
            return
        if self._filter is None or not self._filter.fits(self._held):
            self._filter = _Filter(self._held, self._plan, self._turn or DisplayTurn.NONE)
        ready = self._filter.apply(self._held)
        if self._done == 0:
            self._tag(ready)
        while self._done < count:
            ready.pts, ready.time_base = self._done, 1 / self._plan.rate
            ready.pict_type = PictureType.NONE
            self._output.mux(self._stream.encode(ready))
            self._done += 1
            self._progress(self._done / self._plan.frame_count)

    def _tag(self, frame: VideoFrame) -> None:
        """Write what the colours mean into the file; players guess otherwise."""
        codec = self._stream.codec_context
        codec.colorspace, codec.color_range = frame.colorspace, frame.color_range
        codec.color_primaries, codec.color_trc = frame.color_primaries, frame.color_trc


class _Filter:
    """Turns, scales and pads frames of one size and format."""

    def __init__(self, frame: VideoFrame, plan: ClipPlan, turn: DisplayTurn) -> None:
        self._like = (frame.width, frame.height, frame.format.name)
        self._graph = Graph()
        source = self._graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 1000)
        )
        nodes = [source, *(self._graph.add(*step) for step in _steps(frame, plan, turn))]
        self._graph.link_nodes(*nodes, self._graph.add("buffersink")).configure()

    def fits(self, frame: VideoFrame) -> bool:
        """Tell whether a frame is of the kind this was built for."""
        return self._like == (frame.width, frame.height, frame.format.name)

    def apply(self, frame: VideoFrame) -> VideoFrame:
        """Return the frame as it will be encoded."""
        self._graph.vpush(frame)
        return self._graph.vpull()


def _steps(frame: VideoFrame, plan: ClipPlan, turn: DisplayTurn) -> list[tuple[str, str]]:
    width_px, height_px = plan.content_px
    steps = list(turn.filters)
    size = f"w={width_px}:h={height_px}:flags=bicubic"
    if _has_wide_colours(frame) and width_px * height_px < frame.width * frame.height:
        # Colours take far longer than sizes: they are converted when there are fewer pixels.
        steps.append(("scale", size))
    steps.append(("scale", f"{size}:{_colours(frame)}"))
    if plan.canvas_px != plan.content_px:
        canvas = f"w={plan.canvas_px[0]}:h={plan.canvas_px[1]}"
        steps.append(("pad", f"{canvas}:x=(ow-iw)/2:y=(oh-ih)/2:color=black"))
    return [*steps, ("setsar", "1"), ("format", "pix_fmts=yuv420p")]


def _colours(frame: VideoFrame) -> str:
    """Ask for standard colours where the stored ones are wider, or are no video colours at all."""
    if _has_wide_colours(frame):
        return "out_primaries=bt709:out_transfer=bt709:out_color_matrix=bt709:out_range=tv"
    is_rgb = frame.format.name.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "pal"))
    return "out_color_matrix=bt709:out_range=tv" if is_rgb else "out_range=tv"


def _has_wide_colours(frame: VideoFrame) -> bool:
    return frame.color_trc in _HDR_TRANSFERS or frame.color_primaries == _BT2020
