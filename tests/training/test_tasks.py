"""From nothing to models that are used: all tasks, by the project's own command."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from core.cli.main import main
from core.domain import InputError, View
from core.recognition.models import load_models
from core.training import (
    landmarks_task,
    picture_task,
    plane_task,
    regions_task,
    request,
    tasks,
    view_task,
)
from core.training.clutter import ClutterSet
from core.training.points import PointSet
from core.training.request import TrainRequest
from core.training.tasks import train_task
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

    for room in (request, regions_task, view_task, plane_task, picture_task):
        monkeypatch.setattr(room, "VirtualSet", small)
    few = lambda *, count, seed, cache=None: PointSet(  # noqa: E731
        count=min(count, FEW), seed=seed, cache=rendered
    )
    monkeypatch.setattr(landmarks_task, "PointSet", few)
    for room in (view_task, picture_task):
        monkeypatch.setattr(
            room, "ClutterSet", lambda *, count, seed: ClutterSet(count=6, seed=seed)
        )


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
    """Trains those that no test before has trained; all rest on the regions."""
    for task in ("regions", *names):
        if not (folder / "models" / task).is_dir():
            assert train(folder, task) == 0


@pytest.mark.parametrize(
    ("task", "weights"),
    [
        ("regions", {"regions.pt", "trunk.onnx"}),
        ("view", {"view.onnx"}),
        ("plane", {"plane.onnx"}),
        ("picture", {"picture.onnx"}),
        ("landmarks", {"landmarks.onnx", "points.json"}),
    ],
)
def test_two_steps_give_a_model_with_its_card(
    task: str, weights: set[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if task != "regions":
        ensure(folder)
    assert train(folder, task) == 0
    assert f"# Model card: {task}" in capsys.readouterr().out
    files = {path.name: path for path in (folder / "models" / task).iterdir()}
    assert set(files) == {*weights, "model.json", "metrics.json", "CARD.md"}
    card = files["CARD.md"].read_text("utf-8")
    for part in (f"echolab train {task} --virtual 24", "--steps 2", "--batch 2", "--seed 3"):
        assert part in card
    assert {path.name for path in (folder / "models").iterdir()} <= {
        "view",
        "plane",
        "picture",
        "regions",
        "mode",
        "landmarks",
    }


def test_what_rests_on_the_regions_is_not_trained_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for task in ("view", "plane", "guidance", "landmarks"):
        assert train(tmp_path, task) == 2
        assert "train one with `echolab train regions`" in capsys.readouterr().err


def test_models_just_trained_can_be_used(folder: Path) -> None:
    ensure(folder, "view", "plane")
    models = load_models(folder / "models")
    squares = np.random.default_rng(0).integers(0, 255, (2, 256, 256), dtype=np.uint8)
    anatomy = models.regions.trunk.look(squares)
    p = models.view.probabilities(anatomy)
    assert p.shape == (2, 12)
    assert p.sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert len(models.regions.outline(anatomy)) == 2
    estimate = models.plane.estimate(anatomy, View.A4C)
    assert estimate is not None
    assert 0 <= estimate.standard <= 1
    assert models.plane.estimate(anatomy, View.OTHER) is None
    for info in models.infos:
        # Learnt from rendered pictures alone: the weights are free.
        assert info.licence == "Apache-2.0"
        assert "virtual heart" in info.trained_on


def test_a_longer_run_keeps_a_part_of_what_it_started_from(folder: Path, tmp_path: Path) -> None:
    ensure(folder)
    start = folder / "models" / "regions" / "regions.pt"
    assert echolab(
        "train", "regions", "--virtual", 24, "--steps", 1, "--batch", 2, "--seed", 3,
        "--threads", 1, "--start", start, "--keep", 0.75, "--rate", 0.01,
        "--run", tmp_path / "run", "--models", tmp_path / "models",
    ) == 0  # fmt: skip
    name = "dense_head.predictor.weight"
    before = torch.load(start, weights_only=True)[name].float()
    alone = torch.load(tmp_path / "run" / "trunk" / "checkpoint.pt", weights_only=True)
    moved = alone["model"][f"trunk.{name}"]
    after = torch.load(tmp_path / "models" / "regions" / "regions.pt", weights_only=True)[name]
    assert not torch.allclose(before, moved, atol=1e-3)
    assert torch.allclose(after.float(), 0.75 * before + 0.25 * moved, atol=1e-3)
    assert "--keep 0.75" in (tmp_path / "models" / "regions" / "CARD.md").read_text("utf-8")
    assert echolab("train", "regions", "--keep", 0.5, "--run", tmp_path / "other") == 2


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
    ensure(folder, "view", "plane")
    capsys.readouterr()
    for task in ("view", "regions", "plane"):
        assert echolab("evaluate", task, "--models", folder / "models") == 0
        out, err = capsys.readouterr()
        figures = json.loads(out)["virtual heart, new seeds"]
        assert err == ""
        if task == "view":
            # A lost hand's picture is of no view, nor plainly of none: it is not scored.
            samples = view_task.VirtualSet(count=FEW, seed=request.CARD_SEED)
            known = sum(samples[i].view is not None for i in range(FEW))
            assert figures["count"] == known > FEW // 2
            assert 0 <= figures["accuracy"] <= 1
            assert sum(n for row in figures["confusion"].values() for n in row.values()) == known
        elif task == "plane":
            assert figures["count"] > 0
            assert figures["angle_error_deg"] >= 0
        else:
            assert figures["lv_cavity"]["count"] > 0
            assert all(0 <= row["dice_mean"] <= 1 for row in figures.values())


def test_guidance_is_scored_on_whole_clips(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure(folder, "view", "plane")
    capsys.readouterr()
    monkeypatch.setattr(plane_task, "CLIPS", 2)
    assert echolab("evaluate", "guidance", "--models", folder / "models") == 0
    figures = json.loads(capsys.readouterr().out)["clips of the virtual heart, new seeds"]
    assert figures["count"] == 2
    assert 0 <= figures["view_right"] <= 1


@pytest.mark.parametrize("task", ["view", "regions"])
def test_a_folder_without_the_data_is_refused_before_anything_is_done(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    wanted = TrainRequest(
        task=task, data=data, run=tmp_path / "run", models=tmp_path / "models", steps=1, batch=1,
        virtual=24,
    )  # fmt: skip
    with pytest.raises(InputError, match=r"no CAMUS there"):
        train_task(wanted)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert echolab("train", task, "--data", data, "--run", tmp_path / "run") == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_figures_of_a_folder_without_the_data_are_refused(tmp_path: Path) -> None:
    class NeverAsked:
        def __getattr__(self, name: str) -> None:
            pytest.fail("a model was asked before the data was looked for")

    for task in tasks.TASKS:
        with pytest.raises(InputError, match=r"no CAMUS there"):
            tasks.evaluate_task(task, NeverAsked(), data=tmp_path)  # type: ignore[arg-type]


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
    checkpoint = tmp_path / "run" / "trunk" / "checkpoint.pt"
    checkpoint.parent.mkdir(parents=True)
    checkpoint.write_bytes(b"no checkpoint")
    status = echolab(
        "train", "regions", "--virtual", 12, "--steps", 1, "--batch", 1, "--run", tmp_path / "run",
        "--models", tmp_path / "models",
    )  # fmt: skip
    assert status == 2
    assert "checkpoint.pt" in capsys.readouterr().err
    assert checkpoint.read_bytes() == b"no checkpoint"
    assert not (tmp_path / "models").exists()
