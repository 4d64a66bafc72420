"""The picture size that a compressed frame itself declares."""

from struct import unpack_from

# JPEG and JPEG-LS start-of-frame markers: ITU T.81 table B.1 without DHT, JPG and DAC; T.87 C.1.1.
_START_OF_FRAME = ({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}) | {0xF7}
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}


def declared_size(frame: bytes) -> tuple[int, int] | None:
    """(width, height) in the header of a JPEG, JPEG-LS or JPEG 2000 stream; None if it has none.

    A stream may declare a far larger picture than the data set around it: the decoder would then
    take gigabytes, so the two are compared first.
    """
    if frame[:2] == b"\xff\xd8":
        return _jpeg_size(frame)
    at = frame.find(b"\xff\x4f\xff\x51", 0, 4096)
    if at < 0 or len(frame) < at + 24:
        return None
    x1, y1, x0, y0 = unpack_from(">4L", frame, at + 8)  # SIZ marker, ITU T.800 A.5.1
    return x1 - x0, y1 - y0


def _jpeg_size(frame: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(frame):
        if frame[at] != 0xFF:
            return None
        marker = frame[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker in _START_OF_FRAME:
            height, width = unpack_from(">HH", frame, at + 5)
            return width, height
        else:
            at += 2 + unpack_from(">H", frame, at + 2)[0]
    return None
