from itertools import pairwise

import numpy as np
import pytest
from lv_curves import area_curve

from core.domain import Phases
from core.measurement import find_phases

ARRHYTHMIA = (60.0, 90.0, 45.0, 110.0)


def errors(found, true, reach):
    """Distances in frames of each true phase from the nearest found; none may be out of reach."""
    distances = [min(abs(f - t) for f in found) for t in true]
    assert max(distances) <= reach, (found, true)
    return distances


def inner(true, fps, length):
    return [t for t in true if 0.12 * fps < t < length - 0.12 * fps]


@pytest.mark.parametrize("bpm", [35.0, 60.0, 90.0, 130.0, 180.0, ARRHYTHMIA])
@pytest.mark.parametrize("fps", [20.0, 50.0, 100.0])
@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("fps_known", [True, False])
def test_phases_lie_within_a_few_frames_of_the_truth(bpm, fps, noise, fps_known):
    ed_errors, es_errors = [], []
    for seed in range(5):
        areas, ed, es = area_curve(
            bpm=bpm, fps=fps, seconds=4, start=seed / 5, noise=noise, seed=seed
        )
        phases = find_phases(areas, fps if fps_known else None)
        reach = 1.5 + 0.1 * fps  # 0.1 s, the length of the plateau before the atrial kick's top
        ed_errors += errors(phases.ed, inner(ed, fps, len(areas)), reach)
        es_errors += errors(phases.es, inner(es, fps, len(areas)), reach)
        assert len(phases.es) <= len(es) + 1
        assert len(phases.ed) <= len(ed) + 2
    # Means in frames, allowing 40 ms at ED (flat top) and 20 ms at ES.
    assert np.mean(ed_errors) <= 0.75 + 0.04 * fps
    assert np.mean(es_errors) <= 0.75 + 0.02 * fps


def test_both_lists_rise_and_alternate():
    areas, _, _ = area_curve(bpm=72, fps=50, seconds=5, start=0.3, noise=0.02)
    phases = find_phases(areas, 50)
    marks = sorted([(f, "ed") for f in phases.ed] + [(f, "es") for f in phases.es])
    names = [name for _, name in marks]
    assert all(a != b for a, b in pairwise(names))


def test_missing_frames_are_bridged_and_never_named():
    areas, ed, es = area_curve(bpm=60, fps=50, seconds=4, noise=0.01)
    gaps = np.random.default_rng(1).random(len(areas)) < 0.3
    areas[gaps] = np.nan
    phases = find_phases(areas, 50)
    assert np.isfinite(areas[list(phases.ed + phases.es)]).all()
    errors(phases.es, inner(es, 50, len(areas)), 4)
    errors(phases.ed, inner(ed, 50, len(areas)), 5)


def test_a_phase_inside_a_long_gap_is_not_guessed():
    areas, _, es = area_curve(bpm=60, fps=50, seconds=4)
    lost = round(es[1])
    areas[lost - 12 : lost + 13] = np.nan
    phases = find_phases(areas, 50)
    assert all(abs(frame - lost) > 12 for frame in phases.es)
    assert len(phases.es) == len(es) - 1


def test_areas_known_in_a_stretch_of_the_clip_only_keep_the_clips_frame_numbers():
    areas, _, es = area_curve(bpm=60, fps=50, seconds=6)
    areas[:100] = np.nan
    areas[220:] = np.nan
    phases = find_phases(areas, 50)
    inside = [t for t in es if 106 < t < 214]
    errors(phases.es, inside, 2)
    assert all(100 <= frame < 220 for frame in phases.ed + phases.es)


def test_half_a_beat_from_ed_to_es_gives_both_ends():
    areas, _, _ = area_curve(bpm=60, fps=50, seconds=0.34)
    phases = find_phases(areas, 50)
    assert len(phases.ed) == len(phases.es) == 1
    assert phases.ed[0] <= 2
    assert phases.es[0] >= len(areas) - 3


@pytest.mark.parametrize(
    "areas",
    [
        np.array([]),
        np.array([900.0]),
        np.array([900.0, 500.0]),
        np.full(100, np.nan),
        np.full(100, 900.0),
        np.full(100, 0.0),
        np.where(np.arange(100) == 50, 900.0, np.nan),
    ],
    ids=["empty", "still", "two", "unknown", "constant", "zero", "one known"],
)
@pytest.mark.parametrize("fps", [None, 50.0, 0.0])
def test_a_curve_without_a_beat_has_no_phases(areas, fps):
    assert find_phases(areas, fps) == Phases()


def test_noise_alone_has_no_phases():
    rng = np.random.default_rng(0)
    counts = [len(find_phases(1000 + 15 * rng.standard_normal(200), 50).es) for _ in range(10)]
    assert sum(counts) == 0


def test_a_weak_heart_still_has_phases():
    areas, _, es = area_curve(bpm=80, fps=50, seconds=4, change=0.08, noise=0.005)
    phases = find_phases(areas, 50)
    errors(phases.es, inner(es, 50, len(areas)), 5)


def test_the_marked_frames_are_steadier_than_the_noise():
    """Volumes rest on these frames: their areas err by less than an arbitrary frame's would."""
    beyond = []
    for seed in range(20):
        clean, _, _ = area_curve(bpm=60, fps=50, seconds=4)
        noisy, _, _ = area_curve(bpm=60, fps=50, seconds=4, noise=0.03, seed=seed)
        phases = find_phases(noisy, 50)
        marked = list(phases.ed + phases.es)
        beyond += np.abs(noisy[marked] - clean[marked]).tolist()
    assert np.mean(beyond) < 0.75 * 30 * np.sqrt(2 / np.pi)  # 30: the noise; sqrt: its mean size
