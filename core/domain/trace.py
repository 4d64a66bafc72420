"""What was read on a picture in which time runs to the right: Doppler strips and M-mode."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.domain.calibration import NO_CALIBRATION, Calibration
from core.domain.labels import Mode, View

Points = tuple[tuple[float, float], ...]


class FlowSite(StrEnum):
    """What a strip is of: the flow in its gate, or the wall or valve on its line."""

    MITRAL = "mitral"
    LVOT = "lvot"
    AORTIC = "aortic"
    TRICUSPID = "tricuspid"
    PULMONARY = "pulmonary"
    SEPTAL_ANNULUS = "septal_annulus"
    LATERAL_ANNULUS = "lateral_annulus"
    RV_ANNULUS = "rv_annulus"
    LV = "lv"
    AORTIC_ROOT = "aortic_root"
    MITRAL_LEAFLETS = "mitral_leaflets"
    IVC = "ivc"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceValue:
    """One value of one strip.

    Attributes:
        id: of the measurement catalogue, or a name of its own for what only other values rest on
            (`av_vti`, `jet_part`).
        value: in the catalogue's unit; mean over the beats.
        beats: the value of each beat.
        relative_sd: of the reading itself, beside what the beats differ by.
        points: (x, y) source px: a line's two ends, or the contour of an area.
        method: how, in English.
        frame: index of the frame that shows it; None: the trace's.
    """

    id: str
    value: float
    beats: tuple[float, ...]
    relative_sd: float
    points: Points
    method: str
    frame: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLine:
    """A curve that was followed along the strip.

    Attributes:
        name: "envelope", or the wall's name.
        points: (x, y) source px.
    """

    name: str
    points: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All that was read on one clip: on its strip, in its colour, or in its grey picture.

    Attributes:
        mode: of the strip.
        site: what it is of; UNKNOWN where that cannot be told.
        view: of the small picture beside it; OTHER where none is seen or known.
        frame: index of the frame that was read.
        box: (x0, y0, x1, y1) of the strip, source px.
        zero: row of speed or depth 0, source px; None where the scale is not known.
        calibration: of the strip.
        beats: columns (source px) at which beats begin.
        lines: curves that were followed.
        peaks: (x, y) source px of what was measured in each beat.
        values: what was measured.
        missing: (measurement id, reason id) of what such a strip gives but this one does not.
        quality: 0..1, how clearly the signal stands out.
        doubt: reason id why the site may be wrong, or None.
    """

    mode: Mode
    site: FlowSite
    view: View = View.OTHER
    frame: int = 0
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    zero: float | None = None
    calibration: Calibration = NO_CALIBRATION
    beats: tuple[float, ...] = ()
    lines: tuple[TraceLine, ...] = ()
    peaks: Points = ()
    values: tuple[TraceValue, ...] = ()
    missing: tuple[tuple[str, str], ...] = field(default=())
    quality: float = 0.0
    doubt: str | None = None

    @property
    def key_frame(self) -> int | None:
        """The frame that shows what was read; None where each value has a frame of its own."""
        own = [value.frame is None for value in self.values]
        return self.frame if any(own) or (not own and self.mode is not Mode.BMODE) else None
