"""One random picture with its truth, as a recogniser sees it: for training by the thousand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain import RegionLabel, View
from core.phantom.cycle import moment
from core.phantom.heart.frame import Vector
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import torso_of
from core.phantom.image import (
    LABELS,
    Screen,
    draw_machine,
    draw_window,
    make_screen,
    masks,
    render,
    survey,
)
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.probe import (
    Offset,
    Plane,
    assess,
    canonical_plane,
    offset_between,
    random_other,
    random_plane,
    resting_heart,
)
from core.phantom.probe.standard import OTHER_FROM, foreshortening, nearest_view, tolerances_off
from core.phantom.probe.tolerance import TOLERANCES
from core.phantom.truth.landmarks import caliper_ends, drawn_ends, landmarks

#: Samples in a row that show one patient (other moments, hands, machines): drawing a patient and
#: setting up its planes takes longer than a picture.
OF_ONE_PATIENT = 48
#: Counts up when the same seed gives another picture: what was rendered before is then stale.
EDITION = 5
_BEAMS, _SAMPLES = 128, 256
_CASES = tuple(Case)
_SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleTruth:
    """What is true of one sample.

    Attributes:
        view: what was asked for; OTHER for a plane off every standard one.
        nearest: the standard view that the plane is nearest to: a hand that has strayed from A4C
            may show an A5C. OTHER where it is far from all.
        standard: whether the plane is a standard one of the nearest view.
        offset: of the probe from the standard plane of `view`: where the hand has strayed. None
            for OTHER.
        correction: the movement that would make it the standard plane of the nearest view, or of
            `view` where a hand is so lost that it is near to none: what guidance should say. None
            where nothing was asked for.
        foreshortening: apparent over true length of the left ventricle; None where not apical.
        phase: of the cycle, 0 = end-diastole.
        present: regions with at least one pixel.
        landmarks: (x, y) px by name; only those in the picture.
        mm_per_px: of the square.
        case, severity: of the patient; None for a healthy one.
    """

    view: View
    nearest: View
    standard: bool
    offset: Offset | None
    correction: Offset | None
    foreshortening: float | None
    phase: float
    present: tuple[RegionLabel, ...]
    landmarks: dict[str, tuple[float, float]]
    mm_per_px: float
    case: Case | None
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomSample:
    """One picture.

    Attributes:
        image: uint8 [size, size], black outside the fan.
        masks: uint8 [16, size, size], 0 or 1, in the order of `RegionLabel`.
        truth: of it.
    """

    image: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    truth: SampleTruth


def render_sample(
    view: View, *, seed: int, size: int = 256
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], View]:
    """A random patient, moment, machine and hand.

    Args:
        view: what to show; OTHER gives a plane far from every standard one.
        seed: of everything.
        size: side of the square, px.

    Returns:
        image uint8 [size, size], black outside the fan; masks uint8 [16, size, size], 0 or 1, in
        the order of `RegionLabel`; the view.
    """
    picture, regions, *_ = _render(view, seed=seed, size=size)
    return picture, regions, view


def render_labelled(view: View, *, seed: int, size: int = 256) -> PhantomSample:
    """The same picture as `render_sample` gives, with the truth of pose, phase and landmarks."""
    picture, regions, heart, plane, screen = _render(view, seed=seed, size=size)
    patient = heart.patient
    offset = correction = shortened = None
    nearest, standard = View.OTHER, False
    if view is not View.OTHER:
        rest = resting_heart(patient)
        torso = torso_of(patient)
        offset = offset_between(torso, canonical_plane(rest, view), plane)
        near, farness = nearest_view(rest, plane)
        nearest, told = (near, near) if farness < OTHER_FROM else (View.OTHER, view)
        limits = TOLERANCES[told]
        correction = offset_between(torso, plane, canonical_plane(rest, told))
        # What the plane shows takes long to find out, and is asked only where it decides.
        held = tolerances_off(correction, limits) <= 1.0
        standard = held and assess(rest, plane, view=told).standard
        shortened = None if limits.true_length is None else foreshortening(rest, plane)
    truth = SampleTruth(
        view=view,
        nearest=nearest,
        standard=standard,
        offset=offset,
        correction=correction,
        foreshortening=shortened,
        phase=heart.moment.phase,
        present=tuple(label for label, mask in zip(LABELS, regions, strict=True) if mask.any()),
        landmarks=_places(
            landmarks(heart, plane) | caliper_ends(heart, plane, view), plane, screen
        ),
        mm_per_px=screen.mm_per_px,
        case=patient.case,
        severity=patient.severity,
    )
    return PhantomSample(image=picture, masks=regions, truth=truth)


def render_points(
    view: View, *, seed: int, size: int = 384
) -> tuple[NDArray[np.uint8], dict[str, tuple[float, float]], float]:
    """A picture to measure on: as finely drawn as a machine's, by a hand that holds the view.

    Args:
        view: a standard view.
        seed: of everything.
        size: side of the square, px.

    Returns:
        image uint8 [size, size], black outside the fan; (x, y) px of each landmark, and of each end
        of a caliper as it would be drawn in this very plane, by the names of
        `core.phantom.truth.landmarks`; mm per px.
    """
    rng = np.random.default_rng((seed, 2424))
    patient = _patient(seed // OF_ONE_PATIENT)
    heart = Heart(patient, moment(patient, float(rng.random()), breath=float(rng.random())))
    spread = 1.0 if rng.random() < 0.8 else float(rng.uniform(1.0, 2.0))
    plane = random_plane(resting_heart(patient), view, rng, spread=spread)
    machine = draw_machine(view, rng)
    screen = make_screen(machine, width=size, height=size)
    window = draw_window(machine, _quality(patient, rng), rng)
    polar = render(heart.scene, plane, machine, window, material=heart.material)
    points = landmarks(heart, plane) | drawn_ends(heart, plane, view)
    return screen.to_screen(polar), _places(points, plane, screen), screen.mm_per_px


def _places(
    points: Mapping[str, Vector], plane: Plane, screen: Screen
) -> dict[str, tuple[float, float]]:
    """(x, y) px by name of the points, mm, that lie in the fan."""
    found = {}
    for name, point in points.items():
        if np.isfinite(point).all():
            x, y = screen.to_pixel(plane, point[None])[0]
            if _shown(screen, x, y):
                found[name] = (float(x), float(y))
    return found


def _quality(patient: HeartPatient, rng: np.random.Generator) -> float:
    """The window is the day's, not only the patient's."""
    return float(np.clip(patient.quality + rng.normal(0, 0.15), 0, 1))


def _render(
    view: View, *, seed: int, size: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Heart, Plane, Screen]:
    rng = np.random.default_rng((seed, 4242))
    patient = _patient(seed // OF_ONE_PATIENT)
    rest = resting_heart(patient)
    heart = Heart(patient, moment(patient, float(rng.random()), breath=float(rng.random())))
    spread = _spread(rng)
    plane = random_other(rest, rng) if view is View.OTHER else (
        random_plane(rest, view, rng, spread=spread)
    )  # fmt: skip
    machine = replace(draw_machine(view, rng), beams=_BEAMS, samples=_SAMPLES)
    window = draw_window(machine, _quality(patient, rng), rng)
    screen = make_screen(machine, width=size, height=size)
    seen = survey(heart.scene, plane, machine, heart.material)
    polar = render(heart.scene, plane, machine, window, material=heart.material, found=seen)
    regions = masks(heart.scene, plane, screen, found=seen, dry=patient.effusion_mm <= 0)
    return screen.to_screen(polar), regions.view(np.uint8), heart, plane, screen


def _spread(rng: np.random.Generator) -> float:
    """Half of the hands hold the view, some have strayed, some are lost: a model of the plane must
    see them all."""
    kind = rng.random()
    if kind < 0.5:
        return 1.0
    return float(rng.uniform(1.0, 3.0) if kind < 0.8 else rng.uniform(3.0, 7.0))


@lru_cache(maxsize=4)
def _patient(number: int) -> HeartPatient:
    """Half of the patients are healthy; the others have any case, in any degree."""
    rng = np.random.default_rng((number, 77))
    if rng.random() < 0.5:
        return draw_patient(number)
    case = _CASES[int(rng.integers(len(_CASES)))]
    return draw_patient(
        number, case=case, severity=_SEVERITIES[int(rng.integers(len(_SEVERITIES)))]
    )


def _shown(screen: Screen, x: float, y: float) -> bool:
    """Whether a pixel lies in the fan."""
    column, row = round(x), round(y)
    within = 0 <= column < screen.width and 0 <= row < screen.height
    return within and bool(screen.inside[row, column])
