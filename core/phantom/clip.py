"""A virtual clip: a beating heart under a probe, on a machine's screen, with its truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, CalibrationSource, Clip, InputError, Mode, RegionLabel, View
from core.phantom.anatomy import Heart
from core.phantom.furniture import draw_furniture
from core.phantom.imaging import Machine, draw_scatter, image
from core.phantom.labels import LABELS, label_masks
from core.phantom.old_cycle import moment, systole_part
from core.phantom.old_patient import HeartPatient, draw_patient
from core.phantom.scan import Screen, make_screen
from core.phantom.old_truth import Truth, patient_measurements
from core.phantom.views import Offset, Plane, moved, plane_of

# Depth that shows what a view is for, mm.
DEPTH_MM = {
    View.PLAX: 150.0,
    View.PSAX_AV: 140.0,
    View.PSAX_MV: 140.0,
    View.PSAX_PM: 130.0,
    View.A4C: 165.0,
    View.A5C: 160.0,
    View.A2C: 165.0,
    View.A3C: 165.0,
    View.SC4C: 185.0,
    View.SC_IVC: 150.0,
    View.SSN: 140.0,
}
# A plane counts as standard within these of its pose (ASE 2019 gives no figures; these are ours).
STANDARD_DEG = 8.0
STANDARD_MM = 8.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PhantomClip:
    """A clip with its truth.

    Attributes:
        clip: the frames, with their exact calibration.
        masks: bool [T, H, W] by label; labels may overlap; labels that are nowhere are left out.
        truth: from the geometry.
        box: (x0, y0, x1, y1), the fan's box on the screen, half open.
    """

    clip: Clip
    masks: dict[RegionLabel, NDArray[np.bool_]]
    truth: Truth
    box: tuple[int, int, int, int]


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
    offset: Offset | None = None,
    masks: bool = True,
    progress: Callable[[float], None] | None = None,
) -> PhantomClip:
    """Renders a clip of a virtual patient.

    Args:
        view: a standard view; `View.OTHER` raises InputError.
        seed: of patient, window and noise; the same seed gives the same clip.
        frames, fps: length and rate.
        size: (width, height) of the screen, px.
        furniture: draw scale, text and ECG beside the fan.
        patient: instead of one drawn from the seed.
        ef: ejection fraction asked for, %.
        quality: of the window, 0..1.
        offset: of the probe from the standard plane.
        masks: render the label masks too (as long again).
        progress: told the part done, 0..1; may raise to cancel.
    """
    if view is View.OTHER:
        raise InputError("simulate: OTHER is no view of the virtual heart; name a standard view")
    person = patient or draw_patient(seed, ef=ef, quality=quality)
    rng = np.random.default_rng((seed, list(View).index(view)))
    machine = Machine(depth_mm=DEPTH_MM[view], half_angle_deg=rng.uniform(34, 42))
    margin = (70, 26, 60, 36) if furniture else (0, 0, 0, 0)
    screen = make_screen(machine, width=size[0], height=size[1], margin=margin)
    scatter = draw_scatter(machine, person.quality, rng)
    where = offset or Offset()
    plane = moved(plane_of(Heart(person, moment(person, 0.0)), view), where)
    look = int(rng.integers(4))
    pictures = np.zeros((frames, size[1], size[0], 3), np.uint8)
    found = {label: np.zeros((frames, size[1], size[0]), bool) for label in LABELS} if masks else {}
    times = np.arange(frames) / fps
    phases = times * person.heart_rate / 60
    landmarks: dict[str, list[NDArray[np.float64]]] = {"apex": [], "mitral_centre": []}
    for index, phase in enumerate(phases):
        heart = Heart(person, moment(person, float(phase)))
        grey = screen.polar_to_screen(image(heart, plane, machine, scatter, rng))
        pictures[index] = grey[..., None]
        if furniture:
            draw_furniture(pictures[index], screen, phase=float(phase), part=(index + 1) / frames,
                           depth_mm=machine.depth_mm, look=look)  # fmt: skip
        for label, mask in _masks(heart, screen, plane).items() if masks else ():
            found[label][index] = mask
        points = np.stack([heart.apex * np.array([0, 0, 1.0]), heart.mitral_centre])
        for name, place in zip(landmarks, screen.to_pixel(points, plane), strict=True):
            landmarks[name].append(place)
        if progress is not None:
            progress((index + 1) / frames)
    box = _box(screen)
    clip = Clip(
        id=f"{view.value.lower()}-{seed}",
        source=f"virtual heart {seed}, {view.value}",
        frames=pictures,
        times_s=times,
        fps=fps,
        calibration=Calibration(
            source=CalibrationSource.DICOM,
            mm_per_px_x=screen.mm_per_px,
            mm_per_px_y=screen.mm_per_px,
            box=tuple(float(v) for v in box),  # type: ignore[arg-type]
        ),
        mode=Mode.BMODE,
        total_frames=frames,
    )
    ed, es = _phase_frames(phases, person.heart_rate)
    truth = Truth(
        view=view,
        standard=is_standard(where),
        offset=where,
        ed=ed,
        es=es,
        measurements=patient_measurements(person),
        landmarks={name: np.stack(places) for name, places in landmarks.items()},
        mm_per_px=screen.mm_per_px,
        seed=seed,
        present=tuple(label for label, mask in found.items() if mask.any()),
    )
    kept = {label: found[label] for label in truth.present}
    return PhantomClip(clip=clip, masks=kept, truth=truth, box=box)


def is_standard(offset: Offset) -> bool:
    """True within the tolerance of the standard pose."""
    turns = (offset.rotate_deg, offset.tilt_deg, offset.rock_deg)
    return (
        max(abs(turn) for turn in turns) <= STANDARD_DEG
        and max(abs(offset.slide_x_mm), abs(offset.slide_y_mm)) <= STANDARD_MM
    )


def _masks(heart: Heart, screen: Screen, plane: Plane) -> dict[RegionLabel, NDArray[np.bool_]]:
    out = {}
    for label, flat in label_masks(heart, screen.to_heart(plane)).items():
        mask = np.zeros(screen.inside.shape, bool)
        mask[screen.inside] = flat
        out[label] = mask
    return out


def _box(screen: Screen) -> tuple[int, int, int, int]:
    rows = np.nonzero(screen.inside.any(axis=1))[0]
    columns = np.nonzero(screen.inside.any(axis=0))[0]
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _phase_frames(
    phases: NDArray[np.float64], heart_rate: float
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Frames nearest to each end-diastole and end-systole within the clip."""
    es = systole_part(heart_rate)
    step = phases[1] - phases[0] if len(phases) > 1 else 1.0
    beats = np.arange(0, np.floor(phases[-1]) + 2)

    def nearest(at: NDArray[np.float64]) -> tuple[int, ...]:
        inside = at[(at >= phases[0] - step / 2) & (at <= phases[-1] + step / 2)]
        return tuple(int(np.abs(phases - moment_).argmin()) for moment_ in inside)

    return nearest(beats), nearest(beats + es)
