"""The sound of a repaired clip: any codec in, stereo AAC at 48 kHz out, in step with the cut."""

from fractions import Fraction
from typing import Any

import numpy
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import OutputContainer

Samples = numpy.ndarray[Any, Any]
_RATE_HZ = 48_000
_BIT_RATE = 192_000
# Below this, times jitter by rounding; filling such gaps would be heard as clicks.
_GAP_SAMPLES = _RATE_HZ // 25
_SILENCE_SAMPLES = 4096
_BLOCK_SAMPLES = 1024


class AudioTrack:
    """Takes decoded sound with its time from the start of the cut, and writes exactly the cut.

    Gaps become silence, what lies outside is dropped. Memory stays flat.
    """

    def __init__(self, output: OutputContainer, length_s: Fraction) -> None:
        self._output = output
        # Whole blocks of the coder: the last one must not reach beyond the picture.
        self._end = int(length_s * _RATE_HZ) // _BLOCK_SAMPLES * _BLOCK_SAMPLES
        self._done = 0
        self._resampler = _new_resampler()
        self._stream: AudioStream = output.add_stream("aac", rate=_RATE_HZ)
        self._stream.layout = "stereo"
        self._stream.bit_rate = _BIT_RATE

    @property
    def is_complete(self) -> bool:
        """True when the cut is full."""
        return self._done >= self._end

    def add(self, frame: AudioFrame, at_s: float | None) -> None:
        """Write a frame that begins at `at_s`; None continues where the last one ended."""
        if self.is_complete:
            return
        place = self._done if at_s is None else round(at_s * _RATE_HZ)
        frame.pts = None
        for part in self._resampled(frame):
            self._place(part.to_ndarray(), place)
            place += part.samples

    def finish(self) -> None:
        """Flush the encoder."""
        for part in self._resampler.resample(None):
            self._place(part.to_ndarray(), self._done)
        self._output.mux(self._stream.encode(None))

    def _resampled(self, frame: AudioFrame) -> list[AudioFrame]:
        try:
            return self._resampler.resample(frame)
        except ValueError:
            # The layout or rate changed on the way, as broadcasts do.
            self._resampler = _new_resampler()
            return self._resampler.resample(frame)

    def _place(self, samples: Samples, place: int) -> None:
        gap = place - self._done
        if gap < -_GAP_SAMPLES:
            samples = samples[:, -gap:]
        while gap > _GAP_SAMPLES and not self.is_complete:
            silent = min(gap, _SILENCE_SAMPLES)
            self._encode(numpy.zeros((2, silent), numpy.float32))
            gap -= silent
        self._encode(samples)

    def _encode(self, samples: Samples) -> None:
        samples = samples[:, : self._end - self._done]
        count = samples.shape[1]
        if count == 0:
            return
        frame = AudioFrame.from_ndarray(
            numpy.ascontiguousarray(samples), format="fltp", layout="stereo"
        )
        frame.sample_rate, frame.pts = _RATE_HZ, self._done
        frame.time_base = Fraction(1, _RATE_HZ)
        self._done += count
        self._output.mux(self._stream.encode(frame))


def _new_resampler() -> AudioResampler:
    return AudioResampler(format="fltp", layout="stereo", rate=_RATE_HZ)
