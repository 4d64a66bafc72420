"""The whole heart of one patient at one moment: its scene, its landmarks, its volumes."""

from functools import cached_property

import numpy as np

from core.phantom.cycle import Moment
from core.phantom.heart import atria, body, right, vessels
from core.phantom.heart.frame import Ring, Vector, Z, u
from core.phantom.heart.parts import add_parts
from core.phantom.heart.rings import rings_of
from core.phantom.heart.ventricle import Ventricle, papillary_rods, ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import Scene, SceneBuilder


class Heart:
    """A patient's heart at a moment of its cycle.

    Attributes:
        patient, moment: whose and when.
        rings: circles that blood passes, by name: mitral, tricuspid, aortic, lvot, sinus, stj,
            ascending, pulmonary, main_pa.
        lv: the left ventricle.
    """

    def __init__(self, patient: HeartPatient, moment: Moment) -> None:
        self.patient = patient
        self.moment = moment
        self.rings: dict[str, Ring] = rings_of(patient, moment)
        self.lv: Ventricle = ventricle(patient, moment)

    @property
    def base(self) -> float:
        """Height of the mitral plane, mm."""
        return self.lv.base

    @property
    def apex(self) -> float:
        """Height of the endocardial apex, mm."""
        return self.lv.apex

    @cached_property
    def points(self) -> dict[str, Vector]:
        """Landmarks by name, mm."""
        patient, moment, rings = self.patient, self.moment, self.rings
        rods = papillary_rods(patient, moment, self.lv)
        middle = self.base + 0.45 * self.lv.length
        inner = self.lv.radius(np.deg2rad(200.0), middle)
        wall = float(np.mean([patient.segment_wall[7], patient.segment_wall[8]]))
        return {
            "lv_apex": Z * self.apex,
            "lv_apex_epi": Z * (self.apex + float(self.lv.thickness[-1].mean())),
            "papillary_al": rods[0][0],
            "papillary_pm": rods[1][0],
            "septum_mid": u(200.0) * (inner + 0.5 * wall) + Z * middle,
            **right.points(patient, moment, rings),
            **atria.points(patient, moment, rings),
            **vessels.points(patient, moment, rings),
        }

    @cached_property
    def scene(self) -> Scene:
        """The program of all structures; the same instructions for every patient."""
        builder = SceneBuilder()
        patient, moment, rings = self.patient, self.moment, self.rings
        add_parts(builder, patient, moment, rings, self.lv)
        body.add_body(builder, patient, rings, self.points, moment)
        return builder.build()

    @cached_property
    def material(self) -> np.ndarray:
        """Numbers that tie speckle to the tissue; see `core.phantom.heart.material`."""
        p, m = self.patient, self.moment
        return np.array(
            [
                self.base, self.apex, p.lv_length, p.lv_radius, p.lv_exponent,
                float(np.mean(p.segment_wall)), np.deg2rad(m.torsion_deg), m.rv_descent,
                m.rv_scale,
            ],
            np.float32,
        )  # fmt: skip

    def lv_radius(self, angle: float, z: float) -> float:
        """Of the cavity in the direction `angle` (radians) at height z, mm."""
        return self.lv.radius(angle, z)

    def lv_volume_ml(self) -> float:
        return self.lv.volume_ml()

    def la_volume_ml(self) -> float:
        return atria.la_volume_ml(self.patient, self.moment)

    def ra_volume_ml(self) -> float:
        return atria.ra_volume_ml(self.patient, self.moment)
