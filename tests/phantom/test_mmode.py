"""M-mode: the trace shows the walls where the geometry has them."""

from functools import lru_cache

import numpy as np
import pytest

from core.domain import Mode, View
from core.phantom.display import ModeClip, Site, render_mode
from core.phantom.display.mmode_strip import stretched
from core.phantom.display.strip import DepthScale
from core.phantom.flow.gate import aim, make_gate, target_of
from core.phantom.flow.pulse import Pulse
from core.phantom.flow.source import pulse_of
from core.phantom.flow.walls import walls
from core.phantom.image import Look, machine_of
from core.phantom.patient import draw_patient
from core.phantom.probe import canonical_plane
from core.phantom.scene import Structure, distances


@lru_cache(maxsize=1)
def pulse() -> Pulse:
    return pulse_of(draw_patient(21, quality=0.95), seconds=6)


@lru_cache(maxsize=1)
def clip() -> ModeClip:
    plane = canonical_plane(pulse().moment(0.0)[0], View.PLAX)
    return render_mode(Mode.MMODE, pulse=pulse(), plane=plane, machine=machine_of(Look.CRISP),
                       view=View.PLAX, site=Site.LV, seed=3, size=(640, 480))  # fmt: skip


def test_a_line_of_the_trace_lands_on_its_pixel() -> None:
    lines = np.zeros((200, 400), np.uint8)
    lines[100:102] = 200  # 50.5 mm deep in 100 mm
    scale = DepthScale(width=300, height=250, first_mm=0.0, mm_per_px=0.4, s_per_px=0.005)
    strip = stretched(lines, scale, depth_mm=100.0)
    rows = np.flatnonzero(strip[:, 150] > 100)
    assert rows.mean() == pytest.approx(scale.row_of(50.5), abs=1.0)


def test_walls_lie_where_the_distances_pass_zero() -> None:
    machine = machine_of(Look.SOFT)
    heart, _, _ = pulse().moment(0.0)
    plane = canonical_plane(heart, View.PLAX)
    angle, depth = aim(plane, machine, target_of(heart, Mode.MMODE, Site.LV))
    gate = make_gate(plane, machine, angle=angle, depth_mm=depth, length_mm=0.0,
                     rng=np.random.default_rng(0))  # fmt: skip
    found = walls(pulse(), gate, Site.LV, np.array([0.0, 0.3]), depth_mm=machine.depth_mm)
    for name in ("septum_left", "posterior_endocardium"):
        place = gate.start + found[name][0] * gate.beam
        assert abs(distances(heart.scene, place[None])[0, Structure.LV]) < 0.1
    cavity = found["posterior_endocardium"] - found["septum_left"]
    assert cavity[1] < cavity[0]


def test_the_rendered_walls_agree_with_the_geometry_within_a_pixel() -> None:
    """Mean over the beats of the step from dark cavity to bright wall against the stated rows."""
    made = clip()
    x0, y0, x1, y1 = made.regions[0].box
    grey = made.frames[-1].mean(axis=2)
    offsets = []
    for name, outward in (("septum_left", -1), ("posterior_endocardium", 1)):
        for column in range(x0 + 3, x1 - 3, 4):
            row = made.curves[name][column - x0]
            steps = np.arange(-9, 10)
            rows = np.clip(np.round(row + outward * steps).astype(int), y0, y1 - 1)
            profile = grey[rows, column - 2 : column + 3].mean(axis=1)
            # Half the wall's amplitude is 6 dB under it: high up on a compressed scale.
            level = 0.25 * profile[:4].mean() + 0.75 * profile[-5:].mean()
            if profile[-5:].mean() > profile[:4].mean() + 25:
                offsets.append(float(steps[np.argmax(profile > level)]))
    assert len(offsets) > 60
    assert abs(float(np.median(offsets))) <= 1.0


def test_readings_come_from_the_same_walls() -> None:
    made = clip()
    cm = made.regions[0].y_step
    cavity = (made.curves["posterior_endocardium"] - made.curves["septum_left"]) * cm * 10
    assert made.values["lvesd"].value == pytest.approx(cavity.min(), abs=0.01)
    assert made.values["lvesd"].value < made.values["lvedd"].value < 70


def test_depth_zero_is_the_top_of_the_strip() -> None:
    strip = clip().regions[0]
    assert strip.reference == (strip.box[0], strip.box[1])
    assert strip.y_step * (strip.box[3] - strip.box[1]) == pytest.approx(
        machine_of(Look.CRISP).depth_mm / 10
    )


def test_the_annulus_of_the_right_ventricle_moves_by_tapse() -> None:
    heart, _, _ = pulse().moment(0.0)
    machine = machine_of(Look.SOFT)
    plane = canonical_plane(heart, View.A4C)
    angle, depth = aim(plane, machine, target_of(heart, Mode.MMODE, Site.RV_ANNULUS))
    gate = make_gate(plane, machine, angle=angle, depth_mm=depth, length_mm=0.0,
                     rng=np.random.default_rng(0))  # fmt: skip
    times = np.arange(0.0, 1.0, 0.02)
    found = walls(pulse(), gate, Site.RV_ANNULUS, times, depth_mm=machine.depth_mm)
    end = pulse().windows(0)["ejection"][1]
    rims = []
    for at in (0.0, end):
        ring = pulse().moment(at)[0].rings["tricuspid"]
        outward = np.array([ring.centre[0], ring.centre[1], 0.0])
        rims.append(ring.centre + ring.radius * outward / np.linalg.norm(outward))
    assert rims[1][2] - rims[0][2] == pytest.approx(heart.patient.tapse, rel=0.03)
    way = abs(float((rims[1] - rims[0]) @ gate.beam))
    assert np.ptp(found["annulus"]) == pytest.approx(way, rel=0.03)


def test_a_vein_is_recorded_through_a_breath() -> None:
    patient = draw_patient(21)
    held, breathing = (pulse_of(patient, seconds=5, breathes=on) for on in (False, True))
    times = np.arange(0.0, 4.5, 0.25)

    def scales(recording: Pulse) -> list[float]:
        return [recording.moment(float(t))[0].moment.ivc_scale for t in times]

    assert np.ptp(scales(held)) == pytest.approx(0.0, abs=1e-9)
    assert min(scales(breathing)) == pytest.approx(1 - patient.ivc_collapse, abs=0.03)
    assert max(scales(breathing)) == pytest.approx(1.0, abs=0.03)
