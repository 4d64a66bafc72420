"""DICOM files: single and multi-frame pictures and video in any transfer syntax at hand."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from pydicom.pixels import get_decoder

from core.acquisition.content import reason, sniff
from core.acquisition.dicom_calibration import read_declared
from core.acquisition.dicom_data import DicomData, open_dicom
from core.acquisition.dicom_frames import encapsulated_frames, native_frames, whole_stream
from core.acquisition.dicom_pixels import FramePixels
from core.acquisition.dicom_times import dicom_times
from core.acquisition.frame_stack import FrameStack
from core.acquisition.limits import MAX_CLIP_BYTES, check_size
from core.acquisition.patient import read_patient
from core.acquisition.video import decode_video
from core.domain import Clip, InputError, Patient

# MPEG-2, MPEG-4 AVC/H.264 and HEVC/H.265, PS3.5 8.2.5 to 8.2.11.
_VIDEO_SYNTAXES = frozenset(
    f"1.2.840.10008.1.2.4.{number}{fragmented}"
    for number in range(100, 109)
    for fragmented in ("", ".1")
)
_MAX_FAILED = 20  # damaged frames, after which the rest is given up


def read_dicom(path: Path, clip_id: str, *, budget: int = MAX_CLIP_BYTES) -> tuple[Clip, Patient]:
    """The DICOM file at `path` as a clip, and its patient.

    Frames are decoded one at a time up to `budget` bytes; a file that was cut off gives the frames
    that are whole.

    Args:
        path: a DICOM file.
        clip_id: of the clip.
        budget: bytes of decoded frames to keep.

    Raises:
        InputError: no picture in it, encrypted, damaged, of no use; one line says which.
    """
    name = path.name
    with open_dicom(path) as data:
        patient = read_patient(data.ds)
        if data.offset is None:
            raise InputError(f"{name}: {_why_no_pixels(data)}")
        if str(data.syntax) in _VIDEO_SYNTAXES:
            return _video(data, name, clip_id, budget), patient
        return _pictures(data, name, clip_id, budget), patient


def _pictures(data: DicomData, name: str, clip_id: str, budget: int) -> Clip:
    width, height = data.number("Columns") or 0, data.number("Rows") or 0
    check_size(name, width, height)
    declared = data.number("NumberOfFrames")
    if declared is not None and declared < 1:
        raise InputError(f"{name}: the DICOM file has no frames: export it again")
    count = declared or 1
    pixels = FramePixels(data, name)
    try:
        get_decoder(data.syntax)
    except Exception:
        raise InputError(
            f"{name}: DICOM pixels in {reason(Exception(data.syntax.name))} cannot be decoded: "
            "export it uncompressed or as JPEG"
        ) from None
    stack = FrameStack(name, expected=min(count, 4096), budget=budget)
    raw = (
        encapsulated_frames(data, count)
        if data.encapsulated
        else native_frames(data, pixels.native_bytes, count)
    )
    with closing(pixels):
        indices = _decode(raw, pixels, stack, name)
    kept, notes = len(indices), list[str]()
    if stack.full and kept < count:
        notes.append(f"cut to fit memory: first {kept} of {count} frames")
    elif kept < count:
        notes.append(f"the file is cut off or damaged: {kept} of {count} frames could be read")
    times, fps = dicom_times(data, indices[-1] + 1)
    says = read_declared(data, width, height, indices)
    return Clip(
        id=clip_id,
        source=name,
        frames=stack.take(),
        times_s=times[indices] - times[indices[0]],
        fps=fps,
        calibration=says.calibration,
        calibrations=says.per_frame,
        regions=says.regions,
        mode=says.mode,
        total_frames=count,
        notes=(*notes, *says.calibration.reasons),
    )


def _decode(raw: Iterator[bytes], pixels: FramePixels, stack: FrameStack, name: str) -> list[int]:
    """Fills `stack` with the frames that can be decoded; returns their numbers in the file."""
    indices: list[int] = []
    failed, why = 0, ""
    for index, frame in enumerate(raw):
        try:
            kept = stack.add(pixels.rgb(frame))
        except InputError:
            raise
        except Exception as error:  # decoders raise anything on damaged data
            failed, why = failed + 1, f" ({reason(error)})"
            if failed > _MAX_FAILED:
                break
            continue
        if kept:
            indices.append(index)
        if stack.full:
            break
    if not indices:
        raise InputError(
            f"{name}: the DICOM pixel data is cut off or damaged{why}: export it again"
        )
    return indices


def _video(data: DicomData, name: str, clip_id: str, budget: int) -> Clip:
    stream = whole_stream(data)
    found = sniff(stream.read(512))
    stream.seek(0)
    clip = decode_video(stream, name, clip_id, found[1] if found else None, budget=budget)
    says = read_declared(data, clip.width, clip.height, range(len(clip)))
    return replace(
        clip,
        fps=clip.fps or dicom_times(data, len(clip))[1],
        calibration=says.calibration,
        calibrations=says.per_frame,
        regions=says.regions,
        mode=says.mode,
        notes=(*clip.notes, *says.calibration.reasons),
    )


def _why_no_pixels(data: DicomData) -> str:
    if data.get("EncryptedAttributesSequence") is not None:
        return "the DICOM file is encrypted and shows no picture: export it unencrypted"
    modality = str(data.get("Modality", ""))
    if modality in ("SR", "PR", "KO", "DOC", "ECG"):
        return f"a DICOM file of kind {modality} holds no picture: give the clips of the exam"
    if data.get("EncapsulatedDocument") is not None:
        return "a document inside DICOM holds no picture: give the clips of the exam"
    return "the DICOM file holds no pixel data (a report, or cut off): export the clip again"
