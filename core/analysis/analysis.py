"""`Analysis`: what `echolab analyze` writes, the app edits and the report prints."""

from dataclasses import dataclass

from core.domain import Calibration, Finding, Measurement, Patient, Recognition, Trace

SCHEMA_ID = "echolab.analysis/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """Which weights spoke.

    Attributes:
        name: folder under `models/`.
        version: of the weights, from their card.
        sha256: of the weights file, hex.
        licence: SPDX id or words.
        trained_on: data sets, in words.
    """

    name: str
    version: str
    sha256: str
    licence: str
    trained_on: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClipAnalysis:
    """One clip's facts and what recognition said of it; holds no pixels.

    Attributes:
        id, source: as in `Clip`.
        frames: frames analysed; width, height in px of the source frame.
        fps: frames a second or None.
        calibration: the one measurements used.
        recognition: view, judgement, regions, phases; its regions are in source pixels.
        notes: what the reader had to say.
        trace: what its Doppler or M-mode strip, or its colour, says; None where it has none.
    """

    id: str
    source: str
    frames: int
    fps: float | None
    width: int
    height: int
    calibration: Calibration
    recognition: Recognition
    notes: tuple[str, ...] = ()
    trace: Trace | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """Everything known of one exam but its pixels; `core.analysis.codec` turns it into JSON and
    back."""

    exam_id: str
    patient: Patient
    software_version: str
    models: tuple[ModelInfo, ...]
    clips: tuple[ClipAnalysis, ...]
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]

    def clip(self, clip_id: str) -> ClipAnalysis:
        """The clip with this id; KeyError if there is none."""
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(clip_id)
