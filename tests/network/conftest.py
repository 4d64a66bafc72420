"""An Orthanc that a module's tests share, emptied for each of them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "transfer"))

from orthanc import Orthanc


@pytest.fixture(scope="module")
def _archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    made = Orthanc(tmp_path_factory.mktemp("orthanc"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def archive(_archive: Orthanc) -> Orthanc:
    if _archive.process is None:
        _archive.start()
    _archive.clear()
    return _archive
