"""Region maps: what the view is learnt from."""

import numpy as np
import pytest
import torch

from core.domain import RegionLabel, View
from core.recognition.view_net import MAP_CHANNELS, MAP_SIDE, VIEWS, region_maps
from core.training.maps import Bending, bend, drawn_maps, scrambled, true_maps
from core.training.virtual import VirtualSet

STILL = Bending(
    rotate_deg=0, scale=0, shift=0, shear=0, lose=0, swell=0, shadow=0, blot=0
)  # fmt: skip

COMPACT = [
    list(RegionLabel).index(label)
    for label in (RegionLabel.LV_CAVITY, RegionLabel.RV_CAVITY, RegionLabel.LA, RegionLabel.RA)
]


@pytest.fixture(scope="module")
def samples() -> VirtualSet:
    return VirtualSet(count=12, seed=31)


def test_true_maps_show_the_regions_where_they_are(samples: VirtualSet) -> None:
    data = true_maps(samples, range(12))
    # A lost hand near no view teaches none.
    known = [samples[i] for i in range(12) if samples[i].view is not None]
    assert data.packed.shape == (len(known), MAP_CHANNELS, MAP_SIDE, MAP_SIDE // 8)
    maps = data.maps().numpy()
    for index, sample in enumerate(known):
        assert sample.masks is not None
        assert VIEWS[data.views[index]] is sample.view
        for label in COMPACT:  # thin ones may fall between the cells
            if sample.masks[label].sum() < 800:
                continue
            rows, columns = np.nonzero(sample.masks[label])
            found = np.argwhere(maps[index, label])
            assert len(found) > 0
            assert found.mean(axis=0) * 4 + 1.5 == pytest.approx(
                [rows.mean(), columns.mean()], abs=2.5
            )
    # The last channel is the sector, and no region leaves it by more than its edge.
    assert maps[:, -1].mean() > 0.2


def test_drawn_maps_are_what_the_network_says_above_one_half(samples: VirtualSet) -> None:
    def look(squares: np.ndarray) -> np.ndarray:
        logits = np.full((len(squares), 16, 64, 64), -1.0, np.float32)
        logits[:, 3, 10:20, 30:40] = 1.0
        return logits

    data = drawn_maps(samples, range(5), look)
    maps = data.maps().numpy()
    assert maps[:, 3, 10:20, 30:40].all()
    known = sum(samples[i].view is not None for i in range(5))
    assert maps[:, :-1].sum() == known * 100
    assert len(data) == known > 0


def test_bending_changes_nothing_when_told_so_and_much_by_default(samples: VirtualSet) -> None:
    maps = true_maps(samples, range(12)).maps()
    sector = maps[:, -1:]
    inside = torch.cat([maps[:, :-1] * sector, sector], dim=1)
    assert torch.equal(bend(maps, np.random.default_rng(0), STILL), inside)
    bent = bend(maps, np.random.default_rng(0), Bending())
    assert bent.shape == maps.shape
    assert set(bent.unique().tolist()) <= {0.0, 1.0}
    assert float((bent != maps).float().mean()) > 0.01
    again = bend(maps, np.random.default_rng(0), Bending())
    assert torch.equal(bent, again)


def test_hard_maps_forget_how_sure_the_network_was() -> None:
    squares = np.full((1, 256, 256), 90, np.uint8)
    squares[:, :, 200:] = 0
    logits = np.zeros((1, 16, 64, 64), np.float32) - 0.1
    lv = list(RegionLabel).index(RegionLabel.LV_CAVITY)
    logits[0, lv, :8] = 0.1
    sure = logits * 50
    assert np.array_equal(region_maps(logits, squares), region_maps(sure, squares))
    maps = region_maps(logits, squares)[0]
    assert maps[lv, :8].all()
    assert not maps[lv, 8:].any()
    assert maps[-1, :, :50].all()
    assert not maps[-1, :, 51:].any()
    assert View.OTHER in VIEWS


def test_scrambled_maps_keep_no_region_in_its_place() -> None:
    maps = torch.zeros(60, MAP_CHANNELS, MAP_SIDE, MAP_SIDE)
    maps[:, -1] = 1
    maps[:, 0, 10:20, 30:40] = 1
    maps[:, 3, 40:50, 10:20] = 1
    mixed = scrambled(maps, np.random.default_rng(5))
    assert mixed.shape == maps.shape
    assert torch.equal(mixed[:, -1], maps[:, -1])
    both = (mixed[:, 0, 10:20, 30:40].mean(dim=(1, 2)) > 0.9) & (
        mixed[:, 3, 40:50, 10:20].mean(dim=(1, 2)) > 0.9
    )
    assert not both.any()
    assert (mixed[:, :-1].sum(dim=(1, 2, 3)) > 0).float().mean() > 0.9
    assert torch.equal(maps[:, 0, 10:20, 30:40], torch.ones(60, 10, 10))  # the given ones stay
