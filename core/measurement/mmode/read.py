"""The values of an M-mode strip: left ventricle, inferior caval vein."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import median_filter

from core.acquisition.strip_scale import StripScale
from core.domain import FlowSite, Mode, Trace, TraceLine, TraceValue
from core.measurement.doppler.beats import beat_spans
from core.measurement.doppler.ecg import find_r_waves
from core.measurement.doppler.site import Surroundings, mmode_site
from core.measurement.mmode.layers import Walls, follow_walls
from core.measurement.mmode.vein import Vein, follow_vein
from core.measurement.reasons import Reason

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]

IDS: dict[FlowSite, tuple[str, ...]] = {
    FlowSite.LV: ("lvedd", "lvesd", "ivsd", "lvpwd", "ivs_amplitude"),
    FlowSite.IVC: ("ivc",),
    FlowSite.UNKNOWN: ("*",),
}
# What the left ventricle can be, mm, and how far its posterior wall at least moves in a beat: what
# stands still is no wall of the heart.
_WALLS = ("septum_right", "septum_left", "posterior_endocardium", "posterior_epicardium")
_CAVITY_MM = (22.0, 90.0)
_WALL_MM = (4.0, 24.0)
_LEAST_MOTION_MM = 2.5
_LEAST_SHORTENING = 0.06
# The septum goes 3-8 mm, in a strong heart a little more: what goes farther was not followed.
_MOST_MOTION_MM = 12.5
_UNLIKE = 0.35
# A wall whose thickness was followed with more scatter than this (mm) was not followed.
_UNSTEADY_MM = 1.8
_STEADY_MS = 80.0
_DIAMETER_SD, _WALL_SD, _MOTION_SD = 0.035, 0.09, 0.12
# Grey levels by which the far sides of the walls stand out at least.
_LEAST_FALL, _LEAST_LINE = 30.0, 6.0
# The caval vein's width, mm, and the grey levels by which its walls stand out.
_VEIN_MM, _VEIN_SD, _LEAST_VEIN = (4.0, 40.0), 0.06, 15.0
# A breath takes some seconds: a shorter strip shows one width, not the largest and the smallest.
_BREATH_MS, _VEIN_STEADY_MS = 3000.0, 250.0


def read_mmode(
    frame: NDArray[np.uint8], box: Box, scale: StripScale, around: Surroundings, *, number: int = 0
) -> Trace:
    """Measures an M-mode strip.

    Args:
        frame: RGB uint8 [H, W, 3].
        box: (x0, y0, x1, y1) of the strip.
        scale: its scales.
        around: the small picture beside it.
        number: index of the frame in its clip.
    """
    base = {
        "mode": Mode.MMODE, "view": around.view, "frame": number, "box": box, "zero": scale.zero,
        "calibration": scale.calibration,
    }  # fmt: skip

    def without(reason: Reason, site: FlowSite = FlowSite.UNKNOWN) -> Trace:
        missing = tuple((i, reason.value) for i in IDS[site])
        return Trace(**base, site=site, missing=missing)  # type: ignore[arg-type]

    mm, ms = scale.calibration.mm_per_px_y, scale.calibration.ms_per_px
    if mm is None:
        return without(Reason.NO_STRIP_SCALE)
    if ms is None:
        return without(Reason.NO_TIME_SCALE)
    site = mmode_site(around)
    if site is FlowSite.UNKNOWN:
        return without(Reason.UNKNOWN_FLOW)
    x0, y0, x1, y1 = box
    grey = frame[y0:y1, x0:x1].max(axis=2).astype(np.float32)
    r_waves = find_r_waves(frame, box, ms)
    lines: dict[str, Floats] = {}
    quality = 0.0
    if site is FlowSite.IVC and around.vein is not None:
        values, vein = read_vein(grey, mm, ms, middle=around.vein * len(grey))
        if vein is not None:
            lines, quality = {"ivc_near": vein.near, "ivc_far": vein.far}, vein.step / 60.0
    else:
        values, walls = read_walls(grey, mm, ms, r_waves)
        if walls is not None:
            lines, quality = {name: getattr(walls, name) for name in _WALLS}, walls.contrast
    if not values:
        return without(Reason.NO_WALLS, site)
    got = {value.id for value in values}
    return Trace(
        **base,  # type: ignore[arg-type]
        site=site,
        beats=tuple(x0 + float(r) for r in r_waves),
        lines=tuple(_line(name, rows, x0, y0) for name, rows in lines.items()),
        values=tuple(_placed(value, x0, y0) for value in values),
        missing=tuple((i, Reason.NO_WALLS.value) for i in IDS[site] if i not in got),
        quality=min(quality, 1.0),
    )


def read_vein(
    grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float, *, middle: float
) -> tuple[list[TraceValue], Vein | None]:
    """`ivc` (the largest width) and, where the strip holds a breath, `ivc_minimum`; as
    `read_walls`. `middle`: row at which the vein is expected."""
    vein = follow_vein(grey, mm_per_px, ms_per_px, middle=middle)
    if vein is None or vein.step < _LEAST_VEIN:
        return [], vein
    wide = _steady((vein.far - vein.near) * mm_per_px, ms_per_px, over=_VEIN_STEADY_MS)
    largest, smallest = int(wide.argmax()), int(wide.argmin())
    if not _VEIN_MM[0] <= wide[largest] <= _VEIN_MM[1]:
        return [], vein
    shown = [("ivc", largest)]
    if len(wide) * ms_per_px >= _BREATH_MS:
        shown.append(("ivc_minimum", smallest))
    values = [
        TraceValue(
            id=name, value=float(wide[x]), beats=(float(wide[x]),), relative_sd=_VEIN_SD,
            points=((float(x), float(vein.near[x])), (float(x), float(vein.far[x]))),
            method="largest and smallest over the breath" if len(shown) > 1 else "linear on M-mode",
        )
        for name, x in shown
    ]  # fmt: skip
    return values, vein


def read_walls(
    grey: NDArray[np.float32], mm_per_px: float, ms_per_px: float, r_waves: Floats
) -> tuple[list[TraceValue], Walls | None]:
    """Values of a strip through the left ventricle; their points are in the strip's own px.

    Args:
        grey: float32 [h, w], 0..255, depth downwards, time to the right.
        mm_per_px, ms_per_px: of a row, of a column.
        r_waves: columns of the R waves (end-diastole); without them the widest moment counts.
    """
    walls = follow_walls(grey, mm_per_px, ms_per_px)
    if walls is None:
        return [], None
    cavity = _steady((walls.posterior_endocardium - walls.septum_left) * mm_per_px, ms_per_px)
    beats = _beats(cavity, r_waves, ms_per_px)
    ends = [(start, _narrowest(cavity, start, end)) for start, end in beats]
    diastole = np.array([cavity[round(ed)] for ed, _ in ends])
    systole = np.array([cavity[es] for _, es in ends])
    septum = walls.septum_left
    motion = mm_per_px * np.array([_excursion(septum[round(a) : round(b) + 1]) for a, b in beats])
    followed = motion.mean() <= _MOST_MOTION_MM
    if not followed or not _is_ventricle(diastole, systole, walls, mm_per_px):
        return [], walls
    first = ends[int(np.abs(diastole - diastole.mean()).argmin())]
    left, back = walls.septum_left, walls.posterior_endocardium
    values = [
        _value("lvedd", diastole, _DIAMETER_SD, first[0], left, back),
        _value("lvesd", systole, _DIAMETER_SD, first[1], left, back),
    ]
    right, epi = walls.septum_right, walls.posterior_epicardium
    for name, inner, outer, seen, least in (
        ("ivsd", right, left, "septum_right", _LEAST_FALL),
        ("lvpwd", back, epi, "posterior_epicardium", _LEAST_LINE),
    ):
        thick = _steady((outer - inner) * mm_per_px, ms_per_px)
        at_ed = np.array([thick[round(ed)] for ed, _ in ends])
        if walls.clear[seen] < least:
            continue
        alike = len(at_ed) < 2 or float(np.std(at_ed)) < _UNSTEADY_MM
        if alike and _WALL_MM[0] <= at_ed.mean() <= _WALL_MM[1]:
            values.append(_value(name, at_ed, _WALL_SD, first[0], inner, outer))
    top, low = int(left.argmin()), int(left.argmax())
    values.append(
        TraceValue(
            id="ivs_amplitude", value=float(motion.mean()), beats=tuple(map(float, motion)),
            relative_sd=_MOTION_SD,
            points=((float(top), float(left[top])), (float(top), float(left[low]))),
            method="excursion of the septal endocardium on M-mode",
        )
    )  # fmt: skip
    return values, walls


def _excursion(rows: Floats) -> float:
    """From the highest to the lowest place, px, without what single columns add."""
    high, low = np.percentile(rows, (3, 97))
    return float(low - high)


def _beats(cavity: Floats, r_waves: Floats, ms_per_px: float) -> list[tuple[float, float]]:
    """(start, end) columns of beats; without R waves from widest to widest."""
    spans = [span for span in beat_spans(r_waves, len(cavity) - 1) if span[0] >= 0]
    if spans:
        return spans
    calm = _smooth(cavity, ms_per_px)
    least = 400.0 / ms_per_px
    tops: list[int] = []
    for x in np.argsort(-calm):
        if all(abs(int(x) - t) > least for t in tops) and calm[x] > np.percentile(calm, 70):
            tops.append(int(x))
    tops.sort()
    pairs = list(zip(map(float, tops[:-1]), map(float, tops[1:]), strict=True))
    return pairs or [(float(np.argmax(calm)), float(len(cavity) - 1))]


def _steady(curve: Floats, ms_per_px: float, *, over: float = _STEADY_MS) -> Floats:
    """A curve without what single columns add: a median over so many ms."""
    wide = 2 * round(0.5 * over / ms_per_px) + 1
    return np.asarray(median_filter(curve, size=wide, mode="nearest"), np.float64)


def _narrowest(cavity: Floats, start: float, end: float) -> int:
    a, b = round(start), max(round(start) + 1, round(end))
    return a + int(cavity[a:b].argmin())


def _smooth(curve: Floats, ms_per_px: float) -> Floats:
    wide = max(1, round(120.0 / ms_per_px))
    return np.convolve(np.pad(curve, wide, mode="edge"), np.ones(2 * wide + 1) / (2 * wide + 1),
                       "valid")  # fmt: skip


def _is_ventricle(diastole: Floats, systole: Floats, walls: Walls, mm_per_px: float) -> bool:
    """True where what was followed moves and is as large as a left ventricle."""
    wide = _CAVITY_MM[0] <= diastole.mean() <= _CAVITY_MM[1]
    shortens = 1 - systole.mean() / diastole.mean() >= _LEAST_SHORTENING
    moves = np.ptp(walls.posterior_endocardium) * mm_per_px >= _LEAST_MOTION_MM
    # Beats that are nothing like each other were not followed.
    alike = all(np.ptp(each) <= _UNLIKE * each.mean() for each in (diastole, systole))
    return bool(wide and shortens and moves and alike)


def _value(name: str, beats: Floats, sd: float, column: float, upper: Floats,
           lower: Floats) -> TraceValue:  # fmt: skip
    x = round(column)
    return TraceValue(
        id=name, value=float(beats.mean()), beats=tuple(float(b) for b in beats), relative_sd=sd,
        points=((float(x), float(upper[x])), (float(x), float(lower[x]))),
        method="linear on M-mode",
    )  # fmt: skip


def _placed(value: TraceValue, x0: int, y0: int) -> TraceValue:
    points = tuple((x0 + x, y0 + y) for x, y in value.points)
    return replace(value, points=points)


def _line(name: str, rows: Floats, x0: int, y0: int) -> TraceLine:
    step = max(1, len(rows) // 300)
    points = tuple((float(x0 + x), float(y0 + rows[x])) for x in range(0, len(rows), step))
    return TraceLine(name=name, points=points)
