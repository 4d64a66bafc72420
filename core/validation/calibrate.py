"""Errors of each method, from patients whose truth is known: what `errors.yaml` holds."""

from collections.abc import Iterable, Sequence
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from core.domain import InputError
from core.measurement.catalogue import catalogue
from core.measurement.uncertainty import ANY_METHOD, SCALES, Error, Scale, scale_of
from core.replacing import replacing
from core.validation.figures import grouped
from core.validation.pair import Pair, Way

FILE = Path(__file__).resolve().parents[1] / "measurement" / "errors.yaml"
#: Of fewer values the two ends of a 90 % interval cannot be told.
LEAST = 20
_TAIL = 0.05
_NOT_CONTINUOUS = ("grade 0-4", "count", "score 1-4")


def measured_errors(pairs: Iterable[Pair]) -> dict[str, dict[str, Error]]:
    """By measurement and method, and by measurement for all methods, where there are enough."""
    found: dict[str, dict[str, Error]] = {}
    usable = [pair for pair in pairs if _is_usable(pair)]
    for name, own in grouped(usable, lambda pair: pair.id).items():
        groups = {ANY_METHOD: own, **grouped(own, lambda pair: pair.method)}
        errors = {method: error_from(group) for method, group in groups.items()}
        enough = {method: error for method, error in errors.items() if error is not None}
        if enough:
            found[name] = enough
    return found


def error_from(pairs: Sequence[Pair]) -> Error | None:
    """How far the truth lies from the values, in the scale that gives the narrowest intervals; None
    of too few.

    The two ends are the 5 % and 95 % ranks, counted as if one more patient were to come (split
    conformal prediction, Lei et al., J Am Stat Assoc 2018;113:1094-1111).
    """
    if len(pairs) < LEAST:
        return None
    offers = [offer for by in SCALES if (offer := _in(by, pairs)) is not None]
    return min(offers, key=lambda offer: offer[0])[1]


def _in(by: Scale, pairs: Sequence[Pair]) -> tuple[float, Error] | None:
    """Mean width and the error in one scale; None where a value has no such scale."""
    scales = np.array([
        scale_of(by, pair.found, pair.raw)
        for pair in pairs if pair.found is not None and pair.raw is not None
    ])  # fmt: skip
    if (scales <= 0).any():
        return None
    off = np.sort([-(pair.error or 0.0) for pair in pairs] / scales)
    n = len(off)
    low = off[max(0, floor(_TAIL * (n + 1)) - 1)]
    high = off[min(n - 1, ceil((1 - _TAIL) * (n + 1)) - 1)]
    below, above = max(0.0, -float(low)), max(0.0, float(high))
    error = Error(by=by, below=round(below, 4), above=round(above, 4), n=n)
    return float(scales.mean()) * (below + above), error


def _is_usable(pair: Pair) -> bool:
    entry = catalogue().get(pair.id)
    return (
        pair.way is Way.EXAM and pair.error is not None and pair.raw is not None
        and entry is not None and entry.unit not in _NOT_CONTINUOUS
    )  # fmt: skip


def write_errors(
    errors: dict[str, dict[str, Error]], path: Path, *, patients: int, first: int, command: str
) -> None:
    """The file that `core.measurement.uncertainty` reads. Raises InputError."""
    content: dict[str, Any] = {
        "errors": {
            name: {
                method: {"by": e.by, "below": e.below, "above": e.above, "n": e.n}
                for method, e in methods.items()
            }
            for name, methods in errors.items()
        }
    }
    head = (
        f"# Written by `{command}`: {patients} virtual patients from seed {first} on.\n"
        "# Where the truth lay, 90 % of the time: value - below * scale to value + above * scale;\n"
        "# scale: 1 (absolute), the value (relative), half the estimated interval (spread).\n"
    )
    try:
        with replacing(path) as unfinished:
            unfinished.write_text(
                head + yaml.safe_dump(content, sort_keys=False, default_flow_style=None), "utf-8"
            )
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
