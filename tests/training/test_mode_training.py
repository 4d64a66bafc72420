"""The mode network's pictures, training and figures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from core.domain import Mode
from core.phantom.flow.source import pulse_of
from core.phantom.patient import draw_patient
from core.recognition.mode_net import MODES, ModeModel
from core.training.clearness import separation_of
from core.training.fan_screens import Drawn, colour_screen, colour_share, grey_screen, tissue_screen
from core.training.loop import Schedule
from core.training.mode import build_net, export_mode, logits_of, train_mode
from core.training.mode_figures import calibration_error
from core.training.pages import draw_page
from core.training.real_modes import mode_of_words
from core.training.screen_looks import other_look
from core.training.screens import ScreenSet, pack, unpack
from core.training.strip_screens import mmode_screens, spectral_screens

SIZE = (320, 240)


@pytest.fixture(scope="module")
def pulse():
    return pulse_of(draw_patient(77_010), seconds=6.0)


@pytest.fixture(scope="module")
def few(pulse) -> list[Drawn]:
    rng = np.random.default_rng(4)
    coloured = [colour_screen(pulse, rng, size=SIZE) for _ in range(4)]
    return [
        grey_screen(pulse, rng, size=SIZE),
        *[each for each in coloured if each is not None],
        tissue_screen(pulse, rng, size=SIZE),
        *spectral_screens(pulse, Mode.TDI, rng, size=SIZE, count=2),
        *mmode_screens(pulse, rng, size=SIZE, count=1),
    ]


@pytest.fixture
def kept(few: list[Drawn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScreenSet:
    monkeypatch.setattr("core.training.screens.screens_of", lambda number: iter(few))
    screens = ScreenSet(patients=2, seed=1, cache=tmp_path / "screens")
    screens.render()
    return screens


@pytest.mark.parametrize(
    ("words", "mode"),
    [
        ("A4C", Mode.BMODE),
        ("PLAX colour AV", Mode.COLOR),
        ("CW Doppler pulmonary valve", Mode.CW),
        ("OTHER (PW hepatic vein)", Mode.PW),
        ("TDI spectrum strip", Mode.TDI),
        ("M-mode PLAX LV", Mode.MMODE),
        ("PW+TDI composite", None),
        ("NOT cardiac (reject test)", None),
    ],
)
def test_a_label_in_words_names_its_mode(words: str, mode: Mode | None):
    assert mode_of_words(words) is mode


def test_what_is_always_brighter_is_fully_separated():
    bright, dark = np.full(30, 200, np.uint8), np.full(20, 10, np.uint8)
    assert separation_of(bright, dark) == 1.0
    assert separation_of(dark, bright) == -1.0
    assert separation_of(bright, bright) == 0.0


def test_better_windows_draw_better_pictures(pulse):
    drawn = [grey_screen(pulse, np.random.default_rng(i), size=SIZE) for i in range(40)]
    pairs = np.array([(d.window, d.quality) for d in drawn if np.isfinite(d.quality)])
    assert len(pairs) > 15
    assert np.corrcoef(pairs.T)[0, 1] > 0.4
    assert pairs.min() >= 0
    assert pairs.max() <= 1


def test_a_colour_screen_shows_its_colour(few: list[Drawn]):
    coloured = [drawn for drawn in few if drawn.mode is Mode.COLOR]
    assert coloured
    assert all(colour_share(drawn.pixels) > 0.001 for drawn in coloured)


def test_every_look_of_a_colour_screen_still_shows_colour(few: list[Drawn]):
    drawn = next(drawn for drawn in few if drawn.mode is Mode.COLOR)
    for i in range(30):
        assert colour_share(other_look(drawn, np.random.default_rng(i)).pixels) > 0.0005


def test_looks_differ_and_strips_have_no_quality(few: list[Drawn]):
    strip = next(drawn for drawn in few if drawn.strip is not None)
    looks = [other_look(strip, np.random.default_rng(i)) for i in range(8)]
    assert len({look.pixels.tobytes() for look in looks}) == 8
    assert all(np.isnan(look.quality) for look in looks)


def test_a_strip_lies_where_it_says(few: list[Drawn]):
    for drawn in few:
        if drawn.strip is not None:
            x0, y0, x1, y1 = drawn.strip
            strip = cv2.cvtColor(drawn.pixels[y0:y1, x0:x1], cv2.COLOR_RGB2GRAY)
            assert strip.std() > 8


def test_kept_screens_come_back_as_they_were(few: list[Drawn]):
    back = [unpack(pack(few), i) for i in range(len(few))]
    for before, after in zip(few, back, strict=True):
        assert (after.mode, after.fan, after.strip) == (before.mode, before.fan, before.strip)
        assert np.abs(after.pixels.astype(int) - before.pixels).mean() < 4
        np.testing.assert_allclose(after.quality, before.quality, rtol=1e-5)


def test_kept_screens_are_not_drawn_again(kept: ScreenSet, tmp_path, monkeypatch):
    def never(number: int):
        raise AssertionError("drawn again")

    monkeypatch.setattr("core.training.screens.screens_of", never)
    again = ScreenSet(patients=2, seed=1, cache=tmp_path / "screens")
    again.render()
    assert again.modes() == kept.modes()
    assert not list((tmp_path / "screens").glob("*.part*"))


def test_pages_are_pictures_of_many_kinds():
    pages = [draw_page(np.random.default_rng(i), size=(96, 72)) for i in range(40)]
    assert all(page.shape == (72, 96, 3) and page.dtype == np.uint8 for page in pages)
    assert len({page.tobytes() for page in pages}) > 35


def test_training_can_be_stopped_and_gone_on_with(kept: ScreenSet, tmp_path: Path):
    plan = {"batch": 4, "rate": 1e-3, "save_every": 1}
    whole, _ = train_mode(kept, schedule=Schedule(steps=2, **plan), run=tmp_path / "run")
    path = tmp_path / "mode.onnx"
    assert export_mode(whole, path, temperature=1.3) < 1e-3
    images = np.random.default_rng(0).integers(0, 255, (2, 144, 192, 3)).astype(np.uint8)
    p, quality = ModeModel(path).look_fitted(images)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-4)
    assert ((quality > 0) & (quality < 1)).all()
    again, curve = train_mode(kept, schedule=Schedule(steps=2, **plan), run=tmp_path / "run")
    np.testing.assert_allclose(
        logits_of(again, images)[0], logits_of(whole, images)[0], rtol=1e-3, atol=1e-3
    )
    assert [point["step"] for point in curve] == [1, 2]


def test_the_first_layers_stay_as_imagenet_made_them(kept: ScreenSet, tmp_path: Path):
    before = build_net().body.conv_stem.weight.detach().clone()
    net, _ = train_mode(kept, schedule=Schedule(steps=1, batch=4, rate=1e-3), run=tmp_path)
    assert before.shape[1] == 3
    assert bool((net.body.conv_stem.weight == before).all())


def test_perfect_confidence_that_is_right_is_calibrated():
    assert calibration_error(np.ones(10), np.ones(10, bool)) == 0.0
    assert calibration_error(np.ones(10), np.zeros(10, bool)) == 1.0


def test_unknown_is_one_of_the_modes():
    assert Mode.UNKNOWN in MODES
