"""What a recording's video file cannot hold: times, calibration, mode, notes, as JSON."""

import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from core.domain import Calibration, CalibrationSource, Clip, InputError, Mode


def to_sidecar(clip: Clip) -> str:
    """All of `clip` but its pixels and id; floats keep every bit."""
    return json.dumps(
        {
            "times_s": [float(t) for t in clip.times_s],
            "fps": clip.fps,
            "calibration": asdict(clip.calibration),
            "calibrations": [asdict(c) for c in clip.calibrations],
            "regions": [asdict(c) for c in clip.regions],
            "mode": clip.mode,
            "total_frames": clip.total_frames,
            "notes": list(clip.notes),
        }
    )


def with_sidecar(clip: Clip, sidecar: str) -> Clip:
    """The clip read from a recording's file, with what its sidecar adds.

    Raises:
        InputError: the file holds another number of frames than were recorded.
    """
    facts: dict[str, Any] = json.loads(sidecar)
    if len(clip) != len(facts["times_s"]):
        raise InputError(
            f"Clip {clip.id} is damaged: {len(clip)} of its {len(facts['times_s'])} frames can be "
            f"read; restore its file from a backup"
        )
    return replace(
        clip,
        times_s=np.asarray(facts["times_s"], np.float64),
        fps=facts["fps"],
        calibration=_calibration(facts["calibration"]),
        calibrations=tuple(_calibration(c) for c in facts["calibrations"]),
        regions=tuple(_calibration(c) for c in facts["regions"]),
        mode=Mode(facts["mode"]),
        total_frames=facts["total_frames"],
        notes=tuple(facts["notes"]),
    )


def _calibration(facts: dict[str, Any]) -> Calibration:
    box = facts["box"]
    return Calibration(
        **{
            **facts,
            "source": CalibrationSource(facts["source"]),
            "box": None if box is None else tuple(box),
            "reasons": tuple(facts["reasons"]),
        }
    )
