"""What flows through EchoLab: small immutable objects, one per stage of a frame's way.

Pixel coordinates are those of the source frame everywhere: origin at the top left corner of the
top left
pixel's centre, x right, y down, in pixels. A length in millimetres exists only through a
`Calibration`.
"""

from core.domain.calibration import Calibration, CalibrationSource
from core.domain.clip import Clip, Frame
from core.domain.errors import CancelledError, InputError
from core.domain.exam import Exam, Patient
from core.domain.labels import Mode, RegionLabel, View
from core.domain.measurement import Finding, Measurement, MeasurementStatus, Severity
from core.domain.planes import PLANE_TOLERANCE, PlaneTolerance
from core.domain.recognition import (
    Guidance,
    JudgedItem,
    Judgement,
    Phases,
    PlaneEstimate,
    PointTrack,
    Recognition,
    Region,
    ViewResult,
)
from core.domain.sector import Sector, SectorKind
from core.domain.trace import FlowSite, Trace, TraceLine, TraceValue

__all__ = [
    "PLANE_TOLERANCE",
    "Calibration",
    "CalibrationSource",
    "CancelledError",
    "Clip",
    "Exam",
    "Finding",
    "FlowSite",
    "Frame",
    "Guidance",
    "InputError",
    "JudgedItem",
    "Judgement",
    "Measurement",
    "MeasurementStatus",
    "Mode",
    "Patient",
    "Phases",
    "PlaneEstimate",
    "PlaneTolerance",
    "PointTrack",
    "Recognition",
    "Region",
    "RegionLabel",
    "Sector",
    "SectorKind",
    "Severity",
    "Trace",
    "TraceLine",
    "TraceValue",
    "View",
    "ViewResult",
]
