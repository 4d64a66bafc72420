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

from core.domain import Mode, Patient
from core.phantom.clip import PhantomClip
from core.phantom.regions import ScreenRegion

JPEG_QUALITY = 93
_CM, _S, _CM_S = 3, 4, 7
#: Region Spatial Format, Region Data Type and units to the right and down (PS3.3 C.8.5.5.1).
_CODES = {
    Mode.BMODE: (1, 1, (_CM, _CM)),
    Mode.COLOR: (1, 2, (_CM, _CM)),
    Mode.MMODE: (2, 1, (_S, _CM)),
    Mode.PW: (3, 3, (_S, _CM_S)),
    Mode.CW: (3, 4, (_S, _CM_S)),
    Mode.TDI: (3, 3, (_S, _CM_S)),  # the standard has no type of its own for tissue velocities
}
#: Image Type value 4 (C.8.5.6.1.1): the bits of what was acquired; all pictures have a 2-D part.
_KIND = {
    Mode.BMODE: "0001",
    Mode.COLOR: "0011",
    Mode.MMODE: "0003",
    Mode.PW: "0009",
    Mode.CW: "0005",
    Mode.TDI: "0009",
}


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
    ds.SeriesDescription = "Virtual heart, TDI" if clip.mode is Mode.TDI else "Virtual heart"
    ds.Manufacturer = "EchoLab"
    ds.ManufacturerModelName = "Virtual heart"
    ds.InstanceNumber = 1
    ds.BodyPartExamined = "HEART"
    ds.PatientOrientation = ""
    ds.ImageType = ["DERIVED", "PRIMARY", "TRANSTHORACIC", _KIND[clip.mode]]
    ds.ImageComments = f"Virtual heart, {truth.view.value}"
    ds.BurnedInAnnotation = "NO"
    _cine(ds, clip.fps or 1.0, len(clip))
    ds.SequenceOfUltrasoundRegions = Sequence([_region(region) for region in phantom.regions])
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


def _region(region: ScreenRegion) -> Dataset:
    """One item of the sequence (PS3.3 C.8.5.5.1); both corners are inside the region.

    The reference pixel counts from the region's own corner (C.8.5.5.1.7).
    """
    x0, y0, x1, y1 = region.box
    spatial, kind, units = _CODES[region.mode]
    ds = Dataset()
    ds.RegionSpatialFormat, ds.RegionDataType = spatial, kind
    ds.RegionFlags = 2  # opaque, scaling protected, velocities
    ds.RegionLocationMinX0, ds.RegionLocationMinY0 = x0, y0
    ds.RegionLocationMaxX1, ds.RegionLocationMaxY1 = x1 - 1, y1 - 1
    ds.ReferencePixelX0 = round(region.reference[0]) - x0
    ds.ReferencePixelY0 = round(region.reference[1]) - y0
    ds.PhysicalUnitsXDirection, ds.PhysicalUnitsYDirection = units
    ds.ReferencePixelPhysicalValueX = ds.ReferencePixelPhysicalValueY = 0.0
    ds.PhysicalDeltaX, ds.PhysicalDeltaY = region.x_step, region.y_step
    return ds


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
