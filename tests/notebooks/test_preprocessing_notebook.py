"""The notebook runs from top to bottom and shows each step that the code has."""

from dataclasses import fields
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from core.domain import View
from core.phantom import render_clip
from core.recognition.preprocess import Preprocessing
from core.training.augment import Augmentation

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "preprocessing.ipynb"


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    # Streamlit, where an earlier test ran it, leaves its own choice to this process's children.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    return nbformat.read(NOTEBOOK, as_version=4)


def _run(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """The cells of code with their outputs; an error in one of them is raised."""
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    ).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _pictures(cells: list[nbformat.NotebookNode]) -> int:
    return sum(
        "image/png" in output.get("data", {}) for cell in cells for output in cell["outputs"]
    )


def test_it_is_kept_without_outputs_and_each_cell_is_explained(
    notebook: nbformat.NotebookNode,
) -> None:
    explained = False
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert explained, cell.source
            assert not cell.outputs
            assert cell.execution_count is None
        explained = cell.cell_type == "markdown" and len(cell.source.split()) > 8


def test_every_step_and_every_augmentation_is_shown(notebook: nbformat.NotebookNode) -> None:
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for step in (*fields(Preprocessing), *fields(Augmentation)):
        assert f"{step.name}=" in code, step.name
    for function in ("normalise(", "Square(", "adjust("):
        assert function in code


def test_it_runs_on_the_rendered_picture(
    notebook: nbformat.NotebookNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ECHOLAB_NOTEBOOK_IMAGE", raising=False)
    cells = _run(notebook)
    assert _pictures(cells) >= 20
    noise = [o for cell in cells for o in cell["outputs"] if o.get("name") == "stderr"]
    assert not noise


def test_it_runs_on_a_file_of_the_users(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = render_clip(View.A4C, seed=2, frames=1, size=(400, 300), masks=False).clip
    Image.fromarray(clip.frames[0]).save(tmp_path / "mine.png")
    monkeypatch.setenv("ECHOLAB_NOTEBOOK_IMAGE", str(tmp_path / "mine.png"))
    assert _pictures(_run(notebook)) >= 20
