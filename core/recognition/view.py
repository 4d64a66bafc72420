"""The view model: which standard view a region map shows."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.domain import View, ViewResult
from core.recognition.anatomy import Anatomy, session_of
from core.recognition.view_net import VIEWS

#: Set on tuning pictures: drawn ones of no heart that are called so went from 0.945 to 0.97,
#: virtual hearts whose view is right from 0.88 to 0.87, those of CAMUS stayed.
OTHER_ODDS = 3.0


class ViewModel:
    """The exported view head; safe to share between threads."""

    def __init__(self, weights: Path) -> None:
        self._session = session_of(weights)

    def probabilities(self, anatomy: Anatomy) -> NDArray[np.float32]:
        """float32 [B, 12], in `VIEWS`' order, calibrated."""
        return self.of_maps(anatomy.maps)

    def of_maps(self, maps: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The same of hard region maps uint8 [B, 17, 64, 64]."""
        found = self._session.run(None, {"maps": maps.astype(np.float32)})[0]
        return np.asarray(found, np.float32)


def wary(probabilities: NDArray[np.floating]) -> NDArray[np.float32]:
    """Probabilities [B, 12] with the odds of OTHER taken `OTHER_ODDS` times: a picture of no heart
    that passes for one is measured, a heart that does not is looked at again."""
    p = np.array(probabilities, np.float32)
    p[:, VIEWS.index(View.OTHER)] *= OTHER_ODDS
    return np.asarray(p / p.sum(axis=1, keepdims=True), np.float32)


def view_result(probabilities: NDArray[np.floating]) -> ViewResult:
    """One frame's probabilities [12], or a clip's [T, 12], as the likeliest view.

    A clip's are averaged in the logarithm: a frame that rules a view out counts, and one lucky
    frame does not decide.
    """
    p = np.atleast_2d(np.asarray(probabilities, np.float64))
    mean = np.exp(np.log(np.clip(p, 1e-6, 1)).mean(axis=0))
    mean /= mean.sum()
    best = int(mean.argmax())
    return ViewResult(
        label=VIEWS[best],
        probability=float(mean[best]),
        probabilities={view: float(value) for view, value in zip(VIEWS, mean, strict=True)},
    )
