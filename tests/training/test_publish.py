"""A model's folder is whole or not there, and its card says what must be said."""

import hashlib
import json
from pathlib import Path

from core.training.publish import Card, publish


def card(**changes: object) -> Card:
    given: dict = {
        "name": "regions",
        "version": "9",
        "licence": "Apache-2.0",
        "trained_on": "drawn circles",
        "network": "a line",
        "command": "echolab train regions",
        "intended": "tests",
        "limits": ("knows circles only",),
        "metrics": {"circles": {"la": {"dice_mean": 0.91234, "count": 3}}},
        "curve": [{"step": 1, "loss": 1.0}],
    }
    return Card(**(given | changes))


def test_publish_writes_weights_facts_metrics_and_card(tmp_path: Path) -> None:
    weights = tmp_path / "run.pt"
    weights.write_bytes(b"weights")
    folder = tmp_path / "models" / "regions"
    publish(card(), weights, folder)
    facts = json.loads((folder / "model.json").read_text())
    assert facts["sha256"] == hashlib.sha256((folder / facts["file"]).read_bytes()).hexdigest()
    text = (folder / "CARD.md").read_text()
    assert "not a medical device" in text
    assert "| la | 0.912 | 3 |" in text
    assert "knows circles only" in text
    assert json.loads((folder / "metrics.json").read_text())["curve"]


def test_publishing_again_replaces_the_whole_folder(tmp_path: Path) -> None:
    folder = tmp_path / "regions"
    for version in ("1", "2"):
        weights = tmp_path / f"{version}.pt"
        weights.write_bytes(version.encode())
        publish(card(version=version), weights, folder)
    assert json.loads((folder / "model.json").read_text())["version"] == "2"
    assert (folder / "regions.pt").read_bytes() == b"2"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["regions"]
