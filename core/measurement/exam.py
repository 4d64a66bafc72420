"""All measurements of one exam."""

from collections.abc import Sequence

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, Patient
from core.measurement.atria import left_atrium, right_heart
from core.measurement.catalogue import catalogue
from core.measurement.reasons import Reason
from core.measurement.result import missing
from core.measurement.ventricle import ventricle
from core.report.ranges import with_references


def measure_exam(clips: Sequence[ClipAnalysis], patient: Patient) -> tuple[Measurement, ...]:
    """Measure what the clips allow.

    Args:
        clips: all clips of one exam; only standard planes of the right view and mode are measured.
        patient: sex and body size for the normal ranges.

    Returns:
        Each id of the catalogue exactly once, in the catalogue's order: measured, or missing with
        a reason. Nothing is guessed: without a calibration lengths, areas and volumes are missing,
        while the ejection fraction, a ratio, is given.
    """
    found = {m.id: m for m in (*ventricle(clips), left_atrium(clips), *right_heart(clips))}
    every = tuple(
        found.get(measurement_id) or missing(measurement_id, Reason.NOT_MEASURED)
        for measurement_id in catalogue()
    )
    return with_references(every, patient)
