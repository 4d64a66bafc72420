"""The training notebook runs from top to bottom, and its cells are explained."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "training.ipynb"


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> nbformat.NotebookNode:
    # Streamlit, where an earlier test ran it, leaves its own choice to this process's children.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    return nbformat.read(NOTEBOOK, as_version=4)


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


def test_it_trains_scores_exports_and_loads(notebook: nbformat.NotebookNode) -> None:
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
    ).execute()
    outputs = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    said = "".join(out.get("text", "") for out in outputs if out.get("name") == "stdout")
    assert sum("image/png" in out.get("data", {}) for out in outputs) >= 6
    assert not [out for out in outputs if out.get("name") == "stderr"]
    score = float(said.split("score ")[1].split()[0])
    assert score > 3 / 12  # far from chance
    assert "largest difference to torch" in said
    assert "research" in said
