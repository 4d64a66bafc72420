"""Writes a virtual clip and its truth; every file is whole or not there."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from core.domain import Patient, RegionLabel
from core.phantom import dicom
from core.phantom.clip import PhantomClip
from core.phantom.truth_file import truth_document
from core.replacing import replacing

#: Labels from the outer to the inner one: in the one-label-a-pixel map the later one wins.
PAINT_ORDER = (
    RegionLabel.PERICARDIUM,
    RegionLabel.PERICARDIAL_EFFUSION,
    RegionLabel.LV_MYOCARDIUM,
    RegionLabel.IVS,
    RegionLabel.RV_CAVITY,
    RegionLabel.RA,
    RegionLabel.LA,
    RegionLabel.IVC,
    RegionLabel.MAIN_PA,
    RegionLabel.AORTA,
    RegionLabel.LV_CAVITY,
    RegionLabel.PAPILLARY_MUSCLE,
    RegionLabel.TRICUSPID_VALVE,
    RegionLabel.MITRAL_VALVE,
    RegionLabel.PULMONARY_VALVE,
    RegionLabel.AORTIC_VALVE,
)


def write_mp4(phantom: PhantomClip, path: Path) -> Path:
    """H.264 in MP4, yuv420p, one frame a frame; odd sizes lose their last row or column.

    Raises:
        OSError: it cannot be written.
    """
    clip = phantom.clip
    rate = Fraction(clip.fps or 1.0).limit_denominator(1001)
    height, width = clip.height // 2 * 2, clip.width // 2 * 2
    with (
        replacing(path) as unfinished,
        av.open(str(unfinished), "w", format="mp4", options={"movflags": "+faststart"}) as film,
    ):
        options = {"preset": "veryfast", "crf": "17"}
        stream = film.add_stream("libx264", rate=rate, options=options)
        if not isinstance(stream, VideoStream):
            raise OSError("this build of FFmpeg has no H.264 encoder")
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.time_base = 1 / rate
        for index, pixels in enumerate(clip.frames):
            picture = np.ascontiguousarray(pixels[:height, :width])
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = index, 1 / rate
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    return path


def write_dicom(phantom: PhantomClip, path: Path, *, patient: Patient | None = None) -> Path:
    """Ultrasound Multi-frame Image Storage in JPEG baseline with its ultrasound region.

    Args:
        phantom: the clip.
        path: of the file; an older one is replaced.
        patient: sex, height and weight to state; the name is always Virtual^Heart.

    Raises:
        OSError: it cannot be written.
    """
    ds = dicom.dicom_dataset(phantom, patient=patient)
    with replacing(path) as unfinished:
        dicom.write(ds, unfinished)
    return path


def write_truth(phantom: PhantomClip, path: Path) -> tuple[Path, Path | None]:
    """Writes `<path>.truth.json` and, if the clip has masks, `<path>.masks.npz`.

    The archive holds `masks` (uint8 [frames, height, width], one label a pixel, the innermost
    where they overlap; 0 = none), `labels` (the label of each number, "" for 0) and for each label
    that is present its whole mask (uint8 0 or 1, of the same shape) under its own name.

    Args:
        phantom: the clip.
        path: of the clip's own file.

    Raises:
        OSError: it cannot be written.
    """
    truth_path = path.with_name(path.name + ".truth.json")
    masks_path = path.with_name(path.name + ".masks.npz") if phantom.masks else None
    if masks_path is not None:
        table = np.array(["", *(label.value for label in RegionLabel)])
        whole = {str(label): mask.view(np.uint8) for label, mask in phantom.masks.items()}
        with replacing(masks_path) as unfinished, unfinished.open("wb") as file:
            np.savez_compressed(
                file, allow_pickle=False, masks=label_map(phantom), labels=table, **whole
            )
    write_json(
        truth_document(phantom, masks_name=masks_path.name if masks_path else None), truth_path
    )
    return truth_path, masks_path


def write_json(document: dict[str, Any], path: Path) -> Path:
    """Writes a truth document.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as unfinished:
        unfinished.write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
    return path


def label_map(phantom: PhantomClip) -> NDArray[np.uint8]:
    """uint8 [T, H, W]: 0, or 1 + the place in `RegionLabel` of the innermost label."""
    clip = phantom.clip
    found = np.zeros((len(clip), clip.height, clip.width), np.uint8)
    numbers = {label: number for number, label in enumerate(RegionLabel, 1)}
    for label in PAINT_ORDER:
        if label in phantom.masks:
            found[phantom.masks[label]] = numbers[label]
    return found
