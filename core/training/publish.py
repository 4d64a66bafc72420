"""Puts a trained model into its folder: weights, `model.json`, metrics and card, all or nothing."""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What must be said of a set of weights.

    Attributes:
        name: folder under `models/`, and the task.
        version: of the weights.
        licence: SPDX id of the weights.
        trained_on: data sets, in words.
        network: what it is, in words.
        command: the command line that makes these weights again.
        intended: what it is for.
        limits: known failures, one line each.
        metrics: figures by data set, as `echolab evaluate` gives them.
        curve: mean losses by step.
    """

    name: str
    version: str
    licence: str
    trained_on: str
    network: str
    command: str
    intended: str
    limits: tuple[str, ...]
    metrics: dict[str, Any]
    curve: list[dict[str, float]]


def publish(card: Card, weights: Path, folder: Path, *more: Path) -> None:
    """Writes the model's folder from `weights` (a file that is moved there) and its card.

    `more`: other files that belong to it, moved there under their own names.

    The folder is built beside its place and swapped in, so that nobody ever loads a half of it.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = folder.with_name(folder.name + ".part")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    target = fresh / f"{card.name}{weights.suffix}"
    shutil.move(weights, target)
    for file in more:
        shutil.move(file, fresh / file.name)
    facts = {
        "name": card.name,
        "version": card.version,
        "file": target.name,
        "sha256": _digest(target),
        "more": {file.name: _digest(fresh / file.name) for file in more},
        "licence": card.licence,
        "trained_on": card.trained_on,
    }
    (fresh / "model.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    measured = {"metrics": card.metrics, "curve": card.curve}
    (fresh / "metrics.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")
    (fresh / "CARD.md").write_text(card_text(card), "utf-8")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def card_text(card: Card) -> str:
    """The model card as Markdown."""
    lines = [
        f"# Model card: {card.name} {card.version}",
        "",
        "Research and training use; not a medical device.",
        "",
        f"- **Network**: {card.network}",
        f"- **Intended for**: {card.intended}",
        f"- **Trained on**: {card.trained_on}",
        f"- **Licence of the weights**: {card.licence}",
        f"- **Made by**: `{card.command}`",
        "",
        "## Figures",
        "",
        *(line for name, figures in card.metrics.items() for line in _table(name, figures)),
        "## Known limits",
        "",
        *(f"- {line}" for line in card.limits),
        "",
    ]
    return "\n".join(lines)


def _table(name: str, figures: dict[str, Any]) -> list[str]:
    """One data set's figures: a table of rows where they are by label, else a list."""
    rows = {key: value for key, value in figures.items() if isinstance(value, dict)}
    plain = {key: value for key, value in figures.items() if not isinstance(value, dict)}
    lines = [f"### {name}", ""]
    lines += [f"- {key}: {_number(value)}" for key, value in plain.items()]
    lines += [""] if plain else []
    for title, group in rows.items():
        if all(isinstance(value, dict) for value in group.values()):
            lines += [f"{title}:", "", *_nested(group), ""]
    flat = {k: v for k, v in rows.items() if not any(isinstance(x, dict) for x in v.values())}
    return [*lines, *_nested(flat), ""] if flat else lines


def _nested(rows: dict[str, dict[str, Any]]) -> list[str]:
    columns = list(dict.fromkeys(key for row in rows.values() for key in row))
    head = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    return head + [
        f"| {name} | " + " | ".join(_number(row.get(c, "")) for c in columns) + " |"
        for name, row in rows.items()
    ]


def _number(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
