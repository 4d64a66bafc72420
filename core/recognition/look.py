"""All that one live frame says."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain import Judgement, PlaneEstimate, ViewResult

if TYPE_CHECKING:  # it brings torch, which who only reads what is said does not need
    from core.recognition.anatomy import Anatomy
    from core.recognition.square import Square


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameLook:
    """What the networks and the judge say of one frame.

    Attributes:
        view: which view it is.
        plane: where its plane lies against the standard one; None where that is not known.
        judgement: of this frame alone.
        quality: of the picture as such, 0..1; None where it was not looked at.
        anatomy: what the trunk saw of it, for outlines; None where nothing was looked at.
        square: where that lies in the frame.
    """

    view: ViewResult
    plane: PlaneEstimate | None
    judgement: Judgement
    quality: float | None
    anatomy: "Anatomy | None" = None
    square: "Square | None" = None
