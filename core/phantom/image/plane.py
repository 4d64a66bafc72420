"""What the picture needs to know of where the probe stands."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class ImagePlane(Protocol):
    """An image plane in the heart's frame, mm; `core.phantom.probe.Plane` is one."""

    @property
    def origin(self) -> NDArray[np.float64]:
        """Centre of the probe's face."""

    @property
    def down(self) -> NDArray[np.float64]:
        """Unit vector along the middle beam."""

    @property
    def right(self) -> NDArray[np.float64]:
        """Unit vector to the right of the picture."""


def frame(plane: ImagePlane) -> NDArray[np.float32]:
    """float32 [4, 3]: origin, down, right and the normal that both span."""
    normal = np.cross(plane.down, plane.right)
    return np.asarray(np.stack([plane.origin, plane.down, plane.right, normal]), np.float32)
