"""Sets of models: which there are, which one is in use, and how one is handed on.

A set is a folder with a folder a model (`regions`, `view` ...), each with its weights, `model.json`
and card. The project brings its own; a user's lie in `<home>/models/<name>/`. Nothing here loads a
network until a set is taken into use or brought in.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.analysis.analysis import ModelInfo
from core.domain import InputError
from core.workstation.durable import publish, sync_folder, write_synced
from core.workstation.faults import one_line
from core.workstation.home import home_folder

PROJECT_FOLDER = Path(__file__).resolve().parents[2] / "models"
"""The project's own sets, a folder each."""
DEFAULT = "research"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CHOICE = "chosen.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSet:
    """One set.

    Attributes:
        name: how it is chosen.
        folder: what `load_models` takes.
        licence: of all its weights; several where they differ.
        infos: one a model, by name.
        own: made or brought in by the user, who may remove it.
    """

    name: str
    folder: Path
    licence: str
    infos: tuple[ModelInfo, ...]
    own: bool


def model_sets(home: Path | None = None) -> tuple[ModelSet, ...]:
    """The project's own sets, then the user's, each by name; folders that hold none are left out.

    `home`: where the user's things are; None: `home_folder()`.
    """
    mine = _sets_in(_folder(home), own=True)
    return (*_sets_in(PROJECT_FOLDER, own=False), *mine)


def chosen_set(home: Path | None = None) -> ModelSet:
    """The set in use: the folder that ECHOLAB_MODELS names, else the one that was chosen, else the
    project's default; where the chosen one is gone, the default again.

    Raises:
        InputError: there is no model where it should be.
    """
    given = os.environ.get("ECHOLAB_MODELS")
    if given:
        found = set_in(Path(given), own=False)
        if found is None:
            raise InputError(f"ECHOLAB_MODELS={given}: no models there; name a folder of a set")
        return found
    sets = {each.name: each for each in model_sets(home)}
    for name in (_choice(home), DEFAULT, *sets):
        if name in sets:
            return sets[name]
    raise InputError(f"{PROJECT_FOLDER}: no models there; get the project's, or train some")


def find_set(name: str, home: Path | None = None) -> ModelSet:
    """The set of this name. Raises InputError where there is none."""
    sets = {each.name: each for each in model_sets(home)}
    if name not in sets:
        raise InputError(f"Model set {name!r}: there is none; choose one of {', '.join(sets)}")
    return sets[name]


def choose_set(name: str, home: Path | None = None) -> ModelSet:
    """Takes a set into use, for good; loaded first, so that what does not work is never chosen.

    Raises:
        InputError: no such set, it cannot be loaded, or ECHOLAB_MODELS fixes another.
    """
    if os.environ.get("ECHOLAB_MODELS"):
        raise InputError("ECHOLAB_MODELS names the models to use: unset it to choose a set here")
    chosen = find_set(name, home)
    _prove(chosen.folder)
    target = _folder(home) / _CHOICE
    with one_line(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{_CHOICE}.{os.getpid()}.part")
        write_synced(part, json.dumps({"set": name}).encode())
        publish(part, target)
    return chosen


def add_set(name: str, source: Path, home: Path | None = None) -> ModelSet:
    """Keeps a copy of the models in `source` as the user's set `name`.

    Raises:
        InputError: the name cannot be used or is taken, or the models cannot be loaded.
    """

    def copy(folder: Path) -> None:
        for part in sorted(p for p in source.iterdir() if (p / "model.json").is_file()):
            shutil.copytree(part, folder / part.name)

    return keep_set(name, copy, home)


def keep_set(name: str, fill: Callable[[Path], None], home: Path | None = None) -> ModelSet:
    """A new set of the user's from what `fill` writes into the folder that it is given: all or
    nothing, and only if it can be loaded. Raises InputError."""
    checked_name(name, home)
    root = _folder(home)
    with one_line(root):
        root.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=root, prefix=".new-"))
        try:
            fill(stage)
            _prove(stage)
            stage.chmod(0o755)
            if (root / name).exists():
                raise InputError(f"Model set {name}: it is there by now; give another name")
            os.replace(stage, root / name)
            sync_folder(root)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    return find_set(name, home)


def checked_name(name: str, home: Path | None = None) -> str:
    """`name` if a new set may have it, else InputError."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"Model set {name[:60]!r}: take 1 to 40 small letters, digits, '-' or '_' as its name"
        )
    if any(each.name == name for each in model_sets(home)) or (_folder(home) / name).exists():
        raise InputError(f"Model set {name}: there is one of this name; give another")
    return name


def remove_set(name: str, home: Path | None = None) -> None:
    """Removes a set of the user's; one that is in use gives way to the default.

    Raises:
        InputError: no such set, or it is the project's own.
    """
    found = find_set(name, home)
    if not found.own:
        raise InputError(f"Model set {name}: it came with EchoLab and stays")
    root = _folder(home)
    with one_line(root):
        gone = Path(tempfile.mkdtemp(dir=root, prefix=".gone-"))
        os.replace(found.folder, gone / name)
        shutil.rmtree(gone, ignore_errors=True)


def set_in(folder: Path, *, own: bool) -> ModelSet | None:
    """What `folder` holds as a set; None where it holds no model."""
    infos = tuple(
        info for part in sorted(_folders(folder)) if (info := read_info(part / "model.json"))
    )
    if not infos:
        return None
    licences = ", ".join(sorted({info.licence for info in infos}))
    return ModelSet(name=folder.name, folder=folder, licence=licences, infos=infos, own=own)


def read_info(path: Path) -> ModelInfo | None:
    """What a `model.json` says; None where there is none that can be read."""
    try:
        facts = json.loads(path.read_text("utf-8"))
        fields = ("name", "version", "sha256", "licence", "trained_on")
        return ModelInfo(**{field: str(facts[field]) for field in fields})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _sets_in(root: Path, *, own: bool) -> tuple[ModelSet, ...]:
    found = (set_in(folder, own=own) for folder in sorted(_folders(root)))
    return tuple(each for each in found if each is not None)


def _folders(root: Path) -> list[Path]:
    try:
        return [p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")]
    except OSError:
        return []


def _folder(home: Path | None) -> Path:
    return (home or home_folder()) / "models"


def _choice(home: Path | None) -> str | None:
    try:
        name = json.loads((_folder(home) / _CHOICE).read_text("utf-8"))["set"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def _prove(folder: Path) -> None:
    """Raises InputError unless the models there can be loaded."""
    from core.recognition.models import load_models  # brings torch: lists do without it

    load_models(folder)
