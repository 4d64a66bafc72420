"""What a report says in the end: measured values with the doctor's words over them.

PDF, structured report and FHIR are all made from one `FinalReport`, so that they say the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis
from core.domain import Patient
from core.report.build import build_report
from core.report.compare import Earlier
from core.report.document import Report
from core.report.edits import NO_EDITS
from core.report.quantities import Derived, derive
from core.report.record import ReportRecord
from core.report.status import ReportStatus, Signature
from core.report.template import PLAIN, ReportTemplate


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FinalReport:
    """One version of an exam's report with all that is needed to write it in any form.

    Attributes:
        exam_id: of the exam.
        patient: with what the doctor corrected in the head of the report.
        analysis: final: values that the doctor set have status EDITED, those taken back MISSING
            with a reason; findings follow from the final values and are in the doctor's words.
        original: as it was measured and found.
        analysis_version: of `original` in the store.
        record: version, status, signatures, edits.
        recorded: the patient as the store knows them; None: as `patient`.
        template: the hospital's.
        taken_at: when the exam was taken.
        earlier: an earlier exam of the patient to compare with; None: no comparison.
        facts: further fields of the head that are known beforehand (`accession`, `referring` ...).
    """

    exam_id: str
    patient: Patient
    analysis: Analysis
    original: Analysis
    analysis_version: int
    record: ReportRecord
    recorded: Patient | None = None
    template: ReportTemplate = PLAIN
    taken_at: datetime | None = None
    earlier: Earlier | None = None
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def derived(self) -> tuple[Derived, ...]:
        """Values computed from the final measurements, each with its formula's source."""
        return derive(self.analysis.measurements, self.patient)

    def build(
        self,
        lang: str,
        *,
        pictures: Sequence[tuple[str, NDArray[np.uint8]]] = (),
        strips: Sequence[tuple[str, NDArray[np.uint8]]] = (),
    ) -> Report:
        """The report in one language; arguments as in `build_report`."""
        signed = self.record.signed
        return build_report(
            self.original,
            patient=self.patient,
            pictures=pictures,
            strips=strips,
            lang=lang,
            edits=self.record.edits,
            created=(signed.at if signed else self.record.created_at).astimezone(),
            record=self.record,
            template=self.template,
            taken_at=self.taken_at,
            earlier=self.earlier,
            facts=dict(self.facts),
        )

    def automatic(self, lang: str) -> dict[str, str]:
        """What EchoLab itself writes into each field, without a word of the doctor's."""
        own = replace(
            self,
            patient=self.recorded or self.patient,
            record=replace(self.record, edits=NO_EDITS, signed=None, status=ReportStatus.DRAFT),
            earlier=None,
        )
        return {name: field.value for name, field in own.build(lang).fields().items()}

    def signed_by(self, signature: Signature, lang: str) -> "FinalReport":
        """This report as it is once this person has signed it in this language."""
        return replace(
            self,
            record=replace(
                self.record,
                status=ReportStatus.SIGNED,
                signed=signature,
                analysis_version=self.analysis_version,
                lang=lang,
            ),
        )
