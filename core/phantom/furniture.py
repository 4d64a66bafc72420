"""The rest of a machine's screen: depth scale, text, ECG, colour bar."""

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.scan import Screen

_GREY = (150, 150, 150)
_GREEN = (60, 200, 90)


def draw_furniture(
    frame: NDArray[np.uint8],
    screen: Screen,
    *,
    phase: float,
    part: float,
    depth_mm: float,
    look: int,
) -> None:
    """Draws onto RGB uint8 [H, W, 3] in place.

    Args:
        frame: the picture.
        screen: where the fan lies on it.
        phase: of the cycle at this frame.
        part: how far the ECG has run over the screen, 0..1.
        depth_mm: of the picture.
        look: number of the machine's look; even ones have ticks, odd ones dots.
    """
    height, width = frame.shape[:2]
    x = min(width - 12, int(np.nonzero(screen.inside.any(axis=0))[0][-1]) + 14)
    for centimetre in range(int(depth_mm // 10) + 1):
        y = round(screen.apex[1] + centimetre * 10 / screen.mm_per_px)
        if not 0 <= y < height:
            continue
        major = centimetre % 5 == 0
        if look % 2:
            cv2.circle(frame, (x, y), 2 if major else 1, _GREY, -1)
        else:
            cv2.line(frame, (x, y), (x + (9 if major else 4), y), _GREY, 1)
        if major and centimetre:
            cv2.putText(
                frame, str(centimetre), (x - 16, y + 4), cv2.FONT_HERSHEY_PLAIN, 0.7, _GREY, 1
            )
    bar = np.linspace(255, 0, 80).astype(np.uint8)
    frame[20:100, 12:20] = bar[:, None, None]
    texts = ("VIRTUAL HEART", f"D {depth_mm / 10:.0f} cm", "MI 1.1")
    for row, line in enumerate(texts):
        place = (30, 26 + 14 * row)
        cv2.putText(frame, line, place, cv2.FONT_HERSHEY_PLAIN, 0.8, _GREY, 1, cv2.LINE_AA)
    _ecg(frame, phase=phase, part=part)


def _ecg(frame: NDArray[np.uint8], *, phase: float, part: float) -> None:
    """A sweep along the bottom that agrees with the phase."""
    height, width = frame.shape[:2]
    end = max(2, int(part * width))
    columns = np.arange(0, end)
    phases = phase - (end - columns) / width * 4.0
    y = height - 14 - np.round(16 * ecg(phases)).astype(int)
    points = np.stack([columns, y], axis=1).reshape(-1, 1, 2).astype(np.int32)
    cv2.polylines(frame, [points], False, _GREEN, 1, cv2.LINE_AA)


def ecg(phase: NDArray[np.floating]) -> NDArray[np.float64]:
    """Height of an ECG at phases of the cycle: P, QRS at end-diastole, T."""
    t = np.mod(np.asarray(phase, np.float64) + 0.5, 1.0) - 0.5

    def wave(at: float, width: float, high: float) -> NDArray[np.float64]:
        return high * np.exp(-(((t - at) / width) ** 2))

    return (
        wave(-0.16, 0.03, 0.14) + wave(-0.02, 0.008, -0.12) + wave(0.0, 0.010, 1.0)
        + wave(0.022, 0.009, -0.22) + wave(0.30, 0.05, 0.26)
    )  # fmt: skip
