"""Spectral and tissue Doppler strips against the speeds that they were made from."""

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain import InputError, Mode, View
from core.phantom.display import ModeClip, Site, render_mode, site_for
from core.phantom.flow.listen import seen
from core.phantom.flow.source import pulse_of
from core.phantom.flow.spectrum import Course, Scale, SpectralSettings, spectrum
from core.phantom.image import Look, machine_of
from core.phantom.patient import HeartPatient, draw_patient
from core.phantom.probe import canonical_plane

SCALE = Scale(width=240, height=200, baseline=140.0, cm_s_per_px=0.8, s_per_px=0.008)
CLEAN = SpectralSettings(pulsed=True, clutter=0.0, noise_db=-60.0, mirror=0.0)


def waves(peak_cm_s: float) -> Course:
    """Two humps a second of one speed in every place of the gate."""
    times = np.arange(0.0, 2.2, 0.008)
    speed = peak_cm_s * np.maximum(np.sin(2 * np.pi * times), 0.0)
    places = speed[:, None] * np.linspace(0.9, 1.0, 20)
    return Course(
        times=times,
        speeds=places.astype(np.float32),
        unrest=np.zeros(places.shape, np.float32),
        weights=np.full(places.shape, 0.05, np.float32),
        clicks=np.zeros(0),
    )


def envelope_cm_s(strip: NDArray[np.uint8], scale: Scale, *, side: float = 1.0) -> float:
    """Edge of the bright spectrum farthest from the baseline, by a plain threshold."""
    smooth = np.stack([np.convolve(row, np.ones(5) / 5, "same") for row in strip.astype(float)])
    rows = np.flatnonzero((smooth > 110).any(axis=1))
    edge = rows[0] if side > 0 else rows[-1]
    return abs(scale.speed_of(float(edge)))


@pytest.mark.parametrize("peak", [45.0, 75.0, 100.0])
def test_the_envelope_peaks_at_the_speed(peak: float) -> None:
    strip = spectrum(waves(peak), SCALE, CLEAN, np.random.default_rng(2))
    assert envelope_cm_s(strip, SCALE) == pytest.approx(peak, rel=0.03)


def test_pulsed_speeds_beyond_the_strip_come_in_from_the_other_end() -> None:
    fast = waves(135.0)  # 23 cm/s more than fit above the baseline
    wrapped = spectrum(fast, SCALE, CLEAN, np.random.default_rng(2))
    bottom = wrapped[-24:, 20:40].mean()
    cut = spectrum(fast, SCALE, SpectralSettings(pulsed=False, clutter=0.0, noise_db=-60.0,
                                                 mirror=0.0), np.random.default_rng(2))  # fmt: skip
    assert bottom > 40
    assert cut[-24:, 20:40].mean() < 5


def test_the_wall_filter_leaves_a_gap_at_the_baseline() -> None:
    settings = SpectralSettings(pulsed=True, wall_filter_cm_s=6.0)
    strip = spectrum(waves(80.0), SCALE, settings, np.random.default_rng(0))
    assert strip[139:142].mean() < 0.3 * strip[122:128].mean()


def test_rows_and_speeds_are_inverse() -> None:
    assert SCALE.row_of(0.0) == 140.0
    assert SCALE.row_of(80.0) == 40.0
    assert SCALE.speed_of(SCALE.row_of(-31.5)) == pytest.approx(-31.5)


def test_the_same_seed_gives_the_same_strip() -> None:
    strips = [spectrum(waves(60.0), SCALE, CLEAN, np.random.default_rng(9)) for _ in range(2)]
    assert (strips[0] == strips[1]).all()


def test_seen_is_the_fastest_on_one_side() -> None:
    course = waves(60.0)
    assert seen(course, 1.0).max() == pytest.approx(60.0, rel=0.01)
    assert seen(course, -1.0).max() == 0.0


@lru_cache(maxsize=1)
def patient() -> HeartPatient:
    return draw_patient(21, quality=0.9)


@lru_cache(maxsize=8)
def strip_of(mode: Mode, view: View, site: Site) -> ModeClip:
    pulse = pulse_of(patient(), seconds=6)
    plane = canonical_plane(pulse.moment(0.0)[0], view)
    return render_mode(mode, pulse=pulse, plane=plane, machine=machine_of(Look.SOFT), view=view,
                       site=site, seed=5)  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "view", "site", "name", "factor"),
    [
        (Mode.PW, View.A4C, Site.MITRAL, "e_vmax", 1.0),
        (Mode.PW, View.A5C, Site.LVOT, "lvot_vmax", 1.0),
        (Mode.CW, View.A5C, Site.AORTIC, "av_vmax", 100.0),
        (Mode.TDI, View.A4C, Site.LATERAL_ANNULUS, "e_prime_lateral", 1.0),
    ],
)
def test_a_reader_of_the_pixels_finds_the_stated_peak(
    mode: Mode, view: View, site: Site, name: str, factor: float
) -> None:
    clip = strip_of(mode, view, site)
    strip = clip.regions[0]
    grey = clip.frames[-1].max(axis=2).astype(float)
    x0, y0, x1, y1 = strip.box
    for (x, y), speed in zip(clip.peaks[name], clip.values[name].beats, strict=True):
        assert x0 <= x < x1
        assert y0 <= y < y1
        assert (y - strip.reference[1]) * strip.y_step == pytest.approx(
            np.sign(strip.reference[1] - y) * speed * factor, rel=1e-6
        )
        near = grey[:, max(round(x) - 6, x0) : min(round(x) + 7, x1 - 1)].mean(axis=1)
        away = np.sign(y - strip.reference[1])
        rows = np.arange(y0, y1)
        outward = rows[(rows - strip.reference[1]) * away > 6]
        edge = max((row for row in outward if near[row] > 75), key=lambda row: (row - y) * away)
        found = abs((edge - strip.reference[1]) * strip.y_step) / factor
        assert found == pytest.approx(speed, rel=0.06)


def test_the_strip_agrees_with_the_patients_flows_but_for_the_angle() -> None:
    clip = strip_of(Mode.PW, View.A4C, Site.MITRAL)
    pulse = pulse_of(patient(), seconds=2)
    fastest = max(pulse.blood_at(p, 0).mitral.speed_cm_s for p in np.linspace(0.3, 1, 300))
    both = max(clip.corrected[name] for name in ("e_vmax", "a_vmax"))
    assert both == pytest.approx(fastest, rel=0.05)
    assert all(clip.values[name].value <= clip.corrected[name] + 1e-9 for name in clip.corrected)


def test_tissue_moves_away_early_in_diastole() -> None:
    clip = strip_of(Mode.TDI, View.A4C, Site.LATERAL_ANNULUS)
    (_, y), *_ = clip.peaks["e_prime_lateral"]
    assert y > clip.regions[0].reference[1]
    assert clip.corrected["e_prime_lateral"] == pytest.approx(patient().e_prime_lateral, rel=0.15)


def test_a_mode_that_a_view_has_not_says_where_it_is() -> None:
    with pytest.raises(InputError, match=r"PLAX has no pw picture.*A4C"):
        site_for(Mode.PW, View.PLAX)
