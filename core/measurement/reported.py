"""What a machine's own report says, put beside what was measured here."""

from collections.abc import Sequence
from dataclasses import replace

from core.domain import Measurement, Patient
from core.report.ranges import with_references


def with_reported(
    own: Sequence[Measurement], reported: Sequence[Measurement], patient: Patient
) -> tuple[Measurement, ...]:
    """The exam's measurements with a machine's.

    A machine's value stands where nothing was measured here. Where both are there ours stays, which
    can be followed to its frame and rests on the same outlines as its neighbours, and the machine's
    is told beside it.

    Args:
        own: each id of the catalogue once.
        reported: each id at most once, with its `origin`.
        patient: for the normal ranges.
    """
    if not reported:
        return tuple(own)
    given = {m.id: m for m in reported}
    return with_references(tuple(_joined(m, given.get(m.id)) for m in own), patient)


def _joined(own: Measurement, reported: Measurement | None) -> Measurement:
    if reported is None or reported.value is None:
        return own
    if own.value is None:
        return reported
    return replace(own, others=((reported.origin, reported.value),))
