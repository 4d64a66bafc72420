"""The heart's shapes at one moment, as distances to surfaces.

Frame of the heart, mm: origin at the end-diastolic centre of the mitral annulus, z to the apex;
u(a) = (cos a, sin a, 0). In it the body's left is (.71, .34, .62), posterior (.71, -.34, -.62) and
superior (0, .88, -.48). Distances are negative inside, about true near the surface, in mm.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.phantom.old_cycle import Moment
from core.phantom.old_patient import HeartPatient

Points = NDArray[np.float32]
Distance = NDArray[np.float32]

SUPERIOR = np.array([0.0, 0.88, -0.48])
POSTERIOR = np.array([0.71, -0.34, -0.62])
LEFT = np.array([0.71, 0.34, 0.62])
Z = np.array([0.0, 0.0, 1.0])


def u(degrees: float) -> NDArray[np.float64]:
    """Unit vector across the long axis."""
    a = np.deg2rad(degrees)
    return np.array([np.cos(a), np.sin(a), 0.0])


def unit(v: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.asarray(v / np.linalg.norm(v), np.float64)


def ellipsoid(p: Points, centre: NDArray[np.floating], radii: tuple[float, float, float],
              axes: NDArray[np.floating] | None = None) -> Distance:  # fmt: skip
    """Distance to an ellipsoid: points float32 [N, 3]; `axes` rows are its directions."""
    q = p - np.asarray(centre, np.float32)
    if axes is not None:
        q = q @ np.asarray(axes, np.float32).T
    r = np.asarray(radii, np.float32)
    k0 = np.sqrt(((q / r) ** 2).sum(axis=1))
    k1 = np.sqrt(((q / r**2) ** 2).sum(axis=1)) + 1e-6
    return np.asarray(k0 * (k0 - 1) / k1, np.float32)


def capsule(p: Points, a: NDArray[np.floating], b: NDArray[np.floating], radius_a: float,
            radius_b: float) -> Distance:  # fmt: skip
    """Distance to a tapered capsule from `a` to `b`."""
    a32 = np.asarray(a, np.float32)
    ab = np.asarray(b - a, np.float32)
    t = np.clip(((p - a32) @ ab) / float(ab @ ab), 0, 1)
    away = p - a32 - t[:, None] * ab
    return np.asarray(
        np.sqrt((away**2).sum(axis=1)) - (radius_a + (radius_b - radius_a) * t), np.float32
    )


def sheet(p: Points, centre: NDArray[np.floating], axis: NDArray[np.floating], ring: float,
          tip: tuple[float, float]) -> Distance:  # fmt: skip
    """Unsigned distance to a leaflet: a cone from the ring to `tip` = (radius, height)."""
    q = p - np.asarray(centre, np.float32)
    h = q @ np.asarray(axis, np.float32)
    rho = np.sqrt(np.maximum((q**2).sum(axis=1) - h**2, 0))
    dx, dy = tip[0] - ring, tip[1]
    t = np.clip(((rho - ring) * dx + h * dy) / (dx * dx + dy * dy + 1e-6), 0, 1)
    return np.asarray(np.hypot(rho - ring - t * dx, h - t * dy), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Distances of a set of points to every structure, float32 [N] each."""

    lv: Distance
    epicardium: Distance
    rv: Distance
    rv_outer: Distance
    la: Distance
    ra: Distance
    aorta: Distance
    descending: Distance
    pulmonary: Distance
    ivc: Distance
    mitral: Distance
    tricuspid: Distance
    aortic: Distance
    pulmonic: Distance
    papillary: Distance
    pericardium: Distance
    liver: Distance
    septal: NDArray[np.bool_]


class Heart:
    """One patient's heart at one moment of the cycle."""

    def __init__(self, patient: HeartPatient, moment: Moment) -> None:
        self.patient = patient
        self.moment = moment
        p, m = patient, moment
        self.base = m.descent  # height of the mitral plane, mm
        self.apex = p.lv_length
        self.radius = p.lv_radius * m.lv_radius_scale
        self.wall = p.wall * m.wall_scale
        self.mitral_centre = Z * self.base
        self.tricuspid_centre = u(p.rv_angle) * p.tricuspid_distance * (
            0.94 + 0.06 * m.rv_scale
        ) + Z * (m.rv_descent - 3)
        self.aortic_centre = u(148) * (p.lv_radius * 0.95) + Z * (self.base - 4)
        self.root_axis = unit(-0.766 * Z + 0.643 * u(148))
        self.pulmonary_centre = self.aortic_centre + 34 * u(86) - 11 * Z
        self.ring = p.mitral_ring

    def lv_profile(
        self, z: Distance, radius: float, apex: float, base: float
    ) -> tuple[Distance, Distance]:
        """Radius of the ventricle's outline at height z, and its slope."""
        s = np.clip((z - base) / (apex - base), 0.0, 0.999)
        n = self.patient.lv_exponent
        tall = np.sqrt(1 - s**n)
        waist = 1 - 0.17 * (1 - s) ** 2
        return np.asarray(radius * tall * waist, np.float32), s

    def _ventricle(self, p: Points, radius: float, apex: float, base: float) -> Distance:
        """Body of revolution between base and apex; its cross section slightly oval."""
        rho = np.sqrt(p[:, 0] ** 2 + p[:, 1] ** 2)
        z = p[:, 2]
        outline, s = self.lv_profile(z, radius, apex, base)
        n = self.patient.lv_exponent
        # Slope of the outline, so that the distance is true where the wall leans over at the apex.
        slope = (
            radius / (apex - base) * 0.5 * n * s ** (n - 1) / np.sqrt(np.maximum(1 - s**n, 0.02))
        )
        side = (rho - outline) / np.sqrt(1 + slope**2)
        over = z - apex
        tip = np.where(over > 0, np.hypot(rho, over), -np.inf)
        inside = np.maximum(side, np.where(over > 0, tip, 0.9 * over))
        return np.asarray(np.maximum(inside, base - z), np.float32)

    def shapes(self, p: Points) -> Shapes:
        """Distances of points float32 [N, 3] to all structures."""
        pt, m = self.patient, self.moment
        lv = self._ventricle(p, self.radius, self.apex, self.base)
        epi = self._ventricle(
            p, self.radius + self.wall, self.apex + 0.8 * self.wall, self.base - 1.5
        )
        rv_dir = u(pt.rv_angle)
        rv_axes = np.stack([rv_dir, np.cross(Z, rv_dir), Z])
        centre = rv_dir * (pt.rv_offset) + Z * (22 + m.rv_descent * 0.5)
        rv_radii = (pt.rv_radii[0] * m.rv_scale, pt.rv_radii[1] * m.rv_scale, pt.rv_radii[2])
        tilt = _turn(rv_axes, 1, -14.0)
        rv_whole = ellipsoid(p, centre, rv_radii, tilt)
        # The outflow tract reaches from the right ventricle over the aorta to the pulmonary valve.
        tract = capsule(p, centre + 14 * u(120) - 6 * Z, self.pulmonary_centre, 15 * m.rv_scale, 11)
        rv_whole = np.minimum(rv_whole, tract)
        below = self.tricuspid_centre[2] - p[:, 2]
        floor = np.where(p @ rv_dir.astype(np.float32) > 18, below, -50)
        rv = np.maximum(np.maximum(rv_whole, -(epi - 0.5)), np.where(tract < 0, -50, floor))
        la = ellipsoid(p, self.la_centre, self.la_radii)
        la = np.maximum(la, p[:, 2] - self.base)
        ra = ellipsoid(p, self.ra_centre, self.ra_radii)
        ra = np.maximum(ra, p[:, 2] - self.tricuspid_centre[2])
        aorta, descending = self._aorta(p)
        trunk = self.pulmonary_centre
        pa_end = trunk + 38 * unit(0.75 * POSTERIOR + 0.55 * SUPERIOR)
        pulmonary = capsule(p, trunk, pa_end, pt.pa_radius, pt.pa_radius)
        right = capsule(
            p,
            pa_end,
            pa_end + 38 * unit(-LEFT + 0.35 * POSTERIOR),
            pt.pa_radius * 0.75,
            pt.pa_radius * 0.65,
        )
        left = capsule(
            p,
            pa_end,
            pa_end + 26 * unit(0.6 * LEFT + POSTERIOR),
            pt.pa_radius * 0.7,
            pt.pa_radius * 0.6,
        )
        pulmonary = np.minimum(np.minimum(pulmonary, right), left)
        ivc = self._ivc(p)
        la = np.maximum(la, -(aorta - 1.5))
        ra = np.maximum(ra, -(aorta - 1.5))
        rv = np.maximum(rv, -(aorta - 1.5))
        open_m, open_t, open_a, open_p = m.mitral, m.tricuspid, m.aortic, m.pulmonary
        ring = self.ring
        mitral = sheet(p, self.mitral_centre, Z, ring, _leaf(ring, open_m, 1.15))
        tricuspid = sheet(p, self.tricuspid_centre, Z, ring * 1.08, _leaf(ring * 1.08, open_t, 1.0))
        aortic = sheet(p, self.aortic_centre, self.root_axis, pt.root_radius * 0.92,
                       _leaf(pt.root_radius * 0.92, open_a, 1.0))  # fmt: skip
        pulmonic = sheet(p, self.pulmonary_centre, unit(pa_end - trunk), pt.pa_radius * 0.95,
                         _leaf(pt.pa_radius * 0.95, open_p, 1.0))  # fmt: skip
        rv_outer = np.maximum(rv_whole - pt.rv_wall, -(epi - 0.5))
        hull = np.minimum(np.minimum(epi, rv_outer), np.minimum(la, ra) - 2.5)
        liver = self._liver(p)
        toward_rv = p[:, :2] @ rv_dir[:2].astype(np.float32)
        septal = toward_rv > np.cos(np.deg2rad(62)) * np.hypot(p[:, 0], p[:, 1])
        return Shapes(
            lv=lv, epicardium=epi, rv=rv, rv_outer=rv_outer, la=la, ra=ra, aorta=aorta,
            descending=descending, pulmonary=pulmonary, ivc=ivc, mitral=mitral, tricuspid=tricuspid,
            aortic=aortic, pulmonic=pulmonic, papillary=np.maximum(self._papillary(p), lv),
            pericardium=hull - 2.0, liver=liver, septal=septal,
        )  # fmt: skip

    @property
    def la_centre(self) -> NDArray[np.float64]:
        return Z * (self.base - self.la_radii[2] * 0.72) - 2.0 * u(148)

    @property
    def la_radii(self) -> tuple[float, float, float]:
        a, b, c = self.patient.la_radii
        k = self.moment.la_scale
        return a * k, b * k, c * k

    @property
    def ra_centre(self) -> NDArray[np.float64]:
        return self.tricuspid_centre - Z * self.ra_radii[2] * 0.72 + 3 * u(self.patient.rv_angle)

    @property
    def ra_radii(self) -> tuple[float, float, float]:
        a, b, c = self.patient.ra_radii
        k = self.moment.la_scale
        return a * k, b * k, c * k

    def _papillary(self, p: Points) -> Distance:
        """Two columns that rise from the wall toward the leaflets."""
        r = self.radius
        low, high = 0.30 * self.apex + 0.7 * self.base, 0.62 * self.apex
        both = [
            capsule(p, u(a) * r * 0.55 + Z * low, u(a) * r * 0.80 + Z * high, 2.5, 4.8)
            for a in (60.0, 312.0)
        ]
        return np.minimum(both[0], both[1])

    def _aorta(self, p: Points) -> tuple[Distance, Distance]:
        """Root with sinuses, ascending part and arch; and the descending part."""
        pt = self.patient
        c, axis = self.aortic_centre, self.root_axis
        bulge = c + 11 * axis
        junction = c + 22 * axis
        top = c + 68 * axis + 6 * SUPERIOR
        root = np.minimum(
            capsule(p, c - 7 * axis, bulge, pt.root_radius * 0.86, pt.root_radius * 1.08),
            capsule(p, bulge, junction, pt.root_radius * 1.08, pt.root_radius * 0.92),
        )
        ascending = capsule(p, junction, top, pt.root_radius * 0.92, pt.root_radius * 0.98)
        down = u(328) * 46
        arch_top = 0.5 * (top + self._descending_at(95)) + 16 * SUPERIOR
        far = self._descending_at(95)
        arch = np.minimum(
            capsule(p, top, arch_top, pt.root_radius * 0.95, pt.root_radius * 0.85),
            capsule(p, arch_top, far, pt.root_radius * 0.85, pt.root_radius * 0.75),
        )
        branches = [
            capsule(
                p, top + (arch_top - top) * k, top + (arch_top - top) * k + 40 * SUPERIOR, 5.0, 4.0
            )
            for k in (0.55, 0.95, 1.35)
        ]
        descending = capsule(
            p, down - 60 * SUPERIOR, far, pt.root_radius * 0.72, pt.root_radius * 0.75
        )
        whole = np.minimum(np.minimum(root, ascending), arch)
        for branch in branches:
            whole = np.minimum(whole, branch)
        return np.asarray(whole, np.float32), descending

    def _descending_at(self, height: float) -> NDArray[np.float64]:
        return u(328) * 46 + height * SUPERIOR

    @property
    def ivc_ends(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where the vein enters the right atrium, and 80 mm below."""
        entry = self.ra_centre - SUPERIOR * self.ra_radii[2] * 0.7 + 4 * POSTERIOR
        return entry, entry - 85 * SUPERIOR - 6 * LEFT

    def _ivc(self, p: Points) -> Distance:
        a, b = self.ivc_ends
        r = self.patient.ivc_radius * self.moment.ivc_scale
        trunk = capsule(p, a, b, r * 1.05, r * 0.9)
        middle = a + 0.35 * (b - a)
        hepatic = capsule(p, middle, middle + 45 * unit(-POSTERIOR - 0.5 * SUPERIOR), 3.5, 2.5)
        return np.minimum(trunk, hepatic)

    def _liver(self, p: Points) -> Distance:
        centre = -62 * SUPERIOR + 45 * u(self.patient.rv_angle) - 20 * POSTERIOR
        return ellipsoid(p, centre, (85.0, 62.0, 70.0))


def _leaf(ring: float, opening: float, length: float) -> tuple[float, float]:
    """Tip of a leaflet (radius, height) for an opening from 0 (closed, tented) to 1."""
    angle = np.deg2rad(14 + 58 * opening)
    return ring - ring * length * np.cos(angle), ring * length * np.sin(angle)


def _turn(axes: NDArray[np.float64], about: int, degrees: float) -> NDArray[np.float64]:
    """The three row axes turned about one of themselves."""
    a = np.deg2rad(degrees)
    i, j = [k for k in range(3) if k != about]
    out = axes.copy()
    out[i] = np.cos(a) * axes[i] - np.sin(a) * axes[j]
    out[j] = np.sin(a) * axes[i] + np.cos(a) * axes[j]
    return out
