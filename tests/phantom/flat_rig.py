"""A patient without anatomy for tests of the bench: flat skin, planes a known movement apart."""

import threading

import numpy as np

from core.domain import Calibration, CalibrationSource, View
from core.phantom.bench import Judged, Movement, Picture
from core.phantom.image import Look, Machine, machine_of
from core.phantom.probe import Offset, Plane, PoseTruth

SCALE = Calibration(source=CalibrationSource.DICOM, mm_per_px_x=0.5, mm_per_px_y=0.5)
_HOME = Plane(origin=np.zeros(3), down=np.array([0.0, 0.0, 1.0]), right=np.array([1.0, 0.0, 0.0]))


class FlatRig:
    """All planes look down from z = 0; a view's plane is the first one slid 30 mm per view."""

    def __init__(self) -> None:
        self.rendered: list[tuple[float, Plane]] = []
        self.threads: set[int] = set()

    def standard(self, view: View) -> Plane:
        return self.moved(_HOME, Offset(slide_x_mm=30.0 * list(View).index(view)))

    def moved(self, plane: Plane, offset: Offset) -> Plane:
        a, b, c = np.deg2rad([offset.rotate_deg, offset.tilt_deg, offset.rock_deg])
        turn = (
            _about(2, a) @ _about(0, b) @ _about(1, c)
        )  # axes are right, normal, down: x, y, z of the picture
        axes = plane.axes @ turn
        step = np.array([offset.slide_x_mm, offset.slide_y_mm, offset.press_mm])
        return Plane(origin=plane.origin + step, down=axes[:, 2], right=axes[:, 0])

    def between(self, start: Plane, end: Plane) -> Offset:
        m = start.axes.T @ end.axes
        step = end.origin - start.origin
        return Offset(
            rotate_deg=float(np.rad2deg(np.arctan2(-m[0, 1], m[1, 1]))),
            tilt_deg=float(np.rad2deg(np.arcsin(np.clip(m[2, 1], -1, 1)))),
            rock_deg=float(np.rad2deg(np.arctan2(-m[2, 0], m[2, 2]))),
            slide_x_mm=float(step[0]),
            slide_y_mm=float(step[1]),
            press_mm=float(step[2]),
        )

    def tolerance(self, view: View) -> tuple[float, float]:
        return 8.0, 8.0

    def judge(self, plane: Plane, view: View) -> Judged:
        offset = self.between(plane, self.standard(view))
        return Judged(standard=_size(offset) <= 8, offset=offset)

    def nearest(self, plane: Plane) -> View:
        return View.PLAX

    def truth(self, plane: Plane) -> PoseTruth:
        offset = self.between(plane, self.standard(View.PLAX))
        return PoseTruth(
            view=View.PLAX, standard=_size(offset) <= 8, offset=offset, angle_deg=0.0,
            distance_mm=0.0, farness=_size(offset) / 8, foreshortening=None, visible=frozenset(),
        )  # fmt: skip

    def machine(self, view: View) -> Machine:
        return machine_of(Look.SOFT)

    def render(
        self, plane: Plane, time_s: float, *, view: View, before: Picture | None = None
    ) -> Picture:
        self.rendered.append((time_s, plane))
        self.threads.add(threading.get_ident())
        level = np.uint8(int(abs(plane.origin).sum()) % 256)
        return Picture(
            pixels=np.full((40, 48, 3), level, np.uint8),
            calibration=SCALE,
            view=view,
            polar=np.zeros((4, 4), np.uint8),
            number=0 if before is None else before.number + 1,
        )


def _size(offset: Offset) -> float:
    return max(abs(getattr(offset, each.value)) for each in Movement)


def _about(axis: int, angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    turn = np.eye(3)
    i, j = [(1, 2), (2, 0), (0, 1)][axis]
    turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
    return turn
