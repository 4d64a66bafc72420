"""Fixtures that many tests share."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real development data, beside the checkout; the test is skipped without it."""
    folder = Path(os.environ.get("ECHOLAB_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real echo data is not at {folder}: set ECHOLAB_SHARED_DATA to run this test")
    return folder


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has an exam store of its own, never the user's."""
    monkeypatch.setenv("ECHOLAB_HOME", str(tmp_path_factory.mktemp("home")))
