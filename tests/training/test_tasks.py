"""From nothing to a model that is used: both tasks, by the project's own command."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from core.cli.main import main
from core.domain import InputError
from core.recognition.models import load_models
from core.training import tasks
from core.training.tasks import TrainRequest, train_task
from core.training.virtual import VirtualSet

FEW = 12


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module's pictures are kept, so that each is rendered once."""
    return tmp_path_factory.mktemp("virtual")


@pytest.fixture(autouse=True)
def as_many_threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def few_pictures(rendered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores and calibration on a dozen pictures instead of hundreds."""

    def small(*, count: int, seed: int, cache: Path | None = None) -> VirtualSet:
        return VirtualSet(count=count if cache else min(count, FEW), seed=seed, cache=rendered)

    monkeypatch.setattr(tasks, "VirtualSet", small)


def echolab(*arguments: object) -> int:
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs and models of this module."""
    return tmp_path_factory.mktemp("trained")


def train(folder: Path, task: str, steps: int = 2) -> int:
    return echolab(
        "train", task, "--virtual", 24, "--steps", steps, "--batch", 2, "--seed", 3,
        "--threads", 1,
        "--run", folder / "runs" / task, "--models", folder / "models",
    )  # fmt: skip


def ensure(folder: Path, *names: str) -> None:
    """Trains those that no test before has trained."""
    for task in names:
        if not (folder / "models" / task).is_dir():
            assert train(folder, task) == 0


@pytest.mark.parametrize(("task", "weights"), [("view", "view.onnx"), ("regions", "regions.pt")])
def test_two_steps_give_a_model_with_its_card(
    task: str, weights: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(folder, task) == 0
    assert f"# Model card: {task}" in capsys.readouterr().out
    files = {path.name: path for path in (folder / "models" / task).iterdir()}
    assert set(files) == {weights, "model.json", "metrics.json", "CARD.md"}
    card = files["CARD.md"].read_text("utf-8")
    for part in (f"echolab train {task} --virtual 24", "--steps 2", "--batch 2", "--seed 3"):
        assert part in card
    assert {path.name for path in (folder / "models").iterdir()} <= {"view", "regions"}


def test_models_just_trained_can_be_used(folder: Path) -> None:
    ensure(folder, "view", "regions")
    models = load_models(folder / "models")
    squares = np.random.default_rng(0).integers(0, 255, (2, 192, 192), dtype=np.uint8)
    p = models.view.probabilities(squares)
    assert p.shape == (2, 12)
    assert p.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert len(models.regions.squares(np.zeros((1, 256, 256), np.uint8))) == 1
    for info in models.infos:
        # Learnt from rendered pictures alone: the weights are free.
        assert info.licence == "Apache-2.0"
        assert "virtual heart" in info.trained_on


def test_a_run_that_was_there_goes_on(folder: Path) -> None:
    ensure(folder, "view")
    before = (folder / "models" / "view" / "view.onnx").read_bytes()
    assert train(folder, "view", steps=3) == 0
    card = json.loads((folder / "models" / "view" / "metrics.json").read_text("utf-8"))
    assert [point["step"] for point in card["curve"]] == [2, 3]
    assert (folder / "models" / "view" / "view.onnx").read_bytes() != before


def test_evaluate_prints_figures_of_each_model(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure(folder, "view", "regions")
    capsys.readouterr()
    for task in ("view", "regions"):
        assert echolab("evaluate", task, "--models", folder / "models") == 0
        out, err = capsys.readouterr()
        figures = json.loads(out)["virtual heart, new seeds"]
        assert err == ""
        if task == "view":
            assert figures["count"] == FEW
            assert 0 <= figures["accuracy"] <= 1
            assert sum(n for row in figures["confusion"].values() for n in row.values()) == FEW
        else:
            assert figures["lv_cavity"]["count"] > 0
            assert all(0 <= row["dice_mean"] <= 1 for row in figures.values())


@pytest.mark.parametrize("task", ["view", "regions"])
def test_a_folder_without_the_data_is_refused_before_anything_is_done(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    request = TrainRequest(
        task=task, data=data, run=tmp_path / "run", models=tmp_path / "models", steps=1, batch=1,
        rate=None, virtual=24, seed=0,
    )  # fmt: skip
    with pytest.raises(InputError, match=r"no CAMUS there"):
        train_task(request)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert echolab("train", task, "--data", data, "--run", tmp_path / "run") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_figures_of_a_folder_without_the_data_are_refused(tmp_path: Path) -> None:
    never = partial(pytest.fail, "a model was asked before the data was looked for")
    model = type("Model", (), {"squares": never, "probabilities": never})()
    for evaluate in (tasks.evaluate_regions, tasks.evaluate_view):
        with pytest.raises(InputError, match=r"no CAMUS there"):
            evaluate(model, data=tmp_path)


def test_places_that_cannot_be_written_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    for option in ("--run", "--models"):
        assert echolab("train", "view", option, tmp_path / "file" / "below") == 2
        assert f"{option} {tmp_path}" in capsys.readouterr().err


def test_the_run_of_another_network_is_refused_and_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint = tmp_path / "run" / "checkpoint.pt"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"no checkpoint")
    status = echolab(
        "train", "view", "--virtual", 12, "--steps", 1, "--batch", 1, "--run", tmp_path / "run",
        "--models", tmp_path / "models",
    )  # fmt: skip
    assert status == 2
    assert "checkpoint.pt" in capsys.readouterr().err
    assert checkpoint.read_bytes() == b"no checkpoint"
    assert not (tmp_path / "models").exists()
