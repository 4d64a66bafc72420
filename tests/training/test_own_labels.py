"""Own pictures: what is said of them is kept, becomes samples, and never names a patient."""

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.domain import Clip, InputError, RegionLabel, View
from core.phantom import render_clip
from core.training.labelling import (
    add_clip,
    new_set,
    own_sets,
    pseudonym,
    relabel,
    remove_own_set,
    take_out,
)
from core.training.own import LABELS_FILE, OwnSet, part_of, read_items, read_picture
from core.training.sample import LABELS

SQUARE = np.array([[10, 10], [50, 10], [50, 40], [10, 40]], np.float32)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return render_clip(View.A4C, seed=2, frames=4, size=(320, 240), masks=False).clip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_set("mine", tmp_path)


def test_pictures_are_the_sector_alone(folder: Path, clip: Clip) -> None:
    written = clip.frames.copy()
    written[:, :10, -60:] = 255  # as a machine writes a name into the corner
    (item, *rest) = add_clip(folder, replace(clip, frames=written), group="p1", count=3)
    assert (len(rest), item.view, item.has_regions) == (2, None, False)
    picture = read_picture(folder, item)
    assert picture.shape == (item.height, item.width, 3)
    assert picture.max() > 60
    assert (picture[:8, -40:] == 255).sum() == 0


def test_a_clip_without_ultrasound_is_refused(folder: Path, clip: Clip) -> None:
    blank = replace(clip, frames=np.full_like(clip.frames, 200))
    with pytest.raises(InputError, match="no ultrasound picture"):
        add_clip(folder, blank, group="p1", count=3)
    assert read_items(folder) == ()


def test_labels_become_samples(folder: Path, clip: Clip) -> None:
    first, second, third = add_clip(folder, clip, group="p1", count=3)
    relabel(folder, [
        replace(first, view=View.A4C, outlines={RegionLabel.LA: SQUARE}),
        replace(second, outlines={RegionLabel.LA: SQUARE}, complete=True),
    ])  # fmt: skip
    assert [len(OwnSet(folder, use=use)) for use in ("any", "view", "regions")] == [3, 1, 2]
    samples = OwnSet(folder)
    assert samples.views() == (View.A4C, View.OTHER, View.OTHER)
    sample = samples[0]
    la = LABELS.index(RegionLabel.LA)
    assert sample.view is View.A4C
    assert sample.masks is not None
    assert sample.masks.shape == (16, *sample.image.shape)
    assert sample.masks[la].sum() == pytest.approx(41 * 31, rel=0.02)
    assert sample.masks.sum() == sample.masks[la].sum()
    assert [i for i, known in enumerate(sample.known) if known] == [la]
    assert samples[1].known.all()
    assert samples[2].masks is None
    assert samples[2].view is None
    assert third.id in {item.id for item in samples.items}


def test_outlines_come_back_to_a_tenth_of_a_pixel(folder: Path, clip: Clip) -> None:
    (item,) = add_clip(folder, clip, group="p1", count=1)
    outline = SQUARE + np.float32(0.1234)
    relabel(folder, [replace(item, outlines={RegionLabel.IVS: outline})])
    kept = read_items(folder)[0].outlines[RegionLabel.IVS]
    assert np.abs(kept - outline).max() <= 0.051


def test_a_patient_is_never_divided_and_keeps_its_side(folder: Path, clip: Clip) -> None:
    for number in range(12):
        add_clip(folder, clip, group=f"p{number}", count=2)
    relabel(folder, [replace(item, view=View.A4C) for item in read_items(folder)])
    train, test = (OwnSet(folder, use="view", part=part) for part in ("train", "test"))
    sides = [{item.group for item in each.items} for each in (train, test)]
    assert len(train) + len(test) == 24
    assert sides[0].isdisjoint(sides[1])
    assert 0.1 < np.mean([part_of(f"p{n}") == "test" for n in range(2000)]) < 0.3


def test_a_pseudonym_is_steady_here_and_tells_nothing(tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    name = pseudonym("Doe^Jane", here)
    assert name == pseudonym("Doe^Jane", here)
    assert name != pseudonym("Doe^John", here)
    assert name != pseudonym("Doe^Jane", there)
    assert "doe" not in name.lower()
    assert (here / "training" / "pseudonyms.key").stat().st_mode & 0o077 == 0


def test_no_file_holds_the_source_name(folder: Path, clip: Clip) -> None:
    add_clip(folder, replace(clip, source="DOE_JANE.dcm"), group=pseudonym("DOE"), count=1)
    assert "DOE" not in (folder / LABELS_FILE).read_text("utf-8")
    assert not [path for path in folder.iterdir() if "DOE" in path.name]


def test_two_people_label_at_once_and_nothing_is_lost(folder: Path, clip: Clip) -> None:
    items = [item for _ in range(6) for item in add_clip(folder, clip, group="p1", count=4)]

    def label(mine: list) -> None:
        for item in mine:
            relabel(folder, [replace(item, view=View.PLAX)])

    both = [threading.Thread(target=label, args=(items[i::2],)) for i in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert {item.view for item in read_items(folder)} == {View.PLAX}


def test_what_is_taken_out_is_gone_and_stays_out(folder: Path, clip: Clip) -> None:
    first, second = add_clip(folder, clip, group="p1", count=2)
    take_out(folder, [first.id])
    relabel(folder, [replace(first, view=View.A4C)])
    assert [item.id for item in read_items(folder)] == [second.id]
    assert [path.stem for path in folder.glob("*.png")] == [second.id]


def test_sets_are_listed_made_once_and_removed(tmp_path: Path) -> None:
    assert own_sets(tmp_path) == ()
    one = new_set("one", tmp_path)
    assert own_sets(tmp_path) == (one,)
    for name in ("one", "", "../x", "A"):
        with pytest.raises(InputError):
            new_set(name, tmp_path)
    with pytest.raises(InputError):
        remove_own_set(tmp_path)
    remove_own_set(one)
    assert own_sets(tmp_path) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts.update(format="other"),
        lambda facts: facts.pop("pictures"),
        lambda facts: facts["pictures"][0].update(view="A9C"),
        lambda facts: facts["pictures"][0].update(id="../../x"),
        lambda facts: facts["pictures"][0].update(width=10**9),
        lambda facts: facts["pictures"][0]["outlines"].update(la=[[1, 2], [3]]),
        lambda facts: facts["pictures"][0]["outlines"].update(la=[[1, 2], [3, float("nan")]] * 2),
        lambda facts: facts["pictures"][0]["outlines"].update(heart=[[1, 2]] * 3),
        lambda facts: facts["pictures"].append(7),
    ],
)
def test_damaged_labels_are_one_line(folder: Path, clip: Clip, change) -> None:
    add_clip(folder, clip, group="p1", count=1)
    facts = json.loads((folder / LABELS_FILE).read_text("utf-8"))
    change(facts)
    (folder / LABELS_FILE).write_text(json.dumps(facts), "utf-8")
    with pytest.raises(InputError, match=r"^[^\n]+$"):
        OwnSet(folder)


@pytest.mark.parametrize("words", ["", "{", "[" * 5000, "null", "\x00"])
def test_what_is_no_json_is_one_line(folder: Path, words: str) -> None:
    (folder / LABELS_FILE).write_text(words, "utf-8")
    with pytest.raises(InputError, match=r"^[^\n]+$"):
        read_items(folder)


def test_a_picture_that_was_damaged_is_one_line(folder: Path, clip: Clip) -> None:
    (item,) = add_clip(folder, clip, group="p1", count=1)
    (folder / f"{item.id}.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="take the picture out"):
        OwnSet(folder)[0]
