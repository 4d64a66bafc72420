"""What a hospital's systems call an exam: its study, accession number, order. One row an exam."""

import json
import sqlite3
from dataclasses import asdict, dataclass, fields, replace

from core.workstation.records import storable


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """The DICOM facts that tie an exam to an order and to the archive; "" where unknown.

    Attributes:
        study_uid: Study Instance UID (0020,000D).
        accession_number: (0008,0050).
        study_id: (0020,0010).
        study_date, study_time: DA and TM, (0008,0020) and (0008,0030).
        description: (0008,1030).
        referring_physician: person name, (0008,0090).
        requested_procedure_id, scheduled_step_id: (0040,1001) and (0040,0009).
        patient_name: with its components and character groups, as the hospital writes it; the
            exam's patient has it as people read it.
        issuer_of_patient_id: (0010,0021).
        came_from: AE title of the machine that sent the clips; "" where taken here.
    """

    study_uid: str = ""
    accession_number: str = ""
    study_id: str = ""
    study_date: str = ""
    study_time: str = ""
    description: str = ""
    referring_physician: str = ""
    requested_procedure_id: str = ""
    scheduled_step_id: str = ""
    patient_name: str = ""
    issuer_of_patient_id: str = ""
    came_from: str = ""

    def over(self, other: "Study") -> "Study":
        """This study with what it does not know taken from `other`."""
        own = {name: value for name, value in asdict(self).items() if value}
        return replace(other, **own)


def put(db: sqlite3.Connection, exam_id: str, study: Study) -> None:
    """Keep the study of an exam that is there, in place of an older one."""
    facts = {name: storable(value) for name, value in asdict(study).items() if value}
    db.execute(
        "INSERT INTO study (exam_id, study_uid, body) VALUES (?, ?, ?)"
        " ON CONFLICT (exam_id) DO UPDATE SET study_uid = excluded.study_uid, body = excluded.body",
        (exam_id, study.study_uid, json.dumps(facts, ensure_ascii=False)),
    )


def get(db: sqlite3.Connection, exam_id: str) -> Study | None:
    """The study of an exam; None where nothing is known of it."""
    row = db.execute("SELECT body FROM study WHERE exam_id = ?", (exam_id,)).fetchone()
    if row is None:
        return None
    known = {field.name for field in fields(Study)}
    return Study(**{name: value for name, value in json.loads(row[0]).items() if name in known})


def exam_of(db: sqlite3.Connection, study_uid: str) -> str | None:
    """The newest exam that belongs to a study; None where there is none."""
    row = db.execute(
        "SELECT s.exam_id FROM study s JOIN exam e ON e.id = s.exam_id"
        " WHERE s.study_uid = ? AND s.study_uid != '' ORDER BY e.created_at DESC LIMIT 1",
        (study_uid,),
    ).fetchone()
    return None if row is None else str(row[0])
