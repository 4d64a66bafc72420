"""`Trace` as JSON and back: what a strip or a colour clip said."""

from typing import Any

from core.domain import (
    Calibration,
    CalibrationSource,
    FlowSite,
    Mode,
    Trace,
    TraceLine,
    TraceValue,
    View,
)

Json = dict[str, Any]
Points = tuple[tuple[float, float], ...]


def trace_to_json(trace: Trace | None) -> Json | None:
    """The trace as plain JSON values; None for none."""
    if trace is None:
        return None
    return {
        "mode": trace.mode.value,
        "site": trace.site.value,
        "view": trace.view.value,
        "frame": trace.frame,
        "box": list(trace.box),
        "zero": _optional(trace.zero, 3),
        "calibration": {
            "source": trace.calibration.source.value,
            "mm_per_px_x": _optional(trace.calibration.mm_per_px_x, 9),
            "mm_per_px_y": _optional(trace.calibration.mm_per_px_y, 9),
            "cm_s_per_px": _optional(trace.calibration.cm_s_per_px, 9),
            "ms_per_px": _optional(trace.calibration.ms_per_px, 9),
            "reasons": list(trace.calibration.reasons),
        },
        "beats": [round(float(x), 2) for x in trace.beats],
        "lines": [{"name": line.name, "points": _points(line.points)} for line in trace.lines],
        "peaks": _points(trace.peaks),
        "values": [
            {
                "id": value.id,
                "value": round(float(value.value), 5),
                "beats": [round(float(v), 5) for v in value.beats],
                "relative_sd": round(float(value.relative_sd), 5),
                "points": _points(value.points),
                "method": value.method,
                "frame": value.frame,
            }
            for value in trace.values
        ],
        "missing": [[name, reason] for name, reason in trace.missing],
        "quality": round(float(trace.quality), 4),
        "doubt": trace.doubt,
    }


def trace_from_json(item: Json | None) -> Trace | None:
    """Reads a trace back."""
    if item is None:
        return None
    c = item["calibration"]
    x0, y0, x1, y1 = item["box"]
    box = (float(x0), float(y0), float(x1), float(y1))
    return Trace(
        mode=Mode(item["mode"]),
        site=FlowSite(item["site"]),
        view=View(item["view"]),
        frame=item["frame"],
        box=(x0, y0, x1, y1),
        zero=item["zero"],
        calibration=Calibration(
            source=CalibrationSource(c["source"]),
            mm_per_px_x=c["mm_per_px_x"],
            mm_per_px_y=c["mm_per_px_y"],
            cm_s_per_px=c["cm_s_per_px"],
            ms_per_px=c["ms_per_px"],
            box=box if c["source"] != CalibrationSource.NONE else None,
            zero_y=item["zero"],
            reasons=tuple(c["reasons"]),
        ),
        beats=tuple(item["beats"]),
        lines=tuple(
            TraceLine(name=line["name"], points=_read_points(line["points"]))
            for line in item["lines"]
        ),
        peaks=_read_points(item["peaks"]),
        values=tuple(
            TraceValue(
                id=value["id"],
                value=value["value"],
                beats=tuple(value["beats"]),
                relative_sd=value["relative_sd"],
                points=_read_points(value["points"]),
                method=value["method"],
                frame=value.get("frame"),
            )
            for value in item["values"]
        ),
        missing=tuple((name, reason) for name, reason in item["missing"]),
        quality=item["quality"],
        doubt=item["doubt"],
    )


def _optional(value: float | None, digits: int) -> float | None:
    return None if value is None else round(float(value), digits)


def _points(points: Points) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2)] for x, y in points]


def _read_points(points: list[list[float]]) -> Points:
    return tuple((x, y) for x, y in points)
