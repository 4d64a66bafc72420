"""Scores of the whole line on clips of new virtual patients: view, standard, guidance, alarms.

Each clip is a beat of a new patient, half of them ill, through any window. The probe is held on the
standard plane, or it has strayed by several tolerances in one to three of its movements. What is
scored is what a user gets: the answer of `recognise` for the clip, and what the live page would
say while the beat goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.domain import PLANE_TOLERANCE, Clip, Recognition, View
from core.phantom.clip import render_clip
from core.phantom.patient import Case, Severity
from core.phantom.probe import STANDARD_VIEWS, Offset
from core.phantom.realism_classifiers import area_under_curve
from core.phantom.truth.record import Truth
from core.recognition.guidance import amounts_of
from core.recognition.judge import evidence
from core.recognition.models import Models
from core.recognition.plane_net import MOVEMENTS
from core.recognition.recognise import recognise, recognise_frame
from core.recognition.smoothing import StandardHold, ViewSmoother

FRAMES, FPS = 16, 16.0
HELD_S = 20.0
"""For so long the beat goes on, over and over, while alarms are counted."""
_HELD_PART = 0.45
_HELD_TOLERANCES = 0.35
"""Standard deviation of a hand that holds the plane, in tolerances."""
_STRAYED = (1.5, 5.0)
"""By how many tolerances a strayed hand is off, in each movement that has strayed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClipAnswer:
    """What was said of one clip, beside its truth.

    Attributes:
        truth: of the clip.
        found: by the whole line.
        alarms: times the held tone was lost within `HELD_S`; None where the plane is not standard,
            or the tone never came.
    """

    truth: Truth
    found: Recognition
    alarms: int | None


def ask(
    models: Models, *, count: int, seed: int, progress: Callable[[float], None] | None = None
) -> list[ClipAnswer]:
    """Renders `count` clips, the views in turn, each from a seed of its own, and asks the line."""
    answers = []
    for number in range(count):
        truth, clip = _clip(STANDARD_VIEWS[number % len(STANDARD_VIEWS)], seed + number)
        found = recognise(clip, models=models)
        alarms = _alarms(clip, found, models) if truth.standard else None
        answers.append(ClipAnswer(truth=truth, found=found, alarms=alarms))
        if progress is not None:
            progress((number + 1) / count)
    return answers


def _clip(view: View, seed: int) -> tuple[Truth, Clip]:
    rng = np.random.default_rng((seed, 808))
    ill = rng.random() < 0.5
    made = render_clip(
        view,
        seed=seed,
        frames=FRAMES,
        fps=FPS,
        size=(480, 360),
        case=list(Case)[int(rng.integers(len(Case)))] if ill else None,
        severity=list(Severity)[int(rng.integers(len(Severity)))] if ill else None,
        offset=_hand(view, rng),
        masks=False,
    )
    return made.truth, made.clip


def _hand(view: View, rng: np.random.Generator) -> Offset:
    """A hand that holds the plane, or one that has strayed; press is left alone."""
    limits = PLANE_TOLERANCE[view]
    names = MOVEMENTS[:-1]
    tolerances = np.array([limits.degrees if n.endswith("deg") else limits.mm for n in names])
    amounts = rng.normal(0, _HELD_TOLERANCES, len(names)).clip(-0.9, 0.9)
    if rng.random() >= _HELD_PART:
        strayed = rng.choice(len(names), int(rng.integers(1, 4)), replace=False)
        amounts[strayed] = rng.uniform(*_STRAYED, len(strayed)) * rng.choice((-1, 1), len(strayed))
    return Offset(**dict(zip(names, (amounts * tolerances).tolist(), strict=True)))


def _alarms(clip: Clip, found: Recognition, models: Models) -> int | None:
    """How often the tone is lost while a standard plane is held; None where it never comes."""
    regions = [[r for r in found.regions if r.frame == i] for i in range(len(clip))]
    looks = [
        recognise_frame(pixels, found.sector, models, regions=outlines)
        for pixels, outlines in zip(clip.frames, regions, strict=True)
    ]
    smoother, hold = ViewSmoother(), StandardHold()
    alarms, heard, before = 0, False, False
    for step in range(round(HELD_S * FPS)):
        look = looks[step % len(looks)]
        steady, _ = smoother.add(look.view, look.judgement.quality, step / FPS)
        standard = hold.add(steady.label, look.judgement, evidence(look), step / FPS)
        alarms += before and not standard
        heard, before = heard or standard, standard
    return alarms if heard else None


def clip_figures(answers: Sequence[ClipAnswer]) -> dict[str, Any]:
    """The figures of some clips.

    `view_right`: of planes near the view asked for. `standard_auc`: of `quality` where the view is
    right, the others counting as said not to be standard. Guidance is scored where the plane has
    strayed and a view is said: `angle_error_deg` is of the three angles, against the standard plane
    of the view that is right; `direction_right` of the movement that is farthest off, in
    tolerances.
    """
    near = [a for a in answers if a.truth.nearest is not View.OTHER]
    right = [a.found.view.label is a.truth.nearest for a in near]
    said = [
        a.found.judgement.quality * (a.found.view.label is a.truth.nearest) for a in near
    ]  # fmt: skip
    truth = np.array([a.truth.standard for a in near])
    told = [
        a for a in near
        if not a.truth.standard
        and a.found.guidance is not None
        and a.found.view.label is a.truth.view
    ]  # fmt: skip
    strayed = [a for a in near if not a.truth.standard]
    errors = [e for a in told for e in _errors(a)]
    true_angles = [
        abs(getattr(a.truth.correction, name)) for a in told for name in MOVEMENTS[:3]
    ]  # fmt: skip
    held = [a for a in near if a.truth.standard]
    heard = [a.alarms for a in held if a.alarms is not None]
    return {
        "view_right": _mean(right),
        "standard_auc": area_under_curve(np.array(said, np.float64), truth)
        if 0 < truth.sum() < len(truth)
        else float("nan"),
        "standard_said_of_standard": _mean([a.found.judgement.standard for a in held]),
        "standard_said_of_strayed": _mean([a.found.judgement.standard for a in strayed]),
        "angle_error_deg": float(np.median(errors)) if errors else float("nan"),
        "angle_error_if_never_moved_deg": (
            float(np.median(true_angles)) if true_angles else float("nan")
        ),
        "direction_right": _mean([_direction_right(a) for a in told]),
        "guidance_told": _mean([a in told for a in strayed]),
        "tone_heard": len(heard) / max(1, len(held)),
        "false_alarms_a_minute": 60.0 / HELD_S * _mean(heard),
        "count": len(answers),
        "standard": len(held),
        "strayed": len(strayed),
    }


def _errors(answer: ClipAnswer) -> list[float]:
    guidance, correction = answer.found.guidance, answer.truth.correction
    return [abs(getattr(guidance, name) - getattr(correction, name)) for name in MOVEMENTS[:3]]


def _direction_right(answer: ClipAnswer) -> bool:
    limits = PLANE_TOLERANCE[answer.truth.view]
    amounts = {
        each: amount
        for each, amount in amounts_of(answer.truth.correction).items()
        if each.value != "press_mm"
    }
    farthest = max(
        amounts,
        key=lambda each: abs(amounts[each]) / (limits.degrees if each.is_angle else limits.mm),
    )
    guidance = answer.found.guidance
    assert guidance is not None
    if farthest.value.startswith("slide"):
        said = guidance.slide_mm[("slide_x_mm", "slide_y_mm").index(farthest.value)]
    else:
        said = getattr(guidance, farthest.value)
    return bool(np.sign(said) == np.sign(amounts[farthest]))


def _mean(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
