"""What a sonographer would read off the traces of a beat."""

from dataclasses import dataclass

import numpy as np

from core.phantom.cycle.haemodynamics import Flows, disc_cm2
from core.phantom.cycle.shapes import Curve, area
from core.phantom.patient.model import HeartPatient


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Doppler measurements, named and in the units of the measurement table.

    Attributes:
        e_vmax, a_vmax: peaks of the mitral inflow, cm/s. e_a_ratio. No A wave: None.
        e_dt: from E's top along its slope to the baseline, ms.
        mitral_mean_gradient: over filling, mmHg.
        lvot_vmax (cm/s), lvot_vti (cm).
        av_vmax (m/s), av_mean_gradient, av_peak_gradient (mmHg), av_area (continuity, cm2).
        mv_area: cm2.
        tr_vmax: m/s; None if the valve does not leak.
        pv_vmax (cm/s), pv_acceleration (ms): pulmonary outflow.
        e_prime_septal, e_prime_lateral, a_prime_septal, a_prime_lateral, s_prime_septal,
            s_prime_lateral, rv_s_prime: annular velocities, cm/s, all positive.
        mr_volume, ar_volume: regurgitant, mL. forward_volume: LV stroke that stays out, mL.
    """

    e_vmax: float
    a_vmax: float | None
    e_a_ratio: float | None
    e_dt: float
    mitral_mean_gradient: float
    lvot_vmax: float
    lvot_vti: float
    av_vmax: float
    av_mean_gradient: float
    av_peak_gradient: float
    av_area: float
    mv_area: float
    tr_vmax: float | None
    pv_vmax: float
    pv_acceleration: float
    e_prime_septal: float
    e_prime_lateral: float
    a_prime_septal: float | None
    a_prime_lateral: float | None
    s_prime_septal: float
    s_prime_lateral: float
    rv_s_prime: float
    mr_volume: float
    ar_volume: float
    forward_volume: float


def figures_of(patient: HeartPatient, flows: Flows) -> Figures:
    """The figures of a beat."""
    t, timing, v = flows.t, flows.timing, flows.velocity
    early, late = t < timing.a_start_ms, t >= timing.a_start_ms
    kick = timing.has_kick
    e = float(v["mitral"][early].max())
    a = float(v["mitral"][late].max()) if kick else None
    ejecting = (t > timing.ivc_end_ms) & (t < timing.ejection_end_ms)
    filling = t > timing.ivr_end_ms
    jet = v["aortic"] / 100
    lvot_vti, jet_vti = area(t, v["lvot"]) / 1000, area(t, v["aortic"]) / 1000
    pulmonary = v["pulmonary"]
    systole = t < timing.ejection_end_ms
    falling_back = early & ~systole
    septal, lateral = flows.tissue["septal"], flows.tissue["lateral"]
    return Figures(
        e_vmax=e, a_vmax=a, e_a_ratio=None if a is None else e / a,
        e_dt=_deceleration(t[early], v["mitral"][early]),
        mitral_mean_gradient=float(np.mean(4 * (v["mitral"][filling] / 100) ** 2)),
        lvot_vmax=float(v["lvot"].max()), lvot_vti=lvot_vti,
        av_vmax=float(jet.max()), av_peak_gradient=float(4 * jet.max() ** 2),
        av_mean_gradient=float(np.mean(4 * jet[ejecting] ** 2)),
        av_area=disc_cm2(patient.lvot_radius) * lvot_vti / jet_vti,
        mv_area=patient.mva_cm2,
        tr_vmax=float(v["tricuspid_leak"].max() / 100) if patient.tr_eroa_cm2 > 0 else None,
        pv_vmax=float(pulmonary.max()),
        pv_acceleration=float(t[pulmonary.argmax()] - timing.right_open_ms),
        e_prime_septal=float(-septal[falling_back].min()),
        e_prime_lateral=float(-lateral[falling_back].min()),
        a_prime_septal=float(-septal[late].min()) if kick else None,
        a_prime_lateral=float(-lateral[late].min()) if kick else None,
        s_prime_septal=float(septal[systole].max()),
        s_prime_lateral=float(lateral[systole].max()),
        rv_s_prime=float(flows.tissue["rv"][t < timing.right_close_ms].max()),
        mr_volume=flows.integral("mitral_leak"), ar_volume=flows.integral("aortic_leak"),
        forward_volume=flows.integral("aortic") - flows.integral("aortic_leak"),
    )  # fmt: skip


def _deceleration(t: Curve, velocity: Curve) -> float:
    """ms from the top of E along the slope of its fall (90 to 45 % of it) to the baseline."""
    top = int(velocity.argmax())
    fall = velocity[top:]
    # The straight part, where the A wave has not lifted it yet.
    end = int(np.argmin(fall)) + 1
    part = (fall[:end] <= 0.9 * fall[0]) & (fall[:end] >= 0.45 * fall[0])
    if part.sum() < 3:
        part = np.ones(max(end, 2), bool)
    size = len(part)
    slope, offset = np.polyfit(t[top : top + size][part], fall[:size][part], 1)
    return float(-offset / slope - t[top])
