"""When what happens in a beat."""

from dataclasses import dataclass

import numpy as np

from core.phantom.patient.ejection import ejection_time_ms
from core.phantom.patient.model import HeartPatient, HeartRhythm

_RIGHT_CLOSES_LATER_MS = 14.0  # pulmonary after aortic closure, breath held out
# The ventricle needs some of the beat to fill, however fast it goes.
_LONGEST_SYSTOLE = 0.74


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Moments of a beat in ms after mitral closure (end-diastole), which is at 0.

    Attributes:
        rr_ms: length of the beat; the mitral valve closes again at it.
        ivc_end_ms: the aortic valve opens.
        ejection_end_ms: it closes: end-systole.
        ivr_end_ms: the mitral valve opens.
        e_peak_ms, e_end_ms: early filling is fastest; has ended (or runs into the A wave).
        a_start_ms, a_peak_ms: the atrium contracts; both rr_ms in atrial fibrillation.
        right_open_ms, right_close_ms: pulmonary valve. right_fill_ms: tricuspid valve opens.
    """

    rr_ms: float
    ivc_end_ms: float
    ejection_end_ms: float
    ivr_end_ms: float
    e_peak_ms: float
    e_end_ms: float
    a_start_ms: float
    a_peak_ms: float
    right_open_ms: float
    right_close_ms: float
    right_fill_ms: float

    @property
    def es_phase(self) -> float:
        """End-systole as a part of the beat."""
        return self.ejection_end_ms / self.rr_ms

    @property
    def has_kick(self) -> bool:
        """Whether the atria contract."""
        return self.a_start_ms < self.rr_ms


def timing_of(patient: HeartPatient, *, rr_ms: float | None = None,
              before_ms: float | None = None) -> Timing:  # fmt: skip
    """The timing of a beat.

    Ejection time: Weissler 1968, longer in aortic stenosis, shorter in a weak ventricle, whose
    isovolumic contraction is longer. Isovolumic relaxation: 70-90 ms by age (Nagueh 2016), shorter
    with a high atrial pressure. Early filling keeps its own pace, so a fast rate takes diastasis
    first and then lets E and A run together.

    Args:
        patient: rate, function and valves.
        rr_ms: length of this beat; the patient's mean if None.
        before_ms: length of the beat before, which sets the ejection; `rr_ms` if None.
    """
    rr = 60_000 / patient.heart_rate if rr_ms is None else rr_ms
    before = rr if before_ms is None else before_ms
    rate = float(np.clip(60_000 / before, 40, 190))
    weak = max(0.0, 58 - patient.ef)
    ejection = ejection_time_ms(patient, rate) - min(0.7 * weak, 32)
    ejection += 40 * max(0.0, 1 - patient.av_opening)
    ivc = float(np.clip(48 - 0.1 * (rate - 70) + 0.6 * weak, 26, 80))
    ivr = float(np.interp(patient.age, (20, 40, 60, 80), (68, 76, 86, 94)))
    ivr += 2.0 * max(0.0, 7 - patient.e_prime_septal) - 2.0 * (patient.la_pressure - 8.5)
    ivr = float(np.clip(ivr, 42, 130)) * (rr / 860) ** 0.3
    shrink = min(1.0, _LONGEST_SYSTOLE * rr / (ivc + ejection + ivr))
    ivc, ejection, ivr = ivc * shrink, ejection * shrink, ivr * shrink
    end, opens = ivc + ejection, ivc + ejection + ivr
    diastole = rr - opens
    quick = float(np.clip(diastole / 420, 0.35, 1))
    kick = 135 * float(np.clip(diastole / 330, 0.5, 1))
    sinus = patient.rhythm is HeartRhythm.SINUS
    a_start = rr - kick if sinus else rr
    e_peak = opens + 82 * quick
    right_close = end + min(_RIGHT_CLOSES_LATER_MS, 0.2 * ivr)
    return Timing(
        rr_ms=rr, ivc_end_ms=ivc, ejection_end_ms=end, ivr_end_ms=opens,
        e_peak_ms=e_peak, e_end_ms=min(e_peak + patient.e_dt_ms, a_start),
        a_start_ms=a_start, a_peak_ms=rr - 0.52 * kick if sinus else rr,
        right_open_ms=0.6 * ivc, right_close_ms=right_close,
        right_fill_ms=right_close + 0.45 * (opens - right_close),
    )  # fmt: skip
