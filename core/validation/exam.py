"""One virtual exam, read as its files would be and measured as the app measures, with its truth."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.acquisition.files import read_exam
from core.acquisition.sector import NO_SECTOR
from core.analysis.analysis import ClipAnalysis
from core.analysis.pipeline import analyse_clip
from core.analysis.traces import read_trace
from core.domain import (
    Calibration,
    Clip,
    InputError,
    Judgement,
    Measurement,
    Mode,
    Recognition,
    Trace,
    View,
    ViewResult,
)
from core.measurement import measure_exam
from core.measurement.catalogue import Entry, catalogue
from core.measurement.reasons import Reason
from core.measurement.traces import CONTINUITY, continuity_cm2
from core.measurement.uncertainty import NO_ERRORS, calibrated
from core.phantom import Case, draw_patient
from core.phantom.clip import FANS, PhantomClip, render_clip
from core.phantom.display import Site
from core.phantom.exam import STANDARD_EXAM, Take, stated
from core.phantom.patient import HeartPatient, Severity
from core.phantom.probe import Offset
from core.phantom.probe.hands import random_offset
from core.phantom.truth import Truth, patient_measurements
from core.phantom.writers import write_dicom
from core.recognition.models import Models
from core.validation.pair import Pair, Way, case_of, window_of
from core.validation.told import told

SIZES = ((640, 480), (800, 600), (1024, 768))
FPS = 20.0
# A beat with both of its ends, and a little more of the next.
_BEATS = 1.35
# A hand that knows its trade: four planes in five are standard.
_HAND = 0.6
# Readings that no row of the catalogue has, but what others rest on.
_MORE = ("av_vti", "ivc_minimum")
# Which leak a colour clip is taken for.
_GRADES: Mapping[Site | None, str] = {
    Site.MITRAL: "mr_grade",
    Site.AORTIC: "ar_grade",
    Site.TRICUSPID: "tr_grade",
}

# Of a contour, kept to show it.
_MOST_POINTS = 40

Points = tuple[tuple[float, float], ...]
Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is asked of every exam of a run.

    Attributes:
        takes: names of the recordings; those of `STANDARD_EXAM` where empty.
        standard: True: the view is told, the plane is the standard one and passes as such, so that
            what is left is the error of measuring alone.
    """

    takes: tuple[str, ...] = ()
    standard: bool = False

    def chosen(self) -> tuple[Take, ...]:
        """The recordings in the order of the exam; InputError where a name is unknown."""
        known = {take.name: take for take in STANDARD_EXAM}
        unknown = [name for name in self.takes if name not in known]
        if unknown:
            raise InputError(f"--takes {unknown[0]}: no such recording; give some of "
                             f"{', '.join(known)}")  # fmt: skip
        return tuple(take for name, take in known.items() if not self.takes or name in self.takes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What became of one recording of a fan.

    Attributes:
        take: its name; view: the true one; said: the one recognised.
        standard: True if the plane passed; `measurable`: both right.
    """

    take: str
    view: str
    said: str
    standard: bool

    @property
    def fate(self) -> str:
        """ "measured", "wrong_view" or "not_standard"."""
        if self.said != self.view:
            return "wrong_view"
        return "measured" if self.standard else "not_standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One patient's exam: what was measured and what is true."""

    seed: int
    looks: tuple[Look, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Recording:
    take: Take
    phantom: PhantomClip
    clip: Clip


def patient_of(seed: int) -> HeartPatient:
    """Every third patient is healthy; the diseases and their grades take turns among the others."""
    third, rest = divmod(seed, 3)
    if rest == 0:
        return draw_patient(seed)
    number = 2 * third + rest - 1
    cases, grades = [*Case], [*Severity]
    return draw_patient(
        seed, case=cases[number % len(cases)], severity=grades[number // len(cases) % len(grades)]
    )


def examine(seed: int, plan: Plan, models: Models) -> Examined:
    """Renders, reads and measures one exam.

    Args:
        seed: of the patient and of all that is drawn.
        plan: which recordings, and what is told.
        models: that recognise.
    """
    patient, takes = patient_of(seed), plan.chosen()
    recordings: dict[str, _Recording] = {}
    analysed: list[ClipAnalysis] = []
    pairs: list[Pair] = []
    with tempfile.TemporaryDirectory(prefix="echolab-") as folder:
        for take in takes:
            recording = _record(take, patient, plan, Path(folder))
            found = analyse_clip(recording.clip, models=_of(plan, models, take))
            found = _passed(found) if plan.standard else found
            analysed.append(found)
            if found.trace is not None:
                pairs += _strip_pairs(found.trace, recording, patient, Way.STRIP)
                if take.mode not in FANS:
                    pairs += _strip_pairs(_captured(recording, models), recording, patient,
                                          Way.CAPTURE)  # fmt: skip
            recordings[take.name] = _without_pixels(recording)
    pairs += _areas(pairs, patient)
    estimated = measure_exam(analysed, stated(patient), errors=NO_ERRORS)
    for raw, final in zip(estimated, calibrated(estimated), strict=True):
        pair = _exam_pair(raw, final, recordings, patient)
        if pair is not None:
            pairs.append(pair)
    looks = tuple(
        Look(take=take.name, view=take.view.value, said=found.recognition.view.label.value,
             standard=found.recognition.judgement.standard)
        for take, found in zip(takes, analysed, strict=True)
        if take.mode in FANS
    )  # fmt: skip
    return Examined(seed=seed, looks=looks, pairs=tuple(pairs))


def render_take(
    take: Take, patient: HeartPatient, *, standard: bool, progress: Tell = lambda part: None,
    frames: int | None = None,
) -> PhantomClip:  # fmt: skip
    """One recording as `examine` makes it, without masks.

    Args:
        take, patient: what, of whom.
        standard: True: the standard plane, not a hand's.
        progress: told the part done, 0..1.
        frames: only so many from the first on; None: all.
    """
    moving = take.mode in FANS
    whole = round(_BEATS * 60 / patient.heart_rate * FPS) + 1 if moving else 1
    rng = np.random.default_rng((patient.seed, 77, list(View).index(take.view)))
    offset = Offset() if standard else random_offset(take.view, rng, spread=_HAND)
    return render_clip(
        take.view, seed=patient.seed, patient=patient, mode=take.mode, site=take.site,
        frames=min(whole, frames or whole), fps=FPS, size=SIZES[patient.seed % len(SIZES)],
        offset=offset, masks=False, progress=progress,
    )  # fmt: skip


def captured(clip: Clip) -> Clip:
    """The clip as a capture card sees it: pixels alone."""
    return replace(clip, calibration=Calibration(), regions=(), mode=Mode.UNKNOWN)


def of_mode(clip_id: str, mode: Mode) -> Recognition:
    """A recognition that says no more than the mode."""
    nothing = ViewResult(label=View.OTHER, probability=1.0, probabilities={View.OTHER: 1.0})
    return Recognition(
        clip_id=clip_id, mode=mode, sector=NO_SECTOR, view=nothing,
        judgement=Judgement(standard=False, quality=0.0, reasons=()),
    )  # fmt: skip


def _record(take: Take, patient: HeartPatient, plan: Plan, folder: Path) -> _Recording:
    phantom = render_take(take, patient, standard=plan.standard)
    path = write_dicom(phantom, folder / f"{take.name}.dcm", patient=stated(patient))
    (clip,) = read_exam([path]).clips
    path.unlink()
    return _Recording(take=take, phantom=phantom, clip=replace(clip, id=take.name))


def _without_pixels(recording: _Recording) -> _Recording:
    """An exam's pictures need not all stay in memory."""
    empty = np.zeros((1, 1, 1, 3), np.uint8)
    clip = replace(recording.clip, frames=empty, times_s=np.zeros(1))
    phantom = replace(recording.phantom, clip=clip)
    return replace(recording, phantom=phantom, clip=clip)


def _of(plan: Plan, models: Models, take: Take) -> Models:
    return told(models, take.view) if plan.standard else models


def _passed(found: ClipAnalysis) -> ClipAnalysis:
    judgement = replace(found.recognition.judgement, standard=True, reasons=())
    return replace(found, recognition=replace(found.recognition, judgement=judgement))


def _captured(recording: _Recording, models: Models) -> Trace:
    clip, mode = captured(recording.clip), recording.take.mode
    trace = read_trace(clip, of_mode(clip.id, mode), models)
    if trace is None:
        raise ValueError(f"{mode} gives no trace")
    return trace


def _exam_pair(
    raw: Measurement,
    final: Measurement,
    recordings: Mapping[str, _Recording],
    patient: HeartPatient,
) -> Pair | None:
    """The exam's value against the truth; None where its recordings were not asked for."""
    entry = catalogue()[final.id]
    own = [each for each in recordings.values() if _shows(each.take, entry)]
    source = recordings.get(final.clip or "")
    if not own and source is None:
        return None
    truth = _truth_of(final.id, source, own)
    parts = own[0].phantom.truth.values if own else {}
    true_parts = parts[final.id].parts if final.id in parts else {}
    return Pair(
        id=final.id, way=Way.EXAM, found=final.value, true=truth, seed=patient.seed,
        window=window_of(patient), case=case_of(patient),
        reason=final.reason if final.value is None else None,
        method=final.method if final.value is not None else "",
        interval=final.interval, raw=raw.interval,
        parts={name: (final.part(name), value) for name, value in true_parts.items()},
        take=final.clip or "", frame=final.frames[0] if final.frames else 0,
        points=_thinned(final.points),
    )  # fmt: skip


def _shows(take: Take, entry: Entry) -> bool:
    return take.view in entry.views and take.mode in entry.modes


def _truth_of(name: str, source: _Recording | None, own: Sequence[_Recording]) -> float | None:
    """What a perfect reader takes from that strip; of a fan the patient's own value."""
    for recording in [source] if source is not None else own:
        known = readings_of(recording.phantom.truth)
        if name in known:
            return known[name]
    any_truth = (source or own[0]).phantom.truth
    return any_truth.measurements.get(name)


def readings_of(truth: Truth) -> dict[str, float]:
    """What a perfect reader takes from a strip's pixels, by id; empty for a fan."""
    found = dict(truth.readings)
    if "e_vmax" in found and "e_dt" in truth.measurements:
        found["e_dt"] = truth.measurements["e_dt"]
    return found


def _strip_pairs(
    trace: Trace, recording: _Recording, patient: HeartPatient, way: Way
) -> Iterator[Pair]:
    """What one strip, or the colour of one clip, says against what can be read on it."""
    values = {value.id: value for value in trace.values}
    reasons = dict(trace.missing)
    wanted = readings_of(recording.phantom.truth)
    if recording.take.mode is Mode.COLOR:
        known = recording.phantom.truth.measurements
        graded = [name for name in (*values, *reasons) if name == _GRADES.get(recording.take.site)]
        wanted = {name: known[name] for name in graded if name in known}
    for name, true in wanted.items():
        if name not in catalogue() and name not in _MORE:
            continue
        value = values.get(name)
        why = None if value else reasons.get(name, reasons.get("*", Reason.NOT_MEASURED.value))
        yield Pair(
            id=name, way=way, found=value.value if value else None, true=true, seed=patient.seed,
            window=window_of(patient), case=case_of(patient), reason=why,
            method=value.method if value else "", take=recording.take.name, frame=trace.frame,
            points=_thinned(value.points) if value else (),
        )  # fmt: skip


def _thinned(points: Points) -> Points:
    """Enough of a contour to know it by."""
    step = -(-len(points) // _MOST_POINTS)
    return points[::step] if step > 1 else points


def _areas(pairs: Sequence[Pair], patient: HeartPatient) -> Iterator[Pair]:
    """The aortic valve's area by continuity with the true diameter of the outflow tract: what the
    two integrals alone are off by."""
    known = patient_measurements(patient)
    diameter, area = known["lvot_diameter"].value, known["av_area"].value
    for way in (Way.STRIP, Way.CAPTURE):
        own = {pair.id: pair.found for pair in pairs if pair.way is way}
        below, through = own.get("lvot_vti"), own.get("av_vti")
        if diameter is not None and below is not None and through is not None:
            yield Pair(
                id="av_area", way=way, found=continuity_cm2(diameter, below, through), true=area,
                seed=patient.seed, window=window_of(patient), case=case_of(patient),
                method=CONTINUITY,
            )  # fmt: skip
