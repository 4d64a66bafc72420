"""Hands that hold the probe: near a standard plane, or nowhere near one."""

from collections.abc import Callable

import numpy as np

from core.domain import View
from core.phantom.heart.frame import Vector, unit
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import Torso, torso_of
from core.phantom.probe.canonical import STANDARD_VIEWS, canonical_plane, resting_heart
from core.phantom.probe.plane import Offset, Plane, moved
from core.phantom.probe.standard import OTHER_FROM, nearest_view
from core.phantom.probe.tolerance import TOLERANCES

# Of a hand that holds a view, in tolerances: most planes standard, some just not.
_HELD = 0.55
_TRIES = 200


def random_plane(
    heart: Heart, view: View, rng: np.random.Generator, *, spread: float = 1.0
) -> Plane:
    """The standard plane as a hand holds it: a little off in all six movements.

    Args:
        heart: whose; any moment.
        view: a standard view.
        spread: 1 is a practised hand; 2 to 3 a beginner's.
    """
    offset = random_offset(view, rng, spread=spread)
    return moved(torso_of(heart.patient), canonical_plane(heart, view), offset)


def random_offset(view: View, rng: np.random.Generator, *, spread: float = 1.0) -> Offset:
    """How far off a hand holds a standard view; the arguments are `random_plane`'s."""
    limits = TOLERANCES[view]

    def some(tolerance: float) -> float:
        return float(rng.normal() * _HELD * spread * tolerance)

    return Offset(
        rotate_deg=some(limits.degrees),
        tilt_deg=some(limits.degrees),
        rock_deg=some(1.3 * limits.degrees),
        slide_x_mm=some(limits.mm),
        slide_y_mm=some(limits.mm),
        press_mm=abs(some(0.6 * limits.mm)),
    )


def random_other(heart: Heart, rng: np.random.Generator) -> Plane:
    """A plane that is none of the standard views, by a wide margin.

    Through liver, lung, belly, great vessels, neck, or through the heart far off its axes.
    """
    rest = resting_heart(heart.patient)
    torso = torso_of(heart.patient)
    for _ in range(_TRIES):
        plane = _OTHERS[int(rng.integers(len(_OTHERS)))](rest, torso, rng)
        if nearest_view(rest, plane)[1] >= OTHER_FROM:
            return plane
    raise RuntimeError("no plane off all views was found")


def _looking(torso: Torso, skin: Vector, rng: np.random.Generator, *, lean_deg: float) -> Plane:
    """A probe set on the skin, leaning by up to `lean_deg`, turned anyhow."""
    inward = torso.normal(skin)
    lean = np.tan(np.deg2rad(rng.uniform(0, lean_deg)))
    down = unit(inward + lean * _across(inward, rng))
    return Plane(origin=skin, down=down, right=_across(down, rng))


def _across(axis: Vector, rng: np.random.Generator) -> Vector:
    """Any unit vector across an axis."""
    anyhow = rng.normal(size=3)
    return unit(anyhow - (anyhow @ axis) * axis)


def _belly(heart: Heart, torso: Torso, rng: np.random.Generator) -> Plane:
    """Liver, stomach and bowel: the right flank to the left, below the ribs."""
    skin = torso.around(rng.uniform(-75, 75), rng.uniform(-170, -95))
    return _looking(torso, skin, rng, lean_deg=35)


def _lung(heart: Heart, torso: Torso, rng: np.random.Generator) -> Plane:
    """The chest beside the heart, on either side."""
    angle = rng.uniform(55, 110) * rng.choice((-1, 1))
    return _looking(torso, torso.around(angle, rng.uniform(-60, 60)), rng, lean_deg=30)


def _neck(heart: Heart, torso: Torso, rng: np.random.Generator) -> Plane:
    """Above and beside the breastbone's upper end: branches of the arch, lung tips."""
    skin = torso.front(rng.uniform(-70, 70), rng.uniform(60, 130))
    return _looking(torso, skin, rng, lean_deg=30)


def _off_axis(heart: Heart, torso: Torso, rng: np.random.Generator) -> Plane:
    """A heart window, the probe turned and fanned as no view wants it."""
    view = STANDARD_VIEWS[int(rng.integers(len(STANDARD_VIEWS)))]

    def some(low: float, high: float) -> float:
        return float(rng.uniform(low, high) * rng.choice((-1, 1)))

    offset = Offset(rotate_deg=some(0, 90), tilt_deg=some(10, 45), rock_deg=some(0, 30),
                    slide_x_mm=some(0, 30), slide_y_mm=some(0, 30))  # fmt: skip
    return moved(torso, canonical_plane(heart, view), offset)


_OTHERS: tuple[Callable[[Heart, Torso, np.random.Generator], Plane], ...] = (
    _belly,
    _lung,
    _neck,
    _off_axis,
    _off_axis,
)
