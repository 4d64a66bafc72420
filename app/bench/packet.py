"""What goes to the browser for one picture: plain words and numbers, and a JPEG."""

import json
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.live.session import LiveSession
from core.language import text
from core.phantom.bench import Instruction, Movement, Reading, instruction_text
from core.phantom.image import Machine
from core.phantom.probe import Plane
from core.recognition.live import LiveState

if TYPE_CHECKING:
    from app.bench.bench import Bench

QUALITY = 88


def packed(bench: "Bench", session: LiveSession) -> bytes:
    """The session's newest picture with its state: 4 bytes of length, JSON, JPEG."""
    frame = session.newest
    if frame is None:
        raise ValueError("the session has no picture yet")
    if bench.outlines:
        pixels = session.picture(frame.pixels)
    else:
        session.watched()
        pixels = frame.pixels
    state = {**bench.state(session), "index": frame.index, "time": round(frame.time_s, 3)}
    words = json.dumps(state, ensure_ascii=False).encode()
    return len(words).to_bytes(4, "big") + words + jpeg(pixels)


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 3] RGB as a JPEG file."""
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    done, file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError("OpenCV could not write a JPEG")
    return file.tobytes()


def told(bench: "Bench", reading: Reading, engine: LiveState | None) -> dict[str, Any]:
    """The state beside the picture; what would give the plane away only while hints are on."""
    trial = reading.trial
    state: dict[str, Any] = {
        "plane": _plane(reading.plane),
        "fan": _fan(bench.stand.rig.machine(trial.view)),
        "offset": {each.value: round(getattr(reading.offset, each.value), 1) for each in Movement},
        "steps": reading.steps,
        "trial": {
            "view": trial.view.value,
            "name": text(f"view.{trial.view}", bench.lang),
            "run": bool(trial.run),
            "place": reading.place,
            "began": trial.began is not None,
            "found": trial.found,
            "shown": trial.shown,
            "seconds": round(reading.seconds, 1),
            "mm": round(trial.path_mm, 1),
            "degrees": round(trial.path_deg, 1),
        },
        "standard": reading.asked.standard,
        "scored": bench.scored,
        "trouble": bench.trouble,
        "machine": _machine(engine, bench.lang),
        "hints": _hints(bench, reading) if bench.hints else None,
    }
    return state


def _hints(bench: "Bench", reading: Reading) -> dict[str, Any]:
    lang = bench.lang
    return {
        "wanted": _plane(bench.stand.rig.standard(reading.trial.view)),
        "closeness": round(reading.closeness, 3),
        "instruction": _instruction(reading.instruction, lang),
        "nearest": text(f"view.{reading.nearest}", lang),
    }


def _instruction(instruction: Instruction | None, lang: str) -> dict[str, Any] | None:
    if instruction is None:
        return None
    return {
        "words": instruction_text(instruction, lang),
        "movement": instruction.movement.value,
        "forward": instruction.forward,
    }


def _machine(engine: LiveState | None, lang: str) -> dict[str, Any] | None:
    """What recognition says of the same picture, as in Acquire."""
    if engine is None or engine.view is None:
        return None
    return {
        "view": engine.view.label.value,
        "name": text(f"view.{engine.view.label}", lang),
        "p": round(engine.view.probability, 3),
        "quality": round(engine.quality, 3),
        "standard": engine.standard,
        "fps": round(engine.fps_in, 1),
    }


def _fan(machine: Machine) -> dict[str, float]:
    return {
        "half_deg": machine.half_angle_deg,
        "depth": machine.depth_mm,
        "face": machine.face_mm,
    }


def _plane(plane: Plane) -> dict[str, list[float]]:
    return {
        name: [round(float(v), 3) for v in getattr(plane, name)]
        for name in ("origin", "down", "right")
    }
