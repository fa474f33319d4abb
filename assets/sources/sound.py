"""The sound of the film: a soft chord, a few bells and the sea."""

import math

import numpy

SAMPLE_RATE_HZ = 48_000
CHORDS_HZ = ((174.6, 220.0, 261.6, 329.6), (130.8, 196.0, 261.6, 293.7))
BELLS = (
    (0.35, 1046.5),
    (0.85, 784.0),
    (1.35, 880.0),
    (2.2, 1318.5),
    (2.7, 1046.5),
    (3.2, 784.0),
    (3.7, 587.3),
)


def swell(time_s: numpy.ndarray, start_s: float, end_s: float) -> numpy.ndarray:
    """Rise and fall without a corner, so that nothing clicks."""
    share = numpy.clip((time_s - start_s) / (end_s - start_s), 0, 1)
    return numpy.sin(math.pi * share) ** 0.8


def sea(count: int, chance: numpy.random.Generator) -> numpy.ndarray:
    """Low noise that comes and goes like waves on a wall."""
    spectrum = numpy.fft.rfft(chance.normal(0, 1, count))
    pitch = numpy.fft.rfftfreq(count, 1 / SAMPLE_RATE_HZ)
    noise = numpy.fft.irfft(spectrum / (1 + (pitch / 420) ** 2), count)
    time_s = numpy.arange(count) / SAMPLE_RATE_HZ
    return noise / numpy.abs(noise).max() * (0.55 + 0.45 * numpy.sin(time_s * math.tau / 2.5 - 1))


def melody(duration_s: int) -> numpy.ndarray:
    """Two channels of samples from -1 to 1, shape (2, samples)."""
    count = duration_s * SAMPLE_RATE_HZ
    time_s = numpy.arange(count) / SAMPLE_RATE_HZ
    chance = numpy.random.default_rng(9)
    sides = numpy.zeros((2, count))
    for index, chord in enumerate(CHORDS_HZ):
        envelope = swell(time_s, index * 2.2 - 0.6, index * 2.2 + 3.4)
        for voice, pitch in enumerate(chord):
            for side, detune in enumerate((0.9985, 1.0015)):
                turn = time_s * math.tau * pitch * detune + voice
                tone = numpy.sin(turn) + 0.28 * numpy.sin(2 * turn) + 0.1 * numpy.sin(3 * turn)
                sides[side] += 0.055 * envelope * tone
    for index, (start_s, pitch) in enumerate(BELLS):
        since = numpy.maximum(time_s - start_s, 0)
        ring = numpy.exp(-since * 2.6) * numpy.minimum(since / 0.006, 1)
        turn = since * math.tau * pitch
        tone = numpy.sin(turn) + 0.35 * numpy.sin(2.76 * turn) * numpy.exp(-since * 5)
        pan = 0.5 + 0.3 * math.sin(index * 2.1)
        sides += numpy.array([[1 - pan], [pan]]) * 0.2 * ring * tone
    sides += 0.05 * numpy.stack([sea(count, chance), sea(count, chance)])
    fade = numpy.minimum(1, numpy.minimum(time_s / 0.25, (duration_s - time_s) / 0.7))
    return (0.8 * sides / numpy.abs(sides).max() * fade).astype(numpy.float32)
