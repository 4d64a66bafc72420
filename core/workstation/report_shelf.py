"""The exam store's reports: `store.reports`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from sqlite3 import Connection

from core.analysis.analysis import Analysis
from core.domain import InputError, Patient
from core.report.compare import Earlier
from core.report.corrected import final_analysis, final_patient
from core.report.edits import ReportEdits
from core.report.final import FinalReport
from core.report.record import Change, ReportRecord, Signature
from core.report.template import load_template
from core.workstation import reports, studies, versions
from core.workstation.records import exam_of
from core.workstation.vault import Vault

COMPARE_WITH = "compare.exam"
"""Name under which the doctor's words hold the id of the exam to compare with; NONE for none."""
NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierExam:
    """An exam that a report may be compared with."""

    exam_id: str
    taken_at: datetime


class ReportShelf:
    """Reports of all exams of a store. Each method raises InputError where it cannot do its work:
    an unknown exam, a signed report that should change, a busy or full disk."""

    def __init__(self, vault: Vault, exam_row: Callable[[Connection, str], object]) -> None:
        self._vault = vault
        self._require = exam_row

    def current(self, exam_id: str) -> ReportRecord:
        """The newest version."""
        with self._vault.read() as db:
            self._require(db, exam_id)
            return reports.latest(db, exam_id)

    def versions(self, exam_id: str) -> tuple[ReportRecord, ...]:
        """All versions, oldest first; one at least."""
        with self._vault.read() as db:
            self._require(db, exam_id)
            return reports.versions(db, exam_id)

    def changes(self, exam_id: str) -> tuple[Change, ...]:
        """Who changed what, and when; oldest first."""
        with self._vault.read() as db:
            self._require(db, exam_id)
            return reports.changes(db, exam_id)

    def change(
        self,
        exam_id: str,
        values: Mapping[str, str],
        *,
        automatic: Mapping[str, str],
        author: str,
        origin: str = "page",
    ) -> ReportRecord:
        """Put words over fields; a reviewed report becomes a draft again.

        Args:
            values: by name of the field.
            automatic: what EchoLab itself writes there: noted as what stood before.
            author: who changes them.
            origin: "page", or "pdf" where they were read back from an edited PDF.
        """
        with self._vault.write() as db:
            self._require(db, exam_id)
            return reports.change(
                db, exam_id, values, automatic=automatic, author=author, origin=origin
            )

    def discard(self, exam_id: str, *, automatic: Mapping[str, str], author: str) -> ReportRecord:
        """Take all words back; what they were stays in the changes."""
        with self._vault.write() as db:
            self._require(db, exam_id)
            return reports.discard(db, exam_id, automatic=automatic, author=author)

    def review(self, exam_id: str, name: str) -> ReportRecord:
        """Note that a person has read the report as it is."""
        with self._vault.write() as db:
            self._require(db, exam_id)
            return reports.review(db, exam_id, name)

    def sign(
        self, exam_id: str, signature: Signature, *, seen: FinalReport, lang: str, pdf: bytes
    ) -> ReportRecord:
        """Lock the newest version; see `reports.sign`. `seen` is what the sheets `pdf` show."""
        with self._vault.write() as db:
            self._require(db, exam_id)
            return reports.sign(
                db,
                exam_id,
                signature,
                seen=seen.record,
                analysis_version=seen.analysis_version,
                patient=seen.patient,
                template=seen.template,
                earlier=seen.earlier.exam_id if seen.earlier else NONE,
                lang=lang,
                pdf=pdf,
            )

    def amend(self, exam_id: str, reason: str) -> ReportRecord:
        """Begin a new version of a signed report."""
        with self._vault.write() as db:
            self._require(db, exam_id)
            return reports.amend(db, exam_id, reason)

    def signed_pdf(self, exam_id: str, version: int | None = None) -> bytes | None:
        """The sheets as they were signed; None: the exam has no signed report."""
        with self._vault.read() as db:
            self._require(db, exam_id)
            return reports.signed_sheets(db, exam_id, version)

    def earlier_exams(self, exam_id: str) -> tuple[EarlierExam, ...]:
        """Analysed exams of the same patient before this one, newest first.

        The same patient is the same patient number; without a number there are none: names alone
        mix people up.
        """
        with self._vault.read() as db:
            self._require(db, exam_id)
            return _earlier_exams(db, exam_id)

    def final(self, exam_id: str, version: int | None = None) -> FinalReport:
        """One version of the report with all that is needed to write it in any form.

        Args:
            version: None: the newest. An open version stands on the current analysis.

        Raises:
            InputError: no such version; the exam has no analysis yet; no sound template.
        """
        with self._vault.read() as db:
            self._require(db, exam_id)
            record = reports.latest(db, exam_id)
            if version is not None and version != record.version:
                known = {r.version: r for r in reports.versions(db, exam_id)}
                if version not in known:
                    raise InputError(f"The report of exam {exam_id} has no version {version}")
                record = known[version]
            return self._final(db, record)

    def _final(self, db: Connection, record: ReportRecord) -> FinalReport:
        exam_id = record.exam_id
        row = db.execute("SELECT * FROM exam WHERE id = ?", (exam_id,)).fetchone()
        exam = exam_of(row)
        number = record.analysis_version or row["analysis_version"]
        stored = None if number is None else versions.body(db, exam_id, number)
        if stored is None:
            raise InputError(f"Exam {exam_id} has no analysis yet: analyse it first")
        home = load_template(self._vault.folder)
        if record.signed is None:
            patient, template = final_patient(exam.patient, record.edits), home
            compared = _chosen(db, exam_id, record.edits)
        else:
            patient, template, compared = reports.frozen(db, exam_id, record.version)
            template = replace(template, logo=home.logo)
        original = versions.decode(stored, exam.patient)
        study = studies.get(db, exam_id) or studies.Study()
        return FinalReport(
            exam_id=exam_id,
            patient=patient,
            recorded=exam.patient,
            analysis=final_analysis(original, patient, record.edits),
            original=original,
            analysis_version=number,
            record=record,
            template=template,
            taken_at=exam.created_at,
            earlier=_earlier(db, compared) if compared not in ("", NONE) else None,
            facts=_facts(study),
        )


def _facts(study: studies.Study) -> tuple[tuple[str, str], ...]:
    """Fields of the head that the hospital's systems told."""
    # DICOM parts a name by "^"; people do not.
    referring = " ".join(study.referring_physician.replace("^", " ").split())
    facts = {"accession": study.accession_number, "referring": referring}
    if len(study.study_date) == 8 and study.study_date.isdigit():
        facts["exam_date"] = study.study_date
    return tuple((name, value) for name, value in facts.items() if value)


def _earlier_exams(db: Connection, exam_id: str) -> tuple[EarlierExam, ...]:
    rows = db.execute(
        "SELECT o.id, o.created_at FROM exam e JOIN exam o"
        " ON o.patient_id = e.patient_id AND o.id != e.id AND o.created_at < e.created_at"
        " WHERE e.id = ? AND e.patient_id != '' AND o.analysis_version IS NOT NULL"
        " ORDER BY o.created_at DESC",
        (exam_id,),
    ).fetchall()
    return tuple(
        EarlierExam(exam_id=row["id"], taken_at=datetime.fromisoformat(row["created_at"]))
        for row in rows
    )


def _chosen(db: Connection, exam_id: str, edits: ReportEdits) -> str:
    """The exam to compare with: the one chosen if it is still there, else the last before."""
    known = [earlier.exam_id for earlier in _earlier_exams(db, exam_id)]
    wanted = edits.values.get(COMPARE_WITH)
    if wanted == NONE or not known:
        return NONE
    return wanted if wanted in known else known[0]


def _earlier(db: Connection, exam_id: str) -> Earlier | None:
    row = db.execute("SELECT * FROM exam WHERE id = ?", (exam_id,)).fetchone()
    if row is None:  # deleted since
        return None
    exam = exam_of(row)
    signed = [record for record in reports.versions(db, exam_id) if record.signed]
    record = signed[-1] if signed else reports.latest(db, exam_id)
    analysis = _analysis(db, exam_id, record, exam.patient)
    if analysis is None:
        return None
    return Earlier(
        exam_id=exam_id,
        taken_at=exam.created_at,
        measurements=analysis.measurements,
        signed=bool(signed),
    )


def _analysis(
    db: Connection, exam_id: str, record: ReportRecord, patient: Patient
) -> Analysis | None:
    """The final analysis of a version of an exam's report; None where it was never analysed."""
    number = record.analysis_version or versions.pointer(db, exam_id)
    stored = None if number is None else versions.body(db, exam_id, number)
    if stored is None:
        return None
    own = final_patient(patient, record.edits)
    return final_analysis(versions.decode(stored, patient), own, record.edits)
