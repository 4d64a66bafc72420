"""Doppler stills of real machines against the values that were burned into them.

The values are masked out before the program sees the picture. The flow is told: which one it is is
another question than how well it is read.
"""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from core.acquisition.files import read_clip
from core.acquisition.sector import find_panels
from core.acquisition.strip_scale import read_strip_scale
from core.acquisition.written_mode import written_mode
from core.domain import FlowSite, Mode, SectorKind
from core.measurement.doppler import spectrum
from core.measurement.doppler.site import Decision, Surroundings

pytestmark = pytest.mark.data
VALUES = Path(__file__).with_name("strip_reference.csv")
MODES = {"mitral": Mode.PW, "tricuspid": Mode.CW, "aortic": Mode.CW}
SPEEDS = ("e_vmax", "a_vmax", "tr_vmax", "av_vmax", "av_vti")


@pytest.fixture(scope="module")
def stills(shared_data: Path):
    """By file: the picture without its values, the flow, and {id: value}."""
    with VALUES.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if (shared_data / row["file"]).exists()]
    found = defaultdict(dict)
    for row in rows:
        found[row["file"], row["site"], row["masks"]][row["id"]] = float(row["value"])
    return {
        file: (_masked(shared_data / file, masks), site, values)
        for (file, site, masks), values in found.items()
    }


def _masked(file: Path, masks: str) -> np.ndarray:
    frame = np.array(read_clip(file).frames[-1])
    high, wide = frame.shape[:2]
    for mask in masks.split(";"):
        x0, y0, x1, y1 = (float(part) for part in mask.split())
        frame[round(y0 * high) : round(y1 * high), round(x0 * wide) : round(x1 * wide)] = 0
    return frame


def read(frame, site, monkeypatch):
    monkeypatch.setattr(spectrum, "decide_site", lambda *args, **how: Decision(site=FlowSite(site)))
    mode = MODES[site]
    strip = next(p for p in find_panels(frame[None]) if p.kind is SectorKind.STRIP)
    scale = read_strip_scale(frame, strip.box, mode)
    trace = spectrum.read_spectrum(frame, strip.box, scale, mode, Surroundings(views={}))
    return {value.id: value.value for value in trace.values}


def test_most_speeds_are_within_a_twentieth_of_the_machine_s(stills, monkeypatch):
    errors = {}
    for file, (frame, site, values) in stills.items():
        found = read(frame, site, monkeypatch)
        for name in (*SPEEDS, "av_mean_gradient", "av_peak_gradient", "e_dt"):
            if name in values and name in found:
                errors[file, name] = found[name] / values[name] - 1
    for (file, name), error in errors.items():
        print(f"{file} {name} {100 * error:+.1f} %")
    speeds = {key: error for key, error in errors.items() if key[1] in SPEEDS}
    assert len(speeds) >= 10
    near = [abs(error) <= 0.05 for error in speeds.values()]
    assert sum(near) >= 0.6 * len(near)
    # None is far off.
    assert max(abs(error) for error in speeds.values()) < 0.12


def test_what_the_screen_calls_itself_is_never_read_as_the_other(stills):
    said = {file: written_mode(frame) for file, (frame, _, _) in stills.items()}
    assert any(said.values())
    for file, (_, site, _) in stills.items():
        assert said[file] in (None, MODES[site]), file
