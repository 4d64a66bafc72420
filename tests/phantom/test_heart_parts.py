"""Valves, vessels, atria, right heart and pericardium: as large as the patient says."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.phantom.cycle import Moment, moment
from core.phantom.flow.lesions import hole
from core.phantom.heart import Heart
from core.phantom.heart.atria import la_volume_ml, ra_volume_ml
from core.phantom.heart.bodies import OPEN_MM, add_left_body
from core.phantom.heart.chambers import left, septum_distance
from core.phantom.heart.frame import POSTERIOR, Ring, Z, u, unit
from core.phantom.heart.rings import ANTERIOR, LEFTWARD, OUTFLOW_DEG, WALL_MM
from core.phantom.heart.root import add_root
from core.phantom.patient import HeartPatient, draw_patient
from core.phantom.patient.volumes import atrium_ml
from core.phantom.scene import Op, SceneBuilder, Structure, distances

STEP_MM = 0.05


@cache
def someone(seed: int = 3, **changes: object) -> HeartPatient:
    return replace(draw_patient(seed), **changes)


def at(patient: HeartPatient, contraction: float = 0.0, **changes: float) -> Moment:
    """A moment with the valves closed, unless said."""
    full = dict.fromkeys(("mitral", "tricuspid", "aortic", "pulmonary"), 0.0)
    full |= {"descent": patient.annulus_descent * contraction, "swing_mm": 0.0}
    full |= {"rv_collapse": 0.0, "ra_collapse": 0.0}
    full |= {"rv_descent": patient.tapse * contraction, "contraction": contraction}
    return replace(moment(patient, 0.0), **(full | changes))


@cache
def at_rest(seed: int = 3) -> Heart:
    patient = someone(seed)
    return Heart(patient, at(patient))


def reach(heart: Heart, structure: Structure, start: np.ndarray, way: np.ndarray) -> float:
    """From a place inside a structure to its surface, mm."""
    t = np.arange(0.0, 45.0, STEP_MM)
    d = distances(heart.scene, start + t[:, None] * way)[:, structure]
    assert d[0] < 0
    return float(t[np.argmax(d > 0)])


def diameter(heart: Heart, structure: Structure, ring: Ring, way: np.ndarray) -> float:
    across = unit(way - (way @ ring.axis) * ring.axis)
    return sum(reach(heart, structure, ring.centre, side * across) for side in (1, -1))


@pytest.mark.parametrize("seed", [3, 11])
@pytest.mark.parametrize(
    ("name", "structure", "way"),
    [
        ("sinus", Structure.AORTA, ANTERIOR),
        ("sinus", Structure.AORTA, LEFTWARD),
        ("stj", Structure.AORTA, ANTERIOR),
        ("ascending", Structure.AORTA, ANTERIOR),
        ("main_pa", Structure.PULMONARY, Z),
    ],
)
def test_vessels_are_as_wide_as_the_patient_says(seed: int, name: str, structure: Structure,
                                                 way: np.ndarray) -> None:  # fmt: skip
    heart = at_rest(seed)
    ring = heart.rings[name]
    wanted = {"main_pa": heart.patient.pa_radius}.get(name) or getattr(
        heart.patient, f"{name}_radius"
    )
    assert ring.radius == wanted
    assert diameter(heart, structure, ring, way) == pytest.approx(2 * wanted, abs=0.5)


def test_caval_vein_is_as_wide_as_the_breath_leaves_it() -> None:
    patient = someone()
    for scale in (1.0, 0.5):
        heart = Heart(patient, at(patient, ivc_scale=scale))
        entry, far = heart.points["ivc_entry"], heart.points["ivc_far"]
        ring = Ring(centre=entry + 0.5 * (far - entry), axis=unit(far - entry), radius=1.0)
        found = diameter(heart, Structure.IVC, ring, POSTERIOR)
        assert found == pytest.approx(2 * patient.ivc_radius * scale, abs=0.5)


def orifice(heart: Heart, name: str, structure: Structure, *, below: float = -1.0) -> np.ndarray:
    """Where no leaflet stands over the ring's plane, seen along the blood: bool [n, n], .5 mm."""
    ring = heart.rings[name]
    x, y, axis = ring.frame(ANTERIOR if name != "mitral" else u(OUTFLOW_DEG))
    edge = np.arange(-ring.radius, ring.radius, 0.5)
    levels = np.arange(below, 1.7 * ring.radius, 0.7)
    a, b, h = np.meshgrid(edge, edge, levels, indexing="ij")
    places = ring.centre + a[..., None] * x + b[..., None] * y + h[..., None] * axis
    d = distances(heart.scene, places.reshape(-1, 3))[:, structure].reshape(a.shape)
    return (d.min(axis=2) > 0) & (np.hypot(a, b)[..., 0] < ring.radius)


def aortic_area_cm2(heart: Heart) -> float:
    """Narrowest free cross-section of the open valve, flooded from its middle."""
    ring = heart.rings["aortic"]
    x, y, axis = ring.frame(ANTERIOR)
    edge = np.arange(-22.0, 22.0, 0.4)
    areas = []
    for level in np.linspace(0.6, 1.13, 10) * ring.radius:
        a, b = np.meshgrid(edge, edge, indexing="ij")
        places = ring.centre + a[..., None] * x + b[..., None] * y + level * axis
        d = distances(heart.scene, places.reshape(-1, 3))
        free = (d[:, Structure.AORTIC_VALVE] > 0) & (d[:, Structure.AORTA] < 0)
        areas.append(flooded(free.reshape(a.shape)).sum() * 0.16 / 100)
    return float(min(areas))


def flooded(free: np.ndarray) -> np.ndarray:
    """The part of a picture that hangs together with its middle."""
    middle = free.shape[0] // 2
    found = np.zeros_like(free)
    found[middle, middle] = free[middle, middle]
    while True:
        grown = found.copy()
        grown[1:] |= found[:-1]
        grown[:-1] |= found[1:]
        grown[:, 1:] |= found[:, :-1]
        grown[:, :-1] |= found[:, 1:]
        grown &= free
        if (grown == found).all():
            return found
        found = grown


@pytest.mark.parametrize("contraction", [0.1, 0.9])
def test_a_closed_mitral_valve_has_no_hole(contraction: float) -> None:
    patient = someone(mitral_prolapse_mm=0.0)
    heart = Heart(patient, at(patient, contraction))
    assert orifice(heart, "mitral", Structure.MITRAL_VALVE).sum() * 0.25 < 6.0  # mm2, commissures


@pytest.mark.parametrize("leaflet", ["anterior", "posterior"])
def test_a_prolapsing_leaflet_stands_behind_the_ring(leaflet: str) -> None:
    patient = someone(mitral_prolapse_mm=5.0, prolapse_leaflet=leaflet)
    heart = Heart(patient, at(patient, 0.8))
    side = 1.0 if leaflet == "anterior" else -1.0
    z = np.arange(-12.0, 10.0, 0.1)
    highest = []
    for part in np.linspace(-0.8, 0.6, 29):
        line = side * part * patient.mitral_ring * u(OUTFLOW_DEG) + (heart.base + z[:, None]) * Z
        touched = distances(heart.scene, line)[:, Structure.MITRAL_VALVE] < 0
        highest.append(z[touched.argmax()] if touched.any() else np.inf)
    assert -min(highest) == pytest.approx(5.0 + patient.mitral_thickness, abs=0.6)


@pytest.mark.parametrize("area", [0.9, 1.5, 4.0])
def test_an_open_mitral_valve_has_the_area_asked_for(area: float) -> None:
    patient = someone(mva_cm2=area, mitral_ring=15.5)
    heart = Heart(patient, at(patient, 0.4, mitral=1.0))
    found = orifice(heart, "mitral", Structure.MITRAL_VALVE, below=0.5).sum() * 0.25 / 100
    assert found == pytest.approx(area, rel=0.1)


@pytest.mark.parametrize("cusps", [2, 3])
def test_a_closed_aortic_valve_has_no_hole(cusps: int) -> None:
    patient = someone(av_cusps=cusps)
    assert orifice(Heart(patient, at(patient)), "aortic", Structure.AORTIC_VALVE).sum() == 0


@pytest.mark.parametrize(("cusps", "area"), [(3, 0.8), (3, 2.8), (2, 1.2), (2, 2.4)])
def test_an_open_aortic_valve_has_the_area_asked_for(cusps: int, area: float) -> None:
    patient = someone(av_cusps=cusps, ava_cm2=area, cusp_thickness=0.6)
    heart = Heart(patient, at(patient, 0.4, aortic=1.0))
    assert aortic_area_cm2(heart) == pytest.approx(area, rel=0.1)


@pytest.mark.parametrize("cusps", [2, 3])
def test_a_closed_aortic_valve_shows_its_cusps(cusps: int) -> None:
    """Round the middle of the closed valve there are as many lines as cusps."""
    patient = someone(av_cusps=cusps)
    heart = Heart(patient, at(patient))
    ring = heart.rings["aortic"]
    x, y, axis = ring.frame(ANTERIOR)
    turn = np.linspace(0, 2 * np.pi, 720, endpoint=False)[:, None]
    round_it = ring.centre + 0.62 * ring.radius * axis
    round_it = round_it + 0.6 * ring.radius * (np.cos(turn) * x + np.sin(turn) * y)
    touched = distances(heart.scene, round_it)[:, Structure.AORTIC_VALVE] < 0
    assert (touched & ~np.roll(touched, 1)).sum() == cusps


def grid(low: np.ndarray, high: np.ndarray, step: float = 1.0) -> np.ndarray:
    axes = [np.arange(a, b, step) for a, b in zip(low, high, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)


@pytest.mark.parametrize("contraction", [0.0, 1.0])
def test_atria_hold_what_the_cycle_says(contraction: float) -> None:
    patient = someone()
    part = 1 - np.array([patient.la_emptying, patient.ra_emptying]) * (1 - contraction)
    now = at(patient, contraction, la_scale=float(np.cbrt(part[0])),
             ra_scale=float(np.cbrt(part[1])))  # fmt: skip
    assert la_volume_ml(patient, now) == pytest.approx(
        atrium_ml(patient.la_radii) * part[0], rel=0.02
    )
    assert ra_volume_ml(patient, now) == pytest.approx(
        atrium_ml(patient.ra_radii) * part[1], rel=0.02
    )


def test_volume_of_the_left_atrium_is_that_of_the_picture() -> None:
    """Slices from the mitral plane to the roof; appendage and veins are what is left over."""
    patient = someone()
    now = at(patient, 1.0, la_scale=1.0)
    heart = Heart(patient, now)
    body, rings = left(patient, now), heart.rings
    builder = SceneBuilder()
    add_left_body(builder, patient, rings, body)
    add_root(builder, patient, rings)
    builder.reference(Structure.LA, Structure.AORTA, op=Op.CUT, grow=WALL_MM)
    places = grid(body.centre - 36, body.centre + 36)
    alone = distances(builder.build(), places)[:, Structure.LA] < 0
    whole = distances(heart.scene, places)[:, Structure.LA] < 0
    said = la_volume_ml(patient, now)
    assert alone.sum() / 1000 == pytest.approx(said, rel=0.02)
    assert (alone & ~whole).sum() / 1000 < 0.02 * said
    assert 0.03 * said < (whole & ~alone).sum() / 1000 < 0.35 * said


CAVITIES = (
    Structure.LV, Structure.RV, Structure.LA, Structure.RA, Structure.AORTA, Structure.DESCENDING,
    Structure.PULMONARY, Structure.IVC, Structure.SVC, Structure.CORONARY_SINUS,
)  # fmt: skip


@pytest.mark.parametrize("seed", [3, 5, 8])
def test_no_two_cavities_share_a_place_but_in_a_hole(seed: int) -> None:
    for vsd_mm, asd_mm in ((0.0, 0.0), (8.0, 14.0)):
        patient = someone(seed, vsd_mm=vsd_mm, asd_mm=asd_mm)
        for contraction in (0.0, 1.0):
            heart = Heart(patient, at(patient, contraction))
            places = grid(np.array([-90.0, -80, -90]), np.array([70.0, 90, 90]), 3.5)
            d = np.sort(distances(heart.scene, places)[:, list(CAVITIES)], axis=1)
            shared = places[d[:, 1] <= -0.5]
            near = [
                np.linalg.norm(shared - hole(heart, name)[0], axis=1) < size + 2 * OPEN_MM
                for name, size in (("asd", asd_mm), ("vsd", vsd_mm)) if size > 0
            ]  # fmt: skip
            assert not len(shared) if not near else np.any(near, axis=0).all()


def test_every_patient_has_the_same_program() -> None:
    plain = at_rest(3).scene.code
    other = someone(4, av_cusps=2, vsd_mm=8.0, asd_mm=15.0, effusion_mm=20.0, tamponade=0.8)
    wet = Heart(other, at(other, 0.5, mitral=1.0, tricuspid=1.0)).scene.code
    assert np.array_equal(plain, wet)


def test_the_septum_between_the_ventricles_is_open_only_on_request() -> None:
    for size in (0.0, 8.0):
        patient = someone(vsd_mm=size)
        heart = Heart(patient, at(patient))
        start = heart.rings["lvot"].centre
        line = start + np.arange(0.0, 40.0, 0.25)[:, None] * (unit(ANTERIOR + 0.08 * LEFTWARD))
        d = distances(heart.scene, line - heart.rings["lvot"].axis)
        blood = d[:, [Structure.LV, Structure.RV, Structure.AORTA]].min(axis=1)
        reached = np.argmax(d[:, Structure.RV] < -3.0)
        assert reached > 0
        assert (blood[:reached].max() < -1.0) == (size > 0)


def test_the_septum_between_the_atria_is_open_only_on_request() -> None:
    for size in (0.0, 12.0):
        patient = someone(asd_mm=size)
        now = at(patient, 1.0, la_scale=1.0, ra_scale=1.0)
        heart = Heart(patient, now)
        toward = u(patient.rv_angle)
        fossa = heart.points["fossa"]
        line = fossa + np.arange(-6.1, 6.0, 0.2)[:, None] * toward
        blood = distances(heart.scene, line)[:, [Structure.LA, Structure.RA]].min(axis=1)
        # Well inside: where the atria only touched, an echo of a wall would be drawn between them.
        assert (blood.max() < -1.0) == (size > 0)
        assert fossa @ toward == pytest.approx(septum_distance(patient, now) + 1.0)


@pytest.mark.parametrize("depth", [0.0, 6.0, 15.0, 25.0])
def test_fluid_is_as_deep_behind_the_heart_as_asked(depth: float) -> None:
    patient = someone(effusion_mm=depth)
    heart = Heart(patient, at(patient))
    behind = -u(OUTFLOW_DEG)
    t = np.arange(10.0, 90.0, STEP_MM)
    d = distances(heart.scene, 0.4 * patient.lv_length * Z + t[:, None] * behind)
    fluid = (d[:, Structure.SAC] < 0) & (d[:, Structure.LV_EPI] > 0)
    assert fluid.sum() * STEP_MM == pytest.approx(max(depth, 0.8), abs=0.6)


def test_there_is_no_fluid_behind_the_left_atrium() -> None:
    patient = someone(effusion_mm=20.0)
    heart = Heart(patient, at(patient, 1.0, la_scale=1.0))
    chamber = left(patient, heart.moment)
    t = np.arange(0.0, 80.0, STEP_MM)
    d = distances(heart.scene, chamber.centre - t[:, None] * u(OUTFLOW_DEG))
    fluid = (d[:, Structure.SAC] < 0) & (d[:, Structure.HEART] > 0)
    assert fluid.sum() * STEP_MM < 1.5


def test_tamponade_pushes_the_right_heart_in() -> None:
    patient = someone(effusion_mm=18.0)
    for structure, field in ((Structure.RV, "rv_collapse"), (Structure.RA, "ra_collapse")):
        volumes = []
        for amount in (0.0, 1.0):
            heart = Heart(patient, at(patient, **{field: amount}))
            places = grid(np.array([-90.0, -70, -60]), np.array([40.0, 60, 90]), 3.0)
            volumes.append((distances(heart.scene, places)[:, structure] < 0).sum())
        assert 0.70 < volumes[1] / volumes[0] < 0.97
