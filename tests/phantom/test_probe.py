"""The probe: standard planes hold their landmarks, movements come back, truths are true."""

import numpy as np
import pytest

from core.domain import View
from core.phantom.cycle import moment
from core.phantom.heart.body import torso_of
from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR
from core.phantom.heart.heart import Heart
from core.phantom.heart.ribs import rods_of
from core.phantom.patient import Case, draw_patient
from core.phantom.probe import (
    STANDARD_VIEWS,
    Offset,
    assess,
    canonical_plane,
    foreshortening,
    moved,
    nearest_view,
    offset_between,
    random_other,
    random_plane,
    resting_heart,
    tolerance_of,
    window_of,
)
from core.phantom.probe.content import content_of
from core.phantom.probe.plane import NAMES
from core.phantom.probe.standard import OTHER_FROM
from core.phantom.probe.windows import clearance
from core.phantom.scene import Structure

PATIENTS = {
    "healthy": draw_patient(1),
    "another": draw_patient(6),
    "dilated": draw_patient(1, case=Case.DILATED, severity="severe"),
    "right": draw_patient(3, case=Case.PULMONARY_HYPERTENSION, severity="severe"),
    "effusion": draw_patient(2, case=Case.PERICARDIAL_EFFUSION, severity="severe"),
}
LANDMARKS = {
    View.PLAX: ("lv_apex", "mitral", "aortic"),
    View.PSAX_AV: (),
    View.PSAX_MV: (),
    View.PSAX_PM: (),
    View.A4C: ("lv_apex", "mitral", "tricuspid"),
    View.A5C: ("aortic",),
    View.A2C: ("lv_apex", "mitral"),
    View.A3C: ("lv_apex", "mitral", "aortic"),
    View.SC4C: ("mitral", "tricuspid"),
    View.SC_IVC: ("ivc_entry", "ivc_far"),
    View.SSN: ("ascending", "arch_top", "descending"),
}
APICAL = (View.A4C, View.A5C, View.A2C, View.A3C)


@pytest.fixture(params=PATIENTS.values(), ids=PATIENTS.keys())
def heart(request):
    return resting_heart(request.param)


def landmark(heart, name):
    return heart.rings[name].centre if name in heart.rings else heart.points[name]


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_a_standard_plane_holds_its_landmarks(heart, view):
    plane = canonical_plane(heart, view)
    for name in LANDMARKS[view]:
        assert abs((landmark(heart, name) - plane.origin) @ plane.normal) < 0.5, name


def test_short_axes_lie_across_the_ventricle_at_their_levels(heart):
    axis = heart.points["lv_apex"] - heart.rings["mitral"].centre
    axis = axis / np.linalg.norm(axis)
    levels = []
    for view in (View.PSAX_MV, View.PSAX_PM):
        plane = canonical_plane(heart, view)
        assert abs(plane.normal @ axis) > 0.9999
        levels.append((plane.origin - heart.rings["mitral"].centre) @ axis)
    middle = 0.5 * (heart.points["papillary_al"] + heart.points["papillary_pm"])
    assert 5 < levels[0] < levels[1]
    assert levels[1] == pytest.approx((middle - heart.rings["mitral"].centre) @ axis, abs=0.5)
    valve = canonical_plane(heart, View.PSAX_AV)
    aortic = heart.rings["aortic"]
    assert abs(valve.normal @ aortic.axis) > 0.9999
    assert 0 < (valve.origin - aortic.centre) @ aortic.axis < 8


def test_the_two_chamber_plane_is_turned_by_about_sixty_degrees_and_free_of_the_right_heart():
    heart = resting_heart(PATIENTS["healthy"])
    four, two = (canonical_plane(heart, view) for view in (View.A4C, View.A2C))
    turned = np.rad2deg(np.arccos(four.normal @ two.normal))
    assert 45 < turned < 85
    assert not {Structure.RV, Structure.RA} & content_of(heart, two).visible


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_the_probe_stands_on_the_skin_between_the_ribs_and_sees_the_heart(heart, view):
    plane = canonical_plane(heart, view)
    assert abs(torso_of(heart.patient).level(plane.origin)) < 1e-6
    assert clearance(rods_of(heart.patient), plane.origin, plane.down) > 2
    content = content_of(heart, plane)
    assert content.visible.issuperset(tolerance_of(view).needs)
    assert content.stopped < 0.45


def test_pictures_are_the_way_round_that_sonographers_show_them(heart):
    def right(view, a, b):
        """Whether `a` is shown to the right of `b`, and below it, in mm."""
        plane = canonical_plane(heart, view)
        x, _, depth = plane.locate(landmark(heart, a)) - plane.locate(landmark(heart, b))
        return x, depth

    assert right(View.A4C, "mitral", "tricuspid")[0] > 20
    assert right(View.A4C, "mitral", "lv_apex")[1] > 50
    assert right(View.A3C, "aortic", "mitral")[0] > 10
    assert right(View.PLAX, "mitral", "lv_apex")[0] > 50
    assert right(View.PLAX, "sinus", "mitral")[1] < -5
    assert right(View.PSAX_AV, "pulmonary", "tricuspid")[0] > 30
    assert right(View.SC4C, "lv_apex", "mitral")[0] > 40
    assert right(View.SC4C, "tricuspid", "mitral")[1] < -10
    assert right(View.SC_IVC, "ivc_entry", "ivc_far")[0] > 50
    assert right(View.SSN, "subclavian", "brachiocephalic")[0] > 5
    anterior = canonical_plane(heart, View.A2C).right
    assert anterior @ (SUPERIOR - POSTERIOR) > 0.5
    for view in (View.PSAX_AV, View.PSAX_MV, View.PSAX_PM):
        assert canonical_plane(heart, view).right @ LEFT > 0.4
        assert canonical_plane(heart, view).down @ POSTERIOR > 0.4


def test_the_standard_plane_is_the_same_at_every_moment():
    patient = PATIENTS["healthy"]
    systole = Heart(patient, moment(patient, 0.35))
    still = canonical_plane(resting_heart(patient), View.A4C)
    assert np.array_equal(canonical_plane(systole, View.A4C).axes, still.axes)


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_any_movement_is_found_again(view):
    heart = resting_heart(PATIENTS["another"])
    torso, plane = torso_of(heart.patient), canonical_plane(heart, view)
    rng = np.random.default_rng(list(View).index(view))
    for _ in range(8):
        turns, slides = rng.uniform(-40, 40, 3), rng.uniform(-40, 40, 2)
        wanted = dict(zip(NAMES, [*turns, *slides, rng.uniform(0, 8)], strict=True))
        found = offset_between(torso, plane, moved(torso, plane, Offset(**wanted)))
        for name, value in wanted.items():
            assert getattr(found, name) == pytest.approx(value, abs=0.1), name


def test_what_guidance_says_leads_to_the_standard_plane(heart):
    torso = torso_of(heart.patient)
    plane = moved(
        torso,
        canonical_plane(heart, View.A4C),
        Offset(rotate_deg=25, tilt_deg=-12, rock_deg=9, slide_x_mm=14, slide_y_mm=-11, press_mm=4),
    )
    there = moved(torso, plane, assess(heart, plane, view=View.A4C).offset)
    aim = canonical_plane(heart, View.A4C)
    assert np.allclose(there.origin, aim.origin, atol=0.01)
    assert np.allclose(there.axes, aim.axes, atol=1e-5)


def test_sliding_keeps_the_probe_on_the_skin_and_pressing_brings_it_in():
    heart = resting_heart(PATIENTS["healthy"])
    torso, plane = torso_of(heart.patient), canonical_plane(heart, View.PLAX)
    slid = moved(torso, plane, Offset(slide_x_mm=30, slide_y_mm=-20))
    assert abs(torso.level(slid.origin)) < 1e-6
    assert np.allclose(slid.axes, plane.axes)
    pressed = moved(torso, plane, Offset(press_mm=6))
    assert torso.level(pressed.origin) == pytest.approx(-6, abs=0.5)
    lifted = moved(torso, pressed, Offset(press_mm=-20))
    assert abs(torso.level(lifted.origin)) < 1e-6


def test_signs_are_those_of_the_hand():
    heart = resting_heart(PATIENTS["healthy"])
    torso, plane = torso_of(heart.patient), canonical_plane(heart, View.A4C)
    assert moved(torso, plane, Offset(rotate_deg=5)).right @ plane.normal > 0
    assert moved(torso, plane, Offset(tilt_deg=5)).down @ plane.normal < 0
    assert moved(torso, plane, Offset(rock_deg=5)).down @ plane.right > 0
    assert (moved(torso, plane, Offset(slide_x_mm=5)).origin - plane.origin) @ plane.right > 0
    assert (moved(torso, plane, Offset(slide_y_mm=5)).origin - plane.origin) @ plane.normal > 0


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_the_standard_plane_is_standard(heart, view):
    truth = assess(heart, canonical_plane(heart, view))
    assert truth.view is view
    assert truth.standard
    assert truth.angle_deg < 0.01
    assert all(abs(getattr(truth.offset, name)) < 0.01 for name in NAMES)
    assert (truth.foreshortening is None) == (view not in APICAL)


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_beyond_the_tolerance_of_any_one_movement_it_is_not_standard(view):
    heart = resting_heart(PATIENTS["healthy"])
    torso, plane, limits = torso_of(heart.patient), canonical_plane(heart, view), tolerance_of(view)
    for name in NAMES:
        far = 1.05 * (limits.degrees if name.endswith("deg") else limits.mm)
        for sign in (1, -1) if name != "press_mm" else (1,):
            truth = assess(heart, moved(torso, plane, Offset(**{name: sign * far})), view=view)
            assert not truth.standard, (name, sign)


@pytest.mark.parametrize("view", STANDARD_VIEWS)
def test_within_a_third_of_the_tolerance_it_is_standard_and_the_nearest(heart, view):
    torso, plane, limits = torso_of(heart.patient), canonical_plane(heart, view), tolerance_of(view)
    rng = np.random.default_rng(list(View).index(view))
    for name in NAMES[:5]:
        little = (
            0.33 * (limits.degrees if name.endswith("deg") else limits.mm) * rng.choice((-1, 1))
        )
        truth = assess(heart, moved(torso, plane, Offset(**{name: little})))
        assert truth.view is view, name
        assert truth.standard, name


def test_a_plane_that_misses_the_apex_is_foreshortened():
    heart = resting_heart(PATIENTS["healthy"])
    torso, plane = torso_of(heart.patient), canonical_plane(heart, View.A4C)
    assert foreshortening(heart, plane) == pytest.approx(1.0, abs=0.01)
    parts = [
        foreshortening(heart, moved(torso, plane, Offset(slide_y_mm=mm))) for mm in (8, 14, 20)
    ]
    assert parts[0] > parts[1] > parts[2]
    assert parts[2] < 0.95


def test_a_tilt_to_the_front_turns_four_chambers_into_five():
    heart = resting_heart(PATIENTS["healthy"])
    four, five = (canonical_plane(heart, view) for view in (View.A4C, View.A5C))
    between = offset_between(torso_of(heart.patient), four, five)
    assert 5 < between.tilt_deg < 20
    assert abs(between.rotate_deg) < 0.1
    truth = assess(heart, five, view=View.A4C)
    assert not truth.standard
    assert truth.offset.tilt_deg == pytest.approx(-between.tilt_deg, abs=0.1)


def test_a_practised_hand_keeps_near_its_view():
    heart = resting_heart(PATIENTS["another"])
    rng = np.random.default_rng(5)
    for view in STANDARD_VIEWS:
        seen = [
            nearest_view(heart, random_plane(heart, view, rng, spread=0.6))[0] for _ in range(8)
        ]
        assert seen.count(view) >= 7, view


def test_planes_of_no_view_are_far_from_all_views_and_of_many_kinds():
    heart = resting_heart(PATIENTS["healthy"])
    rng = np.random.default_rng(7)
    shown = []
    for _ in range(40):
        plane = random_other(heart, rng)
        truth = assess(heart, plane)
        assert truth.view is View.OTHER
        assert truth.farness >= OTHER_FROM
        assert not truth.standard
        shown.append(truth.visible)
        assert torso_of(heart.patient).level(plane.origin) < 0.01
    for structure in (Structure.LIVER, Structure.LUNG, Structure.LV):
        assert 2 <= sum(structure in each for each in shown) < 40


def test_the_same_seed_holds_the_probe_the_same_way():
    heart = resting_heart(PATIENTS["healthy"])
    one, two = (random_plane(heart, View.PLAX, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.axes, two.axes)
    assert np.array_equal(one.origin, two.origin)


def test_other_has_no_window_and_no_plane():
    with pytest.raises(KeyError):
        window_of(View.OTHER)
    with pytest.raises(KeyError):
        canonical_plane(resting_heart(PATIENTS["healthy"]), View.OTHER)
