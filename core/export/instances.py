"""Which DICOM objects the clips are, known before they are made: reports refer to them."""

from dataclasses import dataclass

from pydicom.uid import UltrasoundImageStorage, UltrasoundMultiFrameImageStorage

from core.acquisition.dicom_data import open_dicom
from core.export.exam import ExportClip, ExportExam
from core.export.modules import same_patient, series_uid
from core.export.uids import derived_uid

CLIP_SERIES = "clips"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One clip's object.

    Attributes:
        sop_class, sop_instance, series, study: UIDs.
        frames: number of frames; 1 for a still.
        as_it_came: True if the clip's own DICOM file goes out, byte for byte.
    """

    sop_class: str
    sop_instance: str
    series: str
    study: str
    frames: int
    as_it_came: bool


def instances_of(exam: ExportExam) -> dict[str, Instance]:
    """The objects of all clips by clip id.

    Raises:
        InputError: a clip's DICOM file cannot be read.
    """
    return {clip.id: _instance(exam, clip) for clip in exam.clips}


def _instance(exam: ExportExam, clip: ExportClip) -> Instance:
    if clip.dicom is not None:
        with open_dicom(clip.dicom) as data:
            own = str(data.get("SOPInstanceUID", "") or "")
            study = str(data.get("StudyInstanceUID", "") or "")
            series = str(data.get("SeriesInstanceUID", "") or "")
            sop_class = str(data.get("SOPClassUID", "") or "")
            # An object of another study or patient would land in the wrong place of the archive.
            fits = study == exam.study.study_uid and same_patient(data.ds, exam.patient)
            frames = data.number("NumberOfFrames") or 1
        if own and series and sop_class and fits:
            return Instance(
                sop_class=sop_class, sop_instance=own, series=series, study=study, frames=frames,
                as_it_came=True,
            )  # fmt: skip
        made = derived_uid(exam.study.study_uid, clip.id, clip.sha256, exam.patient.patient_id,
                           exam.patient.name)  # fmt: skip
        return Instance(
            sop_class=sop_class or UltrasoundMultiFrameImageStorage, sop_instance=made,
            series=series_uid(exam, CLIP_SERIES), study=exam.study.study_uid, frames=frames,
            as_it_came=False,
        )  # fmt: skip
    frames = clip.facts.frames if clip.facts is not None else len(clip.load())
    return Instance(
        sop_class=UltrasoundImageStorage if frames == 1 else UltrasoundMultiFrameImageStorage,
        sop_instance=derived_uid(exam.study.study_uid, clip.id, clip.sha256),
        series=series_uid(exam, CLIP_SERIES),
        study=exam.study.study_uid,
        frames=frames,
        as_it_came=False,
    )
