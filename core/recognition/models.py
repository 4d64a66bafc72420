"""The set of models that recognition uses, loaded once and shared."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import torch

from core.analysis.analysis import ModelInfo
from core.domain import InputError
from core.recognition.regions import RegionModel
from core.recognition.view import ViewModel

DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / "models"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """Loaded networks and what they are; safe to share between threads and sessions."""

    view: ViewModel
    regions: RegionModel
    infos: tuple[ModelInfo, ...]


def load_models(folder: Path | None = None) -> Models:
    """Loads the models of `folder` (default: the project's own `models/`).

    Each model is a folder with `model.json` (name, version, licence, trained_on, file, sha256) and
    its file of weights. Raises InputError if one is missing, damaged, or not what its `model.json`
    says.
    """
    # Threads that wait for each other spin: with one core busy elsewhere, two of them took ten
    # times as long as one. Half the cores leaves room for the view, the page and the browser.
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))
    root = folder or DEFAULT_FOLDER
    view_info, view_file = _read(root / "view")
    regions_info, regions_file = _read(root / "regions")
    try:
        view = ViewModel(view_file)
        regions = RegionModel.load(regions_file)
    except Exception as error:  # onnxruntime and torch raise types of their own
        reason = str(error).splitlines()[0][:120]
        raise InputError(f"{root}: the models there cannot be loaded ({reason})") from error
    return Models(view=view, regions=regions, infos=(view_info, regions_info))


def _read(folder: Path) -> tuple[ModelInfo, Path]:
    """A model folder's `model.json`, its weights' hash checked."""
    try:
        facts = json.loads((folder / "model.json").read_text("utf-8"))
        weights = folder / facts["file"]
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder}: no usable model there; train one with `echolab train {folder.name}`"
        ) from error
    if digest != facts["sha256"]:
        raise InputError(f"{weights}: not the file that model.json names; get it or train it again")
    info = ModelInfo(
        name=facts["name"],
        version=facts["version"],
        sha256=digest,
        licence=facts["licence"],
        trained_on=facts["trained_on"],
    )
    return info, weights
