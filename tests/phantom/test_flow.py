"""The field of blood velocities, and colour Doppler of it."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.phantom.cycle import moment, timing_of
from core.phantom.flow.blood import Blood, Passage
from core.phantom.flow.circulation import streams_of
from core.phantom.flow.color import (
    ColorBox,
    ColorSettings,
    color_grid,
    estimate,
    paint,
    wrap,
)
from core.phantom.flow.colormap import ColorMap, color_of, color_table
from core.phantom.flow.field import velocities
from core.phantom.flow.lesions import AREA_PART, hole, lesion_streams
from core.phantom.flow.source import pulse_of
from core.phantom.flow.stream import Node, make_stream
from core.phantom.heart.frame import Ring, unit
from core.phantom.heart.heart import Heart
from core.phantom.image import Machine
from core.phantom.patient import HeartPatient, draw_patient
from core.phantom.probe import Plane
from core.phantom.scene import SceneBuilder, Structure, distances


@lru_cache(maxsize=1)
def healthy() -> HeartPatient:
    return replace(draw_patient(11), mr_eroa_cm2=0.0, ar_eroa_cm2=0.0, tr_eroa_cm2=0.0)


@lru_cache(maxsize=4)
def heart_in(phase: str) -> Heart:
    timing = timing_of(healthy())
    at = {
        "ejection": 0.45 * (timing.ivc_end_ms + timing.ejection_end_ms),
        "filling": timing.e_peak_ms,
    }[phase]
    return Heart(healthy(), moment(healthy(), at / timing.rr_ms))


@lru_cache(maxsize=4)
def blood_in(phase: str) -> Blood:
    return pulse_of(healthy(), seconds=1).blood_at(heart_in(phase).moment.phase, 0)


def flux_ml_s(heart: Heart, ring: Ring, blood: Blood, *, name: str) -> float:
    """Integral of one stream's velocity over a wide disc in the ring's plane."""
    x, y, axis = ring.frame(np.array([0.3, 0.8, 0.5]))
    side = np.arange(-30.0, 30.0, 0.5)
    u, v = np.meshgrid(side, side)
    points = ring.centre + u.reshape(-1, 1) * x + v.reshape(-1, 1) * y
    streams = [stream for stream in streams_of(heart, blood) if stream.name == name]
    velocity, _ = velocities(streams, points, distances(heart.scene, points))
    return float((velocity @ axis).sum() * 0.05**2)


@pytest.mark.parametrize(
    ("valve", "phase", "name"),
    [
        ("mitral", "filling", "mitral"),
        ("tricuspid", "filling", "tricuspid"),
        ("lvot", "ejection", "aortic"),
        ("aortic", "ejection", "aortic"),
        ("pulmonary", "ejection", "pulmonary"),
    ],
)
def test_what_passes_a_valve_is_its_flow(valve: str, phase: str, name: str) -> None:
    heart, blood = heart_in(phase), blood_in(phase)
    flow = getattr(blood, name).flow_ml_s
    assert flow > 100
    found = flux_ml_s(heart, heart.rings[valve], blood, name=name)
    assert found == pytest.approx(flow, rel=0.1)


@pytest.mark.parametrize(("phase", "name"), [("ejection", "aortic"), ("filling", "mitral")])
def test_the_fastest_blood_of_a_stream_is_in_its_valve(phase: str, name: str) -> None:
    blood = blood_in(phase)
    (stream,) = [each for each in streams_of(heart_in(phase), blood) if each.name == name]
    velocity, _ = velocities([stream], stream.path)
    fastest = float(np.linalg.norm(velocity, axis=1).max())
    assert fastest == pytest.approx(getattr(blood, name).speed_cm_s, rel=0.02)


def test_a_narrowed_path_keeps_its_flow_between_the_nodes() -> None:
    nodes = [Node(place=(0, 0, 0), radius=10.0), Node(place=(0, 0, 20), radius=4.0)]
    stream = make_stream("pipe", nodes, flow_ml_s=100.0, pools=(Structure.LV,))
    side = np.arange(-12.0, 12.0, 0.2)
    u, v = np.meshgrid(side, side)
    for z in (0.01, 7.0, 13.0, 19.9):
        points = np.stack([u.ravel(), v.ravel(), np.full(u.size, z)], axis=1)
        velocity, _ = velocities([stream], points)
        assert velocity[:, 2].sum() * 0.02**2 == pytest.approx(100.0, rel=0.03)


def test_a_healthy_heart_has_no_jet() -> None:
    assert lesion_streams(heart_in("ejection"), blood_in("ejection")) == []


@pytest.mark.parametrize(
    ("name", "pools"),
    [("asd", (Structure.LA, Structure.RA)), ("vsd", (Structure.LV, Structure.RV))],
)
def test_a_shunt_runs_through_its_hole_into_the_right_heart(
    name: str, pools: tuple[Structure, Structure]
) -> None:
    patient = replace(healthy(), asd_mm=12.0, vsd_mm=8.0, qp_qs=1.8)
    heart = Heart(patient, heart_in("ejection").moment)
    blood = Blood(**{name: Passage(flow_ml_s=120.0, speed_cm_s=150.0)})
    centre, onward, radius = hole(heart, name)
    line = centre + np.arange(-10.25, 14.0, 0.5)[:, None] * onward
    d = distances(heart.scene, line)[:, list(pools)]
    assert d.min(axis=1).max() < 0
    assert d[0, 0] < 0
    assert d[-1, 1] < 0 < d[-1, 0]
    velocity, _ = velocities(streams_of(heart, blood), line, distances(heart.scene, line))
    assert (velocity @ onward).min() > 10
    aside = unit(np.cross(onward, (0.0, 0.0, 1.0)))
    beside = centre + (radius + 3.0) * np.array([-1.0, 1.0])[:, None] * aside
    velocity, _ = velocities(streams_of(heart, blood), beside, distances(heart.scene, beside))
    assert np.abs(velocity).max() < 1


def test_mitral_regurgitation_runs_in_the_left_atrium_and_nowhere_else_right() -> None:
    patient = replace(healthy(), mr_eroa_cm2=0.35)
    heart = Heart(patient, heart_in("ejection").moment)
    blood = Blood(mitral_leak=Passage(flow_ml_s=170.0, speed_cm_s=500.0))
    points = np.random.default_rng(1).uniform(-60, 90, (60_000, 3))
    solid = distances(heart.scene, points)
    velocity, unrest = velocities(streams_of(heart, blood), points, solid)
    fast = np.linalg.norm(velocity, axis=1) > 60
    near_left = np.minimum(solid[:, Structure.LA], solid[:, Structure.LV]) < 1.6
    assert fast.sum() > 30
    assert near_left[fast].all()
    in_atrium = fast & (solid[:, Structure.LA] < -2)
    assert (velocity[in_atrium] @ heart.rings["mitral"].axis < 0).all()
    assert unrest[in_atrium].min() > 10


@pytest.mark.parametrize("eroa", [0.1, 0.25, 0.35, 0.55])
def test_jet_area_follows_the_grade(eroa: float) -> None:
    patient = replace(healthy(), mr_eroa_cm2=eroa, mitral_prolapse_mm=0.0)
    heart = Heart(patient, heart_in("ejection").moment)
    blood = Blood(mitral_leak=Passage(flow_ml_s=500 * eroa, speed_cm_s=500.0))
    roof, ring = heart.points["la_roof"], heart.rings["mitral"]
    side = np.arange(-45.0, 45.0, 0.5)
    u, v = np.meshgrid(side, side)
    points = ring.centre + u.reshape(-1, 1) * np.array([1.0, 0, 0]) + v.reshape(-1, 1) * (ring.axis)
    velocity, _ = velocities(lesion_streams(heart, blood), points)
    beyond = (points - ring.centre) @ ring.axis < 0
    area = float((np.linalg.norm(velocity, axis=1)[beyond] > 20).sum() * 0.25)
    a, _, c = patient.la_radii
    assert area / (np.pi * a * c) == pytest.approx(AREA_PART[patient.mr_grade], abs=0.08)
    assert roof @ ring.axis < ring.centre @ ring.axis


@pytest.mark.parametrize(("speed", "shown"), [(50.0, 50.0), (70.0, -50.0), (-70.0, 50.0),
                                              (130.0, 10.0)])  # fmt: skip
def test_speeds_beyond_nyquist_wrap(speed: float, shown: float) -> None:
    assert wrap(np.array([speed]), 60.0)[0] == pytest.approx(shown)


def tube(speed_cm_s: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Speed and power that the machine finds in a wide tube along the beams."""
    builder = SceneBuilder()
    builder.capsule(Structure.LV, (0, 0, -200), (0, 0, 200), 60.0)
    scene = builder.build()
    stream = make_stream("tube", [Node(place=(0, 0, -150), radius=60, speed=abs(speed_cm_s)),
                                  Node(place=(0, 0, 150), radius=60, speed=abs(speed_cm_s))],
                         flow_ml_s=1.0, pools=(Structure.LV,), exponent=60.0)  # fmt: skip
    down = np.array([0.0, 0.0, -1.0 if speed_cm_s > 0 else 1.0])
    plane = Plane(origin=-60 * down, down=down, right=np.array([1.0, 0, 0]))
    box = ColorBox(left=-0.15, right=0.15, top_mm=40, bottom_mm=80)
    settings = ColorSettings(box=box, nyquist_cm_s=60.0)
    rng = np.random.default_rng(3)
    grid = color_grid(plane, Machine(), settings, rng)
    found = estimate(scene, [stream], grid, settings, rng)
    return found.speed * 60.0, found.power


def test_blood_toward_the_probe_is_positive() -> None:
    speed, power = tube(40.0)
    assert np.median(speed) == pytest.approx(40.0, abs=2.0)
    assert np.median(power) > 0.5
    assert np.median(tube(-40.0)[0]) == pytest.approx(-40.0, abs=2.0)


def test_aliasing_turns_the_colour() -> None:
    assert np.median(tube(80.0)[0]) == pytest.approx(-40.0, abs=3.0)


def test_the_wall_filter_takes_slow_blood() -> None:
    assert np.median(tube(3.0)[1]) < 0.1


def test_no_colour_on_bright_tissue_nor_outside_the_box() -> None:
    builder = SceneBuilder()
    builder.ellipsoid(Structure.LV, (0, 0, 60), (50, 50, 50))
    stream = make_stream("pool", [Node(place=(0, 0, 0), radius=60, speed=40),
                                  Node(place=(0, 0, 120), radius=60, speed=40)],
                         flow_ml_s=1.0, pools=(Structure.LV,))  # fmt: skip
    plane = Plane(origin=np.zeros(3), down=np.array([0.0, 0, 1]), right=np.array([1.0, 0, 0]))
    settings = ColorSettings(box=ColorBox(left=-0.2, right=0.2, top_mm=40, bottom_mm=80))
    rng = np.random.default_rng(0)
    grid = color_grid(plane, Machine(), settings, rng)
    found = estimate(builder.build(), [stream], grid, settings, rng)
    depth, angle = np.meshgrid(np.linspace(0, 120, 240), np.linspace(-0.4, 0.4, 160), indexing="ij")
    grey = np.full(depth.shape, 20, np.uint8)
    grey[:, 80:] = 250
    picture = paint(grey, found, settings, angle=np.float32(angle), depth_mm=np.float32(depth))
    colored = np.ptp(picture.astype(int), axis=2) > 20
    inside = (np.abs(angle) <= 0.2) & (depth >= 40) & (depth <= 80)
    assert colored[inside & (grey == 20)].mean() > 0.9
    assert not colored[~inside].any()
    assert not colored[:, 84:].any()


def test_red_comes_and_blue_goes() -> None:
    for kind in (ColorMap.FIRE, ColorMap.PLAIN, ColorMap.PALE):
        table = color_table(kind).astype(int)
        assert table[200, 0] > table[200, 2]
        assert table[55, 2] > table[55, 0]


def test_unrest_is_green_only_where_the_map_shows_it() -> None:
    speed, wild = np.array([0.5]), np.array([1.0])
    assert color_of(speed, wild, ColorMap.VARIANCE)[0, 1] > 150
    assert (color_of(speed, wild, ColorMap.FIRE) == color_of(speed, 0 * wild, ColorMap.FIRE)).all()


def test_the_same_seed_gives_the_same_colour() -> None:
    assert (tube(30.0)[0] == tube(30.0)[0]).all()
