"""What an edited form says otherwise than the report, before anything of it is taken over."""

from dataclasses import dataclass

from core.domain import InputError
from core.report.document import Report
from core.report.edits import Difference, differences, normal_value
from core.report.read_back import EditedForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """The differences of a form that came back.

    Attributes:
        changes: fields that were changed in the form; each `before` is what the report says now.
        conflicts: names of those that were changed in the report meanwhile, too.
        version: of the report that was exported; None where the form no longer knows.
    """

    changes: tuple[Difference, ...]
    conflicts: frozenset[str]
    version: int | None


def returned(report: Report, form: EditedForm) -> Returned:
    """Compare a form that came back with the report.

    A form that still knows what was exported is compared with that: what was written in the report
    since then, and not in the form, is no difference.

    Raises:
        InputError: the form is another exam's; a choice has what it cannot have.
    """
    own = report.fields()
    origin = form.origin
    exam = form.fields.get("header.exam_id", "") if origin is None else origin.exam_id
    if exam and exam != report.exam_id:
        raise InputError(
            f"The PDF belongs to examination {exam[:80]}, not to {report.exam_id}: "
            "open that examination, then read it back there"
        )
    found = differences(report, form.fields)
    if origin is None:
        return Returned(changes=found, conflicts=frozenset(), version=None)

    def exported(name: str) -> str | None:
        words = origin.fields.get(name)
        return None if words is None else normal_value(own[name], words)

    changes = tuple(d for d in found if d.after != exported(d.name))
    conflicts = (d.name for d in changes if exported(d.name) not in (None, d.before))
    return Returned(changes=changes, conflicts=frozenset(conflicts), version=origin.version)
