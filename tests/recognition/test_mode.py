"""Mode and picture quality of a clip."""

import cv2
import numpy as np
import pytest

from core.domain import Mode, Sector, SectorKind, View
from core.phantom.clip import render_clip
from core.recognition.mode import LOOKS, decide, mode_of, quality_of, some
from core.recognition.mode_net import HEIGHT, MODES, WIDTH, ModeModel, fit
from core.recognition.model_sets import PROJECT_FOLDER
from core.training.pages import draw_page

SECTOR = Sector(
    kind=SectorKind.RECTANGLE, box=(0, 0, 64, 48), outline=((0, 0), (64, 0), (64, 48)), score=1.0
)


def votes(*rows: dict[Mode, float]) -> np.ndarray:
    """Probabilities [N, 7], what is not named sharing the rest."""
    out = []
    for row in rows:
        rest = (1 - sum(row.values())) / (len(MODES) - len(row))
        out.append([row.get(mode, rest) for mode in MODES])
    return np.array(out)


@pytest.fixture(scope="module")
def net() -> ModeModel:
    return ModeModel(PROJECT_FOLDER / "open" / "mode" / "mode.onnx")


def test_a_sure_network_names_the_mode():
    assert decide(votes({Mode.CW: 0.8}, {Mode.CW: 0.6})) is Mode.CW


def test_an_unsure_network_says_unknown():
    assert decide(votes({Mode.PW: 0.4, Mode.CW: 0.35})) is Mode.UNKNOWN


def test_a_fan_stays_a_fan_when_its_colour_is_in_doubt():
    assert decide(votes({Mode.BMODE: 0.45, Mode.COLOR: 0.4})) is Mode.BMODE


def test_frames_that_show_nothing_do_not_vote():
    nothing = {Mode.UNKNOWN: 0.95}
    assert decide(votes(nothing, nothing, nothing, {Mode.MMODE: 0.9})) is Mode.MMODE


def test_a_clip_of_nothing_is_unknown():
    assert decide(votes({Mode.UNKNOWN: 0.9}, {Mode.UNKNOWN: 0.7})) is Mode.UNKNOWN


def test_a_declared_mode_wins_over_the_network(net: ModeModel):
    blank = np.zeros((1, 48, 64, 3), np.uint8)
    assert mode_of(Mode.TDI, blank, SECTOR, net) is Mode.TDI
    assert mode_of(Mode.UNKNOWN, blank, SECTOR, net) is Mode.UNKNOWN


@pytest.mark.parametrize("count", [1, 2, 6, 90])
def test_a_few_frames_are_looked_at_first_and_last_among_them(count: int):
    frames = np.arange(count)[:, None]
    picked = some(frames)[:, 0]
    assert len(picked) == min(count, LOOKS)
    assert picked[0] == 0
    assert picked[-1] == count - 1


def test_black_margins_change_nothing_of_what_the_network_sees():
    coarse = np.random.default_rng(1).integers(80, 220, (4, 5, 3)).astype(np.uint8)
    picture = cv2.resize(coarse, (400, 300), interpolation=cv2.INTER_LINEAR)
    within = np.zeros((500, 700, 3), np.uint8)
    within[70:370, 100:500] = picture
    # Its own edge is a blend with the black beside it.
    apart = np.abs(fit(within).astype(int) - fit(picture))[4:-4, 4:-4]
    assert apart.mean() < 3


@pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 3), (1080, 1920)])
def test_any_shape_of_frame_is_fitted(shape: tuple[int, int]):
    seen = fit(np.full((*shape, 3), 200, np.uint8))
    assert seen.shape == (HEIGHT, WIDTH, 3)
    assert seen.max() == 200


def test_a_black_frame_stays_black():
    assert not fit(np.full((480, 640, 3), 4, np.uint8)).any()


@pytest.mark.parametrize(
    ("mode", "view"),
    [
        (Mode.BMODE, View.A4C),
        (Mode.COLOR, View.A4C),
        (Mode.PW, View.A4C),
        (Mode.CW, View.A5C),
        (Mode.TDI, View.A4C),
        (Mode.MMODE, View.PLAX),
    ],
)
def test_each_mode_of_a_new_virtual_patient_is_recognised(net: ModeModel, mode: Mode, view: View):
    frames = 6 if mode is Mode.COLOR else 1
    clip = render_clip(
        view, seed=77_001, mode=mode, frames=frames, fps=8, quality=0.8, masks=False
    ).clip
    assert mode_of(Mode.UNKNOWN, clip.frames, SECTOR, net) is mode


def test_pictures_that_are_no_ultrasound_are_unknown(net: ModeModel):
    pages = [draw_page(np.random.default_rng((77_002, i))) for i in range(12)]
    said = [mode_of(Mode.UNKNOWN, page[None], SECTOR, net) for page in pages]
    assert said.count(Mode.UNKNOWN) >= 11


def test_good_windows_give_better_pictures_than_poor_ones(net: ModeModel):
    def quality(seed: int, window: float) -> float:
        clip = render_clip(View.A4C, seed=seed, quality=window, frames=1, fps=20, masks=False).clip
        return quality_of(clip.frames, net)

    gains = [quality(seed, 0.95) - quality(seed, 0.05) for seed in range(77_003, 77_009)]
    assert np.mean(gains) > 0.04
    assert sum(gain > 0 for gain in gains) >= 5
