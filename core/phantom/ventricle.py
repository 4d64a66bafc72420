"""The left ventricle: a blunt superellipsoid of revolution with a wall that keeps its volume.

At any moment the ventricle is evaluated in its material coordinates (where each bit of muscle lay
at end-diastole), so that walls thicken, apex and base move, and speckle travels with the tissue.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from core.phantom.patient import HeartPatient
from core.phantom.space import Array

STEP = 1.0  # mm per cell of the distance table
LOW = -20.0  # mm, the table's first z


@dataclass(frozen=True, slots=True, eq=False)
class Ventricle:
    """Profile and distance tables of one patient's left ventricle at end-diastole.

    Attributes:
        radius: float32 [K], endocardial radius at z = 0, 1, 2 ... mm (0 beyond the apex).
        tables: float32 [Z, R, 2], signed distance in mm to endocardium and epicardium over
            (z - LOW, r) in steps of STEP.
    """

    patient: HeartPatient
    radius: NDArray[np.float32]
    tables: NDArray[np.float32]

    def squeeze(self, contraction: float) -> tuple[float, float]:
        """(long-axis factor, radial factor) of the cavity; their volume gives the patient's EF."""
        patient = self.patient
        final_long = 1 - patient.base_descent / patient.lv_length
        final_radial = np.sqrt((1 - patient.ef / 100) / final_long)
        along = 1 - contraction * (1 - final_long)
        return float(along), float(1 - contraction * (1 - final_radial))

    def volume_ml(self, contraction: float) -> float:
        """Cavity volume by disks of the geometry itself."""
        fine = np.linspace(0, self.patient.lv_length, 400)
        area = np.pi * profile(self.patient, fine) ** 2
        along, radial = self.squeeze(contraction)
        return float(np.trapezoid(area, fine) * along * radial**2 / 1000)

    def material(
        self, x: Array, y: Array, z: Array, contraction: float
    ) -> tuple[Array, Array, Array]:
        """(radius at end-diastole, stretch = that over today's radius, today's radius).

        `z` is already in material coordinates. Inside the cavity the map is linear; in the wall it
        keeps volume; a wall's length left over outside is not used.
        """
        patient = self.patient
        bend = np.clip(z, 0, None) * np.float32(1 / patient.lv_length)
        bend *= bend
        across = x - np.float32(patient.lv_bend) * bend
        oval = np.float32(patient.lv_oval)
        rx = across * oval
        ry = y / oval
        now = np.sqrt(rx * rx + ry * ry)
        along, radial = self.squeeze(contraction)
        at = np.clip(z, 0, len(self.radius) - 1.001)
        low = at.astype(np.int32)
        part = at - low
        endo = self.radius[low] * (1 - part) + self.radius[low + 1] * part
        # V-preserving: R^2 - Rendo^2 = along * (r^2 - rendo^2)
        squared = endo * endo * np.float32(1 - along * radial**2)
        squared = squared + np.float32(along) * now * now
        inside = now < endo * np.float32(radial)
        then = np.where(inside, now * np.float32(1 / radial), np.sqrt(np.maximum(squared, 0)))
        return then, then / np.maximum(now, np.float32(0.3)), now

    def distances(self, z: Array, radius: Array) -> tuple[Array, Array]:
        """Signed distance to endocardium and epicardium at material (z, radius)."""
        height, width = self.tables.shape[:2]
        rows = np.clip((z - np.float32(LOW)) * np.float32(1 / STEP), 0, height - 1)
        columns = np.clip(radius * np.float32(1 / STEP), 0, width - 1)
        found = cv2.remap(
            self.tables,
            np.ascontiguousarray(columns, np.float32),
            np.ascontiguousarray(rows, np.float32),
            cv2.INTER_LINEAR,
        )
        return found[..., 0], found[..., 1]


def profile(patient: HeartPatient, z: NDArray[np.float64]) -> NDArray[np.float64]:
    """Endocardial radius in mm at distance z from the mitral plane; 0 beyond the apex."""
    widest = 0.33 * patient.lv_length
    power = patient.lv_power
    up = np.clip((z - widest) / (patient.lv_length - widest), 0, 1)
    upper = (1 - up**power) ** (1 / power)
    lower = 1 - 0.16 * np.clip((widest - z) / widest, 0, 1.5) ** 2
    found: NDArray[np.float64] = patient.lv_radius * np.where(z > widest, upper, lower)
    return np.where(z <= patient.lv_length, found, 0.0)


def build_ventricle(patient: HeartPatient) -> Ventricle:
    """Tables of a patient's left ventricle (about 10 ms)."""
    length = patient.lv_length
    # dense near the apex, where the profile is steep
    along = length * np.sin(np.linspace(0, np.pi / 2, 40)) ** 0.9
    endo = np.stack([along, profile(patient, along)], 1)
    endo = np.concatenate([[[0.0, 0.0]], endo, [[length, 0.0]]])
    # wall: full at the waist, six tenths at the apex
    share = along / length
    wall = patient.wall * (1 - 0.4 * np.clip((share - 0.55) / 0.45, 0, 1) ** 1.5)
    step = np.gradient(np.stack([along, profile(patient, along)], 1), axis=0)
    normal = np.stack([-step[:, 1], step[:, 0]], 1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    outer = np.stack([along, profile(patient, along)], 1) + normal * wall[:, None]
    outer[:, 0] = np.maximum(outer[:, 0], -3)
    tip = length + 0.6 * patient.wall
    epi = np.concatenate([[[-3.0, 0.0], [-3.0, outer[0, 1]]], outer, [[tip, 0.0]]])
    height = int((tip + 45 - LOW) / STEP)
    width = int((patient.lv_radius * 1.1 + patient.wall + 40) / STEP)
    grid = np.stack(
        np.meshgrid(LOW + STEP * np.arange(height), STEP * np.arange(width), indexing="ij"), -1
    )
    tables = np.stack([_polygon_distance(grid, endo), _polygon_distance(grid, epi)], -1)
    samples = np.arange(0, int(length) + 60, dtype=np.float64)
    return Ventricle(
        patient=patient,
        radius=profile(patient, samples).astype(np.float32),
        tables=np.ascontiguousarray(tables, np.float32),
    )


def _polygon_distance(grid: NDArray[np.float64], line: NDArray[np.float64]) -> NDArray[np.float32]:
    """Signed distance of grid [..., 2] (z, r) to an open outline closed by the axis r = 0."""
    points = grid.reshape(-1, 1, 2).astype(np.float32)
    a = line[:-1].astype(np.float32)
    b = line[1:].astype(np.float32)
    edge = b - a
    offset = points - a
    t = np.einsum("nkc,kc->nk", offset, edge) / np.maximum((edge**2).sum(1), 1e-9)
    np.clip(t, 0, 1, out=t)
    away = offset - t[..., None] * edge
    distance = np.sqrt((away**2).sum(-1).min(1))
    inside = _inside(points[:, 0], line)
    return np.where(inside, -distance, distance).reshape(grid.shape[:-1]).astype(np.float32)


def _inside(points: NDArray[np.float32], line: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Even-odd rule for the outline closed along the axis (r >= 0 everywhere)."""
    z, r = points[:, :1], points[:, 1:]
    a, b = line[:-1], line[1:]
    crosses = (a[:, 0] > z) != (b[:, 0] > z)
    rise = np.where(b[:, 0] == a[:, 0], 1e-9, b[:, 0] - a[:, 0])
    at = a[:, 1] + (z - a[:, 0]) / rise * (b[:, 1] - a[:, 1])
    # count outline crossings on the ray from the point away from the axis
    return (crosses & (at > r)).sum(1) % 2 == 1
