"""The virtual heart says the truth about what it draws."""

import numpy as np
import pytest

from core.domain import InputError, RegionLabel, View
from core.measurement.volume import simpson_biplane
from core.phantom import Offset, PhantomClip, draw_patient, render_clip, render_sample
from core.phantom.old_cycle import systole_part

STANDARD = [view for view in View if view is not View.OTHER]
SMALL = (260, 220)

# What the view is taken for must be in the picture.
EXPECTED = {
    View.PLAX: {"lv_cavity", "lv_myocardium", "ivs", "la", "aorta", "aortic_valve", "mitral_valve"},
    View.PSAX_AV: {"aorta", "aortic_valve", "rv_cavity", "main_pa", "la"},
    View.PSAX_MV: {"lv_cavity", "lv_myocardium", "ivs", "rv_cavity"},
    View.PSAX_PM: {"lv_cavity", "lv_myocardium", "ivs", "papillary_muscle"},
    View.A4C: {"lv_cavity", "lv_myocardium", "ivs", "rv_cavity", "la", "ra", "mitral_valve",
               "tricuspid_valve"},
    View.A5C: {"lv_cavity", "lv_myocardium", "ivs", "aorta"},
    View.A2C: {"lv_cavity", "lv_myocardium", "la", "mitral_valve"},
    View.A3C: {"lv_cavity", "lv_myocardium", "la", "aorta", "mitral_valve"},
    View.SC4C: {"lv_cavity", "rv_cavity", "la", "ra", "ivs"},
    View.SC_IVC: {"ivc", "ra"},
    View.SSN: {"aorta"},
}  # fmt: skip


def _two_phases(view: View, *, seed: int, ef: float) -> PhantomClip:
    """Two frames: end-diastole and exactly end-systole."""
    person = draw_patient(seed, ef=ef)
    fps = person.heart_rate / 60 / systole_part(person.heart_rate)
    return render_clip(view, seed=seed, patient=person, frames=2, fps=fps, furniture=False)


def _disks(mask: np.ndarray, mm: float) -> tuple[np.ndarray, float]:
    """Diameters (mm) of 20 disks along the picture's vertical, and their stack's height."""
    rows = np.flatnonzero(mask.any(axis=1))
    top, bottom = rows[0], rows[-1] + 1
    widths = mask[top:bottom].sum(axis=1) * mm
    places = (np.arange(20) + 0.5) / 20 * len(widths) - 0.5
    return np.interp(places, np.arange(len(widths)), widths), (bottom - top) * mm


@pytest.mark.parametrize("view", STANDARD, ids=lambda view: view.value)
def test_each_view_shows_what_it_is_taken_for(view: View) -> None:
    phantom = render_clip(view, seed=4, frames=1, size=SMALL)
    assert {label.value for label in phantom.masks} >= EXPECTED[view]
    x0, y0, x1, y1 = phantom.box
    inside = phantom.clip.frames[0, y0:y1, x0:x1]
    assert inside.std() > 15
    assert all(mask.shape == (1, SMALL[1], SMALL[0]) for mask in phantom.masks.values())


@pytest.mark.parametrize("ef", [30, 60])
@pytest.mark.parametrize("seed", [1, 2, 4])
def test_disks_on_the_masks_give_the_true_volumes(seed: int, ef: float) -> None:
    volumes = []
    views = [_two_phases(view, seed=seed, ef=ef) for view in (View.A4C, View.A2C)]
    for frame in (0, 1):
        (a, height_a), (b, height_b) = (
            _disks(p.masks[RegionLabel.LV_CAVITY][frame], p.truth.mm_per_px) for p in views
        )
        volumes.append(simpson_biplane(a, b, (height_a, height_b)) / 1000)
    truth = views[0].truth.measurements
    assert volumes[0] == pytest.approx(truth["lvedv"], rel=0.06)
    assert volumes[1] == pytest.approx(truth["lvesv"], rel=0.08)
    measured = 100 * (volumes[0] - volumes[1]) / volumes[0]
    assert measured == pytest.approx(truth["lvef"], abs=3)


@pytest.mark.parametrize("ef", [20, 45, 60, 74])
def test_the_ejection_fraction_asked_for_is_the_true_one(ef: float) -> None:
    truth = render_clip(View.A4C, seed=3, ef=ef, frames=1, size=SMALL, masks=False).truth
    assert truth.measurements["lvef"] == pytest.approx(ef, abs=0.1)


def test_blood_is_darker_than_muscle() -> None:
    phantom = render_clip(View.A4C, seed=4, quality=0.9, frames=1)
    grey = phantom.clip.frames[0, ..., 0].astype(float)
    blood = grey[phantom.masks[RegionLabel.LV_CAVITY][0]].mean()
    septum = grey[phantom.masks[RegionLabel.IVS][0]].mean()
    assert septum > 1.4 * blood
    assert blood > 2, "blood is never pure black"


def test_the_cavity_is_largest_at_ed_and_smallest_at_es() -> None:
    phantom = render_clip(View.A4C, seed=4, ef=60, frames=40, size=SMALL, furniture=False)
    areas = phantom.masks[RegionLabel.LV_CAVITY].sum(axis=(1, 2))
    truth = phantom.truth
    assert truth.ed[0] == 0
    assert len(truth.es) >= 1
    assert abs(int(areas.argmin()) - truth.es[0]) <= 1 or areas[truth.es[0]] <= areas.min() * 1.02
    assert areas[0] >= areas.max() * 0.98


def test_the_same_seed_gives_the_same_clip_and_another_one_another() -> None:
    first, again, other = (
        render_clip(View.A2C, seed=seed, frames=2, size=SMALL) for seed in (5, 5, 6)
    )
    assert np.array_equal(first.clip.frames, again.clip.frames)
    assert all(np.array_equal(mask, again.masks[label]) for label, mask in first.masks.items())
    assert not np.array_equal(first.clip.frames, other.clip.frames)


def test_samples_are_repeatable_squares_that_are_black_outside_the_fan() -> None:
    picture, masks, view = render_sample(View.PLAX, seed=9, size=128)
    again, masks_again, _ = render_sample(View.PLAX, seed=9, size=128)
    assert view is View.PLAX
    assert picture.shape == (128, 128)
    assert masks.shape == (16, 128, 128)
    assert masks.any()
    assert np.array_equal(picture, again)
    assert np.array_equal(masks, masks_again)
    assert picture[0, 0] == 0
    assert picture[-1, 0] == 0


def test_a_turned_probe_is_no_standard_plane() -> None:
    straight = render_clip(View.A4C, seed=4, frames=1, size=SMALL, masks=False)
    turned = render_clip(
        View.A4C, seed=4, frames=1, size=SMALL, masks=False, offset=Offset(rotate_deg=40)
    )
    assert straight.truth.standard
    assert not turned.truth.standard
    assert not np.array_equal(straight.clip.frames, turned.clip.frames)


def test_other_is_no_view_of_the_heart() -> None:
    with pytest.raises(InputError, match="OTHER"):
        render_clip(View.OTHER, seed=1)
