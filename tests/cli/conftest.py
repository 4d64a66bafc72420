"""A rendered exam, and the command line run in this process and in one of its own."""

import os
import re
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from cli_runs import Done, Run
from PIL import Image

import core.recognition.models
from core.acquisition.files import read_clip
from core.cli.main import main
from core.domain import Patient, View
from core.phantom import draw_patient, render_clip
from core.phantom.writers import write_dicom, write_mp4

FRAMES = 12


@pytest.fixture(scope="session")
def exam_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One beat and a bit of a virtual patient: A4C as DICOM, A2C as MP4."""
    folder = tmp_path_factory.mktemp("exam")
    person = draw_patient(7, ef=60, quality=0.9, heart_rate=75)
    a4c, a2c = (
        render_clip(
            view, seed=7, patient=person, frames=FRAMES, fps=10.0, size=(400, 300), masks=False
        )
        for view in (View.A4C, View.A2C)
    )
    known = Patient(sex="M", height_cm=176, weight_kg=74)
    return {
        "a4c": write_dicom(a4c, folder / "a4c.dcm", patient=known),
        "a2c": write_mp4(a2c, folder / "a2c.mp4"),
    }


@pytest.fixture
def echolab(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process; what libraries print beneath Python is seen too."""
    monkeypatch.setattr(core.recognition.models, "load_models", _models)

    def run(*arguments: object) -> Done:
        capfd.readouterr()
        status = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        out, err = capfd.readouterr()
        return Done(status, out, err)

    return run


_load = core.recognition.models.load_models


@cache
def _models(folder: Path | None = None) -> object:
    return _load(folder)


@pytest.fixture(scope="session")
def process() -> Run:
    """Runs the command as its users do, in a process of its own."""

    def run(*arguments: object) -> Done:
        with TemporaryFile() as out, TemporaryFile() as err:
            started = subprocess.Popen(
                [sys.executable, "-m", "core", *map(str, arguments)],
                stdout=out,
                stderr=err,
                cwd=Path(__file__).parents[2],
                # Threads that wait for each other crawl on a machine that is busy with other tests.
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            peak_kb = _peak_while_running(started)
            said = []
            for file in (out, err):
                file.seek(0)
                said.append(file.read().decode("utf-8"))
        return Done(started.returncode, *said, peak_kb=peak_kb)

    return run


def _peak_while_running(started: subprocess.Popen[bytes]) -> int:
    """The most memory that the process itself held, kilobytes.

    Its usage as the system counts it would begin with what the tests held when they started it.
    """
    peak = 0
    status = Path(f"/proc/{started.pid}/status")
    while started.poll() is None:
        held = re.search(r"VmHWM:\s+(\d+)", status.read_text())  # none of a process that has ended
        peak = max(peak, int(held[1]) if held else 0)
        time.sleep(0.02)
    return peak


@pytest.fixture(scope="session")
def still(exam_files: dict[str, Path]) -> Path:
    """One frame of the exam as a PNG, without any calibration in the file."""
    clip = read_clip(exam_files["a4c"])
    path = exam_files["a4c"].with_name("still.png")
    Image.fromarray(clip.frames[0]).save(path)
    return path
