"""Overlays show what was recognised, where it is, on any size of frame, in files browsers play."""

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from core.analysis import overlay
from core.analysis.analysis import Analysis, ClipAnalysis
from core.analysis.overlay import Mark, draw_overlay, key_pictures, marks, write_overlay
from core.analysis.palette import MARK, colour
from core.domain import (
    Calibration,
    Clip,
    InputError,
    Judgement,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Phases,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    View,
    ViewResult,
)

GREY = 90


def square(frame: int, label: RegionLabel, x0: float, y0: float, x1: float, y1: float) -> Region:
    polygon = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
    return Region(frame=frame, label=label, score=0.9, box=(x0, y0, x1, y1), polygon=polygon)


def whole(width: int, height: int) -> Sector:
    corners = ((0.0, 0.0), (width - 1.0, 0.0), (width - 1.0, height - 1.0), (0.0, height - 1.0))
    box = (0, 0, width, height)
    return Sector(kind=SectorKind.RECTANGLE, box=box, outline=corners, score=1.0)


def clip_of(frames: int, *, height: int = 480, width: int = 640, fps: float | None = 50.0) -> Clip:
    return Clip(
        id="a4c",
        source="a.dcm",
        frames=np.full((frames, height, width, 3), GREY, np.uint8),
        times_s=np.arange(frames) / 50.0,
        fps=fps,
        total_frames=frames,
    )


def facts_of(
    clip: Clip, regions: tuple[Region, ...] = (), phases: Phases | None = None
) -> ClipAnalysis:
    return ClipAnalysis(
        id=clip.id,
        source=clip.source,
        frames=len(clip),
        fps=clip.fps,
        width=clip.width,
        height=clip.height,
        calibration=Calibration(),
        recognition=Recognition(
            clip_id=clip.id,
            mode=Mode.BMODE,
            sector=whole(clip.width, clip.height),
            view=ViewResult(
                label=View.A4C,
                probability=0.97,
                probabilities={v: 0.97 if v == View.A4C else 0.03 / 11 for v in View},
            ),
            judgement=Judgement(standard=True, quality=0.9, reasons=()),
            regions=regions,
            phases=phases or Phases(),
        ),
    )


def decoded(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def tint(pixels: NDArray[np.uint8], x: int, y: int) -> NDArray[np.int_]:
    return pixels[y, x].astype(int) - GREY


def lettered(pixels: NDArray[np.uint8]) -> int:
    """Pixels as bright as only text is here."""
    return int((pixels.min(axis=2) > 200).sum())


def test_a_structure_is_tinted_outlined_and_named_and_nothing_else_changes():
    pixels = np.full((480, 640, 3), GREY, np.uint8)
    region = square(0, RegionLabel.LV_CAVITY, 200, 100, 400, 300)
    before = pixels.copy()
    drawn = draw_overlay(pixels, sector=None, regions=[region])
    assert np.array_equal(pixels, before)
    assert drawn.shape == pixels.shape
    assert drawn.dtype == np.uint8
    expected = 0.22 * (np.array(colour(RegionLabel.LV_CAVITY)) - GREY)
    assert np.abs(tint(drawn, 300, 200) - expected).max() <= 2
    assert drawn[200, 200].tolist() == list(colour(RegionLabel.LV_CAVITY))
    assert lettered(drawn) > 20
    changed = np.argwhere((drawn != pixels).any(axis=2))
    outside = [(y, x) for y, x in changed if not (95 < y < 306 and 195 < x < 406)]
    assert all(y > 430 and x < 200 for y, x in outside)  # the legend, bottom left


def test_a_chambers_outline_stays_visible_where_it_meets_the_wall():
    cavity = square(0, RegionLabel.LV_CAVITY, 200, 100, 400, 300)
    wall = square(0, RegionLabel.LV_MYOCARDIUM, 150, 100, 200, 300)
    pixels = np.full((480, 640, 3), GREY, np.uint8)
    for order in ([cavity, wall], [wall, cavity]):
        drawn = draw_overlay(pixels, sector=None, regions=order)
        assert drawn[200, 200].tolist() == list(colour(RegionLabel.LV_CAVITY))


def test_the_legend_speaks_the_asked_language():
    pixels = np.full((480, 640, 3), GREY, np.uint8)
    region = square(0, RegionLabel.LA, 200, 100, 400, 300)
    english = draw_overlay(pixels, sector=None, regions=[region], lang="en")
    chinese = draw_overlay(pixels, sector=None, regions=[region], lang="zh")
    assert not np.array_equal(english[430:, :200], chinese[430:, :200])
    assert np.array_equal(english[:400], chinese[:400])


def test_the_legend_goes_to_the_corner_that_holds_no_picture():
    pixels = np.full((480, 640, 3), GREY, np.uint8)
    left = ((0.0, 0.0), (500.0, 0.0), (500.0, 479.0), (0.0, 479.0))
    sector = Sector(kind=SectorKind.FAN, box=(0, 0, 500, 480), outline=left, score=1.0)
    drawn = draw_overlay(
        pixels, sector=sector, regions=[square(0, RegionLabel.LA, 200, 100, 300, 300)]
    )
    assert lettered(drawn[400:, 500:]) > 20
    assert lettered(drawn[400:, :480]) == 0


def test_a_measured_line_is_drawn_with_its_label():
    pixels = np.full((480, 640, 3), GREY, np.uint8)
    mark = Mark(points=((100.0, 240.0), (300.0, 240.0)), label="IVSD 9 mm")
    drawn = draw_overlay(pixels, sector=None, regions=[], points=[mark])
    assert drawn[240, 200].tolist() == list(MARK)
    label = drawn[225:260, 305:420].astype(int)
    assert (np.abs(label - MARK).max(axis=2) < 40).sum() > 30


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (90, 1), (3, 3), (20, 30), (112, 112)])
def test_tiny_frames_are_drawn_without_text_that_has_no_room(size: tuple[int, int]):
    height, width = size
    pixels = np.full((height, width, 3), GREY, np.uint8)
    drawn = draw_overlay(
        pixels,
        sector=whole(width, height),
        regions=[square(0, RegionLabel.LV_CAVITY, 0, 0, width, height)],
        title="A4C 97 % and many more words than could ever stand on such a frame",
        points=[Mark(points=((1.0, 1.0),), label="LVIDD 47.2 mm")],
    )
    assert drawn.shape == pixels.shape
    assert lettered(drawn) == 0


@pytest.mark.parametrize(
    "polygon",
    [
        [(-5000.0, -5000.0), (9000.0, -5000.0), (9000.0, 9000.0)],
        [(1e9, 1e9), (2e9, 1e9), (2e9, 2e9)],
        [(np.nan, 1.0), (2.0, np.inf), (3.0, 3.0)],
        [(-50.0, -50.0), (-40.0, -50.0), (-40.0, -40.0)],
    ],
)
def test_outlines_beyond_the_frame_do_no_harm(polygon: list[tuple[float, float]]):
    region = replace(square(0, RegionLabel.LA, 0, 0, 1, 1), polygon=np.array(polygon, np.float32))
    pixels = np.full((100, 120, 3), GREY, np.uint8)
    assert draw_overlay(pixels, sector=None, regions=[region]).shape == pixels.shape


def test_a_clips_overlay_is_a_film_that_browsers_play(tmp_path: Path):
    clip = clip_of(12, height=389, width=549, fps=29.97)
    path = write_overlay(clip, facts_of(clip), tmp_path / "new" / "folder")
    assert path == tmp_path / "new" / "folder" / "a4c_overlay.mp4"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert float(stream.average_rate) == pytest.approx(29.97, abs=0.005)
        assert (stream.width, stream.height) == (640, 454)
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert len(decoded(path)) == 12
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_structures_stand_only_on_the_frames_on_which_they_were_found(tmp_path: Path):
    clip = clip_of(6)
    found = (square(2, RegionLabel.LA, 200, 100, 400, 300),)
    frames = decoded(write_overlay(clip, facts_of(clip, found), tmp_path))
    tinted = [bool(np.abs(tint(frame, 300, 200)).max() > 12) for frame in frames]
    assert tinted == [False, False, True, False, False, False]
    # The legend stays: it must not jump from frame to frame.
    assert all(lettered(frame[430:, :200]) > 20 for frame in frames)


def test_a_still_gets_a_png(tmp_path: Path):
    clip = clip_of(1, fps=None)
    path = write_overlay(
        clip, facts_of(clip, (square(0, RegionLabel.LA, 200, 100, 400, 300),)), tmp_path, lang="zh"
    )
    assert path.name == "a4c_overlay.png"
    picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    assert picture.shape == (480, 640, 3)
    assert picture[200, 200].tolist() == list(colour(RegionLabel.LA))


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        (2000, 4000, (640, 1280)),
        (80, 112, (458, 640)),
        (481, 641, (480, 640)),
        (1, 1, (640, 640)),
        (1, 1000, (2, 1000)),
    ],
)
def test_films_have_even_sides_that_a_laptop_can_play(
    tmp_path: Path, height: int, width: int, expected: tuple[int, int]
):
    clip = clip_of(2, height=height, width=width)
    region = square(0, RegionLabel.LA, width * 0.25, height * 0.25, width * 0.75, height * 0.75)
    path = write_overlay(clip, facts_of(clip, (region,)), tmp_path)
    first = decoded(path)[0]
    assert first.shape[:2] == expected
    if min(height, width) > 50:  # the structure moved along with the picture
        assert np.abs(tint(first, expected[1] // 2, expected[0] // 2)).max() > 12
        assert np.abs(tint(first, expected[1] * 4 // 5, expected[0] // 2)).max() < 8


def test_frames_are_drawn_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    clip = clip_of(4)
    drawn, encoded = [], []
    draw = overlay._Scene.draw

    def count(scene: overlay._Scene, index: int) -> NDArray[np.uint8]:
        drawn.append(index)
        return draw(scene, index)

    def film(path: Path, pictures: Iterator[NDArray[np.uint8]], *, fps: float) -> None:
        for _ in pictures:
            encoded.append(len(drawn))
        path.write_bytes(b"film")

    monkeypatch.setattr(overlay._Scene, "draw", count)
    monkeypatch.setattr(overlay, "write_film", film)
    write_overlay(clip, facts_of(clip), tmp_path)
    assert encoded == [1, 2, 3, 4]


def test_progress_rises_to_one(tmp_path: Path):
    clip = clip_of(3)
    told: list[float] = []
    write_overlay(clip, facts_of(clip), tmp_path, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_disk_that_is_full_gives_one_line_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clip = clip_of(3)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(InputError, match="cannot be written"):
        write_overlay(clip, facts_of(clip), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_gives_one_line(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    clip = clip_of(1, fps=None)
    with pytest.raises(InputError, match="cannot be written"):
        write_overlay(clip, facts_of(clip), tmp_path / "file")


def measured(
    name: str, value: float | None, points: tuple[tuple[float, float], ...]
) -> Measurement:
    return Measurement(
        id=name,
        value=value,
        unit="mL",
        method="",
        status=MeasurementStatus.MISSING if value is None else MeasurementStatus.AUTO,
        clip="a4c",
        frames=(3, 7),
        points=points,
    )


def test_marks_name_what_was_measured_on_the_frame_it_was_measured_on():
    region = square(3, RegionLabel.LV_CAVITY, 200, 100, 400, 300)
    contour = tuple((float(x), float(y)) for x, y in region.polygon)
    line = ((1.0, 2.0), (3.0, 4.0))
    measurements = [
        measured("lvedv", 121.34, contour),
        measured("lvef", 55.0, contour),
        measured("lvidd", 47.0, line),
        measured("lvesv", None, ()),
    ]
    assert marks(measurements, "a4c", 7) == marks(measurements, "other", 3) == ()
    of_contour, of_line = marks(measurements, "a4c", 3, [region])
    assert of_contour.label == "LVEDV 121 mL\nLVEF 55 mL"
    assert not of_contour.drawn  # the region's own outline is there already
    assert of_line == Mark(points=line, label="LVIDD 47 mL")
    assert marks(measurements, "a4c", 3)[0].drawn


def analysis_of(*clips: ClipAnalysis) -> Analysis:
    return Analysis(
        exam_id="e",
        patient=Patient(),
        software_version="1",
        models=(),
        clips=clips,
        measurements=(),
        findings=(),
    )


def test_key_picture_of_a_standard_clip_is_its_best_end_diastole():
    clip = clip_of(9)
    regions = (
        square(6, RegionLabel.LA, 200, 100, 400, 300),
        square(6, RegionLabel.LV_CAVITY, 420, 100, 500, 300),
        square(1, RegionLabel.LA, 200, 100, 400, 300),
    )
    analysis = analysis_of(facts_of(clip, regions, Phases(ed=(1, 6), es=(3,))))
    ((caption, picture),) = key_pictures([clip], analysis, "en")
    assert caption == "A4C, end-diastole, frame 7"
    assert picture[200, 200].tolist() == list(colour(RegionLabel.LA))
    assert np.abs(tint(picture, 450, 200)).max() > 12
    ((caption, _),) = key_pictures([clip], analysis, "zh")
    assert caption == "A4C，舒张末期，第 7 帧"


def test_key_picture_of_other_clips_is_the_middle_one():
    clip, still = clip_of(9), replace(clip_of(1, fps=None), id="still")
    facts = facts_of(clip, (), Phases(ed=(1,)))
    recognition = replace(
        facts.recognition, judgement=Judgement(standard=False, quality=0.1, reasons=())
    )
    unknown = replace(clip_of(2), id="unknown")
    pictures = key_pictures(
        [clip, still, unknown],
        analysis_of(replace(facts, recognition=recognition), facts_of(still)),
        "en",
    )
    assert [caption for caption, _ in pictures] == ["A4C, frame 5", "A4C, still"]
