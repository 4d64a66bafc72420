"""Telling pictures apart: honest where they are alike, sure where they are not."""

import numpy as np
import pytest

from core.domain import InputError
from core.phantom.image import Look, draw_window, machine_of, make_screen
from core.phantom.realism import measure_realism
from core.phantom.realism_classifiers import area_under_curve, folds_of, logistic


def _fans(count: int, seed: int, grey: float) -> list[np.ndarray]:
    """Fans of speckle without a heart."""
    machine = machine_of(Look.SOFT)
    screen = make_screen(machine, width=330, height=240)
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(count):
        noise = draw_window(machine, 0.5, rng).noise[:, : machine.samples, 0]
        out.append(screen.to_screen(np.clip(grey + 20 * noise, 12, 255).astype(np.uint8)))
    return out


def test_alike_pictures_cannot_be_told_and_other_greys_can() -> None:
    names = [str(k) for k in range(12)]
    real = _fans(12, 1, 90)
    alike = measure_realism(real, _fans(12, 2, 90), real_patients=names, rendered_patients=names,
                            seed=0)  # fmt: skip
    other = measure_realism(real, _fans(12, 3, 130), real_patients=names, rendered_patients=names,
                            seed=0)  # fmt: skip
    assert alike.real_pictures == alike.rendered_pictures == 12
    assert alike.grey_distance < 1.5 < 30 < other.grey_distance
    assert other.auc_statistics > 0.95
    assert alike.auc_statistics < 0.85
    assert other.rendered.grey_mean - other.real.grey_mean == pytest.approx(40, abs=3)
    assert alike.real.speckle_sd == pytest.approx(alike.rendered.speckle_sd, rel=0.05)


def test_frames_of_one_patient_stay_together() -> None:
    patients = [f"p{k // 2}" for k in range(40)]
    truth = np.arange(40) >= 20
    folds = folds_of(patients, truth, seed=3)
    assert all(folds[k] == folds[k + 1] for k in range(0, 40, 2))
    assert len(set(folds[:20])) == len(set(folds[20:])) == 4


def test_few_patients_are_refused_with_their_number() -> None:
    with pytest.raises(InputError, match="there are 3"):
        measure_realism(_fans(3, 1, 90), _fans(9, 2, 90), real_patients=list("abc"),
                        rendered_patients=list("abcdefghi"), seed=0)  # fmt: skip


def test_regression_ranks_what_it_has_learnt() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(120) < 0.5
    features = rng.normal(size=(120, 5))
    features[:, 2] += 2.0 * truth
    scores = logistic(features[:80], truth[:80], features[80:])
    assert area_under_curve(scores, truth[80:]) > 0.85
    assert area_under_curve(np.array([0.1, 0.2, 0.3, 0.4]), np.array([0, 0, 1, 1], bool)) == 1.0
