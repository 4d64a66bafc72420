"""`echolab simulate`: files and truth, or one clear line."""

import json
from pathlib import Path

import pydicom
import pytest
import typer
from typer.testing import CliRunner

from core.cli import simulate
from core.domain import InputError
from core.phantom.demo import DEMO_VIEWS, demo_exam

cli = typer.Typer()
simulate.register(cli)


@cli.callback()
def _several() -> None:
    """Keeps `simulate` a sub-command, as in the whole program."""


def _run(*arguments: str) -> None:
    done = CliRunner().invoke(cli, ["simulate", *arguments])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["clip.mp4", "clip.dcm"])
def test_a_clip_is_written_with_its_truth(tmp_path: Path, name: str) -> None:
    out = tmp_path / "new" / name
    _run("--view", "a4c", "--out", str(out), "--frames", "3", "--ef", "40", "--seed", "2",
         "--offset", "5,0,0,-2,0")  # fmt: skip
    assert sorted(file.name for file in out.parent.iterdir()) == [
        name, f"{name}.masks.npz", f"{name}.truth.json",
    ]  # fmt: skip
    truth = json.loads((out.parent / f"{name}.truth.json").read_text())
    assert truth["frames"] == 3
    assert truth["pose"]["rotate_deg"] == 5
    assert truth["pose"]["slide_mm"] == [-2, 0]
    values = {row["id"]: row["value"] for row in truth["measurements"]}
    assert values["lvef"] == pytest.approx(40, abs=0.1)
    assert truth["case"]["heart_rate"] > 0


def test_an_exam_is_eleven_files_of_one_study(tmp_path: Path) -> None:
    _run("--exam", str(tmp_path / "exam"), "--frames", "1", "--seed", "3")
    files = sorted((tmp_path / "exam").glob("*.dcm"))
    assert len(files) == 11
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    assert len({ds.StudyInstanceUID for ds in headers}) == 1
    assert len({ds.SOPInstanceUID for ds in headers}) == 11
    assert len(list((tmp_path / "exam").glob("*.truth.json"))) == 11


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--view", "A9C"], "A9C"),
        (["--view", "OTHER"], "OTHER"),
        (["--mode", "pw"], "only bmode for now"),
        (["--mode", "xray"], "xray"),
        (["--frames", "0"], "--frames"),
        (["--frames", "100000"], "--frames"),
        (["--fps", "nan"], "--fps"),
        (["--fps", "0"], "--fps"),
        (["--ef", "150"], "--ef"),
        (["--seed", "-1"], "--seed"),
        (["--offset", "1,2"], "--offset"),
        (["--offset", "a,b,c,d,e"], "--offset"),
        (["--offset", "nan,0,0,0,0"], "--offset"),
        (["--offset", "400,0,0,0,0"], "--offset"),
        (["--out", "clip.avi"], "clip.avi"),
        (["--exam", "folder"], "--exam"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_arguments_are_one_line_and_no_file(
    tmp_path: Path, arguments: list[str], word: str
) -> None:
    out = tmp_path / "clip.mp4"
    with pytest.raises(InputError) as error:
        _run("--view", "A4C", "--out", str(out), *arguments)
    assert word in str(error.value)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_nothing_named_is_said_so() -> None:
    with pytest.raises(InputError, match="--view"):
        _run()


def test_a_folder_in_the_way_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="cannot be written"):
        _run("--view", "A4C", "--out", str(tmp_path / "file" / "clip.mp4"))
    (tmp_path / "clip.mp4").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        _run("--view", "A4C", "--out", str(tmp_path / "clip.mp4"))


def test_the_demonstration_is_five_readable_clips_of_two_beats(tmp_path: Path) -> None:
    told: list[float] = []
    files = demo_exam(tmp_path / "demo", progress=told.append)
    assert len(files) == len(DEMO_VIEWS)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    headers = [pydicom.dcmread(file) for file in files]
    assert len({ds.PatientID for ds in headers}) == 1
    seconds = headers[0].NumberOfFrames * float(headers[0].FrameTime) / 1000
    assert 1.5 < seconds < 3
    assert headers[0].pixel_array.shape[1:] == (480, 640, 3)
