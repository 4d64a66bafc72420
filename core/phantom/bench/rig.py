"""One virtual patient under one machine: what the bench asks of heart, probe and picture."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.domain import Calibration, View
from core.phantom.bench.stand import Judged, Picture
from core.phantom.cycle import breathing, moment, rhythm_of, screen_ecg
from core.phantom.display import FanScreen, make_fan_screen
from core.phantom.heart.heart import Heart
from core.phantom.heart.torso import torso_of
from core.phantom.image import Look, Machine, draw_window, machine_of, render
from core.phantom.image import Window as AcousticWindow
from core.phantom.patient import Case, HeartPatient, Severity, draw_patient
from core.phantom.probe import (
    Offset,
    Plane,
    PoseTruth,
    assess,
    canonical_plane,
    moved,
    offset_between,
    resting_heart,
    tolerance_of,
    view_of,
)
from core.phantom.probe.meshes import heart_meshes, rib_mesh, torso_mesh
from core.phantom.probe.standard import tolerances_off
from core.phantom.probe.surface import Mesh
from core.phantom.scene import Structure

SIZE = (640, 480)
"""Of the screen, px: a fan of about 400×400 with its scales around it."""
_DEPTH_MM: Mapping[View, float] = {
    View.PLAX: 150.0,
    View.PSAX_AV: 140.0,
    View.PSAX_MV: 140.0,
    View.PSAX_PM: 140.0,
    View.A4C: 165.0,
    View.A5C: 165.0,
    View.A2C: 165.0,
    View.A3C: 165.0,
    View.SC4C: 185.0,
    View.SC_IVC: 155.0,
    View.SSN: 145.0,
}
_BEAMS, _SAMPLES = 128, 320
"""Of the polar picture: as fine as the point spread and the screen, for the sake of speed."""
_PHASES = 36
"""Hearts of one beat that are kept ready: 25 ms apart at 67 beats a minute."""
_BREATHS = 3
"""Depths of breath that are told apart."""
_HEARTS_KEPT = _PHASES * (_BREATHS + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A patient and a machine, by choice.

    Attributes:
        seed: the patient.
        case, severity: None for a healthy heart.
        quality: of the window, 0 poor to 1 excellent.
        look: the machine.
    """

    seed: int = 7
    case: Case | None = None
    severity: Severity = Severity.MODERATE
    quality: float = 0.8
    look: Look = Look.SOFT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Screen:
    machine: Machine
    window: AcousticWindow
    fan: FanScreen
    calibration: Calibration


class HeartRig:
    """A beating heart that can be looked at from anywhere; see `Rig`. Any thread may ask.

    Args:
        setup: who is examined, and with what.
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.patient: HeartPatient = draw_patient(
            setup.seed,
            quality=setup.quality,
            case=setup.case,
            severity=setup.severity if setup.case is not None else None,
        )
        self._rest = resting_heart(self.patient)
        self._torso = torso_of(self.patient)
        self._rhythm = rhythm_of(self.patient)
        self._screens: dict[View, _Screen] = {}
        self._hearts: OrderedDict[tuple[int, int], Heart] = OrderedDict()
        self._lock = threading.Lock()

    # Planes

    def standard(self, view: View) -> Plane:
        """The view's plane in this patient."""
        return canonical_plane(self._rest, view)

    def moved(self, plane: Plane, offset: Offset) -> Plane:
        """The plane after a movement over this patient's skin."""
        return moved(self._torso, plane, offset)

    def between(self, start: Plane, end: Plane) -> Offset:
        """The movement that leads from one plane to the other."""
        return offset_between(self._torso, start, end)

    def tolerance(self, view: View) -> tuple[float, float]:
        """(degrees, mm) within which a plane is the view's standard plane."""
        found = tolerance_of(view)
        return found.degrees, found.mm

    def judge(self, plane: Plane, view: View) -> Judged:
        """How the plane stands to a view."""
        offset = self.between(plane, self.standard(view))
        # What a plane shows takes long to find out: only where the pose leaves it open.
        near = tolerances_off(offset, tolerance_of(view)) <= 1.0
        standard = near and assess(self._rest, plane, view=view).standard
        return Judged(standard=standard, offset=offset)

    def nearest(self, plane: Plane) -> View:
        """The view that the plane is most like, or OTHER."""
        return view_of(self._rest, plane)

    def truth(self, plane: Plane) -> PoseTruth:
        """All that is true of the plane."""
        return assess(self._rest, plane)

    # Pictures

    def machine(self, view: View) -> Machine:
        """The machine as it is set up for a view."""
        return self._screen(view).machine

    def render(
        self, plane: Plane, time_s: float, *, view: View, before: Picture | None = None
    ) -> Picture:
        """The machine's screen at a time of the beating heart."""
        screen = self._screen(view)
        heart = self._heart(time_s)
        number = 0 if before is None else before.number + 1
        grey = render(
            heart.scene,
            plane,
            screen.machine,
            screen.window,
            material=heart.material,
            number=number,
            before=before.polar if before is not None and before.view is view else None,
        )
        pixels = screen.fan.compose(screen.fan.screen.to_screen(grey), time_s=time_s, ecg=self._ecg)
        return Picture(
            pixels=pixels, calibration=screen.calibration, view=view, polar=grey, number=number
        )

    def surfaces(self) -> Mapping[str, Mesh]:
        """Skin, ribs and the heart's parts at rest, in body coordinates."""
        parts = heart_meshes(self._rest)
        return {
            "skin": torso_mesh(self._torso),
            "ribs": rib_mesh(self._rest),
            "lv": parts[Structure.LV_EPI],
            "rv": parts[Structure.RV_EPI],
            "la": parts[Structure.LA],
            "ra": parts[Structure.RA],
            "aorta": _joined(parts[Structure.AORTA], parts[Structure.DESCENDING]),
            "pulmonary": parts[Structure.PULMONARY],
            "veins": _joined(parts[Structure.IVC], parts[Structure.SVC]),
        }

    def _ecg(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Heights for the screen's trace, R about 1."""
        return screen_ecg(self.patient, times_s)

    def _screen(self, view: View) -> _Screen:
        with self._lock:
            if view not in self._screens:
                self._screens[view] = self._set_up(view)
            return self._screens[view]

    def _set_up(self, view: View) -> _Screen:
        setup = self.setup
        machine = replace(
            machine_of(setup.look), depth_mm=_DEPTH_MM[view], beams=_BEAMS, samples=_SAMPLES
        )
        rng = np.random.default_rng((setup.seed, 11))
        fan = make_fan_screen(machine, size=SIZE, heart_rate=self.patient.heart_rate)
        return _Screen(
            machine=machine,
            window=draw_window(machine, self.patient.quality, rng),
            fan=fan,
            calibration=fan.region.calibration,
        )

    def _heart(self, time_s: float) -> Heart:
        """The heart at a time, to the nearest of the phases that are kept."""
        beat = self._rhythm.at(time_s)
        phase = 1000 * (time_s - beat.start_s) / beat.rr_ms
        key = round(phase * _PHASES) % _PHASES, round(breathing(time_s) * _BREATHS)
        with self._lock:
            heart = self._hearts.get(key)
            if heart is not None:
                self._hearts.move_to_end(key)
                return heart
        heart = Heart(
            self.patient, moment(self.patient, key[0] / _PHASES, breath=key[1] / _BREATHS)
        )
        with self._lock:
            self._hearts[key] = heart
            while len(self._hearts) > _HEARTS_KEPT:
                self._hearts.popitem(last=False)
        return heart


@lru_cache(maxsize=3)
def rig_of(setup: Setup) -> HeartRig:
    """The rig of a choice; the last few are kept."""
    return HeartRig(setup)


def _joined(*meshes: Mesh) -> Mesh:
    """Several bodies as one."""
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        faces=np.concatenate([m.faces + n for m, n in zip(meshes, starts, strict=True)]),
    )
