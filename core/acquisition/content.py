"""What a file is, told by its first bytes and never by its name."""

import re
from enum import Enum
from pathlib import Path

from core.domain import InputError

HEAD_BYTES = 512


class Content(Enum):
    """Kinds of content that can be read; the value is a word for people."""

    DICOM = "DICOM"
    STILL = "picture"
    VIDEO = "video"


# (offset, bytes, kind, libav demuxer or None). The demuxer is fixed by what we saw, so that a text
# file can never be taken for a play list that opens other files.
_MAGIC: tuple[tuple[int, bytes, Content, str | None], ...] = (
    (128, b"DICM", Content.DICOM, None),
    (0, b"\x89PNG\r\n\x1a\n", Content.STILL, None),
    (0, b"\xff\xd8\xff", Content.STILL, None),
    (0, b"GIF87a", Content.STILL, None),
    (0, b"GIF89a", Content.STILL, None),
    (0, b"BM", Content.STILL, None),
    (0, b"II*\x00", Content.STILL, None),
    (0, b"MM\x00*", Content.STILL, None),
    (0, b"II+\x00", Content.STILL, None),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", Content.STILL, None),
    (0, b"\xff\x4f\xff\x51", Content.STILL, None),
    (8, b"WEBP", Content.STILL, None),
    (8, b"AVI ", Content.VIDEO, "avi"),
    (0, b"\x1a\x45\xdf\xa3", Content.VIDEO, "matroska"),
    (4, b"moov", Content.VIDEO, "mp4"),
    (4, b"mdat", Content.VIDEO, "mp4"),
    (4, b"wide", Content.VIDEO, "mp4"),
    (4, b"free", Content.VIDEO, "mp4"),
    (4, b"skip", Content.VIDEO, "mp4"),
    (0, b"\x00\x00\x01\xba", Content.VIDEO, "mpeg"),
    (0, b"\x00\x00\x01\xb3", Content.VIDEO, "mpegvideo"),
    (0, b"\x00\x00\x00\x01", Content.VIDEO, "h264"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", Content.VIDEO, "asf"),
    (0, b"FLV\x01", Content.VIDEO, "flv"),
    (0, b"OggS", Content.VIDEO, "ogg"),
    (0, b"YUV4MPEG2", Content.VIDEO, "yuv4mpegpipe"),
)

# What people give by mistake, in words that tell them what they gave.
_REFUSED: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document: unpack it and give what is inside"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x1f\x8b", "a gzip archive: unpack it and give what is inside"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it and give what is inside"),
    (0, b"Rar!", "a RAR archive: unpack it and give what is inside"),
    (257, b"ustar", "a tar archive: unpack it and give what is inside"),
    (0, b"SQLite format 3", "a database"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"RIFF", "a sound or another RIFF file without video"),
    (0, b"\xd0\xcf\x11\xe0", "an office document"),
    (0, b"Salted__", "encrypted: decrypt it first"),
    (0, b"-----BEGIN", "encrypted or a key: decrypt it first"),
)
_CMS_ENVELOPED = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"  # OID 1.2.840.113549.1.7.3
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")


def sniff(head: bytes) -> tuple[Content, str | None] | None:
    """Kind and libav demuxer of a file that starts with `head` (`HEAD_BYTES` of it), or None."""
    for offset, magic, kind, demuxer in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind, demuxer
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"avif", b"avis"):
            return Content.STILL, None
        return None if head[8:12] in _HEIF_BRANDS else (Content.VIDEO, "mp4")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Content.VIDEO, "mpegts"
    if _is_bare_dicom(head):
        return Content.DICOM, None
    return None


def identify(path: Path) -> tuple[Content, str | None]:
    """Kind and libav demuxer of the file at `path`.

    Raises:
        InputError: the file is missing, empty, not to be read, no regular file, or nothing that
            holds a picture; the line says which.
    """
    name = printable(path.name or str(path))
    try:
        if not path.exists():
            raise InputError(
                f"{printable(str(path))}: there is no such file or folder: check the path"
            )
        if not path.is_file():
            raise InputError(f"{name}: not a regular file: give a picture, a clip or a folder")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{name}: cannot be opened ({reason(error)}): check the path and its rights"
        ) from None
    if not head:
        raise InputError(f"{name}: the file is empty: copy it again from its source")
    found = sniff(head)
    if found is None:
        raise InputError(f"{name}: {_what_else(head)}")
    return found


def reason(error: BaseException) -> str:
    """A library's error as a few words on one line."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return printable(" ".join(str(words).split()))[:160].rstrip(". :")


def printable(text: str) -> str:
    """`text` with what would break a terminal's single line replaced."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _is_bare_dicom(head: bytes) -> bool:
    """True for a data set without the 128-byte preamble (old exports); it starts so."""
    group, element = head[:2], head[2:4]
    if group == b"\x02\x00" and element in (b"\x00\x00", b"\x01\x00", b"\x02\x00", b"\x10\x00"):
        return True
    if group != b"\x08\x00" or len(head) < 132:
        return False
    return bool(re.fullmatch(rb"[A-Z]{2}", head[4:6])) or head[5:8] == b"\x00\x00\x00"


def _what_else(head: bytes) -> str:
    give = "give DICOM, MP4, AVI, MOV, MKV, GIF, PNG or JPEG"
    for offset, magic, words in _REFUSED:
        if head[offset : offset + len(magic)] == magic:
            return f"this is {words}; {give}"
    if head[:1] == b"\x30" and _CMS_ENVELOPED in head[:40]:
        return f"the file is encrypted (CMS envelope): decrypt it first, then {give}"
    if head[4:8] == b"ftyp":
        return f"HEIC pictures cannot be read: {give}"
    if not any(head):
        return f"the file holds only zeros, it is damaged: {give}"
    control = sum(b < 9 or 13 < b < 32 for b in head)
    if control == 0:
        return f"this is text, not a picture: {give}"
    return f"not a picture or clip that can be read (unknown, damaged or encrypted content): {give}"
