"""How well the mode model does: on virtual patients of new seeds, on real pictures, its quality."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain import Mode
from core.recognition.mode import decide, some
from core.recognition.mode_net import MODES, ModeModel
from core.training.mode import FittedScreens, fitted
from core.training.real_modes import read_real
from core.training.request import CARD_SEED
from core.training.screens import ScreenSet

NEW_PATIENTS = 26
_PAGES = 80
# Sources that were looked at while the screens and their looks were made: counted apart.
LOOKED_AT = frozenset({
    "intsav-doppler", "dicom-echo", "litfl-wilsonchao", "medpeds-pocusatlas",
    "echoplax-turkalpmd", "vital-framegrab",
})  # fmt: skip


def evaluate_mode(
    model: ModeModel, *, data: Path | None, seed: int = 0, cache: Path | None = None
) -> dict[str, Any]:
    """Accuracy by mode, calibration, confusion and quality on what the model never saw.

    `data`: a folder with a `MANIFEST.tsv` of real pictures; None scores virtual ones alone.
    `cache`: where rendered screens are kept.
    """
    screens = ScreenSet(patients=NEW_PATIENTS, seed=CARD_SEED + seed, cache=cache)
    screens.render()
    plain = fitted(screens, looks=False, pages=_PAGES, seed=seed)
    looked = fitted(screens, looks=True, pages=_PAGES, seed=seed)
    figures = {
        "virtual patients of new seeds, their screens": _scores(model, plain),
        "the same with other layouts, tints, marks and copies": _scores(model, looked),
        "picture quality, virtual patients of new seeds": _quality(model, plain),
    }
    return figures if data is None else figures | _real(model, data)


def _scores(model: ModeModel, screens: FittedScreens) -> dict[str, Any]:
    p = _probabilities(model, screens.images)[0]
    said, right = p.argmax(axis=1), p.argmax(axis=1) == screens.modes
    pairs = [(MODES[t], MODES[s]) for t, s in zip(screens.modes, said, strict=True)]
    return {
        "accuracy": float(right.mean()),
        "calibration_error": calibration_error(p.max(axis=1), right),
        **_by_mode(pairs),
    }


def _probabilities(
    model: ModeModel, images: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    found = [model.look_fitted(images[i : i + 16]) for i in range(0, len(images), 16)]
    return np.concatenate([p for p, _ in found]), np.concatenate([q for _, q in found])


def _quality(model: ModeModel, screens: FittedScreens) -> dict[str, Any]:
    """Correlation with the truth, and with the acoustic window alone."""
    known = np.isfinite(screens.quality)
    said = _probabilities(model, screens.images[known])[1]
    truth, window = screens.quality[known], screens.window[known]
    return {
        "correlation": float(np.corrcoef(said, truth)[0, 1]),
        "rank_correlation": _rank_correlation(said, truth),
        "mean_error": float(np.abs(said - truth).mean()),
        "correlation_with_the_window_alone": float(np.corrcoef(said, window)[0, 1]),
        "count": int(known.sum()),
    }


def _rank_correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    """Spearman's, for values without ties."""
    return float(np.corrcoef(a.argsort().argsort(), b.argsort().argsort())[0, 1])


def calibration_error(sure: NDArray[np.floating], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of the largest probability."""
    bins = np.minimum((np.asarray(sure) * 10).astype(int), 9)
    return float(
        sum(
            abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
            for b in np.unique(bins)
        )
    )


def _real(model: ModeModel, data: Path) -> dict[str, Any]:
    """Each listed file once, as a clip; sources that nobody looked at apart from the others."""
    found = []
    for real in read_real(data):
        p, quality = model.look(some(real.clip.frames))
        found.append((real.source, real.mode, decide(p), float(np.median(quality))))
    card = [(mode, said) for source, mode, said, _ in found if source not in LOOKED_AT]
    seen = [(mode, said) for source, mode, said, _ in found if source in LOOKED_AT]
    sources: Collection[str] = sorted({source for source, *_ in found})
    return {
        "real pictures and clips of sources never looked at": _clip_scores(card),
        "real sources looked at while it was made": _clip_scores(seen),
        "real sources": {
            source: {
                "right": sum(m is s for f, m, s, _ in found if f == source),
                "count": sum(f == source for f, *_ in found),
                "looked at": "yes" if source in LOOKED_AT else "",
            }
            for source in sources
        },
    }


def _clip_scores(pairs: list[tuple[Mode, Mode]]) -> dict[str, Any]:
    if not pairs:
        return {"count": 0}
    said = [pair for pair in pairs if pair[1] is not Mode.UNKNOWN]
    return {
        "accuracy": sum(truth is mode for truth, mode in pairs) / len(pairs),
        "accuracy_where_it_says_one": sum(t is m for t, m in said) / max(1, len(said)),
        **_by_mode(pairs),
    }


def _by_mode(pairs: list[tuple[Mode, Mode]]) -> dict[str, Any]:
    """Accuracy averaged over the modes, count, and the confusion [truth][said]."""
    there = [mode for mode in MODES if any(truth is mode for truth, _ in pairs)]
    confusion = {
        truth.value: {
            mode.value: count
            for mode in MODES
            if (count := sum(t is truth and m is mode for t, m in pairs))
        }
        for truth in there
    }
    recalls = [row.get(name, 0) / sum(row.values()) for name, row in confusion.items()]
    return {
        "mean_accuracy_of_the_modes": float(np.mean(recalls)),
        "count": len(pairs),
        "confusion": confusion,
    }
