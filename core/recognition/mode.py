"""What kind of picture a clip is: B-mode, colour, or a strip."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.acquisition.sector_view import outline_mask
from core.domain import Mode, Sector, SectorKind

# Part of the sector's pixels that are strongly coloured from which a picture counts as colour
# Doppler. A tinted grey map (sepia, blue) colours all pixels alike and faintly; a flow map a part
# and strongly.
COLOUR_SHARE = 0.004
SATURATION = 90
VALUE = 60


def mode_of(declared: Mode, frames: NDArray[np.uint8], sector: Sector) -> Mode:
    """The mode that the source declares, else what the picture shows.

    Args:
        declared: from the DICOM region's data type; UNKNOWN where there is none.
        frames: uint8 [N, H, W, 3], a few frames.
        sector: where the picture lies.

    A strip without a declared mode stays UNKNOWN: pulsed, continuous and tissue Doppler look alike.
    """
    if declared is not Mode.UNKNOWN and declared is not Mode.BMODE:
        return declared
    if sector.kind in (SectorKind.STRIP, SectorKind.NONE):
        return declared
    inside = outline_mask(sector, frames.shape[1], frames.shape[2])
    shares = [_colour_share(frame, inside) for frame in frames]
    return Mode.COLOR if float(np.median(shares)) > COLOUR_SHARE else Mode.BMODE


def _colour_share(frame: NDArray[np.uint8], inside: NDArray[np.bool_]) -> float:
    hsv = cv2.cvtColor(frame, cv2.COLOR_RGB2HSV)
    strong = (hsv[..., 1] > SATURATION) & (hsv[..., 2] > VALUE) & inside
    # Single pixels are compression noise: a flow map comes in patches.
    patches = cv2.morphologyEx(strong.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return float(patches.sum() / max(1, int(inside.sum())))
