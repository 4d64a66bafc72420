"""The header of a clip's DICOM file."""

from pathlib import Path

from pydicom.dataset import Dataset

from core.acquisition.dicom_data import open_dicom


def read_header(path: Path) -> Dataset:
    """Everything before the pixel data.

    Raises:
        InputError: the file cannot be read.
    """
    with open_dicom(path) as data:
        return data.ds
