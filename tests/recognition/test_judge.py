"""The judgement names what a sonographer would see."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain import (
    JudgedItem,
    Judgement,
    Mode,
    PlaneEstimate,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)
from core.language import catalogue
from core.recognition.items import ORDER
from core.recognition.judge import evidence, judge
from core.recognition.look import FrameLook
from core.recognition.seen import NEVER, REQUIRED, VITAL, possible
from core.recognition.smoothing import MOVES

BOX = (0, 0, 200, 200)
SECTOR = Sector(
    kind=SectorKind.FAN, box=BOX, outline=((0, 0), (200, 0), (200, 200), (0, 200)), score=0.9
)


def said(view: View, probability: float) -> ViewResult:
    rest = (1 - probability) / (len(View) - 1)
    return ViewResult(
        label=view,
        probability=probability,
        probabilities=dict.fromkeys(View, rest) | {view: probability},
    )


def ellipse(label: RegionLabel, x: float, y: float, a: float, b: float) -> Region:
    t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    polygon = np.stack([x + a * np.cos(t), y + b * np.sin(t)], axis=1).astype(np.float32)
    return Region(
        frame=0, label=label, score=0.95, box=(x - a, y - b, x + a, y + b), polygon=polygon
    )


GOOD = [
    ellipse(RegionLabel.LV_CAVITY, 100, 80, 22, 45),
    ellipse(RegionLabel.LV_MYOCARDIUM, 100, 80, 32, 55),
    ellipse(RegionLabel.LA, 100, 155, 25, 25),
]


def squares(low: int = 20, high: int = 200) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(low, high, (3, 64, 64)).astype(np.uint8)


def test_what_a_view_cannot_show_is_not_told_of_it() -> None:
    trunk = ellipse(RegionLabel.MAIN_PA, 60, 60, 10, 10)
    assert possible(View.A4C, [*GOOD, trunk]) == GOOD
    assert possible(View.PSAX_AV, [trunk]) == [trunk]
    assert possible(View.OTHER, [trunk]) == [trunk]
    for view, needed in REQUIRED.items():
        assert not set(needed) & NEVER[view]


def test_a_sure_whole_apical_view_is_standard() -> None:
    result = judge(
        view=said(View.A4C, 0.95), mode=Mode.BMODE, sector=SECTOR, squares=squares(), regions=GOOD
    )
    assert result.standard
    assert result.reasons == ()
    assert result.quality > 0.8


@pytest.mark.parametrize("missing", VITAL[View.A4C])
def test_a_missing_structure_makes_it_not_standard_and_is_named(missing: RegionLabel) -> None:
    rest = [region for region in GOOD if region.label is not missing]
    result = judge(
        view=said(View.A4C, 0.95), mode=Mode.BMODE, sector=SECTOR, squares=squares(), regions=rest
    )
    assert not result.standard
    assert f"judge.missing.{missing.value}" in result.reasons


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"view": said(View.OTHER, 0.9)}, "judge.not_a_standard_view"),
        ({"view": said(View.A4C, 0.4)}, "judge.view_uncertain"),
        ({"mode": Mode.PW}, "judge.not_a_plane"),
        ({"steady": 0.3}, "judge.view_unsteady"),
        ({"squares": np.zeros((1, 64, 64), np.uint8)}, "judge.too_dark"),
    ],
)
def test_what_blocks_is_named_and_blocks(change: dict, reason: str) -> None:
    given = {
        "view": said(View.A4C, 0.95),
        "mode": Mode.BMODE,
        "sector": SECTOR,
        "squares": squares(),
        "regions": GOOD,
    }
    result = judge(**(given | change))
    assert reason in result.reasons
    assert not result.standard


@pytest.mark.parametrize(
    ("cavity", "reason"),
    [
        (ellipse(RegionLabel.LV_CAVITY, 100, 80, 40, 44), "judge.foreshortened"),
        (ellipse(RegionLabel.LV_CAVITY, 10, 80, 22, 45), "judge.lv_cut_off"),
        (ellipse(RegionLabel.LV_CAVITY, 100, 80, 8, 16), "judge.too_deep"),
    ],
)
def test_a_doubtful_ventricle_is_named(cavity: Region, reason: str) -> None:
    if reason == "judge.lv_cut_off":
        cavity.polygon[:, 0] = cavity.polygon[:, 0].clip(0)
    result = judge(
        view=said(View.A4C, 0.95),
        mode=Mode.BMODE,
        sector=SECTOR,
        squares=squares(),
        regions=[cavity, *GOOD[1:]],
    )
    assert reason in result.reasons


@pytest.mark.parametrize("turn_deg", [0, 20, -25])
def test_a_ventricle_over_its_atrium_is_apical(turn_deg: float) -> None:
    assert "judge.not_apical" not in reasons_of_turned(turn_deg)


@pytest.mark.parametrize("turn_deg", [90, -80, 170])
def test_a_ventricle_beside_its_atrium_is_not_apical_and_blocks(turn_deg: float) -> None:
    assert "judge.not_apical" in reasons_of_turned(turn_deg)


def reasons_of_turned(degrees: float) -> tuple[str, ...]:
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    turned = [
        replace(r, polygon=((r.polygon - 100) @ turn.T + 100).astype(np.float32)) for r in GOOD
    ]
    result = judge(
        view=said(View.A4C, 0.95), mode=Mode.BMODE, sector=SECTOR, squares=squares(), regions=turned
    )
    assert result.standard is ("judge.not_apical" not in result.reasons)
    return result.reasons


def test_where_no_picture_is_found_nothing_else_is_said() -> None:
    nothing = replace(SECTOR, kind=SectorKind.NONE)
    result = judge(
        view=said(View.OTHER, 0.9),
        mode=Mode.UNKNOWN,
        sector=nothing,
        squares=np.zeros((1, 64, 64), np.uint8),
        regions=None,
    )
    assert result.reasons == ("judge.no_sector",)
    assert not result.standard


def plane(standard: float = 0.9, *, spread: float = 3.0, **known) -> PlaneEstimate:
    moves = {name: known.pop(name, 0.0) for name in MOVES}
    given = {"view": View.A4C, "spread": dict.fromkeys(MOVES, spread)} | known
    return PlaneEstimate(standard=standard, **moves, **given)


def judged(plane: PlaneEstimate | None = None, **change) -> Judgement:
    given = {
        "view": said(View.A4C, 0.95),
        "mode": Mode.BMODE,
        "sector": SECTOR,
        "squares": squares(),
        "regions": GOOD,
        "plane": plane,
    }
    return judge(**(given | change))


def bar(judgement: Judgement, name: str) -> JudgedItem:
    return next(item for item in judgement.items if item.name == f"judge.item.{name}")


def test_a_plane_that_is_likely_standard_is_standard():
    assert judged(plane(0.9)).standard


def test_a_plane_that_is_not_likely_standard_is_not_and_never_without_a_reason():
    result = judged(plane(0.2))
    assert not result.standard
    assert result.reasons == ("judge.off_plane",)


def test_a_likely_plane_does_not_make_up_for_a_missing_structure():
    assert not judged(plane(0.99), regions=GOOD[1:]).standard


def test_the_plane_of_another_view_says_nothing():
    assert judged(plane(0.1, view=View.A2C)) == judged(None)


@pytest.mark.parametrize(
    ("move", "name", "reason"),
    [
        ("rotate_deg", "rotation", "judge.rotated"),
        ("tilt_deg", "tilt", "judge.tilted"),
        ("rock_deg", "rock", "judge.rocked"),
        ("slide_x_mm", "position", "judge.misplaced"),
        ("slide_y_mm", "position", "judge.misplaced"),
        ("press_mm", "position", "judge.misplaced"),
    ],
)
def test_each_movement_has_its_bar_that_falls_with_the_distance(move, name, reason):
    on, near, far = (judged(plane(0.1, **{move: amount})) for amount in (0.0, -4.0, -15.0))
    assert bar(on, name).score == 1.0
    assert bar(on, name).score > bar(near, name).score > bar(far, name).score
    assert bar(near, name).reason is None
    assert bar(far, name).reason == reason
    assert far.reasons == (reason,)
    assert far.quality < near.quality < on.quality


def test_how_far_off_is_not_told_where_nobody_knows():
    result = judged(plane(0.1, spread=20.0, rotate_deg=30.0))
    assert not any(item.name == "judge.item.rotation" for item in result.items)
    assert result.reasons == ("judge.off_plane",)


@pytest.mark.parametrize(
    ("view", "part", "short"),
    [(View.A4C, 0.97, False), (View.A4C, 0.8, True), (View.A5C, 0.85, False)],
)
def test_a_ventricle_that_is_cut_short_is_named(view, part, short):
    estimate = plane(0.9, view=view, foreshortening=part)
    result = judged(estimate, view=said(view, 0.95))
    assert ("judge.foreshortened" in result.reasons) is short


def test_a_poor_picture_is_named_and_still_may_be_standard():
    result = judged(picture=0.2)
    assert result.reasons == ("judge.poor_picture",)
    assert result.standard
    assert bar(result, "picture").score == 0.2
    assert not any(item.name == "judge.item.picture" for item in judged().items)


def test_a_heart_at_the_side_of_the_picture_is_named():
    moved = [replace(r, polygon=(r.polygon + np.float32([60, 0])).astype(np.float32)) for r in GOOD]
    result = judged(regions=moved)
    assert "judge.off_centre" in result.reasons
    assert bar(judged(), "centring").score == 1.0


def test_an_atrium_that_the_picture_cuts_off_asks_for_more_depth():
    cut = replace(GOOD[2], polygon=GOOD[2].polygon + np.float32([0, 30]))
    cut.polygon[:, 1] = cut.polygon[:, 1].clip(None, 199)
    assert "judge.too_shallow" in judged(regions=[*GOOD[:2], cut]).reasons


@pytest.mark.parametrize("view", [v for v in View if v is not View.OTHER])
def test_a_view_with_nothing_in_it_names_one_missing_structure_with_words(view):
    result = judged(view=said(view, 0.95), regions=[])
    low = bar(result, "structures")
    assert low.score < low.limit
    assert low.reason in result.reasons


def test_bars_come_in_one_order_and_all_have_words_in_both_languages():
    result = judged(plane(0.9, foreshortening=0.97), picture=0.8)
    assert [item.name for item in result.items] == [f"judge.item.{name}" for name in ORDER]
    for item in result.items:
        assert 0 <= item.score <= 1
        assert set(catalogue()[item.name]) == {"en", "zh"}


@pytest.mark.parametrize(
    ("estimate", "blocked", "expected"),
    [
        (plane(0.8), False, 0.8),
        (plane(0.2), False, 0.2),
        (plane(0.8), True, 0.0),
        (plane(0.8, view=View.A2C), False, 1.0),
        (None, True, 0.0),
    ],
)
def test_evidence_is_the_plane_unless_something_else_forbids_it(estimate, blocked, expected):
    result = judged(estimate, regions=GOOD[1:] if blocked else GOOD)
    look = FrameLook(view=said(View.A4C, 0.95), plane=estimate, judgement=result, quality=None)
    assert evidence(look) == expected


def test_every_reason_has_words_in_the_catalogue() -> None:
    for structures in REQUIRED.values():
        for structure in structures:
            assert f"judge.missing.{structure.value}" in catalogue()
