"""A clip as an ultrasound object (PS3.3 A.6, A.7); one that came as DICOM as it is."""

from pathlib import Path

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, JPEGBaseline8Bit

from core.acquisition.content import reason
from core.acquisition.dicom_data import open_dicom
from core.domain import Clip, InputError, Mode
from core.export.exam import ExportClip, ExportExam
from core.export.instances import CLIP_SERIES, Instance
from core.export.modules import fill_patient, fill_study, new_object
from core.export.pictures.jpeg import fill_pixels
from core.export.pictures.regions import regions_of

#: Image Type value 4 (C.8.5.6.1.1): the bits of what was acquired.
_KINDS = {
    Mode.BMODE: "0001",
    Mode.COLOR: "0011",
    Mode.MMODE: "0003",
    Mode.PW: "0009",
    Mode.CW: "0005",
    Mode.TDI: "0009",
}
_FALLBACK_FPS = 25.0
_AS_THE_MACHINE_SAID = (
    "SequenceOfUltrasoundRegions",
    "ImageType",
    "Manufacturer",
    "ManufacturerModelName",
)


def clip_object(exam: ExportExam, clip: ExportClip, instance: Instance, number: int) -> Dataset:
    """The clip's object, which has the UIDs that `instance` says.

    Raises:
        InputError: the clip's file cannot be read.
    """
    if clip.dicom is not None:
        return _from_dicom(exam, clip, instance)
    return _from_pixels(exam, clip, instance, number)


def _from_dicom(exam: ExportExam, clip: ExportClip, instance: Instance) -> Dataset:
    """The file's own object; under this exam's patient and study where they are not its own."""
    assert clip.dicom is not None
    ds = read_object(clip.dicom, name=clip.id)
    if instance.as_it_came:
        return ds
    fill_patient(ds, exam)
    fill_study(ds, exam)
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = UID(instance.sop_instance)
    ds.SeriesInstanceUID = UID(instance.series)
    return ds


def read_object(path: Path, *, name: str) -> Dataset:
    """A DICOM file as it is, with file meta information even where it has none.

    Args:
        path: of the file.
        name: by which an error calls it.

    Raises:
        InputError: it cannot be read.
    """
    try:
        ds = pydicom.dcmread(path, force=True)
        if getattr(ds, "file_meta", None) is None or "TransferSyntaxUID" not in ds.file_meta:
            with open_dicom(path) as data:
                ds.file_meta = getattr(ds, "file_meta", None) or FileMetaDataset()
                ds.file_meta.TransferSyntaxUID = data.syntax
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    except Exception as error:  # pydicom raises anything on damaged files
        raise InputError(
            f"{name}: the DICOM file cannot be sent on ({reason(error)}): export it again"
        ) from None
    return ds


def _from_pixels(exam: ExportExam, clip: ExportClip, instance: Instance, number: int) -> Dataset:
    taken = clip.load()
    ds = new_object(
        exam, sop_class=UID(instance.sop_class), instance=UID(instance.sop_instance),
        modality="US", series=CLIP_SERIES, number=1, description="Echocardiography",
        syntax=JPEGBaseline8Bit, at=exam.taken,
    )  # fmt: skip
    ds.InstanceNumber = number
    ds.BodyPartExamined = "HEART"
    ds.PatientOrientation = ""
    mode = clip.mode if clip.mode is not Mode.UNKNOWN else taken.mode
    ds.ImageType = ["DERIVED", "PRIMARY", "TTE", _KINDS.get(mode, "0001")]
    ds.BurnedInAnnotation = "YES"  # a screen may show anything: nobody has looked
    if clip.facts is not None:
        ds.ImageComments = clip.view.value
    if instance.frames > 1:
        _cine(ds, taken)
    used = None if clip.facts is None else clip.facts.calibration
    regions = regions_of(taken, used=used, mode=mode)
    if regions:
        ds.SequenceOfUltrasoundRegions = Sequence(regions)
    if clip.header is not None:
        _from_header(ds, clip.header)
    fill_pixels(ds, taken.frames)
    return ds


def _from_header(ds: Dataset, header: Dataset) -> None:
    """What the machine said of the picture and nobody else has said; its regions as they were."""
    for element in header:
        taken_over = element.keyword in _AS_THE_MACHINE_SAID
        if taken_over or (element.tag not in ds and element.tag.group != 0x0028):
            ds.add(element)


def _cine(ds: Dataset, clip: Clip) -> None:
    """Cine module (C.7.6.5); uneven times stand in Frame Time Vector."""
    steps = [float(s) for s in 1000 * (clip.times_s[1:] - clip.times_s[:-1])]
    fps = clip.fps or (1000 * len(steps) / sum(steps) if sum(steps) > 0 else _FALLBACK_FPS)
    ds.NumberOfFrames = len(clip)
    even = max(steps) - min(steps) < 2.0  # ms; recordings keep times to one
    if even or sum(steps) <= 0:
        ds.FrameIncrementPointer = 0x00181063
        ds.FrameTime = f"{1000 / fps:.6f}"[:16]
    else:
        ds.FrameIncrementPointer = 0x00181065
        ds.FrameTimeVector = ["0", *(f"{step:.3f}" for step in steps)]
    ds.CineRate = ds.RecommendedDisplayFrameRate = max(1, round(fps))
    ds.StartTrim, ds.StopTrim = 1, len(clip)
