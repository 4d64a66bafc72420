"""M-mode: one beam of the picture over time."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.phantom.flow.gate import Gate
from core.phantom.flow.pulse import Pulse
from core.phantom.image.machine import Machine
from core.phantom.image.render import render
from core.phantom.image.window import draw_window
from core.phantom.probe.plane import Plane

LINES_PER_S = 200.0
_BEAMS = 12  # a narrow fan round the line, for the point spread


def trace(pulse: Pulse, plane: Plane, machine: Machine, gate: Gate, seconds: float,
          rng: np.random.Generator) -> NDArray[np.uint8]:  # fmt: skip
    """Grey picture uint8 [samples, columns] of a line at `LINES_PER_S`.

    Args:
        pulse: the heart over time.
        plane, machine: of the picture that the line lies in.
        gate: the line.
        seconds: from time 0 on.
        rng: of the window's faults.
    """
    narrow = replace(
        machine,
        beams=_BEAMS,
        half_angle_deg=0.5 * (_BEAMS - 1) * 2 * machine.half_angle_deg / (machine.beams - 1),
        persistence=0.0,
        smoothing=min(machine.smoothing, 0.2),
    )
    across = np.cross(gate.beam, np.cross(plane.down, plane.right))
    right = across if across @ plane.right > 0 else -across
    line = Plane(origin=gate.start, down=gate.beam, right=right / np.linalg.norm(right))
    window = draw_window(narrow, 0.5 + 0.5 * pulse.moment(0.0)[0].patient.quality, rng)
    columns = []
    parts = rng.integers(0, narrow.samples, int(seconds * LINES_PER_S) + 2)
    for number in range(int(seconds * LINES_PER_S) + 2):
        heart, _, _ = pulse.moment(number / LINES_PER_S)
        polar = render(heart.scene, line, narrow, window, material=heart.material,
                       number=int(parts[number]))  # fmt: skip
        columns.append(polar[_BEAMS // 2])
    return np.stack(columns, axis=1)
