"""An exam in a store for the tests of exports: a machine's DICOM clip, a recording, a strip."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, UltrasoundMultiFrameImageStorage

from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.domain import (
    Calibration,
    CalibrationSource,
    Clip,
    Finding,
    Judgement,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Phases,
    Recognition,
    Sector,
    SectorKind,
    Severity,
    View,
    ViewResult,
)
from core.measurement.catalogue import catalogue
from core.report.ranges import with_references
from core.workstation.store import ExamStore

EXAM = "exam-20260301-093000-abc123"
NAME = "Zhang^Xiaoming=张^小明"
PATIENT = Patient(
    sex="M",
    height_cm=172.0,
    weight_kg=70.0,
    name="张 小明",
    patient_id="0000471123",
    birth_date="1956-01-31",
)
STUDY_UID = "1.2.826.0.1.3680043.8.498.1001"
WIDTH, HEIGHT, FRAMES = 160, 120, 6
FAN = ((80.0, 22.0), (150.0, 112.0), (10.0, 112.0))
MM_PER_PX = 1.25
ALL_IDS = tuple(catalogue())


def pixels(frames: int = FRAMES) -> NDArray[np.uint8]:
    """A grey fan that moves, under a patient's name burned into the top line."""
    random = np.random.default_rng(7)
    found = np.zeros((frames, HEIGHT, WIDTH, 3), np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.array(FAN, np.int32)], (1,))
    for number, frame in enumerate(found):
        grey = (90 + 10 * number + random.integers(0, 40, (HEIGHT, WIDTH))).astype(np.uint8)
        frame[mask == 1] = grey[mask == 1][:, None]
        cv2.putText(frame, "ZHANG XIAOMING", (4, 14), cv2.FONT_HERSHEY_PLAIN, 0.8, (255,) * 3)
    return found


def machine_file(path: Path, *, frames: int = FRAMES) -> Path:
    """What an ultrasound machine sends: uncompressed, with region, names, private elements."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["ORIGINAL", "PRIMARY", "", "0001"]
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{STUDY_UID}.1.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = STUDY_UID, f"{STUDY_UID}.1"
    ds.StudyDate = ds.ContentDate = ds.AcquisitionDate = "20260301"
    ds.StudyTime = ds.ContentTime = "093000"
    ds.AcquisitionDateTime = "20260301093000"
    ds.AccessionNumber, ds.StudyID = "ACC-77", "S1"
    ds.Modality, ds.Manufacturer = "US", "ACME Ultrasound"
    ds.ManufacturerModelName, ds.DeviceSerialNumber = "Echo 9", "SN-4711"
    ds.InstitutionName, ds.OperatorsName = "St. Elsewhere", "Doe^Jane"
    ds.ReferringPhysicianName = "Smith^Adam"
    ds.StudyDescription = "Echo of Zhang Xiaoming"
    ds.PatientName, ds.PatientID = NAME, PATIENT.patient_id
    ds.PatientBirthDate, ds.PatientSex = "19560131", "M"
    ds.PatientSize, ds.PatientWeight = "1.72", "70"
    ds.Laterality = ""
    ds.PatientAddress = "1 Secret Street"
    ds.OtherPatientIDsSequence = Sequence([Dataset()])
    ds.OtherPatientIDsSequence[0].PatientID = "OTHER-1"
    ds.OtherPatientIDsSequence[0].TypeOfPatientID = "TEXT"
    ds.SeriesNumber = ds.InstanceNumber = 1
    ds.PatientOrientation = ""
    ds.private_block(0x0011, "ACME", create=True).add_new(1, "LO", "Zhang Xiaoming")
    ds.NumberOfFrames, ds.FrameTime = frames, "40.0"
    ds.FrameIncrementPointer = 0x00181063
    ds.SequenceOfUltrasoundRegions = Sequence([region()])
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 3, "RGB"
    ds.PlanarConfiguration, ds.Rows, ds.Columns = 0, HEIGHT, WIDTH
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.PixelData = pixels(frames).tobytes()
    ds.save_as(path, enforce_file_format=True)
    return path


def region() -> Dataset:
    item = Dataset()
    item.RegionSpatialFormat, item.RegionDataType, item.RegionFlags = 1, 1, 0
    item.RegionLocationMinX0, item.RegionLocationMinY0 = 8, 20
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = 151, 114
    item.ReferencePixelX0, item.ReferencePixelY0 = 72, 2
    item.PhysicalUnitsXDirection = item.PhysicalUnitsYDirection = 3
    item.PhysicalDeltaX = item.PhysicalDeltaY = MM_PER_PX / 10
    return item


def recording(*, frames: int = FRAMES, mode: Mode = Mode.BMODE) -> Clip:
    """Frames taken here, with a calibration from the drawn scale, at uneven times."""
    scale = CalibrationSource.SCALE
    if mode is Mode.BMODE:
        found = Calibration(
            source=scale, mm_per_px_x=0.8, mm_per_px_y=0.9, box=(8.0, 20.0, 152.0, 115.0)
        )
    else:
        found = Calibration(
            source=scale, ms_per_px=5.0, cm_s_per_px=2.5, box=(0.0, 40.0, 160.0, 120.0), zero_y=95.0
        )
    return Clip(
        id="live",
        source="Capture card",
        frames=pixels(frames),
        times_s=np.cumsum([0.0, *(0.03 + 0.01 * (n % 2) for n in range(frames - 1))]),
        fps=None if frames == 1 else 28.6,
        calibration=found,
        mode=mode,
        total_frames=frames,
    )


def facts(clip_id: str, view: View, mode: Mode, calibration: Calibration) -> ClipAnalysis:
    frames = 1 if mode is Mode.PW else FRAMES
    return ClipAnalysis(
        id=clip_id,
        source="Zhang Xiaoming.dcm",
        frames=frames,
        fps=None if frames == 1 else 25.0,
        width=WIDTH,
        height=HEIGHT,
        calibration=calibration,
        recognition=Recognition(
            clip_id=clip_id,
            mode=mode,
            sector=Sector(kind=SectorKind.FAN, box=(10, 22, 151, 113), outline=FAN, score=0.95),
            view=ViewResult(
                label=view,
                probability=0.9,
                probabilities={v: 0.9 if v is view else 0.0 for v in View},
            ),
            judgement=Judgement(standard=True, quality=0.8, reasons=()),
            phases=Phases(ed=(0,), es=(3,)),
        ),
    )


def measured(measurement_id: str, value: float | None, **more: object) -> Measurement:
    entry = catalogue()[measurement_id]
    given: dict[str, object] = {
        "id": measurement_id,
        "value": value,
        "unit": entry.unit,
        "method": entry.method,
        "code": entry.own_code,
        "status": MeasurementStatus.MISSING if value is None else MeasurementStatus.AUTO,
        "reason": "reason.no_view" if value is None else None,
    }
    return Measurement(**{**given, **more})  # type: ignore[arg-type]


def analysis(measurements: tuple[Measurement, ...] | None = None) -> Analysis:
    """Three clips; by default values of every kind and one that is missing."""
    dicom = Calibration(
        source=CalibrationSource.DICOM, mm_per_px_x=MM_PER_PX, mm_per_px_y=MM_PER_PX
    )
    contour = tuple((60.0 + 20 * np.cos(a), 70.0 + 25 * np.sin(a)) for a in np.linspace(0, 6, 30))
    given = measurements or (
        measured("lvedd", 48.3, interval=(46.0, 50.5), clip="clip-001", frames=(0,),
                 points=((50.0, 60.0), (88.5, 60.25)), method="linear at ED"),
        measured("ivs_amplitude", 6.25, clip="clip-001", frames=(0, 3)),
        measured("lvedv", 118.4, clip="clip-002", frames=(0,), points=contour,
                 method="Simpson biplane", also=(("clip-001", 0),)),
        measured("lvef", 39.9, interval=(35.0, 44.0), clip="clip-002", frames=(0, 3),
                 method="Simpson biplane", code="LN 79991-6"),
        measured("e_vmax", 82.5, clip="clip-003", frames=(0,), points=((40.0, 60.0),),
                 method="envelope peak, mean of 3 beats"),
        measured("mr_grade", 2.0, clip="clip-001", frames=(1,)),
        measured("tapse", None),
    )  # fmt: skip
    return Analysis(
        exam_id=EXAM,
        patient=PATIENT,
        software_version="0.1.0",
        models=(
            ModelInfo(name="view", version="1", sha256="ab", licence="MIT", trained_on="hearts"),
        ),
        clips=(
            facts("clip-001", View.PLAX, Mode.BMODE, dicom),
            facts("clip-002", View.A4C, Mode.BMODE, recording().calibration),
            facts("clip-003", View.A4C, Mode.PW, recording(mode=Mode.PW).calibration),
        ),
        measurements=with_references(given, PATIENT),
        findings=(
            Finding(
                id="ef_reduced",
                text={"en": "The ejection fraction is reduced.", "zh": "左室射血分数减低。"},
                severity=Severity.MODERATE,
                because=("lvef",),
                source="ASE/EACVI 2015",
            ),
        ),
    )


def all_values() -> Analysis:
    """A number for every measurement of the catalogue, on clips of fitting modes."""
    where = {"bmode": "clip-001", "color": "clip-001", "pw": "clip-003"}
    return analysis(
        tuple(
            measured(
                entry.id,
                1.5 + 0.25 * number,
                clip=where.get(entry.modes[0].value),
                frames=(0,),
            )
            for number, entry in enumerate(catalogue().values())
        )
    )


def fill(
    store: ExamStore, folder: Path, *, what: Analysis | None = None,
    edits: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """Puts the exam into the store; returns its id."""
    store.create_exam(PATIENT, exam_id=EXAM)
    file = machine_file(folder / "Zhang Xiaoming.dcm")
    store.add_clip_file(EXAM, file, name=file.name)
    store.add_recording(EXAM, recording())
    store.add_recording(EXAM, recording(frames=1, mode=Mode.PW))
    store.save_analysis(EXAM, replace(what or analysis(), exam_id=EXAM))
    if edits:
        store.save_report_edits(EXAM, dict(edits))
    return EXAM


def signed_at() -> datetime:
    return datetime(2026, 3, 2, 8, 15, tzinfo=UTC)
