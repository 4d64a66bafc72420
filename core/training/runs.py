"""Trainings and evaluations that run beside the app: begun, looked at, stopped, gone on with.

A run is a folder `<home>/runs/<id>/` with `run.json`, the log, the curve and progress that the
command itself writes, and the models that it makes (`models/`). All that is known of a run is read
from its folder: a page that is loaded again, or a server that is started again, finds it as it is.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, get_args

from core.domain import InputError
from core.training.attend import ALIVE, END, LOCK, LOG, OUT, ROOT, STOP
from core.workstation.durable import write_synced
from core.workstation.faults import one_line
from core.workstation.home import home_folder
from core.workstation.locks import FileLock

Kind = Literal["train", "evaluate", "validate"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_ID = re.compile(r"[a-z0-9-]{1,60}")
_BEGIN_S = 30.0
_LOG_BYTES = 16_000


class RunState(StrEnum):
    """How a run stands; texts in the language catalogue under `train.state.*`."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # somebody asked it to
    FAILED = "failed"
    CUT = "cut"  # the machine or its process went away


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run as its folder tells it.

    Attributes:
        id: of its folder, sorts by time.
        task: what is trained or scored.
        command: Python's arguments.
        facts: what else the page that began it wanted to know later; JSON values.
        why: one line, where it failed.
    """

    id: str
    folder: Path
    kind: Kind
    task: str
    command: tuple[str, ...]
    facts: dict[str, Any]
    started_at: datetime
    state: RunState
    why: str | None

    @property
    def models(self) -> Path:
        """What a training makes: a whole set, in which one model is new."""
        return self.folder / "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of a training: its curve (`step`, `loss_*`, now and then `score`), how far it is.

    `name` is the folder's, "" for the run's own; the newest stage is the one at work.
    """

    name: str
    curve: tuple[dict[str, float], ...]
    phase: str
    step: int
    steps: int
    score: float | None
    until: float | None
    at: float


def begin_training(
    task: str,
    *,
    base: Path,
    options: Sequence[str] = (),
    facts: dict[str, Any] | None = None,
    home: Path | None = None,
) -> Run:
    """Starts `echolab train TASK` on a copy of the set of models `base`.

    Args:
        options: further arguments of the command (`--steps 500` ...).

    Raises:
        InputError: another training is under way, or the folder cannot be written.
    """
    folder = new_folder(task, home)
    with one_line(folder):
        shutil.copytree(base, folder / "models", ignore=shutil.ignore_patterns(".*"))
    command = ("train", task, "--run", str(folder), "--models", str(folder / "models"), *options)
    return begin(folder, "train", task, ("-m", "core", *command), facts or {})


def begin_evaluation(
    task: str,
    *,
    models: Path,
    options: Sequence[str] = (),
    facts: dict[str, Any] | None = None,
    home: Path | None = None,
) -> Run:
    """Starts `echolab evaluate TASK` on the set `models`; the arguments are `begin_training`'s."""
    folder = new_folder(f"score-{task}", home)
    command = ("evaluate", task, "--models", str(models), *options)
    return begin(folder, "evaluate", task, ("-m", "core", *command), facts or {})


def new_folder(title: str, home: Path | None = None) -> Path:
    """An empty folder for a run, its name sorted by time. Raises InputError."""
    root = _root(home)
    folder = root / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{title}-{secrets.token_hex(2)}"
    with one_line(root):
        folder.mkdir(parents=True)
    return folder


def begin(
    folder: Path, kind: Kind, task: str, command: Sequence[str], facts: dict[str, Any]
) -> Run:
    """Makes `folder` (of `new_folder`) a run of Python with the arguments `command`, under way when
    this returns. Raises InputError, and the folder is gone, where it cannot be started."""
    content = {
        "kind": kind,
        "task": task,
        "command": list(command),
        "facts": facts,
        "started_at": datetime.now(UTC).isoformat(),
    }
    try:
        with one_line(folder):
            write_synced(folder / "run.json", json.dumps(content).encode())
        _spawn(folder, kind)
    except InputError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return read_run(folder)


def go_on(run: Run) -> Run:
    """Starts a run that has ended once more: a training goes on where it stood."""
    if run.state is RunState.RUNNING:
        return run
    _spawn(run.folder, run.kind)
    return read_run(run.folder)


def ask_to_stop(run: Run) -> None:
    """Asks a run to end; a training saves where it stands."""
    with one_line(run.folder):
        (run.folder / STOP).touch()


def is_stopping(run: Run) -> bool:
    return run.state is RunState.RUNNING and (run.folder / STOP).exists()


def remove_run(run: Run) -> None:
    """Removes a run that has ended, with all that it made. Raises InputError if it is running."""
    if run.state is RunState.RUNNING:
        raise InputError(f"Run {run.id}: is under way; stop it first")
    with one_line(run.folder):
        gone = Path(tempfile.mkdtemp(dir=run.folder.parent, prefix=".gone-"))
        os.replace(run.folder, gone / run.id)
        shutil.rmtree(gone, ignore_errors=True)


def list_runs(kind: Kind | None = None, home: Path | None = None) -> tuple[Run, ...]:
    """All runs (of a kind), the newest first; folders that hold none are left out."""
    root = _root(home)
    if not root.is_dir():
        return ()
    found = []
    for folder in sorted(root.iterdir(), reverse=True):
        if _ID.fullmatch(folder.name) and (folder / "run.json").is_file():
            try:
                found.append(read_run(folder))
            except InputError:
                continue
    return tuple(run for run in found if kind in (None, run.kind))


def read_run(folder: Path) -> Run:
    """A run as it stands now. Raises InputError where the folder holds none."""
    try:
        facts = json.loads((folder / "run.json").read_text("utf-8"))
        kind = next(each for each in _KINDS if each == facts["kind"])
        state, why = _state(folder)
        return Run(
            id=folder.name,
            folder=folder,
            kind=kind,
            task=str(facts["task"]),
            command=tuple(str(word) for word in facts["command"]),
            facts=dict(facts["facts"]),
            started_at=datetime.fromisoformat(facts["started_at"]),
            state=state,
            why=why,
        )
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as error:
        raise InputError(f"{folder}: no run there") from error


def stages_of(run: Run) -> tuple[Stage, ...]:
    """The stages of a training in the order in which they were begun; empty before the first."""
    found = [_stage(run.folder, "")]
    if run.folder.is_dir():
        children = (p for p in run.folder.iterdir() if p.is_dir() and p.name != "models")
        found += [_stage(child, child.name) for child in children]
    return tuple(sorted((s for s in found if s is not None), key=lambda stage: stage.at))


def log_of(run: Run) -> str:
    """The last lines of what the command said."""
    try:
        with (run.folder / LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LOG_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def figures_of(run: Run) -> dict[str, Any] | None:
    """What an evaluation found, by data set; None where it is not done or said nothing usable."""
    if run.kind != "evaluate" or run.state is not RunState.DONE:
        return None
    try:
        found = json.loads((run.folder / OUT).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def seconds_left(seen: Sequence[tuple[float, int]], steps: int) -> float | None:
    """How long a stage of `steps` will take yet; None before it can be told.

    Args:
        seen: (seconds on any clock, step), as they were looked at.
    """
    if not seen:
        return None
    (then, first), (now, last) = seen[0], seen[-1]
    if last <= first or now <= then:
        return None
    return (steps - last) * (now - then) / (last - first)


def _spawn(folder: Path, kind: Kind) -> None:
    """Starts the attendant and waits until the run is under way."""
    with one_line(folder):
        turn = FileLock(folder.parent / ".turn")
        try:
            turn.acquire(_BEGIN_S)
            runs = list_runs(kind, folder.parent.parent)
            busy = [run for run in runs if run.state is RunState.RUNNING]
            if busy:
                raise InputError(f"Run {busy[0].id} is under way: wait for it or stop it first")
            token = secrets.token_hex(8)
            attendant = subprocess.Popen(
                [sys.executable, "-m", "core.training.attend", str(folder.absolute()), token],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            end = time.monotonic() + _BEGIN_S
            while _read(folder / ALIVE).get("token") != token:
                if attendant.poll() is not None or time.monotonic() > end:
                    raise InputError(f"Run {folder.name} did not start: see the log in {folder}")
                time.sleep(0.05)
        finally:
            turn.close()


def _state(folder: Path) -> tuple[RunState, str | None]:
    end = _read(folder / END)
    if not end:
        return (RunState.RUNNING if _is_alive(folder) else RunState.CUT), None
    if end.get("status") == 0:
        return RunState.DONE, None
    if end.get("stopped"):
        return RunState.STOPPED, None
    return RunState.FAILED, _complaint(folder)


def _is_alive(folder: Path) -> bool:
    path = folder / LOCK
    if not path.exists():
        return False
    try:
        lock = FileLock(path)
    except OSError:
        return False
    try:
        return not lock.try_acquire()
    finally:
        lock.close()


def _complaint(folder: Path) -> str | None:
    """The command's own line on what was wrong, if it said one."""
    try:
        lines = (folder / LOG).read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    said = [line for line in lines if line.startswith("echolab: ")]
    return said[-1].removeprefix("echolab: ") if said else None


def _stage(folder: Path, name: str) -> Stage | None:
    progress = _read(folder / "progress.json")
    curve_file = folder / "curve.json"
    try:
        curve = json.loads(curve_file.read_text("utf-8")) if curve_file.is_file() else []
        at = max(p.stat().st_mtime for p in (curve_file, folder / "progress.json") if p.exists())
        points = tuple({str(k): float(v) for k, v in point.items()} for point in curve)
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    last = int(points[-1].get("step", 0)) if points else 0
    return Stage(
        name=name,
        curve=points,
        phase=str(progress.get("phase", name)),
        step=int(progress.get("step", last)),
        steps=int(progress.get("steps", last)),
        score=progress.get("score"),
        until=progress.get("until"),
        at=at,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _root(home: Path | None) -> Path:
    return (home or home_folder()).absolute() / "runs"
