"""One patient's examination."""

from dataclasses import dataclass

from core.domain.clip import Clip


def body_surface_m2(height_cm: float, weight_kg: float) -> float:
    """Body surface area, Du Bois and Du Bois 1916."""
    return float(0.007184 * height_cm**0.725 * weight_kg**0.425)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What measurements and normal ranges need of a patient, and what the report's header shows.

    Attributes:
        sex: "M", "F" or None.
        height_cm, weight_kg: None where unknown.
        name, patient_id, birth_date: stay on this machine; never in logs or in `analysis.json`.
    """

    sex: str | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    name: str = ""
    patient_id: str = ""
    birth_date: str = ""

    @property
    def bsa_m2(self) -> float | None:
        """Body surface area in m²; None where height or weight is unknown."""
        if self.height_cm is None or self.weight_kg is None:
            return None
        return body_surface_m2(self.height_cm, self.weight_kg)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exam:
    """A patient and the clips taken, in the order in which they were taken."""

    id: str
    patient: Patient
    clips: tuple[Clip, ...]
