"""Building a `Measurement` whose unit and code come from the catalogue."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.domain import Measurement, MeasurementStatus
from core.measurement.catalogue import catalogue
from core.measurement.pictures import Picture
from core.measurement.reasons import Reason


def missing(measurement_id: str, reason: Reason) -> Measurement:
    """The measurement without a value, and why."""
    entry = catalogue()[measurement_id]
    return Measurement(
        id=measurement_id,
        value=None,
        unit=entry.unit,
        method=entry.method,
        code=entry.own_code,
        status=MeasurementStatus.MISSING,
        reason=reason.value,
    )


def measured(
    measurement_id: str,
    value: float,
    *,
    interval: tuple[float, float],
    method: str,
    pictures: Sequence[Picture],
    points: NDArray[np.floating],
    code: str | None = None,
    doubt: Reason | None = None,
) -> Measurement:
    """The measurement with a value.

    Args:
        measurement_id: id of the catalogue.
        value: in the catalogue's unit.
        interval: 90 % interval in the same unit.
        method: how, in English.
        pictures: all that it rests on; the first one's clip is the measurement's clip.
        points: [N, 2] source pixels of `pictures[0]`.
        code: where it depends on the method; else the catalogue's.
        doubt: why the value may be wrong.
    """
    entry = catalogue()[measurement_id]
    main = pictures[0].clip.id
    return Measurement(
        id=measurement_id,
        value=value,
        unit=entry.unit,
        interval=interval,
        clip=main,
        frames=tuple(dict.fromkeys(p.frame for p in pictures if p.clip.id == main)),
        points=tuple((float(x), float(y)) for x, y in points),
        method=method,
        code=code or entry.own_code,
        status=MeasurementStatus.AUTO,
        reason=None if doubt is None else doubt.value,
        also=tuple(dict.fromkeys((p.clip.id, p.frame) for p in pictures if p.clip.id != main)),
    )
