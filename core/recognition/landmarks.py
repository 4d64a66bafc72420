"""The landmark model: named points of a view in a clip's frames, in source pixels.

As the specification demands, the region that holds the points is found first and cut out, and the
points are measured in the cut-out picture: a first look at the whole sector says where they lie,
the second look, at two or three times the size, where exactly.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain import PointTrack, Sector, View
from core.recognition.anatomy import session_of
from core.recognition.landmark_net import SIDE
from core.recognition.normalise import normalise
from core.recognition.square import Box, SectorSquare, Square, square_box

#: Frames of a clip that are looked at: two beats then have some twenty each.
FRAMES = 40
#: Frames of the first look.
FIRST_FRAMES = 5
#: A point with a smaller chance of being in the picture is left out.
LEAST_SEEN = 0.4
_MARGIN = 1.4
_LEAST_PART = 0.2
"""Of the sector's longer side: what is cut out is not looked at through a microscope."""
_BATCH = 4


def _ends(*calipers: str) -> tuple[str, ...]:
    return tuple(f"{caliper}_{number}" for caliper in calipers for number in (1, 2))


#: What is looked for in each view.
POINTS_OF_VIEW: Mapping[View, tuple[str, ...]] = {
    View.PLAX: (
        *_ends("lvid", "ivs", "lvpw", "rv_ap", "ao_root", "asc_aorta", "lvot", "la_ap", "effusion"),
        "mitral_aortic", "mitral_posterior", "aortic_anterior", "aortic_posterior",
    ),
    View.A4C: (
        *_ends("rv_basal", "ra_major", "ra_minor"),
        "mitral_septal", "mitral_lateral", "tricuspid_septal", "tricuspid_lateral", "lv_apex",
    ),
    View.A2C: ("mitral_anterior", "mitral_inferior", "lv_apex"),
    View.A3C: ("mitral_aortic", "mitral_posterior", "lv_apex"),
    View.A5C: ("mitral_septal", "mitral_lateral", "lv_apex"),
    View.PSAX_AV: (*_ends("main_pa"), "pulmonary_medial", "pulmonary_lateral"),
    View.SC_IVC: _ends("ivc"),
}  # fmt: skip


class LandmarkModel:
    """The exported landmark network; safe to share between threads."""

    def __init__(self, weights: Path, names: Path) -> None:
        """`weights`: ONNX; `names`: a JSON list, the points in the network's order."""
        self._session = session_of(weights)
        self.names: tuple[str, ...] = tuple(json.loads(names.read_text("utf-8")))

    def look(
        self, squares: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """uint8 [B, S, S] to points [B, K, 2] px, spreads [B, K] px, chances [B, K]."""
        parts = [
            self._session.run(None, {"image": normalise(squares[i : i + _BATCH])})
            for i in range(0, len(squares), _BATCH)
        ]
        points, spread, seen = (np.concatenate(part) for part in zip(*parts, strict=True))
        return points, spread, seen

    def find(
        self,
        frames: NDArray[np.uint8],
        sector: Sector,
        view: View,
        *,
        indices: Sequence[int],
        progress: Callable[[float], None] | None = None,
    ) -> tuple[PointTrack, ...]:
        """The points of `view` in the frames `indices` of uint8 [T, H, W, 3].

        `progress` is told the part done, 0..1; it may raise to cancel.
        """
        wanted = [name for name in POINTS_OF_VIEW.get(view, ()) if name in self.names]
        if not wanted or not len(indices):
            return ()
        columns = [self.names.index(name) for name in wanted]
        height, width = frames.shape[1:3]
        some = [indices[i] for i in _spread(len(indices), FIRST_FRAMES)]
        whole = SectorSquare(sector, height, width, SIDE)
        points, _, seen = self.look(np.stack([whole(frames[i]) for i in some]))
        chances = np.median(seen[:, columns], axis=0)
        there = [column for column, p in zip(columns, chances, strict=True) if p > LEAST_SEEN]
        if not there:
            return ()
        box = _around(np.median(points[:, there], axis=0), whole.square, width, height)
        cut = SectorSquare(sector, height, width, SIDE, box=box)
        found = []
        for start in range(0, len(indices), _BATCH):
            batch = indices[start : start + _BATCH]
            found.append(self.look(np.stack([cut(frames[i]) for i in batch])))
            if progress is not None:
                progress(min(1.0, (start + len(batch)) / len(indices)))
        points, spread, seen = (np.concatenate(part) for part in zip(*found, strict=True))
        return tuple(
            PointTrack(
                name=name,
                frames=tuple(int(i) for i in indices),
                points=cut.square.inverse(points[:, column]).astype(np.float32),
                spread=(spread[:, column] / cut.square.scale).astype(np.float32),
                seen=float(np.median(seen[:, column])),
            )
            for name, column in zip(wanted, columns, strict=True)
            if column in there and np.median(seen[:, column]) > LEAST_SEEN
        )


def looked_at(stretch: Sequence[int], marked: Sequence[int] = ()) -> list[int]:
    """Frames of a stretch to find points in: some evenly, and those near the phases `marked`."""
    chosen = {stretch[i] for i in _spread(len(stretch), FRAMES)}
    near = {frame + step for frame in marked for step in (-1, 0, 1)}
    return sorted(chosen | (near & set(stretch)))


def _spread(count: int, most: int) -> list[int]:
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int)).tolist()


def _around(points: NDArray[np.floating], square: Square, width: int, height: int) -> Box:
    """A square box around points of `square`, in whole source pixels, within the frame."""
    places = square.inverse(points)
    low, high = places.min(axis=0), places.max(axis=0)
    x0, y0, x1, y1 = square.box
    least = _LEAST_PART * max(x1 - x0, y1 - y0)
    half = _MARGIN * max(float((high - low).max()), least) / 2
    middle = (low + high) / 2
    return square_box(middle, half, width, height)
