"""All measurements of one exam."""

from collections.abc import Iterable, Sequence

from core.analysis.analysis import ClipAnalysis
from core.domain import Measurement, Patient
from core.measurement.atria import left_atrium, right_heart
from core.measurement.catalogue import catalogue
from core.measurement.lines import linear
from core.measurement.motion.score import wall_motion
from core.measurement.reasons import Reason
from core.measurement.result import missing
from core.measurement.structure.cava import vena_cava
from core.measurement.structure.septa import septal_defect
from core.measurement.structure.valves import valve_opening
from core.measurement.traces import trace_measurements
from core.measurement.travel import travels
from core.measurement.uncertainty import Errors, calibrated
from core.measurement.ventricle import ventricle
from core.report.ranges import with_references


def measure_exam(
    clips: Sequence[ClipAnalysis], patient: Patient, *, errors: Errors | None = None
) -> tuple[Measurement, ...]:
    """Measure what the clips allow.

    Args:
        clips: all clips of one exam; only standard planes of the right view and mode are measured.
        patient: sex and body size for the normal ranges.
        errors: of the methods, for the intervals; None: those that were measured and ship.

    Returns:
        Each id of the catalogue exactly once, in the catalogue's order: measured, or missing with
        a reason. Nothing is guessed: without a calibration lengths, areas and volumes are missing,
        while the ejection fraction, a ratio, is given.
    """
    found: dict[str, Measurement] = {}
    # Of several ways to one value the first that gives it is taken: points before outlines, both
    # before the strip.
    _add(found, linear(clips))
    _add(found, (*ventricle(clips), left_atrium(clips), *right_heart(clips)))
    _add(found, travels(clips))
    _add(found, (wall_motion(clips), vena_cava(clips), septal_defect(clips), valve_opening(clips)))
    traced = trace_measurements(clips, found)
    # A strip shows the vein through a breath where the clip may be too short for one.
    if traced["ivc"].parts and not found["ivc"].parts:
        found["ivc"] = traced["ivc"]
    _add(found, traced.values())
    every = tuple(
        found.get(measurement_id) or missing(measurement_id, Reason.NOT_MEASURED)
        for measurement_id in catalogue()
    )
    return with_references(calibrated(every, errors), patient)


def _add(found: dict[str, Measurement], more: Iterable[Measurement]) -> None:
    """Puts measurements beside those found before, in place of what these did not give.

    Of two missing ones the first that had its view names the reason.
    """
    for each in more:
        known = found.get(each.id)
        if known is None or (
            known.value is None and (each.value is not None or known.reason == Reason.NO_VIEW)
        ):
            found[each.id] = each
