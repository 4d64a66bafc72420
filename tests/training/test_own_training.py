"""Own pictures in a training: beside the rest, split by patient, named in the card."""

from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from core.cli.main import main
from core.domain import Clip, InputError, RegionLabel, View
from core.phantom import render_clip
from core.training import view_task
from core.training.labelling import add_clip, new_set, relabel
from core.training.own import OwnItem, part_of, read_items
from core.training.own_scores import own_scores, use_of
from core.training.request import TrainRequest

OUTLINE = np.array([[80, 40], [160, 40], [160, 160], [80, 160]], np.float32)


@dataclass
class BlankTrunk:
    """Sees nothing in any picture."""

    def look(self, squares: np.ndarray) -> SimpleNamespace:
        return SimpleNamespace(logits=np.full((len(squares), 16, 64, 64), -9, np.float32))


@pytest.fixture(scope="module")
def clip() -> Clip:
    return render_clip(View.A4C, seed=2, frames=2, size=(320, 240), masks=False).clip


@pytest.fixture
def folder(tmp_path: Path, clip: Clip) -> Path:
    """Twelve patients with two pictures each, all labelled."""
    made = new_set("mine", tmp_path)
    for number in range(12):
        add_clip(made, clip, group=f"p{number}", count=2)

    def labelled(item: OwnItem) -> OwnItem:
        return replace(item, view=View.A4C, outlines={RegionLabel.LV_CAVITY: OUTLINE})

    relabel(made, [labelled(item) for item in read_items(made)])
    return made


def request(tmp_path: Path, own: Path | None, task: str = "view") -> TrainRequest:
    return TrainRequest(
        task=task, data=None, run=tmp_path / "run", models=tmp_path, virtual=0, own=own
    )


def test_own_pictures_are_split_by_patient(tmp_path: Path, folder: Path) -> None:
    asked = request(tmp_path, folder)
    for use in ("view", "regions"):
        (train,) = asked.own_pictures(use, "train")
        (test,) = asked.own_pictures(use, "test")
        assert {part_of(item.group) for item in train.items} == {"train"}
        assert {part_of(item.group) for item in test.items} == {"test"}
        assert len(train) + len(test) == 24
    assert request(tmp_path, None).own_pictures("view", "train") == []


def test_a_view_is_taught_by_own_pictures_beside_the_rest(tmp_path: Path, folder: Path) -> None:
    with_own, without = (
        view_task._shares(request(tmp_path, own), BlankTrunk()) for own in (folder, None)
    )
    mine = with_own[len(without) :]
    (train,) = request(tmp_path, folder).own_pictures("view", "train")
    assert {len(share.maps) for share in mine} == {len(train)}
    assert sum(share.weight for share in mine) == pytest.approx(0.2)
    assert set(mine[0].maps.views) == {list(View).index(View.A4C)}


def test_a_set_without_labels_is_one_line(tmp_path: Path, clip: Clip) -> None:
    made = new_set("bare", tmp_path)
    add_clip(made, clip, group="p0", count=1)
    with pytest.raises(InputError, match="label some"):
        request(tmp_path, made).own_pictures("view", "train")
    with pytest.raises(InputError, match="kept for tests"):
        own_scores("view", SimpleNamespace(), made)


def test_the_card_says_that_own_pictures_were_used(tmp_path: Path, folder: Path) -> None:
    asked = request(tmp_path, folder)
    schedule = asked.schedule(view_task.DEFAULTS)
    facts = asked.provenance(view_task.DEFAULTS, schedule, ())
    assert facts["licence"] == "LicenseRef-own-data"
    assert "own labelled pictures" in facts["trained_on"]
    assert "--own FOLDER" in facts["command"]
    both = replace(asked, data=tmp_path).provenance(view_task.DEFAULTS, schedule, ())
    assert both["licence"] == "CC-BY-NC-SA-4.0 AND LicenseRef-own-data"


@pytest.mark.parametrize("task", ["plane", "guidance"])
def test_own_pictures_teach_no_plane(task: str) -> None:
    with pytest.raises(InputError, match="view and regions"):
        use_of(task)


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_folder_that_is_not_there_is_one_line(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main([command, "view", "--own", str(tmp_path / "none")])
    out, err = capsys.readouterr()
    assert (end.value.code, out, err.count("\n")) == (2, "", 1)
    assert "no such folder" in err
