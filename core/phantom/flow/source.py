"""The pulse of a virtual patient: geometry, flows and ECG brought to one clock."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.phantom.cycle import (
    Beat,
    Flows,
    breathing,
    flows_of,
    moment,
    rhythm_of,
    screen_ecg,
    timing_of,
)
from core.phantom.flow.blood import Blood, Passage
from core.phantom.flow.pulse import Pulse
from core.phantom.heart.heart import Heart
from core.phantom.patient import HeartPatient, HeartRhythm

_PASSAGES = (
    "mitral", "aortic", "tricuspid", "pulmonary", "mitral_leak", "aortic_leak", "tricuspid_leak",
    "pulmonary_leak", "asd", "vsd",
)  # fmt: skip
# Moments a second that are told apart; of a breath no two are alike, and it is slow.
_STEPS, _SLOW_STEPS = 200, 40
_VEINS = ("pulmonary_veins", "superior_cava", "inferior_cava")


def pulse_of(patient: HeartPatient, *, seconds: float, breathes: bool = False) -> Pulse:
    """A recording of a patient from a mitral closure on.

    In sinus rhythm one beat stands for all (their lengths still differ a little); in atrial
    fibrillation, and where the patient breathes, every moment is its own.

    Args:
        patient: whose heart.
        seconds: that the recording covers at least.
        breathes: quietly, from the end of an expiration on; else the breath is held out.
    """
    rhythm = rhythm_of(patient)
    count = int(np.searchsorted(rhythm.starts_s, seconds + 1.0)) + 1
    same = patient.rhythm is HeartRhythm.SINUS
    beats = rhythm.starts_s[: count + 1]

    def beat(index: int) -> Beat | None:
        return None if same else rhythm.at(float(beats[index]) + 1e-6)

    def heart_at(phase: float, index: int) -> Heart:
        time_s = float(beats[index] + min(phase, 0.9999) * (beats[index + 1] - beats[index]))
        breath = breathing(time_s) if breathes else 0.0
        if same:
            return Heart(patient, moment(patient, phase, breath=breath))
        return Heart(patient, moment(patient, time_s=time_s, breath=breath))

    def blood_at(phase: float, index: int) -> Blood:
        return _blood(_flows(patient, beat(index)), phase)

    def tissue_at(phase: float, index: int) -> dict[str, float]:
        return _flows(patient, beat(index)).at(phase)[2]

    def windows(index: int) -> dict[str, tuple[float, float]]:
        now = rhythm.at(float(beats[index]) + 1e-6)
        t = timing_of(patient, rr_ms=now.rr_ms, before_ms=None if same else now.before_ms)
        late = (t.a_start_ms, t.rr_ms) if t.has_kick else (1.0, 0.0)
        spans = {
            "systole": (0.0, t.ivr_end_ms),
            "ejection": (t.ivc_end_ms, t.ejection_end_ms),
            "diastole": (t.ejection_end_ms, t.rr_ms),
            "early": (t.ivr_end_ms, t.a_start_ms),
            "late": late,
        }
        return {name: (low / 1000, high / 1000) for name, (low, high) in spans.items()}

    def lead(times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return screen_ecg(patient, times_s)

    return Pulse(
        beats=beats, heart_at=heart_at, blood_at=blood_at, tissue_at=tissue_at, ecg=lead,
        windows=windows, same=same and not breathes,
        steps_per_s=_SLOW_STEPS if breathes else _STEPS,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _flows(patient: HeartPatient, beat: Beat | None) -> Flows:
    edv = Heart(patient, moment(patient, 0.0)).lv_volume_ml()
    return flows_of(patient, edv_ml=edv, esv_ml=edv * (1 - patient.ef / 100), beat=beat)


def _blood(flows: Flows, phase: float) -> Blood:
    flow, velocity, _ = flows.at(phase)

    def passage(name: str) -> Passage:
        return Passage(flow_ml_s=flow[name], speed_cm_s=velocity[name])

    return Blood(
        lvot=Passage(flow_ml_s=flow["aortic"], speed_cm_s=velocity["lvot"]),
        **{name: passage(name) for name in _PASSAGES},
        **{name: Passage(flow_ml_s=flow[name]) for name in _VEINS},
    )
