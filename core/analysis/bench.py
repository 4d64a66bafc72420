"""Speeds of the stages, of the live line and of the whole line, beside the peers' networks.

All in one run on one machine, so that the comparison is fair whatever else the machine does. The
peers' networks are what EchoNet-Dynamic (r2plus1d_18 on 32 frames of 112x112; deeplabv3_resnet50
at 112x112) and EchoView47 (xception at 299x299) use, with random weights: speed does not ask for
trained ones. They run in torch, as their authors run them, with as many threads as torch takes.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import timm
import torch
import torchvision
from numpy.typing import NDArray

from core.acquisition.files import read_exam
from core.acquisition.sector import find_sector
from core.analysis.pipeline import analyse
from core.domain import Frame, Sector, View
from core.phantom import render_clip
from core.phantom.writers import write_dicom
from core.recognition.anatomy import LOOK_SIDE
from core.recognition.live import LiveEngine
from core.recognition.look import FrameLook
from core.recognition.models import Models, load_models
from core.recognition.recognise import outline_look, recognise_frame
from core.recognition.square import SectorSquare

LIVE_FPS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One speed: median and 95th percentile in ms over `runs`, beside the goal in words.

    Attributes:
        per_frame_ms: the median for one frame, where a run looks at several.
    """

    what: str
    median_ms: float
    p95_ms: float
    runs: int
    goal: str
    per_frame_ms: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def run(*, models: Path | None, seconds: float, clip_seconds: float = 10.0) -> list[Row]:
    """All rows; each speed is measured for `seconds`, the whole line once on a clip of
    `clip_seconds`."""
    loaded = load_models(models)
    phantom = render_clip(View.A4C, seed=1, frames=60, fps=LIVE_FPS, masks=False)
    frames = phantom.clip.frames
    sector = find_sector(frames)
    cut = SectorSquare(sector, frames.shape[1], frames.shape[2], LOOK_SIDE)
    seen, live = recognise_frame(frames[0], sector, loaded), loaded.for_stream()
    rows = [
        _timed("sector of a clip", lambda _: find_sector(frames), seconds, "120 ms"),
        _timed(
            "view + plane + guidance, one frame",
            lambda i: recognise_frame(frames[i % len(frames)], sector, live),
            seconds,
            "33 ms (30 a second); floor 66 ms",
        ),
        _timed(
            "  of it the trunk alone",
            lambda i: loaded.regions.trunk.look(cut(frames[i % len(frames)])[None]),
            seconds,
            "",
        ),
        _timed(
            "regions of a live frame, on the same trunk",
            lambda _: outline_look(seen, loaded),
            seconds,
            "66 ms (15 a second); floor 125 ms",
        ),
        _timed(
            "regions of a clip's frame, its own trunk included",
            lambda i: loaded.regions.find(frames, sector, indices=[i % len(frames)]),
            seconds,
            "",
        ),
        *_peers(seconds),
        *_live(loaded, frames, sector, seconds=max(2 * seconds, 0.5)),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a4c.dcm"
        count = round(clip_seconds * LIVE_FPS)
        write_dicom(render_clip(View.A4C, seed=2, frames=count, fps=LIVE_FPS, masks=False), path)

        def whole(_: int) -> None:
            exam = read_exam([path])
            analyse(exam.clips, patient=exam.patient, exam_id="bench", models=loaded)

        what = f"a {clip_seconds:g}-s A4C DICOM clip, read and analysed"
        rows.append(_timed(what, whole, 0.0, f"{3000 * clip_seconds:g} ms"))
    return rows


def _peers(seconds: float) -> Iterator[Row]:
    """What others use for the same, as they use it; built one at a time, for memory's sake."""
    peers: tuple[tuple[str, Callable[[], torch.nn.Module], tuple[int, ...], int], ...] = (
        (
            "peer: torchvision r2plus1d_18, 32 frames of 112x112",
            lambda: torchvision.models.video.r2plus1d_18(weights=None),
            (1, 3, 32, 112, 112),
            32,
        ),
        (
            "peer: torchvision deeplabv3_resnet50, 112x112",
            lambda: torchvision.models.segmentation.deeplabv3_resnet50(
                weights=None, weights_backbone=None
            ),
            (1, 3, 112, 112),
            1,
        ),
        (
            "peer: timm xception, 299x299",
            lambda: timm.create_model("legacy_xception", pretrained=False),
            (1, 3, 299, 299),
            1,
        ),
    )
    with _all_threads():
        for what, build, shape, frames in peers:
            net = build().eval()
            given = torch.randn(*shape)
            with torch.inference_mode():
                yield _timed(what, partial(_ask, net, given), seconds, "", frames=frames)


def _ask(net: torch.nn.Module, given: torch.Tensor, _: int) -> object:
    return net(given)


@contextmanager
def _all_threads() -> Iterator[None]:
    """As many threads as the machine has cores, for torch, as its users have it."""
    before = torch.get_num_threads()
    torch.set_num_threads(os.cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _live(
    models: Models, frames: NDArray[np.uint8], sector: Sector, *, seconds: float
) -> Iterator[Row]:
    """The live line at 30 frames a second: from a frame in to its cue out, regions beside it."""
    regions = 0
    live = models.for_stream()

    def outline(look: FrameLook) -> list[Any]:
        nonlocal regions
        regions += 1
        return outline_look(look, models)

    engine = LiveEngine(
        recognise_frame=lambda pixels, where, found: recognise_frame(pixels, where, live, found),
        find_sector=lambda _: sector,
        find_regions=outline,
        max_fps=LIVE_FPS,
        regions_duty=0.9,
    )
    delays: list[float] = []
    waiting = 0
    last = -1
    begun = time.perf_counter()
    index = 0
    try:
        while (now := time.perf_counter() - begun) < seconds + 1.0:
            if now >= index / LIVE_FPS:
                pixels = frames[index % len(frames)]
                engine.submit(
                    Frame(index=index, time_s=index / LIVE_FPS, pixels=pixels, source="bench")
                )
                index += 1
            waiting = max(waiting, engine.waiting)
            state = engine.snapshot()
            if state.index > last:
                last = state.index
                if now > 1.0:  # what is only needed once has been done by then
                    delays.append(1000 * state.latency_s)
            time.sleep(0.002)
    finally:
        engine.close()
    if not delays:
        raise RuntimeError("the live line gave no answer")
    yield Row(
        what=f"live, frame in to cue out, {len(delays) / seconds:.0f} answers and "
        f"{regions / (seconds + 1):.0f} outlines a second, {waiting} waiting at most",
        median_ms=float(np.median(delays)),
        p95_ms=float(np.percentile(delays, 95)),
        runs=len(delays),
        goal="95 % under 100 ms, 1 waiting at most",
    )


def _timed(
    what: str, work: Callable[[int], object], seconds: float, goal: str, *, frames: int = 1
) -> Row:
    if seconds:
        work(0)
    times: list[float] = []
    begun = time.perf_counter()
    while not times or time.perf_counter() - begun < seconds:
        start = time.perf_counter()
        work(len(times))
        times.append((time.perf_counter() - start) * 1000)
    return Row(
        what=what,
        median_ms=float(np.median(times)),
        p95_ms=float(np.percentile(times, 95)),
        runs=len(times),
        goal=goal,
        per_frame_ms=float(np.median(times)) / frames if frames > 1 else None,
    )
