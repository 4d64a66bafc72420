"""Regions of a clip's frames: the network's boxes and dense maps as outlines in source pixels."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from core.domain import Region, Sector
from core.recognition.anatomy import SIDE, Anatomy, AnatomyModel
from core.recognition.region_net import LABELS, RegionNet
from core.recognition.square import SectorSquare, Square

# Outlines are drawn on a map of the input's size; the logits come at a quarter of it.
BATCH = 4
MIN_SCORE = 0.5
UNBOXED = 0.36
"""What a structure without a box counts for one: the map must then be 0.7 sure of it on average."""
MIN_PIXELS = 24
"""Of a structure, on a square of `SIDE`."""


class RegionModel:
    """The region network with its weights, ready for frames; safe to share between threads."""

    def __init__(self, net: RegionNet, trunk: AnatomyModel) -> None:
        self.net, self.trunk = net.eval(), trunk

    @classmethod
    def load(cls, weights: Path, trunk: Path) -> "RegionModel":
        """From the files that `core.training` writes: all weights (half precision), and the
        exported trunk."""
        return cls(load_net(weights), AnatomyModel(trunk))

    def squares(self, images: NDArray[np.uint8]) -> list[list["SquareRegion"]]:
        """uint8 [B, S, S] as `SectorSquare` cuts them; one list of regions a picture."""
        return self.outline(self.trunk.look(images))

    def outline(self, anatomy: Anatomy) -> list[list["SquareRegion"]]:
        """The regions of pictures that the trunk has seen; one list a picture."""
        images = anatomy.squares
        size = images.shape[1:]
        with torch.inference_mode():
            pyramid = [torch.from_numpy(level) for level in anatomy.pyramid]
            found = self.net.boxes(torch.empty(len(images), 1, *size), pyramid)
            logits = torch.nn.functional.interpolate(
                torch.from_numpy(anatomy.logits),
                size=size,
                mode="bilinear",
                align_corners=False,
            )
            maps = logits.sigmoid().numpy()
        return [
            _regions_of_square(instances, mine) for instances, mine in zip(found, maps, strict=True)
        ]

    def find(
        self,
        frames: NDArray[np.uint8],
        sector: Sector,
        *,
        indices: Sequence[int],
        progress: Callable[[float], None] | None = None,
    ) -> list[Region]:
        """Regions of the frames `indices` of uint8 [T, H, W, 3], in source pixels.

        `progress` is told the part done, 0..1; it may raise to cancel.
        """
        cut = SectorSquare(sector, frames.shape[1], frames.shape[2], SIDE)
        regions: list[Region] = []
        for start in range(0, len(indices), BATCH):
            batch = indices[start : start + BATCH]
            found = self.squares(np.stack([cut(frames[i]) for i in batch]))
            for index, squares in zip(batch, found, strict=True):
                regions += [square.to_source(index, cut.square) for square in squares]
            if progress is not None:
                progress(min(1.0, (start + len(batch)) / len(indices)))
        return regions


def load_net(weights: Path) -> RegionNet:
    """The whole network from a file of weights in half precision."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    net = RegionNet()
    net.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()})
    return net


class SquareRegion:
    """One region in the pixels of the network's square."""

    __slots__ = ("box", "label", "polygon", "score")

    def __init__(
        self, label: int, score: float, box: NDArray[np.float64], polygon: NDArray[np.float64]
    ) -> None:
        """`label`: index into `LABELS`; `box`: [4]; `polygon`: [N, 2]."""
        self.label, self.score, self.box, self.polygon = label, score, box, polygon

    def to_source(self, frame: int, square: Square) -> Region:
        polygon = square.inverse(self.polygon)
        x0, y0, x1, y1 = square.inverse(self.box.reshape(2, 2)).ravel().tolist()
        return Region(
            frame=frame,
            label=LABELS[self.label],
            score=self.score,
            box=(x0, y0, x1, y1),
            polygon=np.asarray(polygon, np.float32),
        )


def _regions_of_square(instances: object, maps: NDArray[np.float32]) -> list[SquareRegion]:
    """The best box of each label, outlined by the dense map inside it; where no box was found, what
    the map alone shows clearly."""
    fields = instances.get_fields()  # type: ignore[attr-defined]
    boxes = fields["pred_boxes"].tensor.numpy()
    scores = fields["scores"].numpy()
    classes = fields["pred_classes"].numpy()
    side = maps.shape[-1]
    regions = []
    for label, drawn in enumerate(maps):
        region = None
        mine = np.flatnonzero(classes == label)
        if len(mine):
            best = mine[np.argmax(scores[mine])]
            region = _outline(label, float(scores[best]), boxes[best], drawn)
        if region is None and drawn.max() > 0.5:
            region = _outline(label, UNBOXED, np.array([0, 0, side, side], np.float32), drawn)
        if region is not None:
            regions.append(region)
    return regions


def _outline(
    label: int, box_score: float, box: NDArray[np.float32], probability: NDArray[np.float32]
) -> SquareRegion | None:
    """Largest piece of the map over one half, inside the box grown by a tenth; None if too weak."""
    x0, y0, x1, y1 = box
    grow_x, grow_y = 0.1 * (x1 - x0) + 2, 0.1 * (y1 - y0) + 2
    left, top = max(0, int(x0 - grow_x)), max(0, int(y0 - grow_y))
    side = len(probability)
    right, bottom = min(side, int(x1 + grow_x) + 1), min(side, int(y1 + grow_y) + 1)
    window = probability[top:bottom, left:right]
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(
        (window > 0.5).astype(np.uint8), connectivity=4
    )
    if count < 2:
        return None
    piece = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    if stats[piece, cv2.CC_STAT_AREA] < MIN_PIXELS * (side / SIDE) ** 2:
        return None
    mask = pieces == piece
    # The box says "there is one", the map says how clearly it is seen: both must agree.
    score = float(np.sqrt(box_score * window[mask].mean()))
    if score < MIN_SCORE:
        return None
    polygon = subpixel_outline(np.where(mask | (window <= 0.5), window, 0.0))
    if polygon is None:
        return None
    polygon = polygon + np.array([left, top])
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    return SquareRegion(label, score, np.concatenate([low, high]), polygon)


def subpixel_outline(probability: NDArray[np.floating]) -> NDArray[np.float64] | None:
    """The longest outline of `probability` [H, W] at one half, to sub-pixel: [N, 2], or None.

    The map is enlarged four times before tracing, so that an outline's points lie on the level line
    and not on the pixel grid.
    """
    factor = 4
    padded = np.pad(np.asarray(probability, np.float32), 1)
    large = cv2.resize(padded, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    outlines, _ = cv2.findContours(
        (large > 0.5).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    if not outlines:
        return None
    longest = max(outlines, key=cv2.contourArea).reshape(-1, 2).astype(np.float64)
    if len(longest) < 12:
        return None
    # Traced pixels lie inside the line by half an enlarged pixel; thin out to about one a pixel.
    points = (longest + 0.5) / factor - 0.5 - 1
    return np.asarray(points[::factor], np.float64)
