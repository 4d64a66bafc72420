"""The cycle: timing, volumes, valves, motion, rhythm, ECG."""

from dataclasses import replace

import numpy as np
import pytest

from core.phantom.cycle import ecg, moment, rhythm_of, timing_of
from core.phantom.cycle.course import course_of
from core.phantom.patient import Case, HeartRhythm, Sex, draw_patient

HEALTHY = draw_patient(3, heart_rate=65)
RATES = (45, 70, 100, 140, 175)


@pytest.mark.parametrize("rate", RATES)
def test_moments_of_a_beat_come_in_order(rate: int) -> None:
    t = timing_of(replace(HEALTHY, heart_rate=rate))
    moments = [0, t.right_open_ms, t.ivc_end_ms, t.ejection_end_ms, t.right_close_ms,
               t.right_fill_ms, t.ivr_end_ms, t.e_peak_ms, t.a_peak_ms, t.rr_ms]  # fmt: skip
    assert moments == sorted(moments)
    assert t.rr_ms == pytest.approx(60_000 / rate)


def test_ejection_takes_what_weissler_found() -> None:
    man = replace(HEALTHY, sex=Sex.MALE, ef=62, av_opening=1.0)
    t = timing_of(man)
    assert t.ejection_end_ms - t.ivc_end_ms == pytest.approx(413 - 1.7 * 65, abs=1)
    weak = timing_of(replace(man, ef=25))
    assert weak.ejection_end_ms - weak.ivc_end_ms < 290
    assert weak.ivc_end_ms > t.ivc_end_ms


def test_diastasis_goes_first_when_the_rate_rises() -> None:
    def diastasis(rate: float) -> float:
        t = timing_of(replace(HEALTHY, heart_rate=rate))
        return t.a_start_ms - t.e_end_ms

    def systole(rate: float) -> float:
        return timing_of(replace(HEALTHY, heart_rate=rate)).ejection_end_ms

    assert diastasis(50) > diastasis(65) > diastasis(100) == 0
    assert (diastasis(50) - diastasis(65)) > 2 * (systole(50) - systole(65))


@pytest.mark.parametrize("case", [None, *Case])
def test_volume_falls_in_ejection_only_and_rises_in_filling_only(case: Case | None) -> None:
    patient = draw_patient(8, case=case, severity=None if case is None else "severe")
    c = course_of(patient)
    t, timing = c.t, c.timing
    change = np.diff(c.contraction)
    middle = 0.5 * (t[1:] + t[:-1])
    ejecting = (middle > timing.ivc_end_ms) & (middle < timing.ejection_end_ms)
    filling = middle > timing.ivr_end_ms
    still = ~ejecting & ~filling
    edge = np.abs(middle[:, None] - [timing.ivc_end_ms, timing.ejection_end_ms,
                                     timing.ivr_end_ms]).min(axis=1) < 1.0  # fmt: skip
    assert (change[ejecting] >= -1e-12).all()
    assert (change[filling] <= 1e-12).all()
    assert np.abs(change[still & ~edge]).max() < 1e-9
    assert c.contraction[0] == pytest.approx(0, abs=1e-9)
    assert c.contraction[-1] == pytest.approx(0, abs=1e-9)
    assert c.contraction.max() == pytest.approx(1, abs=1e-9)
    assert np.abs(change).max() < 0.01  # smooth: under a hundredth of the stroke a millisecond


@pytest.mark.parametrize("rate", RATES)
def test_valves_are_open_exactly_while_blood_passes(rate: int) -> None:
    c = course_of(replace(HEALTHY, heart_rate=rate))
    for opening, flow in ((c.mitral, c.inflow), (c.aortic, c.outflow), (c.pulmonary, c.right_out),
                          (c.tricuspid, c.right_in)):  # fmt: skip
        assert (opening[flow > 0.02 * flow.max()] > 0).all()
        assert (flow[opening == 0] <= 1e-3 * flow.max()).all()
        assert opening.max() <= 1
    assert not ((c.mitral > 0) & (c.aortic > 0)).any()


def test_mitral_valve_opens_twice_and_floats_between() -> None:
    t = timing_of(replace(HEALTHY, heart_rate=52))
    slow = replace(HEALTHY, heart_rate=52)
    wide = moment(slow, t.e_peak_ms / t.rr_ms).mitral
    floating = moment(slow, 0.5 * (t.e_end_ms + t.a_start_ms) / t.rr_ms).mitral
    again = moment(slow, t.a_peak_ms / t.rr_ms).mitral
    assert wide > 0.95
    assert 0.25 < floating < 0.6
    assert again > floating + 0.2


def test_annulus_goes_its_whole_way_and_comes_back() -> None:
    es = timing_of(HEALTHY).es_phase
    assert moment(HEALTHY, es).descent == pytest.approx(HEALTHY.annulus_descent, rel=0.01)
    assert moment(HEALTHY, 0.0).descent == pytest.approx(0, abs=0.01)
    highest = max(moment(HEALTHY, p).rv_descent for p in np.linspace(0, 1, 101))
    assert highest == pytest.approx(HEALTHY.tapse, rel=0.01)


def test_atria_are_largest_when_their_valves_open() -> None:
    t = timing_of(HEALTHY)
    scales = [moment(HEALTHY, p).la_scale for p in np.linspace(0, 0.999, 200)]
    at = np.argmax(scales) / 200 * t.rr_ms
    assert t.ejection_end_ms - 20 < at < t.ivr_end_ms + 60
    assert max(scales) == pytest.approx(1.0, abs=0.001)
    assert min(scales) ** 3 == pytest.approx(1 - HEALTHY.la_emptying, abs=0.01)


def test_twist_peaks_at_end_systole_and_is_half_gone_before_filling() -> None:
    t = timing_of(HEALTHY)
    twist = [moment(HEALTHY, p).torsion_deg for p in np.linspace(0, 1, 200)]
    assert max(twist) == pytest.approx(HEALTHY.torsion_deg, rel=0.01)
    assert np.argmax(twist) / 199 == pytest.approx(t.es_phase, abs=0.02)
    opens = moment(HEALTHY, t.ivr_end_ms / t.rr_ms).torsion_deg
    assert opens == pytest.approx(0.55 * HEALTHY.torsion_deg, rel=0.02)


def test_moments_join_where_beats_meet() -> None:
    for patient in (HEALTHY, draw_patient(8, case=Case.ATRIAL_FIBRILLATION)):
        starts = rhythm_of(patient).starts_s[1:12]
        for start in starts:
            before, after = (moment(patient, time_s=start + d) for d in (-1e-4, 1e-4))
            for name in ("contraction", "descent", "la_scale", "rv_scale", "torsion_deg"):
                assert getattr(before, name) == pytest.approx(getattr(after, name), abs=0.02)


def test_phase_and_time_are_not_both_asked() -> None:
    with pytest.raises(ValueError, match="either"):
        moment(HEALTHY)
    with pytest.raises(ValueError, match="either"):
        moment(HEALTHY, 0.2, time_s=1.0)


def test_sinus_beats_are_even_and_fibrillating_ones_are_not() -> None:
    sinus, af = (rhythm_of(p) for p in (HEALTHY, draw_patient(3, case="atrial_fibrillation")))
    assert np.std(sinus.rr_ms) / np.mean(sinus.rr_ms) < 0.05
    assert 0.12 < np.std(af.rr_ms) / np.mean(af.rr_ms) < 0.3
    assert 60_000 / np.mean(sinus.rr_ms) == pytest.approx(65, rel=0.001)
    assert abs(np.corrcoef(af.rr_ms[1:], af.rr_ms[:-1])[0, 1]) < 0.25


def test_beats_follow_one_another_for_ever() -> None:
    rhythm = rhythm_of(HEALTHY)
    end = float(rhythm.starts_s[-1])
    first, later = rhythm.at(0.5), rhythm.at(end + 0.5)
    assert later.index == first.index + len(rhythm.rr_ms)
    assert later.start_s == pytest.approx(first.start_s + end)
    for time in (0.0, 3.3, end - 0.01, end + 7, -0.2):
        beat = rhythm.at(time)
        assert beat.start_s <= time < beat.start_s + beat.rr_ms / 1000 + 1e-9


def test_short_beat_in_fibrillation_leaves_less_to_expel() -> None:
    patient = draw_patient(3, case="atrial_fibrillation")
    rhythm = rhythm_of(patient)
    strokes = []
    for i in range(1, 60):
        times = np.linspace(rhythm.starts_s[i] + 1e-6, rhythm.starts_s[i + 1] - 1e-6, 40)
        state = [moment(patient, time_s=t).contraction for t in times]
        strokes.append(max(state) - state[0])
    assert np.corrcoef(rhythm.rr_ms[:59], strokes)[0, 1] > 0.8
    assert not timing_of(patient).has_kick


def test_breath_empties_the_caval_vein() -> None:
    held_out, held_in = moment(HEALTHY, 0.3), moment(HEALTHY, 0.3, breath=1.0)
    assert held_out.ivc_scale == 1
    assert held_in.ivc_scale == pytest.approx(1 - HEALTHY.ivc_collapse)


def test_septum_is_flat_when_the_right_ventricle_presses() -> None:
    pressure = draw_patient(3, case=Case.PULMONARY_HYPERTENSION, severity="severe")
    volume = draw_patient(3, case=Case.ATRIAL_SEPTAL_DEFECT, severity="severe")
    for patient, systole in ((pressure, True), (volume, False)):
        es = moment(patient, timing_of(patient).es_phase).flattening
        ed = moment(patient, 0.0).flattening
        assert (es > ed) is systole
    assert moment(HEALTHY, 0.3).flattening == 0


def test_tamponade_folds_the_right_heart_in_and_swings_it() -> None:
    patient = draw_patient(3, case=Case.TAMPONADE, severity="severe")
    t = timing_of(patient)
    early = moment(patient, (t.ejection_end_ms + 70) / t.rr_ms)
    assert early.rv_collapse > 0.5
    assert moment(patient, 0.99).ra_collapse > 0.3
    swings = [moment(patient, time_s=s).swing_mm for s in np.linspace(0, 3, 60)]
    assert max(swings) > 4
    assert min(swings) < -4
    assert moment(HEALTHY, 0.4).swing_mm == 0


def test_r_wave_comes_just_before_mitral_closure() -> None:
    starts = rhythm_of(HEALTHY).starts_s[1:6]
    for start in starts:
        times = start + np.linspace(-0.2, 0.2, 801)
        assert times[np.argmax(ecg(HEALTHY, times))] == pytest.approx(start - 0.03, abs=0.005)


def test_p_wave_is_there_in_sinus_rhythm_only() -> None:
    af = replace(HEALTHY, rhythm=HeartRhythm.AF)
    kick = timing_of(HEALTHY).rr_ms - timing_of(HEALTHY).a_start_ms

    def at_p(patient) -> np.ndarray:
        starts = rhythm_of(patient).starts_s[2:40]
        return np.array([ecg(patient, s - (kick + 45) / 1000) for s in starts])

    assert at_p(HEALTHY).mean() > 0.1
    assert abs(at_p(af).mean()) < 0.05
    assert at_p(af).std() > 0.01  # the baseline fibrillates


def test_lead_is_the_same_whatever_piece_is_asked_for() -> None:
    times = np.linspace(0, 4, 2001)
    np.testing.assert_allclose(ecg(HEALTHY, times)[500:600], ecg(HEALTHY, times[500:600]),
                               atol=1e-4)  # fmt: skip
    assert ecg(HEALTHY, []).shape == (0,)


def test_fluid_lowers_the_voltage() -> None:
    times = np.linspace(0, 3, 1500)
    wet = replace(HEALTHY, effusion_mm=30.0)
    assert np.ptp(ecg(wet, times)) < 0.8 * np.ptp(ecg(HEALTHY, times))
