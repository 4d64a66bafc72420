"""Key pictures with their overlays as secondary captures (PS3.3 A.8.1)."""

import hashlib
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEGBaseline8Bit, SecondaryCaptureImageStorage

from core.analysis.overlay import key_pictures
from core.domain import Clip
from core.export.exam import ExportClip, ExportExam
from core.export.instances import Instance
from core.export.modules import new_object, short
from core.export.pictures.jpeg import fill_pixels
from core.export.pictures.regions import regions_of
from core.export.uids import derived_uid


def capture_objects(exam: ExportExam, instances: Mapping[str, Instance]) -> Iterator[Dataset]:
    """One picture a clip, as the report shows it; the regions' scales go with it.

    Args:
        exam: whose clips.
        instances: the clips' objects, to which the pictures refer.

    Raises:
        InputError: a clip cannot be read.
    """
    for number, clip in enumerate(exam.clips, 1):
        taken = clip.load()
        for caption, pixels in key_pictures([taken], exam.analysis, exam.report.lang):
            yield _capture(exam, clip, taken, caption, pixels, instances.get(clip.id), number)


def _capture(
    exam: ExportExam, clip: ExportClip, taken: Clip, caption: str, pixels: NDArray[np.uint8],
    source: Instance | None, number: int,
) -> Dataset:  # fmt: skip
    drawn = hashlib.sha256(pixels.tobytes()).hexdigest()
    ds = new_object(
        exam, sop_class=SecondaryCaptureImageStorage,
        instance=derived_uid(exam.study.study_uid, "capture", clip.id, drawn),
        modality="US", series="key pictures", number=2, description="Key pictures",
        syntax=JPEGBaseline8Bit, at=exam.taken,
    )  # fmt: skip
    ds.InstanceNumber = number
    ds.ConversionType = "WSD"
    ds.BodyPartExamined = "HEART"
    ds.PatientOrientation = ""
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.BurnedInAnnotation = "YES"
    ds.ImageComments = caption[:10240]
    ds.DerivationDescription = short("Structures and measurements drawn by EchoLab")
    if source is not None:
        reference = Dataset()
        reference.ReferencedSOPClassUID = source.sop_class
        reference.ReferencedSOPInstanceUID = source.sop_instance
        ds.SourceImageSequence = Sequence([reference])
    scale = pixels.shape[1] / taken.width, pixels.shape[0] / taken.height
    used = None if clip.facts is None else clip.facts.calibration
    # Not a module of this class, but lengths on the picture would be lost without it: a standard
    # extended SOP class (PS3.2 7.3).
    regions = regions_of(taken, used=used, mode=clip.mode, scale=scale)
    if regions:
        ds.SequenceOfUltrasoundRegions = Sequence(regions)
    fill_pixels(ds, [pixels])
    return ds
