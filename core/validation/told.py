"""Models that are told the view and that the plane is standard: what is left is measuring."""

from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from core.domain import PlaneEstimate, View
from core.recognition.anatomy import Anatomy
from core.recognition.models import Models
from core.recognition.plane import PlaneModel
from core.recognition.plane_net import MOVEMENTS
from core.recognition.view import ViewModel
from core.recognition.view_net import VIEWS


def told(models: Models, view: View) -> Models:
    """The same outlines and modes; view and plane are as given."""
    return replace(
        models, view=cast(ViewModel, _View(view)), plane=cast(PlaneModel, _Plane()), picture=None
    )


@dataclass(frozen=True, slots=True)
class _View:
    """In the place of the view model."""

    view: View

    def probabilities(self, anatomy: Anatomy) -> NDArray[np.float32]:
        """float32 [B, 12], all of it on the view."""
        found = np.zeros((len(anatomy.squares), len(VIEWS)), np.float32)
        found[:, VIEWS.index(self.view)] = 1.0
        return found


class _Plane:
    """In the place of the plane model."""

    def estimate(self, anatomy: Anatomy, view: View) -> PlaneEstimate | None:
        """Where it should be."""
        nowhere = dict.fromkeys(MOVEMENTS, 0.0)
        return PlaneEstimate(view=view, standard=1.0, spread=nowhere, **nowhere)
