"""The judgement names what a sonographer would see."""

from dataclasses import replace

import numpy as np
import pytest

from core.domain import Mode, Region, RegionLabel, Sector, SectorKind, View, ViewResult
from core.language import catalogue
from core.recognition.judge import REQUIRED, judge

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


def test_a_sure_whole_apical_view_is_standard() -> None:
    result = judge(
        view=said(View.A4C, 0.95), mode=Mode.BMODE, sector=SECTOR, squares=squares(), regions=GOOD
    )
    assert result.standard
    assert result.reasons == ()
    assert result.quality > 0.8


@pytest.mark.parametrize("missing", REQUIRED[View.A4C])
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


def test_every_reason_has_words_in_the_catalogue() -> None:
    for structures in REQUIRED.values():
        for structure in structures:
            assert f"judge.missing.{structure.value}" in catalogue()
