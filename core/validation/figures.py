"""Error figures of many pairs: Bland-Altman, coverage, grades, what is found and what is not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.domain.segments import SEGMENTS
from core.measurement.catalogue import catalogue
from core.measurement.reasons import Reason
from core.phantom.realism_classifiers import area_under_curve
from core.validation.goals import verdict
from core.validation.pair import Pair, Way

Z95 = 1.96
#: A defect from which on it is to be found, mm.
DEFECT_MM = 5.0
# Of a value whose parts are measurements of their own.
_SPLIT = ("ivc", "valve_opening")
_SHORT = 4
# Units of values that are told in whole steps: percents of them say nothing.
_STEPS = ("grade 0-4", "count", "score 1-4")


def figures_by_way(pairs: Sequence[Pair]) -> dict[str, dict[str, Any]]:
    """Figures by way and by measurement, in the order of the catalogue."""
    return {way.value: by_measurement([p for p in pairs if p.way is way]) for way in Way}


def by_measurement(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures by measurement, each also by window and by case, and what is wanted of it."""
    groups = grouped(split_parts(pairs), lambda pair: pair.id)
    order = {name: number for number, name in enumerate(catalogue())}
    names = sorted(groups, key=lambda name: (order.get(name.split(".")[0], len(order)), name))
    found = {}
    for name in names:
        own = figures(groups[name])
        found[name] = {
            **own,
            "goals": verdict(name, own),
            "by_window": _split(groups[name], lambda pair: pair.window),
            "by_case": _split(groups[name], lambda pair: pair.case),
        }
    return found


def figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures of one measurement in one group of patients.

    Returns:
        `n` values that have a truth, `missing` by reason, `spurious` values where there is nothing
        to measure; errors in the unit and in percent of the truth; `coverage` of the 90 %
        intervals; what else the kind of value asks for.
    """
    reasons: dict[str, int] = defaultdict(int)
    for pair in pairs:
        if pair.found is None and pair.true is not None:
            reasons[pair.reason or Reason.IMPLAUSIBLE.value] += 1
    both = [pair for pair in pairs if pair.error is not None]
    out: dict[str, Any] = {
        "n": len(both),
        "missing": dict(sorted(reasons.items())),
        "spurious": sum(pair.true is None and pair.found is not None for pair in pairs),
    }
    if both:
        entry = catalogue().get(both[0].id)
        out |= _errors(both) | _coverage(both)
        if entry is not None and entry.unit == "grade 0-4":
            out |= _grades(both)
        out |= _KINDS.get(both[0].id, lambda pairs: {})(both)
    return out


def grouped(pairs: Iterable[Pair], key: Callable[[Pair], str]) -> dict[str, list[Pair]]:
    """The pairs by what `key` says of them."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[key(pair)].append(pair)
    return dict(groups)


def split_parts(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs, and those of the parts that are measurements of their own as `id.part`."""
    found = []
    for pair in pairs:
        found.append(pair)
        if pair.id in _SPLIT:
            found += [
                Pair(id=f"{pair.id}.{name}", way=pair.way, found=value, true=true, seed=pair.seed,
                     window=pair.window, case=pair.case, reason=pair.reason, method=pair.method,
                     take=pair.take, frame=pair.frame)
                for name, (value, true) in pair.parts.items()
            ]  # fmt: skip
    return found


def area_under(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """Area under the ROC curve, ties counted half; None where one kind is lacking."""
    s, p = np.asarray(scores, np.float64), np.asarray(positive, bool)
    if p.all() or not p.any():
        return None
    return area_under_curve(s, p)


def _split(pairs: Sequence[Pair], key: Callable[[Pair], str]) -> dict[str, Any]:
    return {name: figures(own) for name, own in sorted(grouped(pairs, key).items())}


def _errors(pairs: Sequence[Pair]) -> dict[str, float]:
    true = np.array([pair.true for pair in pairs], np.float64)
    error = np.array([pair.error for pair in pairs], np.float64)
    bias, sd = float(error.mean()), _deviation(error)
    found = {
        "bias": bias,
        "sd": sd,
        "mae": float(np.abs(error).mean()),
        "agreement_low": bias - Z95 * sd,
        "agreement_high": bias + Z95 * sd,
    }
    some = np.abs(true) > 1e-9
    entry = catalogue().get(pairs[0].id)
    if some.any() and (entry is None or entry.unit not in _STEPS):
        part = 100 * error[some] / true[some]
        found |= {
            "bias_percent": float(part.mean()),
            "sd_percent": _deviation(part),
            "mae_percent": float(np.abs(part).mean()),
        }
    return {name: round(value, _SHORT) for name, value in found.items()}


def _deviation(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0


def _coverage(pairs: Sequence[Pair]) -> dict[str, Any]:
    given = [
        (pair.interval, pair.true) for pair in pairs if pair.interval and pair.true is not None
    ]
    if not given:
        return {}
    inside = sum(low <= true <= high for (low, high), true in given)
    return {"coverage": round(inside / len(given), _SHORT), "intervals": len(given)}


def _grades(pairs: Sequence[Pair]) -> dict[str, float]:
    off = [abs(round(pair.error or 0.0)) for pair in pairs]
    return {
        "exact": round(float(np.mean([each == 0 for each in off])), _SHORT),
        "within_one": round(float(np.mean([each <= 1 for each in off])), _SHORT),
    }


def _segments(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Of all segments that were scored: abnormal or not."""
    rows = [
        (found, true >= 2)
        for pair in pairs
        for name, (found, true) in pair.parts.items()
        if name in SEGMENTS and found is not None
    ]
    return {
        "segments": len(rows),
        "abnormal": sum(bad for _, bad in rows),
        **_area("auc", [score for score, _ in rows], [bad for _, bad in rows]),
    }


def _defects(pairs: Sequence[Pair]) -> dict[str, Any]:
    """A hole of `DEFECT_MM` or more found, and none found where there is none."""
    large = [pair.found or 0.0 for pair in pairs if (pair.true or 0.0) >= DEFECT_MM]
    none = [pair.found or 0.0 for pair in pairs if pair.true == 0.0]
    found: dict[str, Any] = {"defects": len(large)}
    if large:
        found["sensitivity"] = round(float(np.mean([value > 0 for value in large])), _SHORT)
    if none:
        found["specificity"] = round(float(np.mean([value == 0 for value in none])), _SHORT)
    return found


def _cusps(pairs: Sequence[Pair]) -> dict[str, Any]:
    two = [pair.true is not None and pair.true < 3 for pair in pairs]
    return {
        "bicuspid": sum(two),
        "exact": round(float(np.mean([round(pair.error or 0.0) == 0 for pair in pairs])), _SHORT),
        **_area("auc", [-(pair.found or 0.0) for pair in pairs], two),
    }


def _area(name: str, scores: Sequence[float], positive: Sequence[bool]) -> dict[str, float]:
    found = area_under(scores, positive)
    return {} if found is None else {name: round(found, _SHORT)}


_KINDS: Mapping[str, Callable[[Sequence[Pair]], dict[str, Any]]] = {
    "wall_motion": _segments,
    "septal_defect": _defects,
    "av_cusps": _cusps,
}
