"""What each measurement is to reach, and whether it does."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# Figures that are to be high; all others are errors.
_HIGH = frozenset({"exact", "within_one", "auc", "sensitivity", "specificity", "coverage"})
#: Between which shares a 90 % interval is to hold the truth.
COVERAGE = (0.85, 0.95)


@cache
def goals() -> dict[str, list[dict[str, float]]]:
    """By measurement: lines that must all hold, each by one of its entries."""
    source = (files(__package__) / "goals.yaml").read_text("utf-8")
    return {str(name): list(lines) for name, lines in yaml.safe_load(source).items()}


def verdict(name: str, figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each line of a measurement's goals and whether it holds; None where it cannot be told."""
    return [{"any": dict(line), "met": _met(line, figures)} for line in goals().get(name, ())]


def met(figures: Mapping[str, Any]) -> bool | None:
    """Whether all goals of these figures (as `verdict` put them in) hold; None: unknown or none."""
    lines = [line["met"] for line in figures.get("goals", ())]
    if not lines or None in lines:
        return None
    return all(lines)


def _met(line: Mapping[str, float], figures: Mapping[str, Any]) -> bool | None:
    told = [name for name in line if name in figures]
    if not told:
        return None
    return any(
        figures[name] >= line[name] if name in _HIGH else abs(figures[name]) <= line[name]
        for name in told
    )
