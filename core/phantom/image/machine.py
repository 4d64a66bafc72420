"""Machines: what shape their picture has and how it looks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np

from core.domain import View


class Geometry(StrEnum):
    """How the probe spreads its beams."""

    PHASED = "phased"  # from a small flat face: the fan starts in a point
    CURVED = "curved"  # from an arc
    HANDHELD = "handheld"  # one chip that plays a phased array: a short arc


class Look(StrEnum):
    """Kinds of machines; also the name of their screen furniture."""

    SOFT = "soft"  # premium, harmonic, smooth grey maps, greyish blood
    CRISP = "crisp"  # premium, high contrast, black blood
    SMOOTH = "smooth"  # strong speckle reduction
    CART = "cart"  # point-of-care cart, grainy
    PORTABLE = "portable"  # laptop-sized, narrow range
    CHIP = "chip"  # handheld on one chip, blurred and noisy
    POCKET = "pocket"  # handheld phased array
    VINTAGE = "vintage"  # fundamental imaging of the nineties
    ABDOMEN = "abdomen"  # curved array borrowed for the heart


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Geometry and look of one machine's picture.

    Attributes:
        look: its kind.
        geometry: of the probe.
        half_angle_deg: half opening of the fan.
        depth_mm: from the probe's face to the end of the picture.
        face_mm: radius of the probe's face; 0 for a fan that starts in a point.
        beams, samples: of the polar picture.
        dynamic_range_db, gain_db: of the display.
        tgc_db: offsets of the depth gain at even depths from the face to the end.
        gamma: of the grey map; below 1 lifts the dark greys.
        blur_lateral: sigma of the point spread across the beams at the focus, degrees.
        blur_axial: the same along the beam, mm.
        focus_mm: depth of the sharpest picture.
        thickness_mm, thickness_growth: sigma of the slice at the face, and how it widens per mm.
        persistence: part of the earlier frame that stays.
        smoothing: speckle reduction, 0..1; below 0 sharpens.
        noise_db: of the receiver, at the focus; muscle lies at -14.
        clutter: near-field reverberation and haze, 1 is harmonic imaging at its usual.
        side_lobes: amplitude of what leaks from beside.
        compounding: 0 one look, to 1 two looks averaged, which calms the speckle.
    """

    look: Look = Look.SOFT
    geometry: Geometry = Geometry.PHASED
    half_angle_deg: float = 38.0
    depth_mm: float = 160.0
    face_mm: float = 0.0
    beams: int = 160
    samples: int = 384
    dynamic_range_db: float = 64.0
    gain_db: float = 0.0
    tgc_db: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    gamma: float = 1.0
    blur_lateral: float = 0.62
    blur_axial: float = 0.55
    focus_mm: float = 80.0
    thickness_mm: float = 0.7
    thickness_growth: float = 0.010
    persistence: float = 0.2
    smoothing: float = 0.2
    noise_db: float = -32.0
    clutter: float = 1.0
    side_lobes: float = 0.03
    compounding: float = 0.5

    @property
    def half_angle(self) -> float:
        """Radians."""
        return float(np.deg2rad(self.half_angle_deg))


_SPECIFIC: Mapping[Look, Mapping[str, Any]] = MappingProxyType(
    {
        Look.SOFT: {"dynamic_range_db": 68.0, "gamma": 1.6, "noise_db": -29.0, "blur_axial": 0.29,
            "blur_lateral": 0.56,
            "compounding": 0.8},
        Look.CRISP: {
            "dynamic_range_db": 52.0, "gamma": 1.1, "noise_db": -40.0, "clutter": 0.6,
            "blur_lateral": 0.5, "blur_axial": 0.45, "smoothing": 0.0, "side_lobes": 0.02,
        },
        Look.SMOOTH: {
            "dynamic_range_db": 62.0, "smoothing": 0.6, "compounding": 1.0, "persistence": 0.4,
            "noise_db": -36.0, "blur_lateral": 0.7, "clutter": 0.8,
        },
        Look.CART: {
            "dynamic_range_db": 54.0, "blur_axial": 0.6, "blur_lateral": 0.8, "noise_db": -33.0,
            "gamma": 1.15, "half_angle_deg": 42.0, "clutter": 1.3, "smoothing": 0.1,
        },
        Look.PORTABLE: {
            "dynamic_range_db": 48.0, "gamma": 1.2, "blur_lateral": 0.75, "noise_db": -34.0,
            "half_angle_deg": 45.0, "clutter": 1.2, "smoothing": 0.3,
        },
        Look.CHIP: {
            "geometry": Geometry.HANDHELD, "face_mm": 14.0, "half_angle_deg": 38.0,
            "dynamic_range_db": 66.0, "blur_lateral": 1.0, "blur_axial": 0.75, "noise_db": -28.0,
            "clutter": 1.7, "smoothing": 0.5, "persistence": 0.35, "side_lobes": 0.06,
        },
        Look.POCKET: {
            "geometry": Geometry.HANDHELD, "dynamic_range_db": 58.0, "blur_lateral": 0.85,
            "noise_db": -30.0, "clutter": 1.3, "smoothing": 0.4,
        },
        Look.VINTAGE: {
            "dynamic_range_db": 48.0, "noise_db": -32.0, "blur_lateral": 0.9, "blur_axial": 0.6,
            "clutter": 1.8, "side_lobes": 0.08, "compounding": 0.0, "smoothing": -0.2,
            "persistence": 0.0, "gamma": 1.1, "half_angle_deg": 45.0,
        },
        Look.ABDOMEN: {
            "geometry": Geometry.CURVED, "face_mm": 50.0, "half_angle_deg": 32.0,
            "dynamic_range_db": 66.0, "blur_lateral": 0.45, "blur_axial": 0.6, "noise_db": -34.0,
            "focus_mm": 90.0, "clutter": 1.2,
        },
    }
)  # fmt: skip

# Usual depths of a view, mm.
_DEPTH: Mapping[View, tuple[float, float]] = MappingProxyType(
    {
        View.PLAX: (130.0, 175.0), View.PSAX_AV: (115.0, 160.0), View.PSAX_MV: (120.0, 165.0),
        View.PSAX_PM: (120.0, 165.0), View.A4C: (145.0, 190.0), View.A5C: (145.0, 190.0),
        View.A2C: (145.0, 190.0), View.A3C: (145.0, 190.0), View.SC4C: (150.0, 210.0),
        View.SC_IVC: (120.0, 190.0), View.SSN: (110.0, 160.0), View.OTHER: (100.0, 200.0),
    }
)  # fmt: skip
_SUBCOSTAL = (View.SC4C, View.SC_IVC)


def machine_of(look: Look) -> Machine:
    """The machine of a look as it leaves the box."""
    return replace(Machine(), look=look, **_SPECIFIC[look])


def draw_machine(
    view: View, rng: np.random.Generator, *, look: Look | None = None, depth_mm: float | None = None
) -> Machine:
    """A machine as somebody set it up for a view.

    Args:
        view: what is looked at; sets the usual depths.
        rng: of the clip.
        look: one kind; None draws one, curved arrays nearly only for subcostal views.
        depth_mm: of the picture; None draws a usual one.
    """
    if look is None:
        looks = tuple(Look)
        weights = np.array([3.5, 2, 1.5, 1.5, 1.2, 1.3, 1, 1.2, 0.3])
        weights[-1] = 2.0 if view in _SUBCOSTAL else 0.15
        look = looks[int(rng.choice(len(looks), p=weights / weights.sum()))]
    base = machine_of(look)
    low, high = _DEPTH[view]
    depth = rng.uniform(low, high) if depth_mm is None else depth_mm
    return replace(
        base,
        half_angle_deg=float(np.clip(base.half_angle_deg + rng.normal(0, 3.0), 28, 48)),
        depth_mm=float(depth),
        face_mm=base.face_mm * float(rng.uniform(0.85, 1.15)),
        dynamic_range_db=base.dynamic_range_db + float(rng.normal(0, 4.0)),
        gain_db=base.gain_db + float(rng.normal(0, 5.0)),
        tgc_db=tuple(float(v) for v in rng.normal(0, (2.0, 2.0, 3.0, 5.0))),
        gamma=base.gamma * float(np.exp(rng.normal(0, 0.09))),
        blur_lateral=base.blur_lateral * float(np.exp(rng.normal(0, 0.16))),
        blur_axial=base.blur_axial * float(np.exp(rng.normal(0, 0.13))),
        focus_mm=float(rng.uniform(0.4, 0.75) * depth),
        noise_db=base.noise_db + float(rng.normal(-1.0, 3.5)),
        smoothing=base.smoothing + float(rng.normal(0, 0.12)),
        clutter=base.clutter * float(np.exp(rng.normal(0, 0.25))),
        side_lobes=base.side_lobes * float(np.exp(rng.normal(0, 0.3))),
    )
