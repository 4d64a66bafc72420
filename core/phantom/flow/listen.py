"""What a gate hears over the seconds of a strip, and the truth of what is drawn there."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.circulation import streams_of
from core.phantom.flow.field import velocities
from core.phantom.flow.gate import Gate
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.site import Site
from core.phantom.flow.spectrum import Course
from core.phantom.flow.tissue_doppler import annulus_speed
from core.phantom.scene import distances

STEP_S = 0.008  # between the moments that are computed
_PLACES = 24  # of a wall in a gate
BEAT_SPREAD = 0.015  # how much beats of a steady rhythm differ in speed

Field = NDArray[np.float32]


def listen(pulse: Pulse, gate: Gate, seconds: float, rng: np.random.Generator, *,
           louder: float = 0.0) -> tuple[Course, Field]:  # fmt: skip
    """The blood that a gate hears.

    Args:
        pulse: heart and blood over time.
        gate: a gate or a line.
        seconds: from time 0 on.
        rng: of the differences between beats.
        louder: how much more fast blood is heard than slow along a line (a machine's gain for
            jets); 0 as it is.

    Returns:
        the course along the beam, and float32 [K], the fastest speed at each moment whatever its
        direction (cm/s), signed like the course.
    """
    known: dict[tuple[int, int], tuple[Field, Field, float]] = {}

    def hear(time_s: float) -> tuple[Field, Field, float]:
        heart, blood, key = pulse.moment(time_s)
        if key not in known:
            solid = distances(heart.scene, gate.points)
            velocity, unrest = velocities(streams_of(heart, blood), gate.points, solid)
            toward = -(velocity @ gate.beam.astype(np.float32))
            size = np.linalg.norm(velocity, axis=1)
            loudest = int(np.abs(toward).argmax())
            known[key] = toward, unrest, float(np.sign(toward[loudest]) * size[loudest])
        return known[key]

    times = np.arange(0.0, seconds + 2 * STEP_S, STEP_S)
    heard = [hear(float(t)) for t in times]
    change = _beat_changes(pulse, times, rng)
    speeds = np.stack([each[0] for each in heard]) * change[:, None]
    unrest = np.stack([each[1] for each in heard]) * change[:, None]
    fastest = np.array([each[2] for each in heard]) * change
    size = np.abs(speeds)
    loud = (0.15 + size / (size.max(axis=1, keepdims=True) + 25.0)) ** louder
    course = Course(
        times=times,
        speeds=np.asarray(speeds, np.float32),
        unrest=np.asarray(unrest, np.float32),
        weights=np.asarray(loud * gate.weights, np.float32),
        clicks=_clicks(pulse, seconds),
    )
    return course, np.asarray(fastest, np.float32)


def move(pulse: Pulse, site: Site, gate: Gate, seconds: float,
         rng: np.random.Generator) -> tuple[Course, Field]:  # fmt: skip
    """The annulus that a gate hears; its places move nearly alike. Arguments as of `listen`."""
    times = np.arange(0.0, seconds + 2 * STEP_S, STEP_S)
    both = np.array([annulus_speed(pulse, site, gate, float(t)) for t in times])
    both *= _beat_changes(pulse, times, rng)[:, None]
    lag = rng.uniform(0.72, 1.0, _PLACES - _PLACES // 3)
    parts = np.concatenate([np.ones(_PLACES // 3), lag])
    shape = (len(times), _PLACES)
    course = Course(
        times=times,
        speeds=np.asarray(both[:, :1] * parts, np.float32),
        unrest=np.zeros(shape, np.float32),
        weights=np.full(shape, 1.0 / _PLACES, np.float32),
        clicks=np.zeros(0),
    )
    return course, np.asarray(np.abs(both[:, 1]) * np.sign(both[:, 0]), np.float32)


def seen(course: Course, sign: float) -> Field:
    """float32 [K]: the fastest speed on one side of the baseline, as a magnitude."""
    return np.asarray(np.maximum((sign * course.speeds).max(axis=1), 0.0), np.float32)


def _beat_changes(pulse: Pulse, times: NDArray[np.float64],
                  rng: np.random.Generator) -> NDArray[np.float64]:  # fmt: skip
    """A factor for each time: beats are never quite alike."""
    spread = BEAT_SPREAD if pulse.same else 0.0
    factors = 1 + np.clip(spread * rng.standard_normal(len(pulse.beats)), -0.04, 0.04)
    index = np.array([pulse.place(float(t))[0] for t in times])
    return np.asarray(factors[index])


def _clicks(pulse: Pulse, seconds: float) -> NDArray[np.float64]:
    """Times at which a left-sided valve shuts or opens."""
    times = np.arange(0.0, seconds, 0.012)
    moments = [pulse.moment(float(t))[0].moment for t in times]
    found = []
    for name in ("mitral", "aortic"):
        opened = np.array([getattr(m, name) > 0.15 for m in moments])
        found += list(times[1:][opened[1:] != opened[:-1]])
    return np.sort(np.array(found, np.float64))
