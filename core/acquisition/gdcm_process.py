"""Decodes with GDCM outside this process; see `gdcm_worker` for why."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.acquisition.gdcm_worker import receive, send

_ROOT = Path(__file__).resolve().parents[2]
_FRAME_SECONDS = 30.0
_MAX_STARTS = 4  # a worker that dies this often dies of the file


class GdcmProcess:
    """A worker that is started when first needed and again when it died; `close` ends it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._starts = 0

    def decode(self, frame: bytes, options: dict[str, Any]) -> NDArray[Any]:
        """One frame as pydicom's decoder gives it.

        Args:
            frame: one frame, encapsulated.
            options: of pydicom's decoder, transfer syntax included; plain values only.

        Raises:
            ValueError: GDCM cannot decode it, died of it, or took too long.
        """
        process = self._running()
        guard = threading.Timer(_FRAME_SECONDS, process.kill)
        guard.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            send(process.stdin, {"options": options}, frame)
            answer = receive(process.stdout)
        except OSError:  # the pipe broke: the worker is gone
            answer = None
        finally:
            guard.cancel()
        if answer is None:
            self.close()
            raise ValueError("the picture is too damaged for the decoder")
        head, body = answer
        if "error" in head:
            raise ValueError(head["error"])
        return np.frombuffer(body, np.dtype(head["dtype"])).reshape(head["shape"])

    def close(self) -> None:
        """Ends the worker, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.communicate()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            if self._starts >= _MAX_STARTS:
                raise ValueError("the decoder failed on this file again and again")
            self._starts += 1
            path = os.pathsep.join(filter(None, [str(_ROOT), os.environ.get("PYTHONPATH")]))
            self._process = subprocess.Popen(
                [sys.executable, "-m", "core.acquisition.gdcm_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            )
        return self._process
