"""The whole line for one exam: clips in, analysis out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.metadata import version

from core.acquisition.calibration import choose_calibration
from core.acquisition.spool import release
from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.analysis.traces import read_trace
from core.domain import Calibration, CalibrationSource, Clip, Measurement, Patient
from core.measurement import measure_exam
from core.measurement.reported import with_reported
from core.recognition.models import Models
from core.recognition.recognise import recognise
from core.report.findings import find

Progress = Callable[[float, str], None]


def analyse(
    clips: Sequence[Clip],
    *,
    patient: Patient,
    exam_id: str,
    models: Models,
    manual: Calibration | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Recognises and measures the clips of one exam.

    `manual`: a calibration given by hand for all clips. `progress` is told the part done (0..1) and
    the source being worked on; it may raise `CancelledError`.
    """
    analysed = []
    for number, clip in enumerate(clips):

        def tell(part: float, number: int = number, clip: Clip = clip) -> None:
            if progress is not None:
                progress((number + part) / len(clips), clip.source)

        tell(0.0)
        analysed.append(analyse_clip(clip, models=models, manual=manual, progress=tell))
        release(clip)  # a long exam's frames need not all stay in memory
        tell(1.0)
    return sum_up(analysed, patient=patient, exam_id=exam_id, models=models.infos)


def sum_up(
    clips: Sequence[ClipAnalysis],
    *,
    patient: Patient,
    exam_id: str,
    models: tuple[ModelInfo, ...],
    reported: Sequence[Measurement] = (),
) -> Analysis:
    """The exam of clips that were looked at: its measurements and findings.

    `reported`: what a machine's own report says of the exam.
    """
    measurements = with_reported(measure_exam(clips, patient), reported, patient)
    return Analysis(
        exam_id=exam_id,
        patient=patient,
        software_version=version("echolab"),
        models=models,
        clips=tuple(clips),
        measurements=measurements,
        findings=find(measurements, patient),
    )


def analyse_clip(
    clip: Clip,
    *,
    models: Models,
    manual: Calibration | None = None,
    progress: Callable[[float], None] | None = None,
) -> ClipAnalysis:
    """Recognition of one clip, with the calibration that its lengths will use."""
    recognition = recognise(clip, models=models, progress=progress)
    calibration = choose_calibration(clip, recognition.sector, manual)
    trace = read_trace(clip, recognition, models, mm_per_px=calibration.mm_per_px)
    none = CalibrationSource.NONE
    if trace is not None and calibration.source is none and trace.calibration.source is not none:
        calibration = trace.calibration
    return ClipAnalysis(
        id=clip.id,
        source=clip.source,
        frames=len(clip),
        fps=clip.fps,
        width=clip.width,
        height=clip.height,
        calibration=calibration,
        recognition=recognition,
        notes=clip.notes,
        trace=trace,
    )


def with_patient(patient: Patient, *, sex: str | None, height_cm: float | None,
                 weight_kg: float | None) -> Patient:  # fmt: skip
    """The patient with what was given by hand put over what the files say."""
    return replace(
        patient,
        sex=sex or patient.sex,
        height_cm=height_cm or patient.height_cm,
        weight_kg=weight_kg or patient.weight_kg,
    )


def exam_id_of(sources: Sequence[str]) -> str:
    """A short id that the same sources always give, and that names nobody."""
    return hashlib.sha256("\n".join(sources).encode()).hexdigest()[:12]
