"""The bytes of one frame after the other out of DICOM pixel data, whole or cut off."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from struct import unpack
from typing import BinaryIO

from core.acquisition.dicom_data import DicomData

_ITEM = 0xFFFEE000
_DELIMITER = 0xFFFEE0DD
_MAX_FRAGMENTS = 1_000_000
# First bytes of a new frame in JPEG, JPEG-LS and JPEG 2000 streams.
_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP")


@dataclass(frozen=True, slots=True)
class Fragment:
    """Where a fragment's value lies, and its item tag's offset from the first one."""

    offset: int
    length: int
    relative: int
    whole: bool


def native_frames(data: DicomData, frame_bytes: int, count: int) -> Iterator[bytes]:
    """Up to `count` frames of `frame_bytes` each of uncompressed pixel data; only whole ones."""
    assert data.offset is not None
    for index in range(min(count, data.length // frame_bytes)):
        data.stream.seek(data.offset + index * frame_bytes)
        frame = data.stream.read(frame_bytes)
        yield frame + b"\x00" * (frame_bytes % 2)  # a value is of even length, PS3.5 7.1.1


def encapsulated_frames(data: DicomData, count: int) -> Iterator[bytes]:
    """Up to `count` compressed frames; a last one that was cut off is left out (PS3.5 A.4)."""
    for fragments in _grouped(data, count):
        if fragments and all(f.whole for f in fragments):
            yield b"".join(_read(data.stream, f) for f in fragments)


def whole_stream(data: DicomData) -> io.BytesIO:
    """All fragments as one stream, as video transfer syntaxes hold them (PS3.5 8.2.5 ...)."""
    out = io.BytesIO()
    for fragment in list_fragments(data)[0]:
        out.write(_read(data.stream, fragment))
    out.seek(0)
    return out


def list_fragments(data: DicomData) -> tuple[list[Fragment], list[int]]:
    """The fragments that are there, and the basic offset table (empty where the file has none)."""
    stream, table, found = data.stream, list[int](), list[Fragment]()
    assert data.offset is not None
    end = data.offset + data.length
    position, first = data.offset, None
    while position + 8 <= end and len(found) < _MAX_FRAGMENTS:
        stream.seek(position)
        group, element, length = unpack("<HHL", stream.read(8))
        tag = (group << 16) + element
        if tag != _ITEM or length == 0xFFFFFFFF:
            break
        value = position + 8
        if position == data.offset:
            raw = stream.read(min(length, end - value))
            table = list(unpack(f"<{len(raw) // 4}L", raw[: len(raw) // 4 * 4]))
        else:
            first = position if first is None else first
            there = min(length, end - value)
            found.append(Fragment(value, there, position - first, there == length))
        position = value + length
    return found, table


def _grouped(data: DicomData, count: int) -> Iterator[list[Fragment]]:
    """The fragments of each frame: by the offset table, else by where a picture's bytes begin."""
    fragments, table = list_fragments(data)
    if count == 1:
        yield fragments
        return
    offsets = {f.relative for f in fragments}
    if len(fragments) == count:
        starts = offsets
    elif len(table) > 1 and len(set(table) & offsets) > 1:
        starts = set(table)
    else:
        starts = {f.relative for f in fragments if _begins_frame(data.stream, f)} or offsets
    yield from _split(fragments, starts, count)


def _begins_frame(stream: BinaryIO, fragment: Fragment) -> bool:
    stream.seek(fragment.offset)
    return stream.read(8).startswith(_STARTS)


def _split(fragments: list[Fragment], starts: set[int], count: int) -> Iterator[list[Fragment]]:
    group: list[Fragment] = []
    given = 0
    for fragment in fragments:
        if fragment.relative in starts and group:
            yield group
            given, group = given + 1, []
            if given == count:
                return
        group.append(fragment)
    if group:
        yield group


def _read(stream: BinaryIO, fragment: Fragment) -> bytes:
    stream.seek(fragment.offset)
    return stream.read(fragment.length)
