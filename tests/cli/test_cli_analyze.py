"""`echolab analyze` on what can be used: the files that programs outside rely on."""

import json
import math
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pikepdf
import pydicom
import pytest
from cli_runs import Done, Run
from PIL import Image
from pydicom.uid import ExplicitVRLittleEndian
from pypdf import PdfReader

from core.analysis import codec

# The promise of the contract, written down again by hand: these keys, of these types.
TEXT, INT, NUMBER, LIST = str, int, (int, float), list
MAYBE = (int, float, type(None))
MAYBE_TEXT = (str, type(None))
TOP = {"schema": TEXT, "software": dict, "exam": dict, "clips": LIST, "measurements": LIST,
       "findings": LIST}  # fmt: skip
MODEL = {"name": TEXT, "version": TEXT, "sha256": TEXT, "licence": TEXT, "trained_on": TEXT}
EXAM = {"id": TEXT, "sex": MAYBE_TEXT, "height_cm": MAYBE, "weight_kg": MAYBE}
CLIP = {"id": TEXT, "source": TEXT, "mode": TEXT, "frames": INT, "fps": MAYBE, "width": INT,
        "height": INT, "calibration": dict, "view": dict, "guidance": (dict, type(None)),
        "phases": dict, "regions": LIST}  # fmt: skip
CALIBRATION = {"source": TEXT, "mm_per_px_x": MAYBE, "mm_per_px_y": MAYBE, "cm_s_per_px": MAYBE,
               "ms_per_px": MAYBE}  # fmt: skip
VIEW = {"label": TEXT, "probability": NUMBER, "probabilities": dict, "standard": bool,
        "quality": NUMBER, "reasons": LIST}  # fmt: skip
REGION = {"frame": INT, "label": TEXT, "score": NUMBER, "box": LIST, "polygon": LIST}
MEASUREMENT = {"id": TEXT, "value": MAYBE, "unit": TEXT, "interval": (list, type(None)),
               "clip": MAYBE_TEXT, "frames": LIST, "points": LIST, "method": TEXT,
               "code": MAYBE_TEXT, "status": TEXT, "reason": MAYBE_TEXT, "grade": MAYBE_TEXT,
               "reference": MAYBE_TEXT}  # fmt: skip
FINDING = {"id": TEXT, "text": dict, "severity": TEXT, "because": LIST, "source": TEXT}
VIEWS = {
    "PLAX",
    "PSAX-AV",
    "PSAX-MV",
    "PSAX-PM",
    "A4C",
    "A5C",
    "A2C",
    "A3C",
    "SC4C",
    "SC-IVC",
    "SSN",
    "OTHER",
}
MODES = {"bmode", "color", "pw", "cw", "tdi", "mmode", "unknown"}
LABELS = {
    "lv_cavity",
    "lv_myocardium",
    "ivs",
    "rv_cavity",
    "la",
    "ra",
    "aorta",
    "main_pa",
    "mitral_valve",
    "tricuspid_valve",
    "aortic_valve",
    "pulmonary_valve",
    "papillary_muscle",
    "pericardium",
    "pericardial_effusion",
    "ivc",
}


def keeps(promise: dict[str, Any], given: dict[str, Any]) -> None:
    for key, kind in promise.items():
        assert key in given, key
        assert isinstance(given[key], kind), (key, given[key])


def keeps_contract(document: dict[str, Any]) -> None:
    keeps(TOP, document)
    assert document["schema"] == "echolab.analysis/1"
    keeps({"version": TEXT, "models": LIST}, document["software"])
    assert document["software"]["models"]
    for model in document["software"]["models"]:
        keeps(MODEL, model)
    keeps(EXAM, document["exam"])
    for clip in document["clips"]:
        keeps(CLIP, clip)
        keeps(CALIBRATION, clip["calibration"])
        assert clip["calibration"]["source"] in ("dicom", "scale", "manual", "none")
        assert clip["mode"] in MODES
        view = clip["view"]
        keeps(VIEW, view)
        assert set(view["probabilities"]) == VIEWS
        assert math.isclose(sum(view["probabilities"].values()), 1, abs_tol=0.02)
        assert view["probabilities"][view["label"]] == view["probability"]
        assert 0 <= view["quality"] <= 1
        keeps({"ed": LIST, "es": LIST}, clip["phases"])
        for region in clip["regions"]:
            keeps(REGION, region)
            assert region["label"] in LABELS
            assert 0 <= region["score"] <= 1
            assert 0 <= region["frame"] < clip["frames"]
            assert len(region["polygon"]) >= 3
    assert document["measurements"]
    clips = {clip["id"] for clip in document["clips"]}
    for item in document["measurements"]:
        keeps(MEASUREMENT, item)
        assert item["status"] in ("auto", "edited", "missing")
        assert (item["value"] is None) == (item["status"] == "missing")
        assert item["reason"] or item["status"] != "missing"
        assert item["clip"] in clips | {None}
    for item in document["findings"]:
        keeps(FINDING, item)
        assert set(item["text"]) == {"en", "zh"}
        assert item["severity"] in ("info", "mild", "moderate", "severe")


@pytest.fixture(scope="session")
def analysed(
    exam_files: dict[str, Path], process: Run, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Done]:
    """The exam analysed once, in a process of its own, with `--json` and `--out`."""
    out = tmp_path_factory.mktemp("analysed") / "new" / "folder"
    done = process(
        "analyze", exam_files["a4c"], exam_files["a2c"], "--out", out, "--json", "--sex", "F",
        "--weight-kg", "61.5",
    )  # fmt: skip
    return out, done


def test_json_is_all_there_is_on_stdout_and_stderr_is_silent(analysed: tuple[Path, Done]) -> None:
    out, done = analysed
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out) == json.loads((out / "analysis.json").read_text("utf-8"))


def test_the_document_keeps_the_contract_and_the_schema(analysed: tuple[Path, Done]) -> None:
    document = json.loads((analysed[0] / "analysis.json").read_text("utf-8"))
    codec.validate(document)
    keeps_contract(document)
    assert [clip["source"] for clip in document["clips"]] == ["a4c.dcm", "a2c.mp4"]
    a4c, a2c = document["clips"]
    assert (a4c["width"], a4c["height"], a4c["frames"]) == (400, 300, 12)
    assert a4c["calibration"]["source"] == "dicom"
    assert a2c["calibration"]["source"] in ("scale", "none")
    # What was given by hand goes before what the file says; the rest is the file's.
    exam = document["exam"]
    assert (exam["sex"], exam["weight_kg"], exam["height_cm"]) == ("F", 61.5, 176)


def test_no_name_of_the_patient_is_in_the_document(
    analysed: tuple[Path, Done], exam_files: dict[str, Path]
) -> None:
    name = str(pydicom.dcmread(exam_files["a4c"]).PatientName)
    assert name.split("^")[0] not in (analysed[0] / "analysis.json").read_text("utf-8")


def test_one_overlay_a_clip_that_plays_and_nothing_left_over(analysed: tuple[Path, Done]) -> None:
    out, _ = analysed
    names = sorted(path.name for path in out.iterdir())
    assert names == ["a2c_overlay.mp4", "a4c_overlay.mp4", "analysis.json", "report.pdf"]
    for name in names[:2]:
        with av.open(out / name) as film:
            frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
        assert len(frames) == 12
        assert max(frames[0].shape) >= 640
        assert frames[0].std() > 10


def test_the_report_opens_and_can_be_filled_in(analysed: tuple[Path, Done]) -> None:
    with pikepdf.open(analysed[0] / "report.pdf") as pdf:
        assert len(pdf.pages) >= 1
        assert len(pdf.Root.AcroForm.Fields) > 3


def test_view_and_volumes_of_a_rendered_exam(analysed: tuple[Path, Done]) -> None:
    """What the shipped weights must manage: the plain views of an easy virtual heart."""
    document = json.loads((analysed[0] / "analysis.json").read_text("utf-8"))
    assert [clip["view"]["label"] for clip in document["clips"]] == ["A4C", "A2C"]
    assert all("lv_cavity" in {r["label"] for r in c["regions"]} for c in document["clips"])
    values = {m["id"]: m["value"] for m in document["measurements"]}
    assert values["lvedv"] is not None
    assert 25 < values["lvef"] < 85


def test_a_still_with_its_pixel_size_given_and_a_chinese_report(
    tmp_path: Path, still: Path, echolab: Run
) -> None:
    done = echolab(
        "analyze", still, "--out", tmp_path, "--mm-per-px", "0.7,0.6", "--lang", "zh", "--sex", "m"
    )
    assert (done.status, done.err) == (0, "")
    document = json.loads((tmp_path / "analysis.json").read_text("utf-8"))
    keeps_contract(document)
    (clip,) = document["clips"]
    found = clip["calibration"]
    assert (found["source"], found["mm_per_px_x"], found["mm_per_px_y"]) == ("manual", 0.7, 0.6)
    assert document["exam"]["sex"] == "M"
    picture = cv2.imread(str(tmp_path / "still_overlay.png"))
    assert picture is not None
    assert max(picture.shape) >= 640
    words = "".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in words)


def test_without_a_calibration_there_are_no_millimetres(still: Path, echolab: Run) -> None:
    document = json.loads(echolab("analyze", still, "--json").out)
    if document["clips"][0]["calibration"]["source"] == "none":
        lengths = [m for m in document["measurements"] if m["unit"] in ("mm", "cm", "mL", "cm2")]
        assert lengths
        assert all(m["value"] is None for m in lengths)
    else:
        assert document["clips"][0]["calibration"]["source"] == "scale"


def test_the_summary_does_not_wrap_and_has_no_colours(
    tmp_path: Path, still: Path, echolab: Run
) -> None:
    long_name = still.with_name("a rather [red]long name " + "x" * 150 + ".png")
    long_name.write_bytes(still.read_bytes())
    done = echolab("analyze", long_name, "--out", tmp_path)
    assert (done.status, done.err) == (0, "")
    assert "\x1b" not in done.out
    assert done.out.splitlines()[0].startswith(f"{long_name.name}: ")
    assert done.out.splitlines()[-1].endswith(str(tmp_path / "report.pdf"))


def test_a_folder_is_one_exam_and_what_is_no_clip_in_it_is_told(
    tmp_path: Path, still: Path, echolab: Run
) -> None:
    (tmp_path / "exam").mkdir()
    for name in ("1.png", "2.dcm"):  # a picture by another name is a picture
        (tmp_path / "exam" / name).write_bytes(still.read_bytes())
    (tmp_path / "exam" / "notes.txt").write_text("nothing to see")
    done = echolab("analyze", tmp_path / "exam", "--json")
    assert done.status == 0
    assert [clip["source"] for clip in json.loads(done.out)["clips"]] == ["1.png", "2.dcm"]
    assert done.err.splitlines() == [line for line in done.err.splitlines() if "notes.txt" in line]
    assert done.err.startswith("skipped: notes.txt")


def _grey_16(path: Path, exam: dict[str, Path]) -> Path:
    frames = _frames(exam)[:2, ..., 0].astype(np.uint16) * 16
    ds = pydicom.dcmread(exam["a4c"])
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.NumberOfFrames, ds.SamplesPerPixel = len(frames), 1
    ds.PhotometricInterpretation = "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    if "PlanarConfiguration" in ds:
        del ds.PlanarConfiguration
    ds.PixelData = frames.tobytes()
    ds["PixelData"].VR = "OW"
    ds["PixelData"].is_undefined_length = False
    ds.save_as(path, enforce_file_format=True)
    return path


def _palette(path: Path, exam: dict[str, Path]) -> Path:
    _grey_16(path, exam)
    ds = pydicom.dcmread(path)
    ds.PhotometricInterpretation = "PALETTE COLOR"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    ds.PixelData = _frames(exam)[:2, ..., 0].tobytes()
    ds["PixelData"].VR = "OB"
    ramp = (np.arange(256, dtype=np.uint16) * 257).tobytes()
    for colour in ("Red", "Green", "Blue"):
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [256, 0, 16])
        ds.add_new(f"{colour}PaletteColorLookupTableData", "OW", ramp)
    ds.save_as(path, enforce_file_format=True)
    return path


def _frames(exam: dict[str, Path]) -> np.ndarray:
    with av.open(exam["a2c"]) as film:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)])


@pytest.mark.parametrize("make", [_grey_16, _palette])
def test_unusual_dicom_is_read_as_the_picture_that_it_is(
    make: Any, tmp_path: Path, exam_files: dict[str, Path], echolab: Run
) -> None:
    path = make(tmp_path / "odd.dcm", exam_files)
    done = echolab("analyze", path, "--json")
    assert (done.status, done.err) == (0, "")
    document = json.loads(done.out)
    keeps_contract(document)
    assert document["clips"][0]["frames"] == 2


def test_a_picture_of_no_heart_is_not_measured(tmp_path: Path, echolab: Run) -> None:
    y, x = np.mgrid[0:300, 0:400]
    photo = np.stack([x * 255 // 400, y * 255 // 300, (x + y) % 256], axis=-1).astype(np.uint8)
    Image.fromarray(photo).save(tmp_path / "sunset.png")
    done = echolab("analyze", tmp_path / "sunset.png", "--out", tmp_path / "out")
    assert (done.status, done.err) == (0, "")
    document = json.loads((tmp_path / "out" / "analysis.json").read_text("utf-8"))
    view = document["clips"][0]["view"]
    assert view["label"] == "OTHER" or not view["standard"]
    assert view["reasons"]
    assert all(m["value"] is None for m in document["measurements"])
    assert not document["findings"]


def test_a_huge_picture_and_ten_thousand_frames_stay_below_three_gigabytes(
    tmp_path: Path, process: Run
) -> None:
    Image.new("L", (8192, 8192), 40).save(tmp_path / "huge.png")
    with av.open(tmp_path / "long.mp4", "w") as film:
        stream = film.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(10_000):
            frame = av.VideoFrame(64, 48, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number % 251]) * plane.buffer_size)
            frame.pts = number
            film.mux(stream.encode(frame))
        film.mux(stream.encode())
    done = process("analyze", tmp_path / "huge.png", tmp_path / "long.mp4", "--json")
    assert (done.status, done.err) == (0, "")
    huge, long = json.loads(done.out)["clips"]
    assert (huge["width"], huge["height"], long["frames"]) == (8192, 8192, 10_000)
    assert done.peak_kb is not None
    assert done.peak_kb < 3 * 2**20
