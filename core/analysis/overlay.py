"""Overlay files, one a clip, and the key pictures of a report."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from core.analysis.analysis import Analysis, ClipAnalysis
from core.analysis.drawing import Mark, draw_overlay, scaled_mark, scaled_region, scaled_sector
from core.analysis.film import write_film
from core.domain import Clip, InputError, Measurement, Phases, Region, RegionLabel, Trace
from core.language import text
from core.replacing import replacing

__all__ = ["Mark", "draw_overlay", "key_pictures", "marks", "write_overlay"]

_SHORTEST, _LONGEST = 640, 1280
"""Bounds of an overlay's long side, px: below, no text can be read; above, a laptop's browser
stutters."""

_DEFAULT_FPS = 25.0


def write_overlay(
    clip: Clip,
    clip_analysis: ClipAnalysis,
    folder: Path,
    *,
    lang: str = "en",
    measurements: Sequence[Measurement] = (),
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Write `<clip id>_overlay.png` for a still, `.mp4` for a clip.

    The picture is resized so that its long side lies within 640..1280 px. Structures are drawn
    on the frames on which they were found, and on no other. Frames are drawn one at a time; the
    file appears under its name only when it is whole.

    Args:
        clip: the pixels.
        clip_analysis: what was recognised of it.
        folder: made if absent.
        lang: of legend and title.
        measurements: of the exam; those of this clip are drawn on their frames.
        progress: is told the share that is done, 0..1.

    Raises:
        InputError: the folder cannot be written or the disk is full.
    """
    suffix = ".png" if len(clip) == 1 else ".mp4"
    final = Path(folder) / f"{clip.id}_overlay{suffix}"
    scene = _Scene(clip, clip_analysis, lang=lang, measurements=measurements)
    try:
        with replacing(final) as unfinished:
            if len(clip) == 1:
                _write_png(unfinished, scene.draw(0))
            else:
                write_film(unfinished, _told(scene, progress), fps=_rate(clip))
    except OSError as error:
        raise InputError(
            f"{final} cannot be written ({error.strerror or error}): choose another folder or "
            f"make room"
        ) from error
    if progress is not None:
        progress(1.0)
    return final


def key_pictures(
    clips: Sequence[Clip], analysis: Analysis, lang: str
) -> list[tuple[str, NDArray[np.uint8]]]:
    """One picture a clip with overlay and caption, in the order of `clips`.

    A standard clip shows end-diastole, the one of the beat whose structures were found best; any
    other its middle frame.

    Args:
        clips: those whose pixels are at hand; one that the analysis does not know is passed over.
        analysis: of the exam.
        lang: of captions and legends, "en" or "zh".

    Returns:
        (caption, uint8 [H, W, 3] RGB), the long side within 640..1280 px.
    """
    known = {c.id: c for c in analysis.clips}
    pictures = []
    for clip in clips:
        if clip.id not in known or len(clip) == 0:
            continue
        facts = known[clip.id]
        index, kind = _best_frame(clip, facts)
        scene = _Scene(clip, facts, lang=lang, measurements=analysis.measurements)
        view = facts.recognition.view.label.value
        # People count frames from 1, as the viewer does; only files count from 0.
        caption = text(f"overlay.caption.{kind}", lang, view=view, frame=index + 1)
        pictures.append((caption, scene.draw(index)))
    return pictures


def marks(
    measurements: Sequence[Measurement], clip_id: str, frame: int, shown: Sequence[Region] = ()
) -> tuple[Mark, ...]:
    """What was measured on one frame: calipers and contours with their values.

    A measurement's points lie on the first of its frames. Values that share their points share
    one mark; a contour that is the outline of a region in `shown` gets its label only.
    """
    by_points: dict[tuple[tuple[float, float], ...], list[str]] = defaultdict(list)
    for m in measurements:
        if m.clip == clip_id and m.frames[:1] == (frame,) and m.points and m.value is not None:
            by_points[m.points].append(f"{m.id.upper()} {m.value:.3g} {m.value_unit}")
    return tuple(
        Mark(
            points=points,
            label="\n".join(labels),
            closed=len(points) > 2,
            drawn=not any(_same(points, region) for region in shown),
        )
        for points, labels in by_points.items()
    )


def trace_marks(trace: Trace | None, frame: int) -> tuple[Mark, ...]:
    """The curves that were followed along a strip and the peaks read on them, on their frame."""
    if trace is None or trace.frame != frame:
        return ()
    lines = tuple(Mark(points=line.points) for line in trace.lines if len(line.points) > 2)
    return (*lines, *(Mark(points=(peak,)) for peak in trace.peaks))


def _same(points: tuple[tuple[float, float], ...], region: Region) -> bool:
    return len(points) == len(region.polygon) and bool(
        np.allclose(np.asarray(points), region.polygon, atol=0.1)
    )


class _Scene:
    """What one clip's overlay shows, ready to be drawn frame by frame."""

    def __init__(
        self, clip: Clip, facts: ClipAnalysis, *, lang: str, measurements: Sequence[Measurement]
    ) -> None:
        self._clip, self._facts, self._lang = clip, facts, lang
        self._measurements = [m for m in measurements if m.clip == clip.id]
        width, height = _target(clip.width, clip.height)
        self._size = width, height
        self._factor = width / clip.width, height / clip.height
        self._sector = scaled_sector(facts.recognition.sector, self._factor)
        self._regions: dict[int, list[Region]] = defaultdict(list)
        for region in facts.recognition.regions:
            self._regions[region.frame].append(region)
        found = {region.label for region in facts.recognition.regions}
        # One legend for the whole clip: it must not jump from frame to frame.
        self._legend = [label for label in RegionLabel if label in found]

    def __len__(self) -> int:
        return len(self._clip)

    def draw(self, index: int) -> NDArray[np.uint8]:
        pixels = np.ascontiguousarray(self._clip.frames[index])
        if self._factor != (1.0, 1.0):
            how = cv2.INTER_AREA if self._factor[0] < 1 else cv2.INTER_CUBIC
            pixels = cv2.resize(pixels, self._size, interpolation=how).astype(np.uint8, copy=False)
        regions = self._regions.get(index, [])
        return draw_overlay(
            pixels,
            sector=self._sector,
            regions=[scaled_region(r, self._factor) for r in regions],
            title=self._title(index),
            points=[
                scaled_mark(m, self._factor)
                for m in (
                    *trace_marks(self._facts.trace, index),
                    *marks(self._measurements, self._clip.id, index, regions),
                )
            ],
            lang=self._lang,
            legend=self._legend,
        )

    def _title(self, index: int) -> str:
        view, phases = self._facts.recognition.view, self._facts.recognition.phases
        percent = round(100 * view.probability)
        words = text("overlay.title", self._lang, view=view.label.value, percent=percent)
        phase = _phase(phases, index)
        return words if phase is None else f"{words} · {text(f'overlay.{phase}', self._lang)}"


def _phase(phases: Phases, index: int) -> str | None:
    if index in phases.ed:
        return "ed"
    return "es" if index in phases.es else None


def _target(width: int, height: int) -> tuple[int, int]:
    """Size of the overlay, px: long side within bounds, both even as H.264's 4:2:0 wants it."""
    long_side = max(width, height)
    factor = min(max(long_side, _SHORTEST), _LONGEST) / long_side
    return tuple(max(2, 2 * round(side * factor / 2)) for side in (width, height))  # type: ignore[return-value]


def _rate(clip: Clip) -> float:
    if clip.fps is not None and clip.fps > 0:
        return clip.fps
    length = float(clip.times_s[-1] - clip.times_s[0])
    return (len(clip) - 1) / length if length > 0 else _DEFAULT_FPS


def _told(scene: _Scene, progress: Callable[[float], None] | None) -> Iterator[NDArray[np.uint8]]:
    for index in range(len(scene)):
        yield scene.draw(index)
        if progress is not None:
            progress((index + 1) / (len(scene) + 1))


def _write_png(path: Path, picture: NDArray[np.uint8]) -> None:
    done, png = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not done:
        raise OSError("OpenCV could not write a PNG")
    path.write_bytes(png.tobytes())


def _best_frame(clip: Clip, facts: ClipAnalysis) -> tuple[int, str]:
    """(frame, kind of caption) of the clip's key picture."""
    if len(clip) == 1:
        return 0, "still"
    read = None if facts.trace is None or not facts.trace.values else facts.trace.key_frame
    if read is not None and read < len(clip):
        return read, "frame"
    recognition = facts.recognition
    scores: dict[int, float] = defaultdict(float)
    for region in recognition.regions:
        scores[region.frame] += region.score
    ed = [index for index in recognition.phases.ed if index < len(clip)]
    if recognition.judgement.standard and ed:
        return max(ed, key=lambda index: scores.get(index, 0.0)), "ed"
    middle = len(clip) // 2
    return middle, _phase(recognition.phases, middle) or "frame"
