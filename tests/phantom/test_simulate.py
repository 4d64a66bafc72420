"""`echolab simulate`: files and truth, or one clear line."""

import json
from pathlib import Path

import pydicom
import pytest
import typer
from typer.testing import CliRunner

from core.acquisition.files import read_clip
from core.cli import simulate
from core.domain import InputError, Mode, View
from core.measurement.catalogue import catalogue
from core.phantom import Case, exam
from core.phantom.demo import demo_takes, render_demo
from core.phantom.flow.site import site_for
from core.phantom.writers import write_dicom

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
    assert truth["pose"]["rotate_deg"] == pytest.approx(5, abs=0.01)
    assert truth["pose"]["slide_mm"] == pytest.approx([-2, 0], abs=0.01)
    values = {row["id"]: row["value"] for row in truth["measurements"]}
    assert values["lvef"] == pytest.approx(40, abs=0.2)
    assert truth["case"]["heart_rate"] > 0


@pytest.mark.parametrize(
    ("mode", "view", "case"),
    [
        ("color", "PLAX", "aortic_regurgitation"),
        ("pw", "A5C", None),
        ("cw", "A4C", "tricuspid_regurgitation"),
        ("tdi", "A4C", None),
        ("mmode", "PLAX", "dilated"),
    ],
)
def test_each_mode_is_written_and_read_back_with_its_scales(
    tmp_path: Path, mode: str, view: str, case: str | None
) -> None:
    out = tmp_path / "clip.dcm"
    disease = [] if case is None else ["--case", case, "--severity", "severe"]
    _run(
        "--view", view, "--mode", mode, "--out", str(out), "--frames", "1", "--seed", "3", *disease
    )
    clip = read_clip(out)
    truth = json.loads((tmp_path / "clip.dcm.truth.json").read_text())
    assert clip.mode.value == truth["mode"] == mode
    assert truth["case"]["case"] == case
    for name, got in (
        ("mm_per_px_x", clip.calibration.mm_per_px_x),
        ("mm_per_px_y", clip.calibration.mm_per_px_y),
        ("cm_s_per_px", clip.calibration.cm_s_per_px),
        ("ms_per_px", clip.calibration.ms_per_px),
    ):
        assert got == (None if truth["calibration"][name] is None
                       else pytest.approx(truth["calibration"][name])), name  # fmt: skip
    assert (tmp_path / "clip.dcm.masks.npz").exists() == (mode == "color")


@pytest.mark.parametrize("case", list(Case))
def test_each_case_is_told_in_the_truth(tmp_path: Path, case: Case) -> None:
    out = tmp_path / "clip.mp4"
    _run("--view", "A4C", "--out", str(out), "--frames", "1", "--seed", "3", "--case", case.value,
         "--no-masks")  # fmt: skip
    truth = json.loads((tmp_path / "clip.mp4.truth.json").read_text())
    assert truth["case"]["case"] == case.value
    assert truth["case"]["severity"] == "moderate"
    assert truth["masks"] is None


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for name in ("a", "b"):
        _run("--view", "A2C", "--out", str(tmp_path / name / "clip.dcm"), "--frames", "2",
             "--seed", "5")  # fmt: skip
        written.append([file.read_bytes() for file in sorted((tmp_path / name).iterdir())])
    assert written[0] == written[1]


def test_an_exam_is_one_study_with_one_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [take for take in exam.STANDARD_EXAM if take.view in (View.A2C, View.SSN, View.SC_IVC)]
    monkeypatch.setattr(exam, "STANDARD_EXAM", few)
    _run("--exam", str(tmp_path / "exam"), "--frames", "1", "--seed", "3", "--case", "dilated")
    files = sorted((tmp_path / "exam").glob("*.dcm"))
    assert [file.name for file in files] == [
        "01-a2c.dcm", "02-sc-ivc.dcm", "03-sc-ivc-mmode-ivc.dcm", "04-ssn.dcm",
    ]  # fmt: skip
    headers = [pydicom.dcmread(file, stop_before_pixels=True) for file in files]
    assert len({ds.StudyInstanceUID for ds in headers}) == 1
    assert len({ds.SOPInstanceUID for ds in headers}) == 4
    whole = json.loads((tmp_path / "exam" / "exam.truth.json").read_text())
    assert [clip["file"] for clip in whole["clips"]] == [file.name for file in files]
    assert whole["case"]["case"] == "dilated"
    assert {row["id"] for row in whole["measurements"]} == set(catalogue())
    assert all((tmp_path / "exam" / clip["truth"]).exists() for clip in whole["clips"])


def test_the_standard_exam_has_every_view_and_every_mode() -> None:
    takes = exam.STANDARD_EXAM
    grey = [take.view for take in takes if take.mode is Mode.BMODE]
    assert set(grey) == {view for view in View if view is not View.OTHER}
    assert len(grey) == 11
    assert {take.mode for take in takes} == set(Mode) - {Mode.UNKNOWN}
    assert len({take.name for take in takes}) == len(takes)
    for take in takes:
        if take.site is not None:
            assert site_for(take.mode, take.view, take.site) is take.site


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--view", "A9C"], "A9C"),
        (["--view", "OTHER", "--mode", "pw"], "OTHER"),
        (["--mode", "cw", "--view", "PSAX-PM"], "PSAX-PM"),
        (["--case", "plague"], "plague"),
        (["--case", "dilated", "--severity", "awful"], "awful"),
        (["--severity", "mild"], "--case"),
        (["--quality", "2"], "--quality"),
        (["--heart-rate", "5"], "--heart-rate"),
        (["--sex", "X"], "--sex"),
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


def test_the_demonstration_is_readable_clips_of_two_beats_and_strips(tmp_path: Path) -> None:
    told: list[float] = []
    made = render_demo(progress=told.append)
    files = [write_dicom(phantom, tmp_path / f"{n}.dcm") for n, phantom in enumerate(made)]
    assert len(files) == len(demo_takes())
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    headers = [pydicom.dcmread(file) for file in files]
    assert len({ds.PatientID for ds in headers}) == 1
    assert len({ds.SOPInstanceUID for ds in headers}) == len(files)
    seconds = headers[0].NumberOfFrames * float(headers[0].FrameTime) / 1000
    assert 1.5 < seconds < 3
    assert headers[0].pixel_array.shape[1:] == (480, 640, 3)
