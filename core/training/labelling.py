"""Sets of own pictures: made, filled from clips, labelled. Every change is on the disk when it
returns, and several people may label one set at once."""

import hashlib
import hmac
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np

from core.acquisition.sector import find_sector
from core.acquisition.sector_view import outline_mask
from core.domain import Clip, InputError, SectorKind
from core.training.own import LABELS_FILE, OwnItem, read_items, to_json
from core.workstation.durable import publish, sync_folder, write_synced
from core.workstation.faults import one_line
from core.workstation.home import home_folder
from core.workstation.locks import FileLock

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PATIENCE_S = 10.0
_SECRET = "pseudonyms.key"


def own_sets(home: Path | None = None) -> tuple[Path, ...]:
    """The folders of all sets, by name."""
    root = _root(home)
    if not root.is_dir():
        return ()
    return tuple(sorted(p for p in root.iterdir() if (p / LABELS_FILE).is_file()))


def new_set(name: str, home: Path | None = None) -> Path:
    """Makes an empty set; its folder. Raises InputError where the name cannot be or is taken."""
    if not _NAME.fullmatch(name):
        raise InputError(
            f"Set {name[:60]!r}: take 1 to 40 small letters, digits, '-' or '_' as its name"
        )
    folder = _root(home) / name
    with one_line(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir()
        except FileExistsError as error:
            raise InputError(f"Set {name}: there is one of this name; give another") from error
        _write(folder, ())
    return folder


def remove_own_set(folder: Path) -> None:
    """Removes a set with all its pictures; cannot be undone."""
    read_items(folder)  # nothing but a set is ever removed
    with one_line(folder):
        gone = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".gone-"))
        os.replace(folder, gone / folder.name)
        shutil.rmtree(gone, ignore_errors=True)


def pseudonym(patient: str, home: Path | None = None) -> str:
    """The same word for the same patient on this installation, from which nobody can tell who.

    Args:
        patient: whatever identifies the patient; it is kept nowhere.
    """
    path = _root(home) / _SECRET
    with one_line(path.parent):
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f".{_SECRET}.{secrets.token_hex(4)}")
            write_synced(part, secrets.token_bytes(32))
            part.chmod(0o600)
            try:
                os.link(part, path)  # whoever comes first, for all
            except FileExistsError:
                pass
            finally:
                part.unlink()
            sync_folder(path.parent)
        key = path.read_bytes()
    return "p" + hmac.new(key, patient.encode(), hashlib.sha256).hexdigest()[:12]


def add_clip(folder: Path, clip: Clip, *, group: str, count: int) -> tuple[OwnItem, ...]:
    """Takes `count` pictures, evenly spread, from a clip into the set; what was taken.

    Args:
        group: the patient's pseudonym.

    Raises:
        InputError: the clip shows no ultrasound picture, or the set cannot be written.
    """
    sector = find_sector(clip.frames[:: max(1, len(clip) // 16)])
    if sector.kind is SectorKind.NONE:
        raise InputError(f"{clip.source}: no ultrasound picture was found in it; leave it out")
    inside = outline_mask(sector, clip.height, clip.width)[..., None]
    x0, y0, x1, y1 = sector.box
    chosen = np.unique(np.linspace(0, len(clip) - 1, min(count, len(clip))).astype(int))
    name = secrets.token_hex(4)
    taken = []
    with one_line(folder):
        for number in chosen:
            cut = np.where(inside, clip.frames[number], 0).astype(np.uint8)[y0:y1, x0:x1]
            item = OwnItem(
                id=secrets.token_hex(8), clip=name, group=group, width=x1 - x0, height=y1 - y0
            )
            done, png = cv2.imencode(".png", cv2.cvtColor(cut, cv2.COLOR_RGB2BGR))
            if not done:
                raise ValueError("OpenCV could not write a PNG")
            write_synced(folder / f"{item.id}.png", png.tobytes())
            taken.append(item)
        with _turn(folder):
            _write(folder, (*read_items(folder), *taken))
    return tuple(taken)


def relabel(folder: Path, changed: Iterable[OwnItem]) -> None:
    """Puts these pictures' labels in the place of those that the set holds of them.

    Pictures that somebody has taken out meanwhile stay out. Raises InputError.
    """
    new = {item.id: item for item in changed}
    with one_line(folder), _turn(folder):
        _write(folder, [new.get(item.id, item) for item in read_items(folder)])


def take_out(folder: Path, ids: Iterable[str]) -> None:
    """Removes pictures and their labels from the set. Raises InputError."""
    gone = set(ids)
    with one_line(folder), _turn(folder):
        items = read_items(folder)
        _write(folder, [item for item in items if item.id not in gone])
        for item in items:
            if item.id in gone:
                (folder / f"{item.id}.png").unlink(missing_ok=True)


def _write(folder: Path, items: Sequence[OwnItem]) -> None:
    part = folder / f".{LABELS_FILE}.{secrets.token_hex(4)}"
    try:
        write_synced(part, to_json(tuple(items)))
        publish(part, folder / LABELS_FILE)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(_PATIENCE_S)
        yield
    finally:
        lock.close()


def _root(home: Path | None) -> Path:
    return (home or home_folder()) / "training"
