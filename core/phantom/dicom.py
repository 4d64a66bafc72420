"""A virtual clip as a DICOM object: Ultrasound Multi-frame Image Storage (PS3.3 A.7)."""

import hashlib
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import (
    PYDICOM_IMPLEMENTATION_UID,
    JPEGBaseline8Bit,
    UltrasoundMultiFrameImageStorage,
    generate_uid,
)

from core.domain import Patient
from core.phantom.clip import PhantomClip

JPEG_QUALITY = 93
#: Region Spatial Format, Region Data Type and units of PS3.3 C.8.5.5.
FORMAT_2D, TYPE_TISSUE, UNIT_CM = 1, 1, 3


def dicom_dataset(phantom: PhantomClip, *, patient: Patient | None = None) -> Dataset:
    """The whole object, ready to be written.

    UIDs follow from the seed (study) and from the pixels (instance), so that the same clip is the
    same object.

    Args:
        phantom: the clip; its frames become JPEG baseline.
        patient: sex, height and weight to state; the name is always Virtual^Heart.
    """
    clip, truth = phantom.clip, phantom.truth
    fingerprint = hashlib.sha256(clip.frames.tobytes()).hexdigest()
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID = UltrasoundMultiFrameImageStorage
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.file_meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID = UltrasoundMultiFrameImageStorage
    ds.SOPInstanceUID = generate_uid(entropy_srcs=[clip.id, fingerprint])
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    _patient(ds, truth.seed, patient or Patient())
    ds.StudyInstanceUID = generate_uid(entropy_srcs=["study", str(truth.seed)])
    ds.SeriesInstanceUID = generate_uid(entropy_srcs=["series", str(truth.seed)])
    ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.ReferringPhysicianName = ""
    ds.StudyID = str(truth.seed)[:16]
    ds.Modality = "US"
    ds.SeriesNumber = 1
    ds.SeriesDescription = "Virtual heart"
    ds.Manufacturer = "EchoLab"
    ds.ManufacturerModelName = "Virtual heart"
    ds.InstanceNumber = 1
    ds.BodyPartExamined = "HEART"
    ds.PatientOrientation = ""
    ds.ImageType = ["DERIVED", "PRIMARY", "TRANSTHORACIC", "0001"]
    ds.ImageComments = f"Virtual heart, {truth.view.value}"
    ds.BurnedInAnnotation = "NO"
    _cine(ds, clip.fps or 1.0, len(clip))
    ds.SequenceOfUltrasoundRegions = Sequence([_region(phantom)])
    _pixels(ds, clip.frames)
    return ds


def write(ds: Dataset, path: Path) -> None:
    """Writes the object as a DICOM file (PS3.10)."""
    ds.save_as(path, enforce_file_format=True)


def _patient(ds: Dataset, seed: int, patient: Patient) -> None:
    ds.PatientName = "Virtual^Heart"
    ds.PatientID = f"VIRTUAL-{seed}"
    ds.PatientBirthDate = ""
    ds.PatientSex = patient.sex or ""
    if patient.height_cm is not None:
        ds.PatientSize = round(patient.height_cm / 100, 3)
    if patient.weight_kg is not None:
        ds.PatientWeight = round(patient.weight_kg, 1)


def _cine(ds: Dataset, fps: float, frames: int) -> None:
    ds.NumberOfFrames = frames
    ds.FrameIncrementPointer = 0x00181063  # Frame Time
    ds.FrameTime = f"{1000 / fps:.6f}"[:16]
    ds.CineRate = max(1, round(fps))
    ds.RecommendedDisplayFrameRate = max(1, round(fps))
    ds.StartTrim, ds.StopTrim = 1, frames


def _region(phantom: PhantomClip) -> Dataset:
    """The fan's box, both axes in cm (PS3.3 C.8.5.5.1); its corners are inside the region."""
    x0, y0, x1, y1 = phantom.box
    region = Dataset()
    region.RegionSpatialFormat = FORMAT_2D
    region.RegionDataType = TYPE_TISSUE
    region.RegionFlags = 2  # opaque, tissue
    region.RegionLocationMinX0, region.RegionLocationMinY0 = x0, y0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = x1 - 1, y1 - 1
    region.ReferencePixelX0 = (x1 - x0) // 2
    region.ReferencePixelY0 = 0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = UNIT_CM
    region.ReferencePixelPhysicalValueX = region.ReferencePixelPhysicalValueY = 0.0
    region.PhysicalDeltaX = region.PhysicalDeltaY = phantom.truth.mm_per_px / 10
    return region


def _pixels(ds: Dataset, frames: NDArray[np.uint8]) -> None:
    options = [
        cv2.IMWRITE_JPEG_QUALITY,
        JPEG_QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422,
    ]
    coded = []
    for frame in frames:
        done, data = cv2.imencode(".jpg", frame[..., ::-1], options)
        if not done:
            raise OSError("a frame could not be encoded as JPEG")
        coded.append(data.tobytes())
    ds.SamplesPerPixel = 3
    ds.PhotometricInterpretation = "YBR_FULL_422"
    ds.PlanarConfiguration = 0
    ds.Rows, ds.Columns = int(frames.shape[1]), int(frames.shape[2])
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation = 7, 0
    ds.LossyImageCompression = "01"
    ds.LossyImageCompressionRatio = f"{frames.nbytes / sum(map(len, coded)):.2f}"
    ds.LossyImageCompressionMethod = "ISO_10918_1"
    ds.PixelData = encapsulate(coded)
    ds["PixelData"].VR = "OB"
