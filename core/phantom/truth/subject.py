"""A patient laid out for measuring: standard planes, and the heart at the moments that count."""

from functools import cached_property

import numpy as np

from core.domain import View
from core.phantom.cycle import moment, timing_of
from core.phantom.heart.heart import Heart
from core.phantom.patient import HeartPatient
from core.phantom.probe import STANDARD_VIEWS, Plane, canonical_plane

BEAT_STEPS = 48  # moments of the cycle at which excursions are looked for


class Subject:
    """What measuring needs of a patient, each made when first asked for.

    Attributes:
        patient: who is measured.
    """

    def __init__(self, patient: HeartPatient) -> None:
        self.patient = patient
        self._timing = timing_of(patient)

    @cached_property
    def phases(self) -> dict[str, float]:
        """Phase of end-diastole, end-systole and the middle of ejection."""
        t = self._timing
        return {
            "ed": 0.0,
            "es": t.es_phase,
            "ejection": 0.5 * (t.ivc_end_ms + t.ejection_end_ms) / t.rr_ms,
        }

    @cached_property
    def hearts(self) -> dict[str, Heart]:
        """The heart at those phases, breath held out."""
        return {
            name: Heart(self.patient, moment(self.patient, phase))
            for name, phase in self.phases.items()
        }

    @cached_property
    def inspired(self) -> Heart:
        """The heart at end-diastole, breath held in."""
        return Heart(self.patient, moment(self.patient, 0.0, breath=1.0))

    @cached_property
    def beat(self) -> tuple[Heart, ...]:
        """The heart at `BEAT_STEPS` even steps of one beat, end-systole among them."""
        phases = np.sort(np.append(np.arange(BEAT_STEPS) / BEAT_STEPS, self.phases["es"]))
        return tuple(Heart(self.patient, moment(self.patient, float(p))) for p in phases)

    @property
    def times_ms(self) -> tuple[float, ...]:
        """Of `beat`, after end-diastole."""
        return tuple(heart.moment.time_s * 1000 for heart in self.beat)

    @cached_property
    def planes(self) -> dict[View, Plane]:
        """The standard planes."""
        return {view: canonical_plane(self.hearts["ed"], view) for view in STANDARD_VIEWS}
