"""Frames and clips as they come from a source."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.domain.calibration import NO_CALIBRATION, Calibration
from core.domain.labels import Mode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """One picture.

    Attributes:
        pixels: uint8 [H, W, 3], RGB, read-only by convention.
        index: its number in the source, from 0.
        time_s: seconds since the first frame of the source.
        source: where it comes from, for people (file name, device name).
        calibration: what is known of its pixels' size.
    """

    pixels: NDArray[np.uint8]
    index: int
    time_s: float
    source: str
    calibration: Calibration = NO_CALIBRATION


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """A run of frames of one size from one source; a still is a clip of one frame.

    Attributes:
        id: unique in its exam, safe as a file name.
        source: the file's or device's name, for people; no patient name.
        frames: uint8 [T, H, W, 3], RGB.
        times_s: float64 [T], seconds since the first frame, rising.
        fps: frames a second; None for a still or where the source does not say.
        calibration: of the region that holds the main picture.
        calibrations: one per frame where they differ within the clip; else empty.
        regions: every calibrated region of the picture (2-D, spectrum, M-mode), each with its box;
            empty where the source names none.
        mode: what the source itself declares (DICOM region data types); UNKNOWN where it does not.
        total_frames: frames in the source; more than T where the clip was cut to fit memory.
        notes: what the reader had to say (cut short, region refused ...), English, one line each.
    """

    id: str
    source: str
    frames: NDArray[np.uint8]
    times_s: NDArray[np.float64]
    fps: float | None
    calibration: Calibration = NO_CALIBRATION
    calibrations: tuple[Calibration, ...] = ()
    regions: tuple[Calibration, ...] = ()
    mode: Mode = Mode.UNKNOWN
    total_frames: int
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return int(self.frames.shape[0])

    @property
    def height(self) -> int:
        return int(self.frames.shape[1])

    @property
    def width(self) -> int:
        return int(self.frames.shape[2])

    def calibration_at(self, index: int) -> Calibration:
        """Calibration of frame `index`: its own where frames differ, else the clip's."""
        return self.calibrations[index] if self.calibrations else self.calibration

    def frame(self, index: int) -> Frame:
        """Frame `index` (0 <= index < len) with its time, source and calibration."""
        return Frame(
            pixels=self.frames[index],
            index=index,
            time_s=float(self.times_s[index]),
            source=self.source,
            calibration=self.calibration_at(index),
        )
