"""The measurements as the report stands, each beside what was measured."""

from core.domain import Measurement, MeasurementStatus
from core.export.exam import Value
from core.language import catalogue
from core.report.final import FinalReport


def values_of(final: FinalReport) -> tuple[Value, ...]:
    """Every measurement of the report, in its order."""
    return tuple(
        Value(final=now, machine=before, words=_words(now, before))
        for now, before in zip(
            final.analysis.measurements, final.original.measurements, strict=True
        )
    )


def _words(now: Measurement, before: Measurement) -> str:
    """What a doctor wrote in the place of a number: it is the reason why there is none."""
    if now.status is not MeasurementStatus.MISSING or now.reason is None:
        return ""
    return "" if now.reason == before.reason or now.reason in catalogue() else now.reason
