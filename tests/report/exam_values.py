"""Measurements for the rules' tests: `values(lvef=35, ivc=(24, {"minimum": 18}))`."""

from core.domain import Measurement, MeasurementStatus, Patient
from core.measurement.catalogue import catalogue

MAN = Patient(sex="M", height_cm=180, weight_kg=80)
WOMAN = Patient(sex="F", height_cm=165, weight_kg=60)
UNKNOWN = Patient()

Given = float | tuple[float, dict[str, float]]


def value(measurement_id: str, given: Given) -> Measurement:
    """A measured value, with parts where `given` is a pair."""
    number, parts = given if isinstance(given, tuple) else (given, {})
    return Measurement(
        id=measurement_id,
        value=float(number),
        unit=catalogue()[measurement_id].unit,
        method="m",
        status=MeasurementStatus.AUTO,
        clip="clip-001",
        frames=(3,),
        parts=tuple(parts.items()),
    )


def values(**given: Given) -> list[Measurement]:
    """All that was measured."""
    return [value(measurement_id, each) for measurement_id, each in given.items()]
