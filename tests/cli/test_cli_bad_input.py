"""Whatever is given: status 2, one line on stderr, nothing on stdout, nothing on the disk."""

import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from cli_runs import Run
from PIL import Image

Make = Callable[[Path, dict[str, Path]], Path]


def _bytes(content: bytes, name: str = "a.dcm") -> Make:
    def make(folder: Path, _: dict[str, Path]) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def _cut(which: str, part: float) -> Make:
    def make(folder: Path, exam: dict[str, Path]) -> Path:
        content = exam[which].read_bytes()
        path = folder / exam[which].name
        path.write_bytes(content[: int(part * len(content))])
        return path

    return make


def _png(side: int, *, part: float = 1.0) -> Make:
    def make(folder: Path, _: dict[str, Path]) -> Path:
        path = folder / "a.png"
        noise = np.random.default_rng(0).integers(0, 255, (side, side), dtype=np.uint8)
        Image.fromarray(noise).save(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(part * len(content))])
        return path

    return make


def _dicom(**changes: object) -> Make:
    def make(folder: Path, exam: dict[str, Path]) -> Path:
        ds = pydicom.dcmread(exam["a4c"])
        for keyword, value in changes.items():
            if value is None:
                del ds[keyword]
            else:
                setattr(ds, keyword, value)
        ds.save_as(folder / "a.dcm")
        return folder / "a.dcm"

    return make


def _zip(folder: Path, exam: dict[str, Path]) -> Path:
    with zipfile.ZipFile(folder / "a.mp4", "w") as archive:
        archive.write(exam["a2c"], "a2c.mp4")
    return folder / "a.mp4"


def _empty_folder(folder: Path, _: dict[str, Path]) -> Path:
    (folder / "exam").mkdir()
    return folder / "exam"


BAD: dict[str, tuple[Make, str]] = {
    "missing": (lambda folder, _: folder / "missing.dcm", "no such file"),
    "empty": (_bytes(b""), "empty"),
    "empty folder": (_empty_folder, "no usable clip"),
    "text": (_bytes(b"patient: nobody\nview: A4C\n"), "text"),
    "pdf": (_bytes(b"%PDF-1.7\n%%EOF\n"), "PDF"),
    "zip": (_zip, "ZIP"),
    "encrypted": (_bytes(random.Random(1).randbytes(5000), "a.mp4"), "encrypted"),
    "truncated mp4": (_cut("a2c", 0.02), "a2c.mp4"),
    "truncated dicom": (_cut("a4c", 0.01), "a4c.dcm"),
    "truncated png": (_png(64, part=0.01), "a.png"),
    "one pixel": (_png(1), "too small"),
    "no frames": (_dicom(NumberOfFrames=0), "no frames"),
    "no pixels": (_dicom(PixelData=None, Modality="SR"), "SR holds no picture"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used_is_told_in_one_line(
    case: str, tmp_path: Path, exam_files: dict[str, Path], echolab: Run
) -> None:
    make, word = BAD[case]
    given = make(tmp_path, exam_files)
    out = tmp_path / "results" / "deep"
    done = echolab("analyze", given, "--out", out)
    assert done.status == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert done.err.startswith("echolab: ")
    assert word in done.err
    assert not out.parent.exists()


def test_one_bad_file_beside_good_ones_is_named(
    tmp_path: Path, exam_files: dict[str, Path], echolab: Run
) -> None:
    bad = tmp_path / "bad.dcm"
    bad.write_bytes(b"")
    done = echolab("analyze", exam_files["a4c"], bad, "--out", tmp_path / "out")
    assert (done.status, done.out) == (2, "")
    assert "bad.dcm" in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["analyze"], "Missing argument"),
        (["analyze", "FILE"], "--out"),
        (["analyze", "FILE", "--json", "--mm-per-px", "wide"], "--mm-per-px wide"),
        (["analyze", "FILE", "--json", "--mm-per-px", "0.3,0.3,0.3"], "X,Y"),
        (["analyze", "FILE", "--json", "--mm-per-px", "0"], "--mm-per-px 0"),
        (["analyze", "FILE", "--json", "--mm-per-px", "nan"], "--mm-per-px nan"),
        (["analyze", "FILE", "--json", "--mm-per-px=-0.3"], "--mm-per-px -0.3"),
        (["analyze", "FILE", "--json", "--sex", "X"], "--sex X"),
        (["analyze", "FILE", "--json", "--height-cm", "1.80"], "20 and 260"),
        (["analyze", "FILE", "--json", "--height-cm", "tall"], "--height-cm"),
        (["analyze", "FILE", "--json", "--weight-kg", "nan"], "0.5 and 400"),
        (["analyze", "FILE", "--json", "--lang", "fr"], "en, zh"),
        (["analyze", "FILE", "--json", "--models", "/nowhere"], "/nowhere"),
        (["analyze", "FILE", "--json", "--no-such-option"], "--no-such-option"),
        (["analyse", "FILE"], "analyse"),
        (["train", "hearts"], "view, picture"),
        (["train", "view", "--steps", "0"], "--steps 0"),
        (["train", "view", "--virtual", "0"], "--data"),
        (["train", "view", "--data", "/nowhere"], "/nowhere"),
        (["evaluate", "hearts"], "view, picture"),
        (["evaluate", "view", "--data", "/nowhere"], "/nowhere"),
        (["evaluate", "regions", "--models", "/nowhere"], "/nowhere"),
        (["bench", "--seconds", "0"], "--seconds"),
        (["bench", "--models", "/nowhere"], "/nowhere"),
        (["app", "--port", "0"], "--port"),
    ],
)
def test_arguments_that_mean_nothing(
    arguments: list[str], word: str, exam_files: dict[str, Path], echolab: Run
) -> None:
    given = [str(exam_files["a4c"]) if a == "FILE" else a for a in arguments]
    done = echolab(*given)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert word in done.err


def test_a_place_that_cannot_be_written(
    tmp_path: Path, exam_files: dict[str, Path], echolab: Run
) -> None:
    (tmp_path / "file").write_text("kept")
    places = [tmp_path / "file", tmp_path / "file" / "below"]
    if os.geteuid() != 0:  # root may write everywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        places.append(tmp_path / "locked")
    for place in places:
        done = echolab("analyze", exam_files["a4c"], "--out", place)
        assert (done.status, done.out) == (2, "")
        assert done.err.startswith(f"echolab: --out {place}: cannot be written")
        assert done.err.count("\n") == 1
    assert (tmp_path / "file").read_text() == "kept"


def test_models_that_are_not_there_or_damaged(
    tmp_path: Path, exam_files: dict[str, Path], echolab: Run
) -> None:
    for name in ("empty", "damaged"):
        (tmp_path / name).mkdir()
    (tmp_path / "damaged" / "view").mkdir()
    (tmp_path / "damaged" / "view" / "model.json").write_text("{")
    for name in ("empty", "damaged"):
        out = tmp_path / "out"
        done = echolab("analyze", exam_files["a4c"], "--out", out, "--models", tmp_path / name)
        assert (done.status, done.out) == (2, "")
        assert done.err.count("\n") == 1
        assert "no usable model" in done.err
        assert not out.exists()


def test_a_process_of_its_own_prints_one_line_too(
    tmp_path: Path, exam_files: dict[str, Path], process: Run
) -> None:
    cut = _cut("a2c", 0.02)(tmp_path, exam_files)
    done = process("analyze", cut, "--out", tmp_path / "out")
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("echolab: a2c.mp4")
    assert not (tmp_path / "out").exists()
