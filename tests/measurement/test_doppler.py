"""Doppler strips of known speeds: envelope, beats, E and A, integrals, gradients."""

import numpy as np
import pytest

from core.domain import FlowSite, Mode
from core.measurement.doppler.beats import smoothed
from core.measurement.doppler.envelope import envelope
from core.measurement.doppler.read import read_flows
from core.measurement.doppler.spectrum import without_marks
from core.measurement.doppler.timing import timing_of
from core.measurement.reasons import Reason
from tests.measurement.strip_pictures import (
    BASELINE,
    R_WAVES,
    RR,
    filling,
    half_sine,
    spectrum,
    strip_of,
)

ECG = np.array(R_WAVES)


def read(flows, mode, site, *, ecg=ECG, **how):
    strip = strip_of(spectrum(flows, **how), mode)
    sides = {sign: envelope(strip, sign) for sign in (1, -1)}
    both = smoothed(strip, sides[1]) + smoothed(strip, sides[-1])
    timing = timing_of(strip, ecg, (both,))
    assert timing is not None
    reading = read_flows(strip, sides, timing, mode, site)
    return {v.id: v for v in reading.values}, dict(reading.missing)


@pytest.mark.parametrize("noise", [4.0, 16.0])
def test_envelope_follows_the_edge_and_leaves_a_click_out(noise):
    flow = half_sine(60, 300, 90)
    strip = strip_of(spectrum([(-1, flow)], noise=noise, clicks=(150, 320)), Mode.CW)
    side = envelope(strip, -1)
    top = round(R_WAVES[1] + (60 + 150) / 5)
    assert side.speed[top - 3 : top + 4].mean() == pytest.approx(90, rel=0.05)
    assert side.speed[150] < 30


def test_what_wraps_round_at_the_far_end_is_no_flow():
    picture = spectrum([(1, filling(80, 60))])
    picture[:22, 60:400] = 190
    side = envelope(strip_of(picture), 1)
    assert side.speed.max() < 95
    assert side.full < 0.04


def test_a_spectrum_that_fades_ends_where_the_noise_begins():
    rows = np.arange(260)[:, None] - BASELINE
    fading = np.clip(110.0 * (1 - rows / 100.0), 0, 110) * (rows > 0)
    picture = np.abs(np.random.default_rng(2).normal(0, 2, (260, 640)))
    picture[:, 200:400] += fading
    side = envelope(strip_of(picture.astype(np.float32), Mode.CW), -1)
    assert 85 < np.median(side.speed[220:380]) < 100


def test_marks_in_another_colour_are_taken_out_of_a_strip():
    grey = spectrum([(-1, half_sine(60, 300, 90))]).astype(np.uint8)
    picture = np.repeat(grey[..., None], 3, axis=2)
    marked = picture.copy()
    marked[20:240, 300:303] = (0, 255, 0)
    assert np.abs(without_marks(marked).astype(int) - grey)[:, 298:306].mean() < 12
    assert np.array_equal(without_marks(picture), grey)


def test_early_and_late_filling_are_told_apart_by_the_ecg():
    values, missing = read([(1, filling(80, 60))], Mode.PW, FlowSite.MITRAL)
    assert values["e_vmax"].value == pytest.approx(80, rel=0.06)
    assert values["a_vmax"].value == pytest.approx(60, rel=0.08)
    assert values["e_a_ratio"].value == pytest.approx(80 / 60, rel=0.08)
    assert values["e_dt"].value == pytest.approx(180, rel=0.15)
    assert not missing
    # A caliper's two ends: the baseline and the peak.
    (x0, y0), (x1, y1) = values["e_vmax"].points
    assert x0 == x1
    assert y0 - y1 == pytest.approx(80, rel=0.08)


def test_a_late_wave_higher_than_the_early_one_stays_the_late_one():
    values, _ = read([(1, filling(50, 85))], Mode.PW, FlowSite.MITRAL)
    assert values["e_vmax"].value < values["a_vmax"].value
    assert values["e_a_ratio"].value == pytest.approx(50 / 85, rel=0.1)


def test_without_an_a_wave_the_ratio_is_missing_and_says_so():
    values, missing = read([(1, filling(80, 0))], Mode.PW, FlowSite.MITRAL)
    assert values["e_vmax"].value == pytest.approx(80, rel=0.06)
    assert missing["a_vmax"] == missing["e_a_ratio"] == Reason.NO_A_WAVE.value


def test_outflow_integral_and_gradients_of_a_half_sine():
    flow = half_sine(60, 300, 100)
    values, _ = read([(-1, flow)], Mode.CW, FlowSite.AORTIC)
    assert values["av_vmax"].value == pytest.approx(1.0, rel=0.05)
    assert values["av_vti"].value == pytest.approx(100 * 0.3 * 2 / np.pi, rel=0.08)
    assert values["av_peak_gradient"].value == pytest.approx(4.0, rel=0.1)
    assert values["av_mean_gradient"].value == pytest.approx(2.0, rel=0.15)
    assert len(values["av_vmax"].beats) >= 3


def test_beats_are_found_without_an_ecg():
    values, _ = read([(-1, half_sine(60, 300, 90))], Mode.PW, FlowSite.LVOT, ecg=np.zeros(0))
    assert values["lvot_vmax"].value == pytest.approx(90, rel=0.06)
    assert values["lvot_vti"].value == pytest.approx(90 * 0.3 * 2 / np.pi, rel=0.1)


def test_an_r_wave_that_was_not_seen_is_found_by_the_flow():
    strip = strip_of(spectrum([(-1, half_sine(60, 300, 90))], width=900))
    curve = smoothed(strip, envelope(strip, -1))
    timing = timing_of(strip, np.array([20.0, 190.0, 360.0, 700.0]), (curve,))
    assert timing is not None
    starts = [start for start, _ in timing.spans]
    assert min(abs(start - (360 + RR)) for start in starts) < 8


def test_no_leak_no_speed():
    values, missing = read([(-1, half_sine(20, 400, 60))], Mode.CW, FlowSite.TRICUSPID)
    assert not values
    assert missing["tr_vmax"] == Reason.NO_LEAK.value


def test_annulus_is_read_below_and_above_the_baseline():
    e, a = half_sine(440, 120, 50), half_sine(680, 120, 40)
    down = [(-1, lambda ms: max(e(ms), a(ms))), (1, half_sine(80, 260, 45))]
    septal, _ = read(down, Mode.TDI, FlowSite.SEPTAL_ANNULUS)
    right, _ = read(down, Mode.TDI, FlowSite.RV_ANNULUS)
    assert septal["e_prime_septal"].value == pytest.approx(50, rel=0.06)
    assert right["rv_s_prime"].value == pytest.approx(45, rel=0.06)


def test_beats_that_are_nothing_alike_give_no_value_and_never_nan():
    def speed(ms):
        return filling(100, 70)(ms)

    picture = spectrum([(1, speed)])
    weak = spectrum([(1, filling(30, 21))])
    # Two whole beats, of which one is three times as fast as the other.
    cut = round(R_WAVES[1])
    picture = np.concatenate([picture[:, :cut], weak[:, cut : cut + round(RR)]], axis=1)
    strip = strip_of(picture)
    sides = {sign: envelope(strip, sign) for sign in (1, -1)}
    timing = timing_of(strip, ECG[:3], (smoothed(strip, sides[1]),))
    assert timing is not None
    reading = read_flows(strip, sides, timing, Mode.PW, FlowSite.MITRAL)
    assert all(np.isfinite(value.value) for value in reading.values)
    assert dict(reading.missing)["e_vmax"] == Reason.IMPLAUSIBLE
