"""Region maps to learn the view from: true ones, ones that a network drew, and what bends them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core.recognition.anatomy import LOOK_SIDE
from core.recognition.view_net import MAP_CHANNELS, MAP_SIDE, VIEWS, region_maps, sector_maps
from core.training.augment import NONE, Augmentation, to_square
from core.training.sample import Sample, SampleSet

Look = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures uint8 [B, S, S] to dense logits [B, 16, S/4, S/4]."""
_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapData:
    """Region maps with their views.

    Attributes:
        packed: uint8 [N, 17, 64, 8], maps packed to bits.
        views: int64 [N], place in `VIEWS`.
        groups: patient or source of each; a split never divides one.
    """

    packed: NDArray[np.uint8]
    views: NDArray[np.int64]
    groups: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.views)

    def maps(self, indices: NDArray[np.integer] | slice = slice(None)) -> torch.Tensor:
        """float [n, 17, 64, 64], 0 or 1."""
        return torch.from_numpy(np.unpackbits(self.packed[indices], axis=-1)).float()


class _Filling:
    """Map data that is being put together, its memory taken once.

    Small arrays kept between large passing ones would tear the heap to pieces.
    """

    def __init__(self, most: int) -> None:
        self._packed = np.empty((most, MAP_CHANNELS, MAP_SIDE, MAP_SIDE // 8), np.uint8)
        self._views: list[int] = []
        self._groups: list[str] = []

    def add(self, maps: NDArray[np.uint8], sample: Sample) -> None:
        """`maps`: uint8 [17, 64, 64], 0 or 1, of a sample whose view is known."""
        assert sample.view is not None
        self._packed[len(self._views)] = np.packbits(maps, axis=-1)
        self._views.append(VIEWS.index(sample.view))
        self._groups.append(sample.group)

    def done(self) -> MapData:
        return MapData(
            packed=self._packed[: len(self._views)],
            views=np.array(self._views, np.int64),
            groups=tuple(self._groups),
        )


def true_maps(samples: SampleSet, indices: Sequence[int]) -> MapData:
    """Maps of the true masks of samples that have them all."""
    filling = _Filling(len(indices))
    for index in indices:
        sample = samples[index]
        if sample.masks is None or sample.view is None:
            continue
        step = sample.masks.shape[-1] // MAP_SIDE
        cells = sample.masks.reshape(len(sample.masks), MAP_SIDE, step, MAP_SIDE, step)
        regions = cells.sum(axis=(2, 4)) > 0.4 * step * step
        maps = np.concatenate([regions, sector_maps(sample.image[None])]).astype(np.uint8)
        filling.add(maps, sample)
    return filling.done()


def drawn_maps(
    samples: SampleSet,
    indices: Sequence[int],
    look: Look,
    *,
    augmentation: Augmentation = NONE,
    seed: int = 0,
) -> MapData:
    """Maps as a network draws them on the samples' pictures."""
    filling = _Filling(len(indices))
    for first in range(0, len(indices), _BATCH):
        batch = [(index, samples[index]) for index in indices[first : first + _BATCH]]
        known = [(index, sample) for index, sample in batch if sample.view is not None]
        if not known:
            continue
        squares = np.stack([
            to_square(
                sample, side=LOOK_SIDE, augmentation=augmentation,
                rng=np.random.default_rng((seed, index)),
            )[0]
            for index, sample in known
        ])  # fmt: skip
        for maps, (_, sample) in zip(region_maps(look(squares), squares), known, strict=True):
            filling.add(maps, sample)
    return filling.done()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bending:
    """How maps are changed between one look and the next.

    Attributes:
        rotate_deg, scale, shift, shear: standard deviations (degrees; log; half-sides; part).
        lose: probability that a region is not seen at all.
        swell: probability that a region is drawn too large or too small by a pixel.
        shadow: probability of a wedge in which nothing is seen.
        blot: probability of a blot of a region where it is not.
    """

    rotate_deg: float = 10.0
    scale: float = 0.18
    shift: float = 0.08
    shear: float = 0.08
    lose: float = 0.12
    swell: float = 0.3
    shadow: float = 0.25
    blot: float = 0.25


def bend(maps: torch.Tensor, rng: np.random.Generator, how: Bending) -> torch.Tensor:
    """Maps float [B, 17, 64, 64] as another patient, hand or network would have given them."""
    count, channels = maps.shape[:2]
    maps = _move(maps, rng, how)
    sector = maps[:, -1:]
    regions = maps[:, :-1].to(torch.uint8)  # a quarter of the memory to go through
    grown, shrunk = _grown(regions), 1 - _grown(1 - regions)
    turn = torch.from_numpy(rng.random((count, channels - 1, 1, 1)).astype(np.float32))
    regions = torch.where(
        turn < how.swell / 2, grown, torch.where(turn < how.swell, shrunk, regions)
    )
    kept = rng.random((count, channels - 1, 1, 1)) >= how.lose
    regions = regions * torch.from_numpy(kept.astype(np.uint8))
    regions = torch.maximum(regions, _blots(count, channels - 1, rng, how.blot).to(torch.uint8))
    return torch.cat([regions.float() * _shadows(count, rng, how.shadow) * sector, sector], dim=1)


def scrambled(maps: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Maps float [B, 17, 64, 64] of no heart: what a network draws where it sees one in a picture
    of something else.

    A third has the regions' names mixed up, a third stands on its head, a third keeps but a scrap
    or two. A head that has seen such maps does not call each blot a view.
    """
    count, channels = maps.shape[:2]
    regions, sector = maps[:, :-1].clone(), maps[:, -1:]
    for index, kind in enumerate(rng.integers(0, 3, count)):
        if kind == 0:
            # Turned by one or more places: no region keeps its name.
            regions[index] = regions[index].roll(int(rng.integers(1, channels - 1)), dims=0)
        elif kind == 1:
            regions[index] = regions[index].flip(-2)
        else:
            regions[index] = _blots(1, channels - 1, rng, 1.0)[0]
    return torch.cat([regions * sector, sector], dim=1)


def _move(maps: torch.Tensor, rng: np.random.Generator, how: Bending) -> torch.Tensor:
    count = len(maps)
    angle = np.deg2rad(rng.normal(0, how.rotate_deg, count))
    scale = np.exp(rng.normal(0, how.scale, count))
    stretch = np.exp(rng.normal(0, how.shear, count))
    lean = rng.normal(0, how.shear, count)
    cos, sin = np.cos(angle), np.sin(angle)
    theta = np.empty((count, 2, 3), np.float32)
    theta[:, 0, 0], theta[:, 0, 1] = scale * stretch * cos, -scale * sin + lean
    theta[:, 1, 0], theta[:, 1, 1] = scale * sin, scale / stretch * cos
    theta[:, :, 2] = rng.normal(0, how.shift, (count, 2))
    grid = F.affine_grid(torch.from_numpy(theta), list(maps.shape), align_corners=False)
    return F.grid_sample(maps, grid, mode="nearest", align_corners=False)


def _grown(regions: torch.Tensor) -> torch.Tensor:
    """0 or 1 [..., H, W], each place the largest of itself and its eight neighbours.

    Many times as fast as pooling, which on a processor looks at each neighbour of each place.
    """
    for axis in (-1, -2):
        low = regions.roll(1, dims=axis)
        low.narrow(axis, 0, 1).zero_()
        high = regions.roll(-1, dims=axis)
        high.narrow(axis, regions.shape[axis] - 1, 1).zero_()
        regions = torch.maximum(torch.maximum(low, high), regions)
    return regions


def _blots(count: int, channels: int, rng: np.random.Generator, often: float) -> torch.Tensor:
    blots = torch.zeros(count, channels, MAP_SIDE, MAP_SIDE)
    y, x = np.mgrid[:MAP_SIDE, :MAP_SIDE]
    for index in np.flatnonzero(rng.random(count) < often):
        cx, cy = rng.uniform(0, MAP_SIDE, 2)
        rx, ry = rng.uniform(2, 9, 2)
        blot = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        blots[index, int(rng.integers(channels))] = torch.from_numpy(blot.astype(np.float32))
    return blots


def _shadows(count: int, rng: np.random.Generator, often: float) -> torch.Tensor:
    """1 where something is seen; a wedge from the top is dark in some."""
    seen = torch.ones(count, 1, MAP_SIDE, MAP_SIDE)
    y, x = np.mgrid[:MAP_SIDE, :MAP_SIDE]
    bearing = np.degrees(np.arctan2(x - MAP_SIDE / 2, y + 4.0))
    for index in np.flatnonzero(rng.random(count) < often):
        middle, half = rng.uniform(-45, 45), rng.uniform(3, 14)
        seen[index, 0] = torch.from_numpy((np.abs(bearing - middle) > half).astype(np.float32))
    return seen
