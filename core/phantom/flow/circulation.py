"""The streams of a heart at one moment, lesions apart."""

from collections.abc import Callable

import numpy as np

from core.phantom.flow.blood import Blood
from core.phantom.flow.lesions import lesion_streams
from core.phantom.flow.stream import PARABOLA, ROUND, Node, Stream, make_stream, radius_of
from core.phantom.heart.frame import SUPERIOR, Vector, u, unit
from core.phantom.heart.heart import Heart
from core.phantom.scene import Structure

# A stream slower than this (mL/s) is left out: no machine would show it.
LEAST_ML_S = 3.0
# Speed (cm/s) from which a narrowed valve's flow breaks up.
_BREAKS_UP = 170.0


def streams_of(heart: Heart, blood: Blood) -> tuple[Stream, ...]:
    """All streams of a moment: through valves, vessels and lesions.

    Args:
        heart: its landmarks say where.
        blood: flows and speeds of the same moment.
    """
    normal: tuple[Callable[[Heart, Blood], Stream | None], ...] = (
        mitral_inflow, left_outflow, tricuspid_inflow, right_outflow,
        pulmonary_veins, superior_cava, inferior_cava,
    )  # fmt: skip
    found = [stream for build in normal if (stream := build(heart, blood)) is not None]
    return (*found, *lesion_streams(heart, blood))


def mitral_inflow(heart: Heart, blood: Blood) -> Stream | None:
    """From the atrium through the leaflets, then a jet with a vortex around it."""
    flow, speed = blood.mitral.flow_ml_s, blood.mitral.speed_cm_s
    if flow < LEAST_ML_S or speed <= 0:
        return None
    ring = heart.rings["mitral"]
    apex, roof = heart.points["lv_apex"], heart.points["la_roof"]
    patient = heart.patient
    reach = float((apex - ring.centre) @ ring.axis)
    # The jet leans a little to the lateral wall; a stenotic one goes straight for the apex.
    aim = unit(apex + 0.05 * reach * u(20) - ring.centre)
    tip = ring.centre + aim * min(0.8 * patient.mitral_leaflet_anterior, 0.3 * reach)
    # Where blood and leaflets meet: what flow and speed ask for, within the ring.
    narrow = radius_of(flow, speed)
    broken = _unrest(speed)
    atrium = 0.75 * min(patient.la_radii[:2])
    middle = float(np.hypot(narrow, 0.20 * (0.5 * reach)))
    return make_stream(
        "mitral",
        [
            Node(place=roof + 0.25 * (ring.centre - roof), radius=atrium, part=0.2, profile=ROUND),
            Node(place=roof + 0.7 * (ring.centre - roof), radius=max(1.5 * narrow, 0.8 * atrium),
                 profile=ROUND),
            Node(place=ring.centre, radius=max(0.95 * ring.radius, narrow)),
            Node(place=tip, speed=speed, turbulence=broken),
            Node(place=tip + 0.16 * reach * aim, radius=0.5 * (narrow + middle),
                 speed=0.86 * speed, turbulence=broken + 0.05, recoil=0.16),
            Node(place=ring.centre + 0.60 * reach * aim, radius=middle, speed=0.5 * speed,
                 turbulence=0.6 * broken + 0.1, recoil=0.3, profile=ROUND),
            Node(place=ring.centre + 0.86 * reach * aim, radius=1.1 * middle, speed=0.16 * speed,
                 turbulence=0.2, recoil=0.3, profile=ROUND),
        ],
        flow_ml_s=flow,
        pools=(Structure.LA, Structure.LV),
    )  # fmt: skip


def left_outflow(heart: Heart, blood: Blood) -> Stream | None:
    """From the ventricle through its outflow tract and valve into the aorta and round the arch."""
    flow = blood.aortic.flow_ml_s
    if flow < LEAST_ML_S or blood.aortic.speed_cm_s <= 0:
        return None
    rings, points, patient = heart.rings, heart.points, heart.patient
    lvot, valve = rings["lvot"], rings["aortic"]
    speed = blood.aortic.speed_cm_s
    before = blood.lvot.speed_cm_s
    tract = radius_of(flow, before)
    gather = lvot.centre - 1.1 * patient.lvot_radius * lvot.axis
    deep = gather + 0.35 * (points["lv_apex"] - gather)
    broken = _unrest(speed)
    jet = radius_of(flow, speed)
    ascending = rings["ascending"]
    wide = {name: max(0.95 * rings[name].radius, jet) for name in ("sinus", "stj", "ascending")}
    core = 0.5 * (jet + wide["sinus"]) if broken else None
    arch = _arch(heart)
    return make_stream(
        "aortic",
        [
            Node(place=gather + 0.65 * (points["lv_apex"] - gather), radius=0.7 * patient.lv_radius,
                 part=0.2, profile=ROUND),
            Node(place=deep, radius=0.78 * patient.lv_radius, part=0.6, profile=ROUND),
            Node(place=gather, radius=1.3 * tract, part=0.95, profile=5.0),
            Node(place=lvot.centre, speed=before),
            Node(place=valve.centre - 1.5 * valve.axis, radius=min(0.95 * valve.radius, tract)),
            Node(place=valve.centre + 0.5 * patient.annulus_radius * valve.axis, speed=speed,
                 turbulence=broken),
            Node(place=rings["sinus"].centre, radius=core,
                 speed=0.93 * speed, turbulence=broken, recoil=0.12 + 0.5 * broken),
            Node(place=rings["stj"].centre, radius=wide["stj"],
                 speed=(0.5 if broken else 0.85) * speed, turbulence=1.2 * broken, recoil=0.0),
            Node(place=ascending.centre, radius=wide["ascending"], turbulence=1.5 * broken,
                 profile=5.0),
            *(Node(place=place, radius=max(radius, jet), part=part, turbulence=broken,
                   profile=8.0)
              for place, radius, part in arch),
        ],
        flow_ml_s=flow,
        pools=(Structure.LV, Structure.AORTA, Structure.DESCENDING),
    )  # fmt: skip


def tricuspid_inflow(heart: Heart, blood: Blood) -> Stream | None:
    """From the right atrium through the tricuspid valve toward the right ventricle's apex."""
    flow, speed = blood.tricuspid.flow_ml_s, blood.tricuspid.speed_cm_s
    if flow < LEAST_ML_S or speed <= 0:
        return None
    ring, roof = heart.rings["tricuspid"], heart.points["ra_roof"]
    apex = heart.points["rv_apex"]
    atrium = 0.75 * min(heart.patient.ra_radii[:2])
    narrow = radius_of(flow, speed)
    way = apex - ring.centre
    return make_stream(
        "tricuspid",
        [
            Node(place=roof + 0.35 * (ring.centre - roof), radius=atrium, part=0.5, profile=ROUND),
            Node(place=roof + 0.75 * (ring.centre - roof), radius=max(1.5 * narrow, 0.8 * atrium),
                 profile=ROUND),
            Node(place=ring.centre, radius=max(0.95 * ring.radius, narrow)),
            Node(place=ring.centre + 0.22 * way, speed=speed),
            Node(place=ring.centre + 0.5 * way, radius=narrow, speed=0.6 * speed,
                 turbulence=0.08, recoil=0.2, profile=ROUND),
            Node(place=ring.centre + 0.85 * way, radius=narrow, speed=0.15 * speed,
                 turbulence=0.15, recoil=0.2, profile=ROUND),
        ],
        flow_ml_s=flow,
        pools=(Structure.RA, Structure.RV),
    )  # fmt: skip


def right_outflow(heart: Heart, blood: Blood) -> Stream | None:
    """Through the right outflow tract and the pulmonary valve to the bifurcation."""
    flow, speed = blood.pulmonary.flow_ml_s, blood.pulmonary.speed_cm_s
    if flow < LEAST_ML_S or speed <= 0:
        return None
    valve, trunk = heart.rings["pulmonary"], heart.rings["main_pa"]
    fork, apex = heart.points["pa_bifurcation"], heart.points["rv_apex"]
    narrow = radius_of(flow, speed)
    broken = _unrest(speed)
    below = valve.centre - 1.6 * valve.radius * valve.axis
    return make_stream(
        "pulmonary",
        [
            Node(place=below + 0.55 * (apex - below), radius=20.0, part=0.4, profile=ROUND),
            Node(place=below, radius=1.25 * valve.radius, part=0.95, profile=4.0),
            Node(place=valve.centre, radius=max(0.95 * valve.radius, narrow)),
            Node(place=valve.centre + 0.6 * valve.radius * valve.axis, speed=speed,
                 turbulence=broken),
            Node(place=trunk.centre, radius=max(0.9 * trunk.radius, narrow), turbulence=broken),
            Node(place=fork, radius=trunk.radius, turbulence=broken),
        ],
        flow_ml_s=flow,
        pools=(Structure.RV, Structure.PULMONARY),
    )  # fmt: skip


def pulmonary_veins(heart: Heart, blood: Blood) -> Stream | None:
    """From the roof of the left atrium, where the veins open, to its middle."""
    ring, roof = heart.rings["mitral"], heart.points["la_roof"]
    return _vein("pulmonary veins", blood.pulmonary_veins.flow_ml_s, (Structure.LA,),
                 [roof, 0.7 * roof + 0.3 * ring.centre, 0.4 * roof + 0.6 * ring.centre],
                 [12.5, 14.0, 17.0])  # fmt: skip


def superior_cava(heart: Heart, blood: Blood) -> Stream | None:
    """Down into the right atrium."""
    entry, ring = heart.points["svc_entry"], heart.rings["tricuspid"]
    radius = 0.9 * heart.patient.svc_radius
    return _vein("superior vena cava", blood.superior_cava.flow_ml_s, (Structure.SVC, Structure.RA),
                 [entry + 35 * SUPERIOR, entry, 0.6 * entry + 0.4 * ring.centre],
                 [radius, radius, 1.6 * radius])  # fmt: skip


def inferior_cava(heart: Heart, blood: Blood) -> Stream | None:
    """Up into the right atrium."""
    entry, far = heart.points["ivc_entry"], heart.points["ivc_far"]
    ring = heart.rings["tricuspid"]
    radius = 0.95 * heart.patient.ivc_radius * heart.moment.ivc_scale
    return _vein("inferior vena cava", blood.inferior_cava.flow_ml_s, (Structure.IVC, Structure.RA),
                 [far, entry, 0.6 * entry + 0.4 * ring.centre],
                 [radius, radius, 1.5 * radius])  # fmt: skip


def _vein(name: str, flow: float, pools: tuple[Structure, ...], path: list[Vector],
          radii: list[float]) -> Stream | None:  # fmt: skip
    """A quiet stream; a negative flow (the atrium's backward wave) runs the other way."""
    if abs(flow) < LEAST_ML_S:
        return None
    nodes = [Node(place=place, radius=radius) for place, radius in zip(path, radii, strict=True)]
    if flow < 0:
        nodes.reverse()
    return make_stream(name, nodes, flow_ml_s=abs(flow), pools=pools, exponent=PARABOLA * 1.5)


def _arch(heart: Heart) -> list[tuple[Vector, float, float]]:
    """Places, radii and parts of the flow from the top of the ascending aorta on."""
    points, patient = heart.points, heart.patient
    top, down = points["arch_top"], points["descending"]
    shoulder = down + np.clip(float((top - down) @ SUPERIOR) - 12, 20, 90) * SUPERIOR
    return [
        (top, 0.95 * patient.arch_radius, 0.95),
        (0.5 * (top + shoulder) + 4 * SUPERIOR, 0.95 * patient.arch_radius, 0.8),
        (shoulder, 0.95 * patient.descending_radius, 0.75),
        (down, 0.95 * patient.descending_radius, 0.72),
        (down - 60 * SUPERIOR, 0.95 * patient.descending_radius, 0.7),
    ]


def _unrest(speed_cm_s: float) -> float:
    """Turbulence behind a valve: none at normal speeds, a third of the speed in a tight one."""
    return float(np.clip((speed_cm_s - _BREAKS_UP) / 400, 0, 0.35))
