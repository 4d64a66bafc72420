"""A trial: one way to one standard plane, timed and measured. Pure; the clock is the caller's."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.domain import View

HOLD_S = 0.8
"""The plane counts as found when it was standard for so long: a sweep through it does not."""
TOUR = (
    View.PLAX,
    View.PSAX_AV,
    View.PSAX_MV,
    View.PSAX_PM,
    View.A4C,
    View.A5C,
    View.A2C,
    View.A3C,
    View.SC4C,
    View.SSN,
)
"""Ten views in turn, in the order of an examination: window by window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How far one way to a plane is.

    Attributes:
        view: the plane asked for.
        run: name of the run of ten views; "" for a single one.
        hinted: the truth was shown at some time.
        shown: the answer was shown: the trial does not count.
        began: clock at the first movement, s; None before it.
        path_mm, path_deg: travelled so far.
        held_from: clock since which the plane is standard; None while it is not.
        ended: clock when it was found; None before.
    """

    view: View
    run: str = ""
    hinted: bool = False
    shown: bool = False
    began: float | None = None
    path_mm: float = 0.0
    path_deg: float = 0.0
    held_from: float | None = None
    ended: float | None = None

    @property
    def found(self) -> bool:
        return self.ended is not None

    def seconds(self, now: float) -> float:
        """From the first movement to now, or to when the plane was first reached and held."""
        if self.began is None:
            return 0.0
        return (now if self.ended is None else self.ended) - self.began


def travelled(trial: Trial, *, mm: float, degrees: float, now: float) -> Trial:
    """The trial after a movement; what is found already stays as it was."""
    if trial.found:
        return trial
    return replace(
        trial,
        began=now if trial.began is None else trial.began,
        path_mm=trial.path_mm + mm,
        path_deg=trial.path_deg + degrees,
    )


def looked(trial: Trial, *, standard: bool, hinted: bool, now: float) -> Trial:
    """The trial after the plane was judged; found once it was standard for HOLD_S.

    A start that happens to be standard is not found before the probe has moved, and an answer that
    was shown is never found.
    """
    if trial.found:
        return trial
    trial = replace(trial, hinted=trial.hinted or hinted)
    if not standard or trial.began is None or trial.shown:
        return replace(trial, held_from=None)
    if trial.held_from is None:
        return replace(trial, held_from=now)
    if now - trial.held_from < HOLD_S:
        return trial
    return replace(trial, ended=max(trial.held_from, trial.began))


def turn_between(before: NDArray[np.float64], after: NDArray[np.float64]) -> float:
    """Angle in degrees of the one rotation between two orthonormal frames [3, 3]."""
    cosine = (np.trace(before.T @ after) - 1) / 2
    return float(np.rad2deg(np.arccos(np.clip(cosine, -1.0, 1.0))))
