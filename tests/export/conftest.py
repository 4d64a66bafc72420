"""An exam in a store, and the programs that judge what is written of it."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import export_samples as samples
import pytest
from judges import tool
from pydicom.dataset import Dataset

from core.export.exam import ExportExam
from core.export.gather import from_store
from core.workstation.store import ExamStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ExamStore]:
    with ExamStore(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def make_exam(store: ExamStore, tmp_path: Path) -> Callable[..., ExportExam]:
    """An exam as it is exported; arguments as of `export_samples.fill`, and `lang`."""

    def make(*, lang: str = "en", **how: object) -> ExportExam:
        samples.fill(store, tmp_path, **how)  # type: ignore[arg-type]
        return from_store(store, samples.EXAM, lang=lang)

    return make


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportExam]:
    """The exam as it is filled without arguments, for tests that only look at it."""
    yield from _standing(tmp_path_factory.mktemp("exam"))


@pytest.fixture(scope="module")
def full_exam(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExportExam]:
    """The same with a number for every measurement of the catalogue."""
    yield from _standing(tmp_path_factory.mktemp("full"), what=samples.all_values())


def _standing(folder: Path, **how: object) -> Iterator[ExportExam]:
    with ExamStore(folder / "store") as opened:
        samples.fill(opened, folder, **how)  # type: ignore[arg-type]
        yield from_store(opened, samples.EXAM)


@pytest.fixture
def judged(tmp_path: Path) -> Callable[..., str]:
    """Writes an object and runs a program over it; what the program said."""

    def judge(ds: Dataset, *command: str, package: str) -> str:
        path = tmp_path / "judged.dcm"
        ds.save_as(path, enforce_file_format=True)
        done = subprocess.run(
            [tool(command[0], package), *command[1:], str(path)],
            capture_output=True,
            check=False,
        )
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if command[0] != "dciodvfy":  # which has no status of its own
            assert done.returncode == 0, said
        return said

    return judge


@pytest.fixture
def errors(judged: Callable[..., str]) -> Callable[[Dataset], list[str]]:
    """What `dciodvfy` finds wrong with an object."""

    def find(ds: Dataset) -> list[str]:
        said = judged(ds, "dciodvfy", package="dicom3tools")
        return [line for line in said.splitlines() if line.startswith("Error")]

    return find
