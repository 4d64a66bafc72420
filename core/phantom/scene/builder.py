"""A scene: the heart at one moment as a short program of simple forms."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.phantom.scene.forms import COLUMNS, ROWS
from core.phantom.scene.structure import Kind, Op, Structure

WIDTH = 22  # numbers of the longest form
FAR_MM = 1e3  # distance of a structure that is nowhere near
_NOWHERE = 1e4  # centre of a form that this patient has not


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """The program, one row an instruction, carried out in order.

    Every patient's scene has the same instructions in the same order (a form that a patient does
    not have is put far away), so scenes of many patients stack into one batch.

    Attributes:
        code: int32 [P, 4]: op, kind, structure, structure referred to (or -1).
        numbers: float32 [P, WIDTH]: the form's numbers, mm.
        blend: float32 [P, 2]: mm of smooth union, or the offset of a reference; enlargement.
        bounds: float32 [P, 4]: centre and radius of a ball around the form; radius inf = all space.
        tables: float32 [T, ROWS, COLUMNS]: radii and factors of the stars.
    """

    code: NDArray[np.int32]
    numbers: NDArray[np.float32]
    blend: NDArray[np.float32]
    bounds: NDArray[np.float32]
    tables: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """A growth that changes over space: slope . place + at_origin, eased into its bounds; mm."""

    slope: tuple[float, float, float]
    at_origin: float
    least: float
    most: float


class SceneBuilder:
    """Collects instructions. Vectors are float [3], mm, in the heart's frame.

    Common to all methods: `to` is the structure that is changed; `op` how; `blend` the mm over
    which a union is rounded (at a cut, the forms are grown by it); `here=False` keeps the
    instruction's place in the program but puts the form where nobody looks.
    """

    def __init__(self) -> None:
        self._code: list[tuple[int, int, int, int]] = []
        self._numbers: list[list[float]] = []
        self._blend: list[tuple[float, float]] = []
        self._bounds: list[tuple[float, float, float, float]] = []
        self._tables: list[NDArray[np.float32]] = []

    def capsule(self, to: Structure, a: ArrayLike, b: ArrayLike, radius_a: float,
                radius_b: float | None = None, *, op: Op = Op.UNION, blend: float = 0.0,
                here: bool = True) -> None:  # fmt: skip
        """A rounded rod from `a` to `b`."""
        start, end = np.asarray(a, float), np.asarray(b, float)
        last = radius_a if radius_b is None else radius_b
        reach = 0.5 * float(np.linalg.norm(end - start)) + max(radius_a, last)
        self._add(op, Kind.CAPSULE, to, [*start, *end, radius_a, last], blend=blend, here=here,
                  centre=0.5 * (start + end), reach=reach)  # fmt: skip

    def ellipsoid(self, to: Structure, centre: ArrayLike, half_axes: ArrayLike,
                  axes: ArrayLike | None = None, *, op: Op = Op.UNION, blend: float = 0.0,
                  here: bool = True) -> None:  # fmt: skip
        """`axes`: rows are the directions of the half axes."""
        rows = np.eye(3) if axes is None else np.asarray(axes, float)
        radii = np.asarray(half_axes, float)
        self._add(op, Kind.ELLIPSOID, to, [*np.asarray(centre, float), *rows.ravel(), *radii],
                  blend=blend, here=here, centre=centre, reach=float(radii.max()))  # fmt: skip

    def star(self, to: Structure, centre: ArrayLike, axes: ArrayLike, radii: NDArray[np.floating],
             *, stretch: float = 1.0, op: Op = Op.UNION, blend: float = 0.0,
             here: bool = True) -> None:  # fmt: skip
        """`radii`: [ROWS, COLUMNS] by direction from `centre`; the third of `axes` is row 0.

        `stretch` multiplies the third coordinate before the table is asked.
        """
        table = np.asarray(radii, np.float32)
        if table.shape != (ROWS, COLUMNS):
            raise ValueError(f"star table must be {(ROWS, COLUMNS)}, not {table.shape}")
        first = len(self._tables)
        self._tables += [table, _true_distance(table, stretch)]
        numbers = [*np.asarray(centre, float), *np.asarray(axes, float).ravel(), stretch,
                   float(first), float(first + 1)]  # fmt: skip
        reach = float(table.max()) * max(1.0, 1.0 / stretch)
        self._add(op, Kind.STAR, to, numbers, blend=blend, here=here, centre=centre, reach=reach)

    def leaflet(self, to: Structure, centre: ArrayLike, axes: ArrayLike, *, ring: float,
                half_width_deg: float, bend: tuple[float, float], tip: tuple[float, float],
                half_thickness: float, pole: float = 0.0, end_part: float = 0.0,
                power: float = 4.0, op: Op = Op.UNION, blend: float = 0.0,
                here: bool = True) -> None:  # fmt: skip
        """See `core.phantom.scene.forms.leaflet`; `bend`, `tip`: (inward, height) mm."""
        numbers = [
            *np.asarray(centre, float), *np.asarray(axes, float).ravel(), ring, pole,
            np.deg2rad(half_width_deg), *bend, *tip, end_part, power, half_thickness,
        ]  # fmt: skip
        reach = float(np.hypot(max(ring, bend[0] - ring, tip[0] - ring),
                               max(abs(bend[1]), abs(tip[1])))) + half_thickness  # fmt: skip
        self._add(op, Kind.LEAFLET, to, numbers, blend=blend, here=here, centre=centre,
                  reach=reach)  # fmt: skip

    def cusp(self, to: Structure, centre: ArrayLike, axes: ArrayLike, *,
             commissure: tuple[float, float], hinge: float, bend: tuple[float, float],
             rim: tuple[float, float], rounding: float, half_thickness: float, op: Op = Op.UNION,
             blend: float = 0.0, here: bool = True) -> None:  # fmt: skip
        """See `core.phantom.scene.forms.cusp`; `bend`, `rim`: (mm from the centre, height > 0)."""
        numbers = [
            *np.asarray(centre, float), *np.asarray(axes, float).ravel(), *commissure, hinge,
            *bend, *rim, rounding, half_thickness,
        ]  # fmt: skip
        across = max(float(np.hypot(*commissure)), hinge, bend[0], rim[0])
        self._add(op, Kind.CUSP, to, numbers, blend=blend, here=here, centre=centre,
                  reach=float(np.hypot(across, rim[1])) + half_thickness)  # fmt: skip

    def half_space(self, to: Structure, point: ArrayLike, normal: ArrayLike, *, op: Op = Op.KEEP,
                   blend: float = 0.0, here: bool = True) -> None:  # fmt: skip
        """All that lies behind the plane through `point` with outward `normal`."""
        direction = np.asarray(normal, float)
        numbers = [*np.asarray(point, float), *(direction / np.linalg.norm(direction))]
        if not here:  # a plane cannot be put far away: move it along its normal
            move = _NOWHERE if op is Op.KEEP else -_NOWHERE
            numbers[:3] = list(np.asarray(point, float) + move * np.asarray(numbers[3:]))
        self._add(op, Kind.HALF_SPACE, to, numbers, blend=blend, here=True)

    def column(self, to: Structure, centre: ArrayLike, across: ArrayLike, other: ArrayLike, *,
               half_widths: tuple[float, float], exponent: float, op: Op = Op.UNION,
               blend: float = 0.0, here: bool = True) -> None:  # fmt: skip
        """An endless rounded-box column with unit axes `across` and `other`."""
        numbers = [*np.asarray(centre, float), *np.asarray(across, float),
                   *np.asarray(other, float), *half_widths, exponent]  # fmt: skip
        self._add(op, Kind.COLUMN, to, numbers, blend=blend, here=here)

    def wedge(self, to: Structure, point: ArrayLike, axis: ArrayLike, toward: ArrayLike, *,
              half_angle_deg: float, op: Op = Op.UNION) -> None:  # fmt: skip
        """All within `half_angle_deg` (under 90) of `toward` about the axis through `point`."""
        half = np.deg2rad(half_angle_deg)
        numbers = [*np.asarray(point, float), *np.asarray(axis, float), *np.asarray(toward, float),
                   float(np.cos(half)), float(np.sin(half))]  # fmt: skip
        self._add(op, Kind.WEDGE, to, numbers)

    def reference(self, to: Structure, other: Structure, *, op: Op, blend: float = 0.0,
                  grow: float = 0.0, ramp: Ramp | None = None,
                  here: bool = True) -> None:  # fmt: skip
        """Joins, cuts or keeps by another structure as it stands now, grown by `grow` mm, and by
        `ramp` where it is to grow unevenly."""
        missing = _NOWHERE if op is not Op.KEEP else -_NOWHERE
        self._code.append((int(op), int(Kind.REFERENCE), int(to), int(other)))
        numbers = [] if ramp is None else [*ramp.slope, ramp.at_origin, ramp.least, ramp.most]
        self._numbers.append([*map(float, numbers), *[0.0] * (WIDTH - len(numbers))])
        self._blend.append((blend, grow if here else -missing))
        self._bounds.append((0.0, 0.0, 0.0, np.inf))

    def see_farther(self, structures: Collection[Structure], mm: float) -> None:
        """Distances to these structures, as they stand now, are to be true `mm` farther out."""
        for index, (code, bound) in enumerate(zip(self._code, self._bounds, strict=True)):
            if code[2] in structures:
                self._bounds[index] = (*bound[:3], bound[3] + mm)

    def build(self) -> Scene:
        """The program, ready to be asked."""
        empty = np.zeros((1, ROWS, COLUMNS), np.float32)
        return Scene(
            code=np.asarray(self._code, np.int32),
            numbers=np.asarray(self._numbers, np.float32),
            blend=np.asarray(self._blend, np.float32),
            bounds=np.asarray(self._bounds, np.float32),
            tables=np.stack(self._tables) if self._tables else empty,
        )

    def _add(self, op: Op, kind: Kind, to: Structure, numbers: list[float], *,
             blend: float = 0.0, here: bool = True, centre: ArrayLike = (0.0, 0.0, 0.0),
             reach: float = np.inf) -> None:  # fmt: skip
        if not here:
            numbers = list(numbers)
            moved = 6 if kind is Kind.CAPSULE else 3
            for index in range(moved):
                numbers[index] += _NOWHERE
            centre = np.asarray(centre, float) + _NOWHERE
        self._code.append((int(op), int(kind), int(to), -1))
        self._numbers.append([*map(float, numbers), *[0.0] * (WIDTH - len(numbers))])
        self._blend.append((blend, 0.0))
        x, y, z = np.asarray(centre, float)
        self._bounds.append((float(x), float(y), float(z), float(reach) + blend))


def _true_distance(table: NDArray[np.float32], stretch: float) -> NDArray[np.float32]:
    """Factor from a difference along the radius to a distance across the surface, at each cell.

    For the surface r = R(row angle p, column angle t) it is 1 / |grad (r - R)|, and the stretched
    coordinate counts by how much of the normal lies along it.
    """
    p = np.linspace(0, np.pi, ROWS)[:, None]
    dp = np.gradient(table, np.pi / (ROWS - 1), axis=0) / table
    around = np.concatenate([table[:, -1:], table, table[:, :1]], axis=1)
    dt = np.gradient(around, 2 * np.pi / COLUMNS, axis=1)[:, 1:-1]
    dt = dt / (table * np.maximum(np.sin(p), 0.15))
    # The normal in the table's frame: radial 1, polar -dp, around -dt.
    along = np.cos(p) + np.sin(p) * dp
    square = 1 + dp**2 + dt**2
    across = np.maximum(square - along**2, 0)
    return np.asarray(1 / np.sqrt(across + (along * stretch) ** 2), np.float32)
