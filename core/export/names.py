"""Names of files: by what is in them."""

from pydicom.dataset import Dataset
from pydicom.uid import (
    BasicTextSRStorage,
    ComprehensiveSRStorage,
    EncapsulatedPDFStorage,
    SecondaryCaptureImageStorage,
)

from core.export.sr.tid5300 import SIMPLIFIED_ADULT_ECHO_SR

_BY_CLASS = {
    SIMPLIFIED_ADULT_ECHO_SR: "sr",
    BasicTextSRStorage: "sr-text",
    ComprehensiveSRStorage: "sr5200",
    EncapsulatedPDFStorage: "pdf",
}


class ObjectNames:
    """Names of an export's objects; pictures are counted."""

    def __init__(self) -> None:
        self._counts = {"key": 0, "clip": 0}

    def next(self, ds: Dataset) -> str:
        """The name of the export's next object, without suffix."""
        known = _BY_CLASS.get(ds.SOPClassUID)
        if known is not None:
            return known
        kind = "key" if ds.SOPClassUID == SecondaryCaptureImageStorage else "clip"
        self._counts[kind] += 1
        return f"{kind}-{self._counts[kind]:03d}"
