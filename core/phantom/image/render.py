"""One frame on the processor."""

import numpy as np
from numpy.typing import NDArray

from core.phantom.image.display import develop
from core.phantom.image.machine import Machine
from core.phantom.image.plane import ImagePlane
from core.phantom.image.scatter import echoes
from core.phantom.image.survey import Survey, survey
from core.phantom.image.window import Window
from core.phantom.scene import Scene

_STRIDE = 7919  # frames' parts of the window's noise lie far apart


def noise_start(machine: Machine, number: int) -> int:
    """Where in the window's noise the frame of a number begins."""
    return (number * _STRIDE) % machine.samples


def render(
    scene: Scene, plane: ImagePlane, machine: Machine, window: Window, *,
    material: NDArray[np.float32] | None = None, number: int = 0,
    before: NDArray[np.uint8] | None = None, found: Survey | None = None,
) -> NDArray[np.uint8]:  # fmt: skip
    """The picture of a scene, beam by beam.

    Args:
        scene: the heart at one moment.
        plane: where the probe stands.
        machine: geometry and look.
        window: the clip's faults, drawn for this machine.
        material: `Heart.material`, so that speckle moves with the tissue.
        number: of the frame; the receiver's noise differs from frame to frame.
        before: the earlier frame's polar picture, for the machine's persistence.
        found: the survey of the same scene, plane and machine, if there is one already.

    Returns:
        uint8 [beams, samples].
    """
    if found is None:
        found = survey(scene, plane, machine, material)
    seen = echoes(scene, plane, machine, window, found)
    return develop(seen, machine, window, found, noise_start(machine, number), before)
