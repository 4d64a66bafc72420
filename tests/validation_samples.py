"""Made-up results of virtual exams: many pairs with known errors, without rendering any."""

import json
from pathlib import Path

import numpy as np

from core.recognition.models import load_models
from core.validation.exam import Examined, Look, Plan
from core.validation.pair import Pair, Way
from core.validation.results import RESULT, document, write_result
from core.validation.run import Order

FIRST = 9_000_000
WINDOWS = ("poor", "fair", "good")


def pair(name="lvedd", found=50.0, true=48.0, **rest) -> Pair:
    """A pair of a healthy patient, fairly seen, measured in a whole exam."""
    facts = {"way": Way.EXAM, "seed": FIRST, "window": "fair", "case": "healthy", **rest}
    return Pair(id=name, found=found, true=true, **facts)


def exams(count=24) -> tuple[Examined, ...]:
    """Patients whose LVEDD is read 1 mm too long on average, and whose EF is missing now and then;
    E is read on a strip as well."""
    rng = np.random.default_rng(5)
    found = []
    for number in range(count):
        seed = FIRST + number
        facts = {"seed": seed, "window": WINDOWS[number % 3],
                 "case": "healthy" if number % 3 == 0 else "infarct"}  # fmt: skip
        true = round(float(rng.uniform(42, 60)), 4)
        value = round(true + 1 + float(rng.normal(0, 1)), 4)
        low, high = round(value - 2, 4), round(value + 2, 4)
        pairs = [
            pair(found=value, true=true, method="linear at ED", interval=(low, high),
                 raw=(low, high), take="plax", points=((90.0, 80.0), (95.0, 170.0)), **facts),
            pair("lvef", found=None if number % 4 == 0 else 58.0, true=60.0,
                 reason="reason.not_standard" if number % 4 == 0 else None, **facts),
            pair("e_vmax", found=80.0 + number % 3, true=80.0,
                 **{**facts, "way": Way.STRIP}, take="a4c-pw-mitral"),
        ]  # fmt: skip
        fate = "A2C" if number % 8 == 0 else "PLAX"
        looks = (Look(take="plax", view="PLAX", said=fate, standard=number % 8 != 1),)
        found.append(Examined(seed=seed, looks=looks, pairs=tuple(pairs)))
    return tuple(found)


def put_validation(home: Path, name: str = "20260102-030405-validate-measurements-0000") -> Path:
    """A validation that has ended, as its folder in `home` would be."""
    folder = home / "runs" / name
    folder.mkdir(parents=True)
    facts = {
        "kind": "validate",
        "task": "measurements",
        "command": ["-m", "core", "evaluate", "measurements"],
        "facts": {"set": "research", "count": 24},
        "started_at": "2026-01-02T03:04:05+00:00",
    }
    (folder / "run.json").write_text(json.dumps(facts), "utf-8")
    (folder / "end.json").write_text(json.dumps({"status": 0, "stopped": False}), "utf-8")
    made = exams()
    order = Order(first=FIRST, count=len(made), plan=Plan(standard=True))
    write_result(folder / RESULT, document(made, order, load_models()), made)
    return folder
