"""Opens a DICOM file up to its pixel data, without reading that."""

import io
import zlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from struct import unpack
from types import TracebackType
from typing import Any, BinaryIO

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

import core.acquisition.quiet  # noqa: F401  (silences the decoders)
from core.acquisition.content import reason
from core.domain import InputError

PIXEL_DATA = 0x7FE00010
_PIXEL_TAGS = (0x7FE00008, 0x7FE00009, PIXEL_DATA)
_MAX_INFLATED = 1_500_000_000
_UNDEFINED = 0xFFFFFFFF


@dataclass(slots=True)
class DicomData(AbstractContextManager["DicomData"]):
    """An open DICOM file.

    Attributes:
        ds: everything before the pixel data, file meta included.
        syntax: transfer syntax.
        stream: the file (or what was inflated of it), open.
        offset: of the pixel data's value in `stream`; None where there is no pixel data.
        length: bytes of the value that are really there.
        encapsulated: True if the value is a row of fragments.
        pixel_vr: "OB", "OW" ... of the pixel data.
    """

    ds: Dataset
    syntax: UID
    stream: BinaryIO
    offset: int | None
    length: int
    encapsulated: bool
    pixel_vr: str

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
        /,
    ) -> None:
        self.stream.close()

    def get(self, keyword: str, default: Any = None) -> Any:
        """The element's value, or `default` where it is absent, empty or damaged."""
        try:
            value = self.ds.get(keyword)
        except Exception:  # pydicom converts on access and raises anything on a damaged value
            return default
        return default if value is None or value == "" else value

    def number(self, keyword: str) -> int | None:
        """The element's (first) value as a whole number, or None."""
        value = self.get(keyword)
        try:
            return None if value is None else int(value)
        except (TypeError, ValueError):
            return None


def open_dicom(path: Path) -> DicomData:
    """Opens the DICOM file at `path`; the caller closes it.

    Raises:
        InputError: the data set cannot be read.
    """
    file = path.open("rb")
    try:
        return _open(file, path)
    except InputError:
        file.close()
        raise
    except Exception as error:  # pydicom raises anything on damaged files
        file.close()
        raise InputError(
            f"{path.name}: the DICOM data set is damaged ({reason(error)}): export it again"
        ) from None


def _open(file: BinaryIO, path: Path) -> DicomData:
    stream, implicit, little = file, False, True
    ds: Dataset
    syntax = _transfer_syntax(path)
    if syntax == DeflatedExplicitVRLittleEndian:
        meta = pydicom.filereader.read_file_meta_info(path)
        # (0002,0000) tells where the deflated part starts: preamble, mark, that element, the group.
        start = 132 + 12 + int(meta.FileMetaInformationGroupLength)
        stream = _inflate(file, start, path.name)
        file.close()
        ds = read_dataset(stream, False, True, stop_when=lambda tag, vr, length: tag in _PIXEL_TAGS)
        ds.file_meta = meta
        ds.set_original_encoding(False, True, None)
    else:
        ds = pydicom.dcmread(stream, stop_before_pixels=True, force=True)
        implicit, little = ds.original_encoding  # type: ignore[assignment]
        if syntax is None:
            syntax = _guessed_syntax(implicit, little)
            ds.file_meta = FileMetaDataset()
            ds.file_meta.TransferSyntaxUID = syntax
    if not len(ds):
        raise InputError(f"{path.name}: the DICOM file is cut off or empty: export it again")
    return _locate(ds, UID(syntax), stream, implicit=bool(implicit), little=bool(little))


def _locate(
    ds: Dataset, syntax: UID, stream: BinaryIO, *, implicit: bool, little: bool
) -> DicomData:
    """Reads the head of the pixel data element at which `stream` stands (PS3.5 7.1)."""
    order = "<" if little else ">"
    vr, length, offset = "OW", 0, None
    head = stream.read(8)
    if len(head) == 8:
        group, element = unpack(f"{order}HH", head[:4])
        if (group << 16) + element in _PIXEL_TAGS:
            if implicit:
                (length,) = unpack(f"{order}L", head[4:])
            else:
                vr = head[4:6].decode("ascii", "replace")
                (length,) = unpack(f"{order}L", stream.read(4))
            offset = stream.tell()
    end = stream.seek(0, io.SEEK_END)
    there = end - offset if offset is not None else 0
    return DicomData(
        ds=ds,
        syntax=syntax,
        stream=stream,
        offset=offset,
        length=there if length == _UNDEFINED else min(length, there),
        encapsulated=length == _UNDEFINED,
        pixel_vr=vr,
    )


def _transfer_syntax(path: Path) -> UID | None:
    try:
        meta = pydicom.filereader.read_file_meta_info(path)
    except Exception:  # no file meta group: an old export, read as it lies
        return None
    syntax = meta.get("TransferSyntaxUID")
    return UID(str(syntax)) if syntax else None


def _guessed_syntax(implicit: bool | None, little: bool | None) -> UID:
    if implicit:
        return ImplicitVRLittleEndian
    return ExplicitVRLittleEndian if little else ExplicitVRBigEndian


def _inflate(file: BinaryIO, start: int, name: str) -> io.BytesIO:
    """The deflated data set from `start` on, inflated up to a limit (bombs)."""
    file.seek(start)
    inflater, out = zlib.decompressobj(-zlib.MAX_WBITS), io.BytesIO()
    while block := file.read(1 << 20):
        try:
            while block:
                out.write(inflater.decompress(block, 1 << 24))
                if out.tell() > _MAX_INFLATED:
                    raise InputError(
                        f"{name}: the deflated data set is larger than 1.5 GB: export it "
                        "uncompressed"
                    )
                block = inflater.unconsumed_tail
        except zlib.error:
            break  # cut off or damaged here: what came before is used
    out.seek(0)
    return out
