"""The virtual heart says the truth about what it draws."""

import numpy as np
import pytest

from core.domain import InputError, Mode, RegionLabel, View
from core.phantom import (
    Case,
    HeartPatient,
    Offset,
    PhantomClip,
    Severity,
    draw_patient,
    render_clip,
    render_labelled,
    render_sample,
)
from core.phantom.cycle import timing_of
from core.phantom.truth.linear import CALIPERS

STANDARD = [view for view in View if view is not View.OTHER]
SMALL = (260, 220)

# What the view is taken for must be in the picture.
EXPECTED = {
    View.PLAX: {"lv_cavity", "lv_myocardium", "ivs", "la", "aorta", "aortic_valve", "mitral_valve"},
    View.PSAX_AV: {"aorta", "aortic_valve", "rv_cavity", "la"},
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


@pytest.fixture(scope="module")
def person() -> HeartPatient:
    return draw_patient(4, ef=60, quality=0.9)


@pytest.fixture(scope="module")
def beat(person: HeartPatient) -> PhantomClip:
    """A beat in A4C from end-diastole on."""
    fps = 20 * person.heart_rate / 60
    return render_clip(
        View.A4C, seed=4, patient=person, frames=21, fps=fps, size=(420, 340), furniture=False
    )


@pytest.mark.parametrize("view", STANDARD, ids=lambda view: view.value)
def test_each_view_shows_what_it_is_taken_for(view: View, person: HeartPatient) -> None:
    phantom = render_clip(view, seed=4, patient=person, frames=1, size=SMALL)
    assert {label.value for label in phantom.masks} >= EXPECTED[view]
    assert phantom.truth.standard
    assert phantom.truth.nearest is view
    x0, y0, x1, y1 = phantom.box
    assert phantom.clip.frames[0, y0:y1, x0:x1].std() > 15
    assert all(mask.shape == (1, SMALL[1], SMALL[0]) for mask in phantom.masks.values())


def test_the_cavity_is_largest_at_ed_and_smallest_at_es(beat: PhantomClip) -> None:
    areas = beat.masks[RegionLabel.LV_CAVITY].sum(axis=(1, 2))
    truth = beat.truth
    assert truth.ed == (0, 20)
    assert len(truth.es) == 1
    assert areas[truth.es[0]] <= areas.min() * 1.03
    assert areas[0] >= areas.max() * 0.98


def test_blood_is_darker_than_muscle(beat: PhantomClip) -> None:
    grey = beat.clip.frames[0, ..., 0].astype(float)
    blood = grey[beat.masks[RegionLabel.LV_CAVITY][0]].mean()
    septum = grey[beat.masks[RegionLabel.IVS][0]].mean()
    assert septum > 1.3 * blood
    assert blood > 2, "blood is never pure black"


def test_a_dry_heart_shows_no_effusion_and_a_wet_one_does(beat: PhantomClip) -> None:
    assert RegionLabel.PERICARDIAL_EFFUSION not in beat.masks
    wet = render_clip(View.PLAX, seed=4, frames=1, size=SMALL, case=Case.PERICARDIAL_EFFUSION,
                      severity=Severity.SEVERE)  # fmt: skip
    assert wet.masks[RegionLabel.PERICARDIAL_EFFUSION].any()
    assert wet.truth.measurements["pericardial_effusion"] > 20


@pytest.mark.parametrize(
    ("view", "caliper", "label", "at"),
    [
        (View.PLAX, "lvid", RegionLabel.LV_CAVITY, "ed"),
        (View.PLAX, "lvid", RegionLabel.LV_CAVITY, "es"),
        (View.PLAX, "ivs", RegionLabel.IVS, "ed"),
        (View.PLAX, "lvpw", RegionLabel.LV_MYOCARDIUM, "ed"),
        (View.PLAX, "la_ap", RegionLabel.LA, "es"),
        (View.A4C, "ra_minor", RegionLabel.RA, "es"),
        (View.A4C, "rv_basal", RegionLabel.RV_CAVITY, "ed"),
        (View.SC_IVC, "ivc", RegionLabel.IVC, "ed"),
    ],
    ids=lambda value: str(value),
)
def test_a_caliper_spans_its_mask_within_a_pixel_at_each_end(
    view: View, caliper: str, label: RegionLabel, at: str, person: HeartPatient
) -> None:
    fps = 1000 / timing_of(person).ejection_end_ms  # the second frame is end-systole
    phantom = render_clip(
        view, seed=4, patient=person, frames=2, fps=fps, size=(700, 600), furniture=False
    )
    frame = 0 if at == "ed" else 1
    ends = [phantom.truth.landmarks[f"{caliper}_{n}"][frame] for n in (1, 2)]
    mask = phantom.masks[label][frame]
    length = float(np.linalg.norm(ends[1] - ends[0]))
    t = np.linspace(-0.25, 1.25, 3000)
    x, y = (np.rint(ends[0][i] + t * (ends[1] - ends[0])[i]).astype(int) for i in (0, 1))
    inside = mask[np.clip(y, 0, mask.shape[0] - 1), np.clip(x, 0, mask.shape[1] - 1)]
    middle = len(t) // 2
    before, after = np.flatnonzero(~inside[:middle]), np.flatnonzero(~inside[middle:])
    measured = (t[middle + after[0]] - t[before[-1]]) * length
    assert measured == pytest.approx(length, abs=2.2)
    assert CALIPERS[caliper].view is view


def test_the_same_seed_gives_the_same_clip_and_another_one_another() -> None:
    first, again, other = (
        render_clip(View.A2C, seed=seed, frames=2, size=SMALL) for seed in (5, 5, 6)
    )
    assert np.array_equal(first.clip.frames, again.clip.frames)
    assert all(np.array_equal(mask, again.masks[label]) for label, mask in first.masks.items())
    assert not np.array_equal(first.clip.frames, other.clip.frames)


def test_the_offset_asked_for_is_the_pose_told_and_its_correction_leads_back(
    person: HeartPatient,
) -> None:
    asked = Offset(rotate_deg=25, tilt_deg=-6, rock_deg=4, slide_x_mm=5, slide_y_mm=-3)
    turned = render_clip(
        View.A4C, seed=4, patient=person, frames=1, size=SMALL, masks=False, offset=asked
    ).truth
    assert not turned.standard
    for name in ("rotate_deg", "tilt_deg", "rock_deg", "slide_x_mm", "slide_y_mm"):
        assert getattr(turned.offset, name) == pytest.approx(getattr(asked, name), abs=0.01)
    assert turned.correction.rotate_deg == pytest.approx(-25, abs=4)


def test_other_is_a_plane_of_no_view() -> None:
    phantom = render_clip(View.OTHER, seed=3, frames=1, size=SMALL)
    assert phantom.truth.nearest is View.OTHER
    assert not phantom.truth.standard


@pytest.mark.parametrize(
    ("view", "mode", "first"),
    [
        (View.A4C, Mode.COLOR, Mode.COLOR),
        (View.A4C, Mode.PW, Mode.PW),
        (View.A5C, Mode.CW, Mode.CW),
        (View.A4C, Mode.TDI, Mode.TDI),
        (View.PLAX, Mode.MMODE, Mode.MMODE),
    ],
)
def test_each_mode_is_a_clip_with_its_own_calibrated_region(
    view: View, mode: Mode, first: Mode, person: HeartPatient
) -> None:
    phantom = render_clip(view, seed=4, patient=person, mode=mode, frames=1, size=(480, 360))
    assert phantom.clip.mode is mode
    assert phantom.regions[0].mode is first
    assert Mode.BMODE in {region.mode for region in phantom.regions}
    assert phantom.clip.calibration.has_mm == (mode is Mode.COLOR)
    assert (phantom.clip.calibration.cm_s_per_px is not None) == (
        mode in (Mode.PW, Mode.CW, Mode.TDI)
    )
    assert (phantom.clip.calibration.ms_per_px is not None) == (mode is not Mode.COLOR)


def test_a_strip_agrees_with_the_beat_that_it_shows(person: HeartPatient) -> None:
    phantom = render_clip(View.A4C, seed=4, patient=person, mode=Mode.PW, frames=1, size=(640, 480))
    read, true = phantom.truth.readings["e_vmax"], phantom.truth.measurements["e_vmax"]
    # what the beam's angle takes away
    assert 0.8 * true < read <= 1.06 * true


@pytest.mark.parametrize("mode", [Mode.PW, Mode.COLOR])
def test_other_has_no_flow(mode: Mode) -> None:
    with pytest.raises(InputError, match="OTHER"):
        render_clip(View.OTHER, seed=1, mode=mode, frames=1)


def test_samples_are_repeatable_squares_that_are_black_outside_the_fan() -> None:
    picture, masks, view = render_sample(View.PLAX, seed=9, size=128)
    again, masks_again, _ = render_sample(View.PLAX, seed=9, size=128)
    assert view is View.PLAX
    assert picture.shape == (128, 128)
    assert masks.shape == (16, 128, 128)
    assert masks.dtype == np.uint8
    assert masks.any()
    assert np.array_equal(picture, again)
    assert np.array_equal(masks, masks_again)
    assert picture[0, 0] == 0
    assert picture[-1, 0] == 0


def test_a_labelled_sample_is_the_same_picture_with_its_pose() -> None:
    picture, masks, _ = render_sample(View.A4C, seed=21, size=128)
    sample = render_labelled(View.A4C, seed=21, size=128)
    assert np.array_equal(sample.image, picture)
    assert np.array_equal(sample.masks, masks)
    assert sample.truth.offset is not None
    assert 0 <= sample.truth.phase < 1
    assert len(sample.truth.present) == sum(mask.any() for mask in masks)
    assert sample.truth.landmarks
    assert all(0 <= x < 128 and 0 <= y < 128 for x, y in sample.truth.landmarks.values())


def test_a_sample_of_no_view_has_no_pose() -> None:
    truth = render_labelled(View.OTHER, seed=22, size=96).truth
    assert truth.offset is None
    assert not truth.standard
