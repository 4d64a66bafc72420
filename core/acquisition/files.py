"""Reads files and folders: one clip, or one exam."""

import logging
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.acquisition.content import Content, identify, printable, reason
from core.acquisition.dicom import read_dicom
from core.acquisition.exam_input import ExamInput
from core.acquisition.limits import MAX_CLIP_BYTES, MAX_EXAM_BYTES
from core.acquisition.patient import agreed
from core.acquisition.spool import spool
from core.acquisition.still import read_still
from core.acquisition.video import read_video
from core.domain import Clip, InputError, Patient

_log = logging.getLogger(__name__)
_SUFFIXES = frozenset(
    [
        ".dcm",
        ".dicom",
        ".mp4",
        ".m4v",
        ".mov",
        ".avi",
        ".mkv",
        ".webm",
        ".mpg",
        ".mpeg",
        ".ts",
        ".wmv",
        ".gif",
        ".png",
        ".apng",
        ".jpg",
        ".jpeg",
        ".bmp",
        ".tif",
        ".tiff",
        ".webp",
        ".jp2",
        ".j2k",
        ".avif",
    ]
)
_IGNORED = frozenset({"dicomdir", "thumbs.db", "desktop.ini", "__macosx"})
_MAX_FILES = 5000
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)$")


def read_clip(path: Path, *, clip_id: str | None = None) -> Clip:
    """The picture or clip at `path`; what it is, is told by its content.

    Args:
        path: a DICOM, video, animation or picture file.
        clip_id: id to give it; made of the file's name where it is None.

    Raises:
        InputError: the file cannot be used; one line says why.
    """
    return _read(Path(path), clip_id or slug(Path(path).name), MAX_CLIP_BYTES)[0]


def read_exam(inputs: Sequence[Path]) -> ExamInput:
    """All clips of one exam.

    A folder stands for the files in it and below, in natural order; those that cannot be used are
    passed over with a line in `skipped`. A file named directly must be usable. Frames beyond
    `MAX_EXAM_BYTES` lie in temporary files, from which the system fetches them as they are used.

    Args:
        inputs: files and folders of one exam.

    Raises:
        InputError: a named file cannot be used, or nothing at all can.
    """
    if not inputs:
        raise InputError("no input: give a clip, a picture or a folder of them")
    clips: list[Clip] = []
    patients: list[Patient] = []
    skipped: list[str] = []
    taken: set[str] = set()
    in_memory = 0
    for path, named in _files(inputs, skipped):
        try:
            clip, patient = _read(path, slug(path.name, taken), MAX_CLIP_BYTES)
        except InputError as error:
            if named:
                raise
            skipped.append(str(error))
            continue
        taken.add(clip.id)
        if clips and in_memory + clip.frames.nbytes > MAX_EXAM_BYTES:
            clip = spool(clip)
        else:
            in_memory += clip.frames.nbytes
        clips.append(clip)
        if patient is not None:
            patients.append(patient)
    if not clips:
        where = ", ".join(str(p) for p in inputs[:3])
        why = f"; {skipped[0]}" if skipped else ""
        raise InputError(f"{where}: no usable clip or picture in this folder{why}")
    patient, disagreement = agreed(patients)
    return ExamInput(clips=tuple(clips), patient=patient, skipped=(*skipped, *disagreement))


def slug(name: str, taken: Iterable[str] = ()) -> str:
    """A clip's id from its file's name: small ASCII letters, digits, `-`, `_`; none of `taken`."""
    path = Path(name)
    stem = path.stem if path.suffix.lower() in _SUFFIXES else path.name
    base = re.sub(r"[^a-z0-9_]+", "-", stem.lower()).strip("-_")[:60].rstrip("-_") or "clip"
    if _RESERVED.match(base):  # names that Windows keeps for devices
        base = f"clip-{base}"
    used, candidate, number = set(taken), base, 1
    while candidate in used:
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def _read(path: Path, clip_id: str, budget: int) -> tuple[Clip, Patient | None]:
    name = printable(path.name)
    try:
        content, demuxer = identify(path)
        if content is Content.DICOM:
            return read_dicom(path, clip_id, budget=budget)
        if content is Content.STILL:
            return read_still(path, clip_id, budget=budget), None
        return read_video(path, clip_id, demuxer, budget=budget), None
    except InputError as error:
        raise InputError(printable(str(error))) from None  # a file's name may hold a line's end
    except MemoryError:
        raise InputError(f"{name}: too large for this machine: export it smaller") from None
    except OSError as error:
        raise InputError(
            f"{name}: cannot be read ({error.strerror or 'input error'}): check the disk"
        ) from None
    except Exception as error:  # damage that no decoder foresaw; a user gets a line all the same
        _log.debug("unforeseen damage in a file", exc_info=True)
        raise InputError(
            f"{name}: the file is damaged ({reason(error)}): export it again"
        ) from None


def _files(inputs: Sequence[Path], skipped: list[str]) -> list[tuple[Path, bool]]:
    """(file, named directly) in reading order."""
    found: list[tuple[Path, bool]] = []
    for given in map(Path, inputs):
        try:
            is_folder = given.is_dir()
        except (OSError, ValueError):
            is_folder = False
        if not is_folder:
            found.append((given, True))
            continue
        inside = sorted(_walk(given), key=lambda p: _natural(p.relative_to(given)))
        found += [(path, False) for path in inside]
    return found


def _walk(folder: Path) -> list[Path]:
    """Regular files below `folder`; links to folders are not followed, so a loop of them ends."""

    def unreadable(error: OSError) -> None:
        if Path(error.filename) == folder:
            raise InputError(
                f"{folder}: the folder cannot be read ({error.strerror}): check its rights"
            )

    files: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [f for f in folders if not _ignored(f)]
        files += [Path(root, n) for n in names if not _ignored(n)]
        if len(files) > _MAX_FILES:
            raise InputError(
                f"{folder}: more than {_MAX_FILES} files are more than one exam has: "
                "give the folder of one exam"
            )
    return files


def _ignored(name: str) -> bool:
    return name.startswith(".") or name.lower() in _IGNORED


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Sort key by which `clip-2` comes before `clip-10`."""
    pieces = re.split(r"(\d+)", str(path).lower())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]
