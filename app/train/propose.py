"""What the models in use say of an own picture: a view to agree with, outlines to start from."""

from pathlib import Path

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from app import state
from core.domain import RegionLabel, ViewResult
from core.domain.sector import whole_picture
from core.training.own import OwnItem, read_picture


def guess_of(folder: Path, item: OwnItem) -> ViewResult:
    """The view that the models see. Raises InputError where they cannot be loaded."""
    return _view(str(folder), item.id, state.models_key(), item)


@st.cache_resource(show_spinner=False, max_entries=512)
def _view(
    folder: str, item_id: str, models: tuple[str, tuple[str, ...]], _item: OwnItem
) -> ViewResult:
    from core.recognition.recognise import recognise_frame  # brings torch

    picture = read_picture(Path(folder), _item)
    return recognise_frame(picture, whole_picture(_item.width, _item.height), state.models()).view


def outlines_of(folder: Path, item: OwnItem) -> dict[RegionLabel, NDArray[np.float32]]:
    """The outlines that the models draw. Raises InputError where they cannot be loaded."""
    picture = read_picture(folder, item)
    sector = whole_picture(item.width, item.height)
    found = state.models().regions.find(picture[None], sector, indices=[0])
    return {region.label: region.polygon for region in found}
