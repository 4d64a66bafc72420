"""What lies around the heart: skin, ribs, lungs, liver, stomach and spine."""

from collections.abc import Mapping

from core.phantom.cycle import Moment
from core.phantom.heart.frame import POSTERIOR, SUPERIOR, Ring, Vector, Z, u
from core.phantom.heart.ribs import rods_of
from core.phantom.heart.torso import Torso, torso_of
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure

__all__ = ["Torso", "add_body", "torso_of"]

_BREATH_MM = 14.0  # the diaphragm's way in a quiet breath against the heart


def add_body(builder: SceneBuilder, patient: HeartPatient, rings: Mapping[str, Ring],
             points: Mapping[str, Vector], moment: Moment) -> None:  # fmt: skip
    """Adds TORSO, RIB, LIVER, STOMACH, SPINE and LUNG; the heart and its vessels stand already.

    Skin and ribs are the same at every moment; lungs, liver and stomach go with the breath.
    """
    torso = torso_of(patient)
    _add_skin(builder, torso)
    for rod in rods_of(patient):
        builder.capsule(Structure.RIB, rod.start, rod.end, rod.radius)
    # A heart that lies close under them lifts the ribs: they give way to it.
    builder.reference(Structure.RIB, Structure.SAC, op=Op.CUT, grow=0.5)
    down = -_BREATH_MM * moment.breath * SUPERIOR
    _add_belly(builder, torso, points, down)
    back = torso.world([0.0, torso.half_widths[1] - 42.0, 0.0])
    builder.capsule(Structure.SPINE, back - 160 * SUPERIOR, back + 130 * SUPERIOR, 20.0)
    _add_lungs(builder, patient, torso, moment.breath)


def _add_skin(builder: SceneBuilder, torso: Torso) -> None:
    builder.column(Structure.TORSO, torso.centre, torso.axes[0], torso.axes[1],
                   half_widths=torso.half_widths, exponent=torso.exponent)  # fmt: skip
    builder.half_space(Structure.TORSO, torso.notch, torso.slant)
    builder.half_space(Structure.TORSO, torso.belly, torso.belly_normal)


def _add_belly(builder: SceneBuilder, torso: Torso, points: Mapping[str, Vector],
               down: Vector) -> None:  # fmt: skip
    """Liver with a thick right and a flat left lobe under the diaphragm; stomach to its left."""
    breadth, depth = torso.half_widths
    wide = (0.62 * breadth, 0.72 * depth, 66.0)
    right = points["ivc_entry"] - 62 * SUPERIOR - 28 * POSTERIOR - 26 * torso.axes[0]
    builder.ellipsoid(Structure.LIVER, right + down, wide, torso.axes)
    left = torso.world([18.0, -0.42 * depth, -84.0])
    builder.ellipsoid(
        Structure.LIVER, left + down, (72.0, 0.52 * depth, 30.0), torso.axes, blend=14
    )
    builder.reference(Structure.LIVER, Structure.SAC, op=Op.CUT, grow=3.0)
    builder.reference(Structure.LIVER, Structure.TORSO, op=Op.KEEP, grow=-9.0 - torso.fat_mm)
    stomach = torso.world([0.5 * breadth, -0.1 * depth, -112.0])
    builder.ellipsoid(Structure.STOMACH, stomach + down, (46.0, 52.0, 38.0), torso.axes)
    builder.reference(Structure.STOMACH, Structure.SAC, op=Op.CUT, grow=5.0)
    builder.reference(Structure.STOMACH, Structure.LIVER, op=Op.CUT, grow=2.0)


def _add_lungs(builder: SceneBuilder, patient: HeartPatient, torso: Torso, breath: float) -> None:
    """Both lungs, with the heart and the great vessels taken out and the windows left free.

    The worse the patient's windows, the farther the lung's edge reaches in, and farther with each
    breath taken in.
    """
    breadth, depth = torso.half_widths
    sink = _BREATH_MM * breath
    for side in (1.0, -1.0):
        centre = torso.world([side * 0.54 * breadth, 0.1 * depth, 18.0 - 0.5 * sink])
        axes = (0.44 * breadth, 0.86 * depth, 112.0 + 0.5 * sink)
        builder.ellipsoid(Structure.LUNG, centre, axes, torso.axes)
    middle = torso.world([8.0, -4.0, 0.0])
    builder.capsule(Structure.LUNG, middle - 40 * SUPERIOR, middle + 150 * SUPERIOR, 40.0, 44.0,
                    op=Op.CUT)  # fmt: skip
    # The cardiac notch (two spaces) and the apical window: cones from the skin into the heart.
    free = 11.0 + 15.0 * patient.quality - 6.0 * breath
    for deep, way in (
        (18 * Z, u(144) + 0.15 * Z),
        (8 * Z, u(130)),
        (0.45 * patient.lv_length * Z, Z),
    ):
        skin = torso.project(deep, way)
        builder.capsule(Structure.LUNG, skin, deep, free, free + 24.0, op=Op.CUT)
    for other, margin in ((Structure.SAC, 1.5), (Structure.AORTA, 3.0), (Structure.PULMONARY, 2.0),
                          (Structure.DESCENDING, 3.0), (Structure.LIVER, 1.0),
                          (Structure.STOMACH, 1.0), (Structure.SPINE, 4.0)):  # fmt: skip
        builder.reference(Structure.LUNG, other, op=Op.CUT, grow=margin)
    builder.reference(Structure.LUNG, Structure.TORSO, op=Op.KEEP, grow=-16.0 - torso.fat_mm)
