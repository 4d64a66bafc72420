"""The set of models that recognition uses, loaded once and shared."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from core.analysis.analysis import ModelInfo
from core.domain import InputError
from core.recognition.cusp_net import CuspModel
from core.recognition.landmarks import LandmarkModel
from core.recognition.mode_net import ModeModel
from core.recognition.model_sets import DEFAULT, PROJECT_FOLDER, chosen_set
from core.recognition.picture import Picture, PictureGlances, PictureModel
from core.recognition.plane import PlaneModel
from core.recognition.regions import RegionModel
from core.recognition.ventricle import VentricleModel
from core.recognition.view import ViewModel

DEFAULT_FOLDER = PROJECT_FOLDER / DEFAULT
OPTIONAL = ("picture", "ventricle")
"""Models that a set may have or not."""
SHARED = ("mode", "landmarks", "cusps")
"""Models that rest on no other of their set: where it has none, the project's serves."""

_OTHERS: dict[str, Callable[..., Any]] = {
    "picture": PictureModel,
    "ventricle": VentricleModel,
    "mode": ModeModel,
    "landmarks": LandmarkModel,
    "cusps": CuspModel,
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """Loaded networks and what they are; safe to share between threads and sessions.

    `picture` and `ventricle` are None where the set has none: the view then rests on the region map
    alone, and outlines are those of the region network. `mode`,
    `landmarks` and `cusps` are None only where neither the set nor the project has one.
    """

    view: ViewModel
    plane: PlaneModel
    regions: RegionModel
    infos: tuple[ModelInfo, ...]
    mode: ModeModel | None = None
    picture: Picture | None = None
    landmarks: LandmarkModel | None = None
    ventricle: VentricleModel | None = None
    cusps: CuspModel | None = None

    def for_stream(self) -> "Models":
        """The same for the frames of one stream, one after another, in one thread."""
        if self.picture is None:
            return self
        return replace(self, picture=PictureGlances(self.picture))


def load_models(folder: Path | None = None) -> Models:
    """Loads the models of `folder` (default: the set in use, `chosen_set`).

    Each model is a folder with `model.json` (name, version, licence, trained_on, file, sha256, and
    more files with theirs) and its files of weights. Raises InputError if one is missing, damaged,
    or not what its `model.json` says.
    """
    # Threads that wait for each other spin: with one core busy elsewhere, two of them took ten
    # times as long as one. Half the cores leaves room for the view, the page and the browser.
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    root = folder or chosen_set().folder
    view_info, view_file = read_model(root / "view")
    plane_info, plane_file = read_model(root / "plane")
    regions_info, *regions_files = read_model(root / "regions")
    infos: tuple[ModelInfo, ...] = (view_info, plane_info, regions_info)
    more: dict[str, list[Path]] = {}
    for name in (*OPTIONAL, *SHARED):
        if (own_folder := _folder_of(root, name)) is not None:
            info, *more[name] = read_model(own_folder)
            infos = (*infos, info)
    try:
        view = ViewModel(view_file)
        plane = PlaneModel(plane_file)
        regions = RegionModel.load(*regions_files)
        made = {name: _OTHERS[name](*files) for name, files in more.items()}
    except Exception as error:  # onnxruntime and torch raise types of their own
        reason = str(error).splitlines()[0][:120]
        raise InputError(f"{root}: the models there cannot be loaded ({reason})") from error
    return Models(
        view=view, plane=plane, regions=regions, infos=infos, **made
    )  # fmt: skip


def _folder_of(root: Path, name: str) -> Path | None:
    """The set's own model of this name, else the project's where that may serve."""
    folders = (root, DEFAULT_FOLDER, PROJECT_FOLDER / "open") if name in SHARED else (root,)
    return next((each / name for each in folders if (each / name).is_dir()), None)


def read_model(folder: Path) -> tuple[Any, ...]:
    """A model folder's facts (ModelInfo) and its files, each hash checked."""
    try:
        facts = json.loads((folder / "model.json").read_text("utf-8"))
        expected = {facts["file"]: facts["sha256"], **facts.get("more", {})}
        files = [folder / name for name in expected]
        digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder}: no usable model there; train one with `echolab train {folder.name}`"
        ) from error
    for file, digest in zip(files, digests, strict=True):
        if digest != expected[file.name]:
            raise InputError(
                f"{file}: not the file that model.json names; get it or train it again"
            )
    info = ModelInfo(
        name=facts["name"],
        version=facts["version"],
        sha256=digests[0],
        licence=facts["licence"],
        trained_on=facts["trained_on"],
    )
    return info, *files
