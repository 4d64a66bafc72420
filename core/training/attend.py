"""Attends one run in a process of its own: `python -m core.training.attend FOLDER`.

It outlives the server that started it. While it lives it holds `alive.lock` in the run's folder, so
that whoever looks later knows, whatever became of process numbers; a file `stop` asks it to end;
`end.json` says how it ended.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from core.workstation.durable import write_synced
from core.workstation.locks import FileLock

ROOT = Path(__file__).resolve().parents[2]
LOCK, ALIVE, STOP, END = "alive.lock", "alive.json", "stop", "end.json"
LOG, OUT = "log.txt", "out.txt"
_LOOK_S = 0.3
_TURN_S = 5.0
_PATIENCE_S = 90.0
_NICE = 5  # whoever uses the app meanwhile comes first


def attend(folder: Path, token: str) -> int:
    """Runs Python with the arguments that `folder/run.json` holds to its end; its exit status.

    Args:
        token: comes back in `alive.json` once the run is under way.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(_TURN_S)  # who looks whether a run is alive holds it for a moment
    except TimeoutError:
        return 1
    try:
        (folder / STOP).unlink(missing_ok=True)
        (folder / END).unlink(missing_ok=True)
        command = json.loads((folder / "run.json").read_text("utf-8"))["command"]
        asked = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: asked.set())
        with (folder / LOG).open("ab") as log, (folder / OUT).open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=log,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                # Ctrl+C in a terminal is for us: we pass it on, once.
                start_new_session=True,
            )
            _write(folder / ALIVE, {"token": token, "pid": os.getpid()})
            status = _watch(child, folder, asked)
        stopped = asked.is_set() or (folder / STOP).exists()
        _write(folder / END, {"status": status, "stopped": stopped and status != 0})
        return status
    finally:
        lock.close()


def _watch(child: subprocess.Popen[bytes], folder: Path, asked: threading.Event) -> int:
    """Waits for the child's end; asks it to stop, gently first, where someone wants it to."""
    told: float | None = None
    while True:
        try:
            return child.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            pass
        if told is None and (asked.is_set() or (folder / STOP).exists()):
            told = time.monotonic()
            child.terminate() if os.name == "nt" else child.send_signal(signal.SIGINT)
        elif told is not None and time.monotonic() - told > _PATIENCE_S:
            child.kill()


def _write(path: Path, content: dict[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    write_synced(part, json.dumps(content).encode())
    os.replace(part, path)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(_NICE)
    sys.exit(attend(Path(sys.argv[1]), sys.argv[2]))
