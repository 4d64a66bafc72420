"""The great vessels: aorta with its arch and branches, pulmonary artery, the caval veins."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.cycle import moment as moment_of
from core.phantom.heart.bodies import Chamber
from core.phantom.heart.chambers import right
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit
from core.phantom.heart.rings import (
    OUTFLOW_DEG,
    PULMONARY_AXIS,
    TRUNK_MM,
    WALL_MM,
    basal_reach,
    pulmonary_centre,
)
from core.phantom.heart.root import add_root
from core.phantom.patient import HeartPatient
from core.phantom.scene import Op, SceneBuilder, Structure

_IVC_MM = 80.0
_BRANCHES = (("brachiocephalic", 0.42, 6.0), ("carotid", 0.57, 3.7), ("subclavian", 0.70, 4.8))


def add_vessels(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                rings: Mapping[str, Ring]) -> None:  # fmt: skip
    """AORTA, DESCENDING, PULMONARY, IVC, SVC; takes their walls out of the chambers beside."""
    add_root(builder, patient, rings)
    _add_arch(builder, patient, moment, rings)
    _add_pulmonary(builder, patient, moment, rings)
    _add_veins(builder, patient, moment, rings)
    for chamber in (Structure.RV, Structure.RV_EPI, Structure.LA, Structure.RA):
        builder.reference(chamber, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    for chamber in (Structure.LA, Structure.RA):
        builder.reference(chamber, Structure.PULMONARY, op=Op.CUT, grow=WALL_MM)
    builder.reference(Structure.LA, Structure.DESCENDING, op=Op.CUT, grow=2 * WALL_MM)


def points(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> dict[str, Vector]:
    """Landmarks in the middles of the lumens, mm."""
    path = _arch(patient, moment, rings)
    top = max((path(t) for t in np.linspace(0.2, 0.9, 57)), key=lambda p: float(p @ SUPERIOR))
    entry, far = _ivc(patient)
    return {
        "arch_top": top,
        **{name: path(t) for name, t, _ in _BRANCHES},
        "descending": _descending(patient),
        "pa_bifurcation": _bifurcation(patient, moment),
        "ivc_entry": entry,
        "ivc_far": far,
        "hepatic_mouth": entry + 0.24 * (far - entry),
        "svc_entry": _svc(patient, moment, rings)[0],
    }


class _Curve:
    """A cubic curve through space (Bezier); called with 0..1."""

    def __init__(self, *control: Vector) -> None:
        self._control = np.stack(control)

    def __call__(self, t: float) -> Vector:
        s = 1 - t
        weights = np.array([s**3, 3 * s * s * t, 3 * s * t * t, t**3])
        return np.asarray(weights @ self._control)


def _arch(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]) -> _Curve:
    """Middle line from the ascending ring over the arch to the descending aorta."""
    ascending = rings["ascending"]
    start = ascending.centre
    at_rest = start @ SUPERIOR - moment.descent * (0.35 * Z @ SUPERIOR)
    line = _descending(patient)
    end = line + (at_rest + 14.0 - line @ SUPERIOR) * SUPERIOR
    # The start turns upward into the plane of the arch.
    across = unit(end - start - ((end - start) @ SUPERIOR) * SUPERIOR)
    return _Curve(start, start + 12.0 * ascending.axis + 26.0 * SUPERIOR - 6.0 * across,
                  end + 46.0 * SUPERIOR, end)  # fmt: skip


def _descending(patient: HeartPatient) -> Vector:
    """The descending aorta at the height of the heart: behind the left atrium."""
    behind = max(1.05 * patient.la_radii[1] + 8.0, basal_reach(patient) - 4.0)
    return -(behind + patient.descending_radius) * u(OUTFLOW_DEG) - 12.0 * Z


def _add_arch(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
              rings: Mapping[str, Ring]) -> None:  # fmt: skip
    path = _arch(patient, moment, rings)
    stations = (0.0, 0.2, 0.38, 0.55, 0.7, 0.85, 1.0)
    sizes = np.interp(stations, (0.0, 0.5, 1.0), (patient.ascending_radius, patient.arch_radius,
                                                  patient.descending_radius))  # fmt: skip
    for k in range(len(stations) - 1):
        builder.capsule(Structure.AORTA, path(stations[k]), path(stations[k + 1]), sizes[k],
                        sizes[k + 1])  # fmt: skip
    across = unit(path(1.0) - path(0.0))
    for (_, t, radius), lean in zip(_BRANCHES, (-0.22, 0.02, 0.22), strict=True):
        start = path(t)
        way = unit(SUPERIOR + lean * across)
        builder.capsule(Structure.AORTA, start, start + 58.0 * way, radius, 0.9 * radius,
                        blend=5.0)  # fmt: skip
    end, line = path(1.0), _descending(patient)
    builder.capsule(Structure.DESCENDING, end, line - 90.0 * SUPERIOR, patient.descending_radius,
                    0.9 * patient.descending_radius)  # fmt: skip
    builder.half_space(Structure.DESCENDING, end, SUPERIOR)
    builder.reference(Structure.AORTA, Structure.DESCENDING, op=Op.CUT)


def _bifurcation(patient: HeartPatient, moment: Moment) -> Vector:
    """Where the trunk divides; it hardly moves."""
    rest = pulmonary_centre(patient) + TRUNK_MM * PULMONARY_AXIS
    return np.asarray(rest + 0.15 * moment.descent * Z)


def _add_pulmonary(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
                   rings: Mapping[str, Ring]) -> None:  # fmt: skip
    valve, trunk = rings["pulmonary"], rings["main_pa"]
    fork = _bifurcation(patient, moment)
    wide = patient.pa_radius
    builder.capsule(Structure.PULMONARY, valve.centre - 2.0 * valve.axis, valve.centre
                    + 8.0 * valve.axis, 1.02 * patient.pv_radius, wide)  # fmt: skip
    builder.capsule(Structure.PULMONARY, valve.centre + 8.0 * valve.axis, trunk.centre,
                    wide)  # fmt: skip
    builder.half_space(Structure.PULMONARY, valve.centre, -valve.axis)
    builder.capsule(Structure.PULMONARY, trunk.centre, fork, wide, 0.95 * wide)
    rightward = unit(-0.85 * LEFT + 0.38 * POSTERIOR - 0.36 * SUPERIOR)
    leftward = unit(0.62 * LEFT + 0.8 * POSTERIOR + 0.15 * SUPERIOR)
    builder.capsule(Structure.PULMONARY, fork, fork + 52.0 * rightward, 0.74 * wide, 0.62 * wide,
                    blend=5.0)  # fmt: skip
    builder.capsule(Structure.PULMONARY, fork, fork + 34.0 * leftward, 0.72 * wide, 0.62 * wide,
                    blend=5.0)  # fmt: skip
    builder.reference(Structure.PULMONARY, Structure.AORTA, op=Op.CUT, grow=2 * WALL_MM)


_IVC_WAY: Vector = unit(-SUPERIOR + 0.6 * POSTERIOR - 0.35 * LEFT)


@lru_cache(maxsize=64)
def _ivc(patient: HeartPatient) -> tuple[Vector, Vector]:
    """Mouth of the inferior caval vein, and its middle 80 mm below.

    The diaphragm holds the vein: it stays where it is at end-diastole while the annulus moves.
    """
    still = moment_of(patient, 0.0)
    chamber = right(patient, still)
    entry = chamber.centre + _surface(chamber, _IVC_WAY) * _IVC_WAY
    return entry, entry + _IVC_MM * unit(-SUPERIOR + 0.10 * POSTERIOR - 0.04 * LEFT)


def _svc(patient: HeartPatient, moment: Moment, rings: Mapping[str, Ring]
         ) -> tuple[Vector, Vector, Vector]:  # fmt: skip
    """Mouth of the superior caval vein, its middle beside the ascending aorta, its far end."""
    chamber = right(patient, moment)
    way = unit(SUPERIOR + 0.25 * POSTERIOR - 0.1 * LEFT)
    entry = chamber.centre + _surface(chamber, way) * way
    apart = patient.ascending_radius + patient.svc_radius + 2 * WALL_MM
    beside = rings["ascending"].centre + apart * unit(-LEFT + 0.5 * POSTERIOR)
    return entry, beside, beside + 60.0 * SUPERIOR


def _surface(chamber: Chamber, way: Vector) -> float:
    """From an atrium's centre to its surface in a direction, mm."""
    return float(1 / np.linalg.norm(chamber.axes @ way / chamber.radii))


def _add_veins(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
               rings: Mapping[str, Ring]) -> None:  # fmt: skip
    entry, far = _ivc(patient)
    radius = patient.ivc_radius * moment.ivc_scale
    chamber = right(patient, moment)
    inside = chamber.centre + 0.8 * _surface(chamber, _IVC_WAY) * _IVC_WAY
    builder.capsule(Structure.IVC, entry, far, radius, radius)
    builder.capsule(Structure.IVC, inside, entry, radius, radius)
    mouth = entry + 0.24 * (far - entry)
    builder.capsule(Structure.IVC, mouth, mouth + 42.0 * unit(-POSTERIOR - 0.75 * SUPERIOR
                                                               - 0.1 * LEFT), 4.4, 2.4,
                    blend=4.0)  # fmt: skip
    builder.reference(Structure.IVC, Structure.RA, op=Op.CUT)
    builder.reference(Structure.IVC, Structure.RV_EPI, op=Op.CUT)
    root, beside, end = _svc(patient, moment, rings)
    builder.capsule(Structure.SVC, root - 6.0 * SUPERIOR, beside, patient.svc_radius)
    builder.capsule(Structure.SVC, beside, end, patient.svc_radius, blend=2.0)
    builder.reference(Structure.SVC, Structure.RA, op=Op.CUT)
    for other in (Structure.AORTA, Structure.PULMONARY):
        builder.reference(Structure.SVC, other, op=Op.CUT, grow=WALL_MM)
