"""Recognition of whatever a reader may hand on: it answers, and never raises."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.domain import Clip, Mode, Phases, PointTrack, SectorKind, View
from core.phantom import render_clip
from core.recognition.models import Models, load_models
from core.recognition.recognise import (
    phases_of_diameter,
    recognise,
    recognise_frame,
    region_stretch,
)


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


@pytest.fixture(scope="module")
def heart() -> NDArray[np.uint8]:
    """uint8 [3, 240, 320, 3], a virtual A4C."""
    return render_clip(View.A4C, seed=3, frames=3, size=(320, 240), masks=False).clip.frames


def clip_of(
    frames: NDArray[np.uint8], *, fps: float | None = None, mode: Mode = Mode.UNKNOWN
) -> Clip:
    return Clip(
        id="odd",
        source="odd",
        frames=frames,
        times_s=np.arange(len(frames)) / 25.0,
        fps=fps,
        mode=mode,
        total_frames=len(frames),
    )


def _noise(height: int, width: int, count: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (count, height, width, 3), dtype=np.uint8)


def _ramp(height: int, width: int) -> NDArray[np.uint8]:
    ramp = np.linspace(0, 255, width).astype(np.uint8)
    return np.broadcast_to(ramp[None, None, :, None], (1, height, width, 3)).copy()


ODD = {
    "black": np.zeros((2, 120, 160, 3), np.uint8),
    "white": np.full((1, 120, 160, 3), 255, np.uint8),
    "noise": _noise(96, 128, 2),
    "ramp": _ramp(120, 160),
    "tiny": _noise(40, 40),
    "smaller than any reader gives": _noise(4, 4),
    "a line": _noise(1, 600),
    "very wide": _noise(32, 3000),
    "very high": _noise(3000, 32),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("mode", [Mode.UNKNOWN, Mode.COLOR])
def test_pictures_of_nothing_are_answered_and_not_standard(
    name: str, mode: Mode, models: Models
) -> None:
    found = recognise(clip_of(ODD[name], mode=mode), models=models)
    assert sum(found.view.probabilities.values()) == pytest.approx(1)
    assert found.view.probability == max(found.view.probabilities.values())
    assert 0 <= found.judgement.quality <= 1
    assert found.judgement.reasons
    assert not found.judgement.standard
    if found.sector.kind is SectorKind.NONE:
        assert found.view.label is View.OTHER
        assert "judge.no_sector" in found.judgement.reasons
        assert not found.regions


@pytest.mark.parametrize(
    ("frames", "fps"), [(1, None), (1, 25.0), (2, 25.0), (2, 2000.0), (3, None), (3, 0.5)]
)
def test_short_clips_are_answered(
    frames: int, fps: float | None, heart: NDArray[np.uint8], models: Models
) -> None:
    found = recognise(clip_of(heart[:frames], fps=fps), models=models)
    assert found.sector.kind is SectorKind.FAN
    assert {region.frame for region in found.regions} <= set(range(frames))
    assert all(0 <= frame < frames for frame in (*found.phases.ed, *found.phases.es))


@pytest.mark.parametrize("height", [40, 60])
def test_a_heart_on_a_stamp_is_answered(
    height: int, heart: NDArray[np.uint8], models: Models
) -> None:
    step = 240 // height
    found = recognise(clip_of(heart[:1, ::step, ::step].copy()), models=models)
    x0, y0, x1, y1 = found.sector.box
    for region in found.regions:
        assert region.polygon[:, 0].min() > x0 - 3
        assert region.polygon[:, 1].min() > y0 - 3
        assert region.polygon[:, 0].max() < x1 + 3
        assert region.polygon[:, 1].max() < y1 + 3


def test_a_live_frame_without_a_sector_is_answered(models: Models) -> None:
    from core.acquisition.sector import find_sector

    black = np.zeros((120, 160, 3), np.uint8)
    look = recognise_frame(black, find_sector(black[None]), models)
    assert look.view.label is View.OTHER
    assert look.plane is None
    assert not look.judgement.standard


def test_stopping_is_passed_on(heart: NDArray[np.uint8], models: Models) -> None:
    class StopError(Exception):
        pass

    def stop(_: float) -> None:
        raise StopError

    looked = recognise(clip_of(heart), models=models)
    if not looked.regions:
        pytest.skip("the model found no structure, so there was nothing to stop")
    with pytest.raises(StopError):
        recognise(clip_of(heart), models=models, progress=stop)


@pytest.mark.parametrize(
    ("length", "fps", "frames"),
    [(1, None, 1), (40, 30.0, 40), (300, 30.0, 90), (10_000, None, 150), (10_000, 900.0, 300)],
)
def test_regions_are_found_on_a_stretch_in_the_middle(
    length: int, fps: float | None, frames: int
) -> None:
    stretch = region_stretch(length, fps)
    assert len(stretch) == frames
    assert stretch[0] == (length - frames) // 2
    assert stretch[-1] < length


def _diameter(lengths: NDArray[np.float64], *names: str) -> tuple[PointTrack, ...]:
    count = len(lengths)
    ends = {"lvid_1": np.zeros((count, 2)), "lvid_2": np.stack([0.6 * lengths, 0.8 * lengths], 1)}
    return tuple(
        PointTrack(name=name, frames=tuple(range(count)), points=ends[name].astype(np.float32),
                   spread=np.ones(count, np.float32), seen=0.9)
        for name in names
    )  # fmt: skip


def test_a_diameter_that_beats_tells_the_phases(heart: NDArray[np.uint8]) -> None:
    clip = clip_of(np.repeat(heart[:1], 60, axis=0), fps=25.0)
    lengths = 80 + 15 * np.cos(2 * np.pi * np.arange(60) / 25)
    found = phases_of_diameter(_diameter(lengths, "lvid_1", "lvid_2"), clip)
    assert any(abs(frame - 25) <= 1 for frame in found.ed)
    assert any(abs(frame - 12) <= 1 for frame in found.es)
    noise = 80 + np.random.default_rng(4).normal(0, 10, 60)
    assert phases_of_diameter(_diameter(noise, "lvid_1", "lvid_2"), clip) == Phases()
    assert phases_of_diameter(_diameter(lengths, "lvid_2"), clip) == Phases()


def test_without_an_outline_of_the_ventricle_its_diameter_is_followed(models: Models) -> None:
    """End-systole within a tenth of a beat of where it is."""
    phantom = render_clip(View.PLAX, seed=41, frames=30, fps=20, size=(480, 360), masks=False)
    blind = SimpleNamespace(trunk=models.regions.trunk, find=lambda *_, **__: [])
    found = recognise(phantom.clip, models=replace(models, regions=blind))  # type: ignore[arg-type]
    beat = 60 / phantom.patient.heart_rate * 20
    assert found.phases.es
    for frame in found.phases.es:
        assert min(abs(frame - true) for true in phantom.truth.es) <= 0.1 * beat + 1
