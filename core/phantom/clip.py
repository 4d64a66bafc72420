"""A virtual clip: a beating heart under a probe, on a machine's screen, with its truth."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain import Clip, InputError, Mode, RegionLabel, View
from core.phantom.display import Site, make_fan_screen, render_mode
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.source import pulse_of
from core.phantom.heart.torso import torso_of
from core.phantom.image import (
    LABELS,
    Look,
    Machine,
    Screen,
    draw_machine,
    draw_window,
    render,
    survey,
)
from core.phantom.image import masks as region_masks
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.probe import (
    Offset,
    Plane,
    assess,
    canonical_plane,
    moved,
    nearest_view,
    offset_between,
    random_other,
    resting_heart,
    view_of,
)
from core.phantom.regions import ScreenRegion
from core.phantom.truth import Truth, patient_measurements, tracked

FANS = (Mode.BMODE, Mode.COLOR)
Masks = dict[RegionLabel, NDArray[np.bool_]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomClip:
    """A clip with its truth.

    Attributes:
        clip: the frames, with their exact calibration.
        masks: bool [T, H, W] by label, of fans; labels may overlap; labels that are nowhere are
            left out.
        truth: from the geometry.
        box: (x0, y0, x1, y1), the fan's box on the screen, half open.
        regions: every calibrated part of the screen, the one that the picture was taken for first.
        patient: whose heart it is.
    """

    clip: Clip
    masks: Masks
    truth: Truth
    box: tuple[int, int, int, int]
    regions: tuple[ScreenRegion, ...]
    patient: HeartPatient


def render_clip(
    view: View,
    *,
    seed: int,
    frames: int = 40,
    fps: float = 30.0,
    size: tuple[int, int] = (640, 480),
    furniture: bool = True,
    patient: HeartPatient | None = None,
    ef: float | None = None,
    quality: float | None = None,
    case: Case | None = None,
    severity: Severity | None = None,
    offset: Offset | None = None,
    mode: Mode = Mode.BMODE,
    site: Site | None = None,
    look: Look | None = None,
    masks: bool = True,
    progress: Callable[[float], None] | None = None,
) -> PhantomClip:
    """Renders a clip of a virtual patient.

    Args:
        view: a standard view, or OTHER for a plane off all of them (B-mode only).
        seed: of patient, machine, window and noise; the same seed gives the same clip.
        frames, fps: length and rate. The first frame is an end-diastole.
        size: (width, height) of the screen, px.
        furniture: draw scale, text and ECG beside the fan.
        patient: instead of one drawn from the seed.
        ef: ejection fraction asked for, %.
        quality: of the window, 0..1.
        case, severity: the disease of a patient who is drawn.
        offset: of the probe from the standard plane.
        mode: what the machine shows; spectra and M-mode run in over the frames.
        site: what a mode other than B-mode is of; None takes the view's own.
        look: kind of machine; None draws one.
        masks: find the label masks of fans too.
        progress: told the part done, 0..1; may raise to cancel.

    Raises:
        InputError: this view has no picture of that mode or site.
    """
    person = patient or draw_patient(seed, ef=ef, quality=quality, case=case, severity=severity)
    rng = np.random.default_rng((seed, list(View).index(view)))
    machine = draw_machine(view, rng, look=look)
    plane = _plane(person, view, offset or Offset(), rng)
    # A vein's M-mode is recorded while the patient breathes; else the breath is held.
    pulse = pulse_of(person, seconds=max(frames / fps, 6.0),
                     breathes=view is View.SC_IVC and mode is Mode.MMODE)  # fmt: skip
    order = _Order(view=view, mode=mode, person=person, machine=machine, plane=plane, pulse=pulse,
                   frames=frames, fps=fps, size=size, furniture=furniture, masks=masks, seed=seed,
                   rng=rng, tell=progress or (lambda part: None))  # fmt: skip
    return _fan_clip(order) if mode is Mode.BMODE else _mode_clip(order, site)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Order:
    """One clip to render."""

    view: View
    mode: Mode
    person: HeartPatient
    machine: Machine
    plane: Plane
    pulse: Pulse
    frames: int
    fps: float
    size: tuple[int, int]
    furniture: bool
    masks: bool
    seed: int
    rng: np.random.Generator
    tell: Callable[[float], None]

    @property
    def dry(self) -> bool:
        """There is no fluid round the heart."""
        return self.person.effusion_mm <= 0

    @property
    def times(self) -> NDArray[np.float64]:
        return np.arange(self.frames) / self.fps


def _plane(
    person: HeartPatient, view: View, offset: Offset, rng: np.random.Generator
) -> Plane:  # fmt: skip
    heart, torso = resting_heart(person), torso_of(person)
    start = random_other(heart, rng) if view is View.OTHER else canonical_plane(heart, view)
    return moved(torso, start, offset)


def _fan_clip(order: _Order) -> PhantomClip:
    """B-mode: one picture a frame."""
    width, height = order.size
    fan = make_fan_screen(order.machine, size=order.size, furniture=order.furniture, fps=order.fps,
                          heart_rate=60 / order.pulse.beat_s)  # fmt: skip
    window = draw_window(order.machine, order.person.quality, order.rng)
    pictures = np.zeros((order.frames, height, width, 3), np.uint8)
    found = _no_masks(order) if order.masks else {}
    polar = None
    for index, time_s in enumerate(order.times):
        heart, _, _ = order.pulse.moment(float(time_s))
        seen = survey(heart.scene, order.plane, order.machine, heart.material)
        polar = render(heart.scene, order.plane, order.machine, window, material=heart.material,
                       number=index, before=polar, found=seen)  # fmt: skip
        pictures[index] = fan.compose(fan.screen.to_screen(polar), time_s=float(time_s),
                                      ecg=order.pulse.ecg)  # fmt: skip
        if order.masks:
            _keep(found, index, region_masks(heart.scene, order.plane, fan.screen, found=seen,
                                             dry=order.dry))  # fmt: skip
        order.tell((index + 1) / order.frames)
    return _finished(order, pictures, (fan.region,), fan.screen, found, site=None)


def _mode_clip(order: _Order, site: Site | None) -> PhantomClip:
    """Colour, spectra, M-mode."""
    if order.view is View.OTHER:
        raise InputError(f"simulate: OTHER has no {order.mode.value} picture; name a standard view")
    made = render_mode(
        order.mode, pulse=order.pulse, plane=order.plane, machine=order.machine, view=order.view,
        site=site, seed=order.seed, size=order.size, frames=order.frames, fps=order.fps,
        furniture=order.furniture, progress=order.tell,
    )  # fmt: skip
    found = _no_masks(order) if order.masks and order.mode is Mode.COLOR else {}
    for index, time_s in enumerate(order.times if found else ()):
        heart, _, _ = order.pulse.moment(float(time_s))
        _keep(found, index, region_masks(heart.scene, order.plane, made.screen, dry=order.dry))
    done = _finished(order, made.frames, made.regions, made.screen, found, site=made.site)
    truth = replace(
        done.truth,
        readings={name: reading.value for name, reading in made.values.items()},
        peaks=made.peaks,
        curves=made.curves,
    )
    return replace(done, truth=truth)


def _no_masks(order: _Order) -> Masks:
    width, height = order.size
    return {label: np.zeros((order.frames, height, width), bool) for label in LABELS}


def _keep(found: Masks, index: int, every: NDArray[np.bool_]) -> None:
    """Puts the masks of one frame, bool [16, H, W], in their places."""
    for label, mask in zip(LABELS, every, strict=True):
        found[label][index] = mask


def _finished(order: _Order, pictures: NDArray[np.uint8], regions: tuple[ScreenRegion, ...],
              screen: Screen, found: Masks, *, site: Site | None) -> PhantomClip:  # fmt: skip
    """Clip and truth around the finished pictures."""
    present = tuple(label for label, mask in found.items() if mask.any())
    fan = next(region for region in regions if region.mode is Mode.BMODE)
    main = fan if order.mode is Mode.COLOR else regions[0]
    name = (
        order.view.value if order.mode is Mode.BMODE else f"{order.view.value} {order.mode.value}"
    )
    clip = Clip(
        id=f"{name.lower().replace(' ', '-').replace('_', '-')}-{order.seed}",
        source=f"virtual heart {order.seed}, {name}",
        frames=pictures,
        times_s=order.times,
        fps=order.fps,
        calibration=main.calibration,
        regions=tuple(region.calibration for region in regions) if len(regions) > 1 else (),
        mode=order.mode,
        total_frames=order.frames,
    )
    return PhantomClip(
        clip=clip,
        masks={label: found[label] for label in present},
        truth=_truth(order, screen, present, site),
        box=fan.box,
        regions=regions,
        patient=order.person,
    )


def _truth(order: _Order, screen: Screen, present: tuple[RegionLabel, ...],
           site: Site | None) -> Truth:  # fmt: skip
    rest, torso = resting_heart(order.person), torso_of(order.person)
    view = nearest_view(rest, order.plane)[0] if order.view is View.OTHER else order.view
    pose = assess(rest, order.plane, view=view)
    paths = {}
    if order.mode in FANS:
        hearts = [order.pulse.moment(float(t))[0] for t in order.times]
        paths = tracked(hearts, order.plane, order.view)
    ed, es = _phase_frames(order)
    return Truth(
        view=order.view,
        nearest=view_of(rest, order.plane),
        standard=pose.standard and order.view is not View.OTHER,
        offset=offset_between(torso, canonical_plane(rest, view), order.plane),
        correction=pose.offset,
        foreshortening=pose.foreshortening,
        mode=order.mode,
        site=site,
        ed=ed,
        es=es,
        values=dict(patient_measurements(order.person)),
        landmarks={name: screen.to_pixel(order.plane, path) for name, path in paths.items()},
        mm_per_px=screen.mm_per_px,
        seed=order.seed,
        present=present,
    )


def _phase_frames(order: _Order) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Frames nearest to each end-diastole (mitral closure) and end-systole (aortic closure)."""
    starts = order.pulse.beats[:-1]
    ends = [start + order.pulse.windows(i)["ejection"][1] for i, start in enumerate(starts)]
    times, half = order.times, 0.5 / order.fps

    def nearest(at: NDArray[np.float64]) -> tuple[int, ...]:
        inside = at[(at >= times[0] - half) & (at <= times[-1] + half)]
        return tuple(int(np.abs(times - moment).argmin()) for moment in inside)

    return nearest(np.asarray(starts)), nearest(np.asarray(ends))
