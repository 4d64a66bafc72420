"""What rules look at: measured values, their parts, and values computed from several of them.

A computed value is there only where all that it needs was measured. Cut-offs are in `ranges.yaml`
and `rules.yaml`; here are formulas alone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import pi
from operator import itemgetter

from core.domain import Measurement, Patient
from core.domain.measurement import value_unit
from core.measurement.catalogue import catalogue
from core.report.ranges import atrial_pressure
from core.report.sources import Source, source

Values = Mapping[str, float]

BSA = "bsa"
"""Body surface area, m², as a quantity that indices need; it is no measurement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One value that a rule may look at.

    Attributes:
        id: of the measurement, or of the computed value.
        value: in `unit`.
        unit: as it is printed.
        because: ids of the measurements it rests on, in the catalogue's order.
        reason: doubt of one of those measurements; id of the language catalogue.
        verified: False if a formula in it was recalled, not read in its source.
    """

    id: str
    value: float
    unit: str
    because: tuple[str, ...]
    reason: str | None = None
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """How a value is computed.

    Attributes:
        id: of the value; its name is `quantity.<id>` of the language catalogue.
        needs: ids of measurements and of values computed before it.
        of: the formula; None where these values give no result.
        unit: of the result, as it is printed.
        decimals: as it is printed.
        source: key of `sources.yaml`.
        verified: False if the formula was recalled, not read in its source.
    """

    id: str
    needs: tuple[str, ...]
    of: Callable[[Values], float | None]
    unit: str
    decimals: int
    source: str
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A computed value for the report's table."""

    id: str
    value: float
    unit: str
    decimals: int
    because: tuple[str, ...]
    source: Source
    verified: bool
    reason: str | None = None


def _ratio(above: str, below: str) -> Callable[[Values], float | None]:
    return lambda v: v[above] / v[below] if v[below] > 0 else None


def _lv_mass(v: Values) -> float:
    """Cube formula, g, from end-diastolic diameters in mm."""
    cavity, septum, wall = v["lvedd"] / 10, v["ivsd"] / 10, v["lvpwd"] / 10
    return 0.8 * 1.04 * ((cavity + septum + wall) ** 3 - cavity**3) + 0.6


def _teichholz(v: Values) -> float | None:
    """Ejection fraction, %, from two diameters in mm: of a ventricle whose walls move evenly."""
    ed, es = (7 / (2.4 + d) * d**3 for d in (v["lvedd"] / 10, v["lvesd"] / 10))
    return 100 * (1 - es / ed) if 0 < es < ed else None


def _right_atrial_pressure(v: Values) -> float:
    return atrial_pressure().of(width_mm=v["ivc"], collapse_percent=v["ivc_collapse"])


def _positive(value: float) -> float | None:
    return value if value > 0 else None


def _valve_times() -> Iterable[Formula]:
    """What of a valve's opening is not its row's own value: the aortic leaflets' parting, and the
    times."""
    yield Formula(
        id="aortic_opening", needs=("aortic_mm",), unit="mm", decimals=1, source="seen",
        of=itemgetter("aortic_mm"),
    )  # fmt: skip
    for valve in ("mitral", "aortic"):
        for word in ("opens", "closes"):
            part = f"{valve}_{word}_ms"
            yield Formula(
                id=f"{valve}_{word}", needs=(part,), unit="ms", decimals=0, source="seen",
                of=itemgetter(part),
            )  # fmt: skip


FORMULAS = (
    Formula(id="rwt", needs=("lvpwd", "lvedd"), unit="", decimals=2, source="ase2015",
            of=lambda v: 2 * v["lvpwd"] / v["lvedd"] if v["lvedd"] > 0 else None),
    Formula(id="lv_mass", needs=("lvedd", "ivsd", "lvpwd"), unit="g", decimals=0,
            source="ase2015", of=_lv_mass),
    Formula(id="lv_mass_index", needs=("lv_mass", BSA), unit="g/m²", decimals=0,
            source="ase2015", of=_ratio("lv_mass", BSA)),
    Formula(id="fractional_shortening", needs=("lvedd", "lvesd"), unit="%", decimals=0,
            source="ase2015",
            of=lambda v: 100 * (1 - v["lvesd"] / v["lvedd"]) if v["lvedd"] > 0 else None),
    Formula(id="ef_teichholz", needs=("lvedd", "lvesd"), unit="%", decimals=0, source="ase2015",
            verified=False, of=_teichholz),
    Formula(id="lvedd_index", needs=("lvedd", BSA), unit="mm/m²", decimals=0, source="ase2015",
            of=_ratio("lvedd", BSA)),
    Formula(id="lvedv_index", needs=("lvedv", BSA), unit="mL/m²", decimals=0, source="ase2015",
            of=_ratio("lvedv", BSA)),
    Formula(id="la_volume_index", needs=("la_volume", BSA), unit="mL/m²", decimals=0,
            source="ase2015", of=_ratio("la_volume", BSA)),
    Formula(id="e_prime_average", needs=("e_prime_septal", "e_prime_lateral"), unit="cm/s",
            decimals=1, source="diastole2025",
            of=lambda v: (v["e_prime_septal"] + v["e_prime_lateral"]) / 2),
    Formula(id="e_e_septal", needs=("e_vmax", "e_prime_septal"), unit="", decimals=1,
            source="diastole2025", of=_ratio("e_vmax", "e_prime_septal")),
    Formula(id="e_e_lateral", needs=("e_vmax", "e_prime_lateral"), unit="", decimals=1,
            source="diastole2025", of=_ratio("e_vmax", "e_prime_lateral")),
    Formula(id="e_e_average", needs=("e_vmax", "e_prime_average"), unit="", decimals=1,
            source="diastole2025", of=_ratio("e_vmax", "e_prime_average")),
    Formula(id="stroke_volume", needs=("lvot_diameter", "lvot_vti"), unit="mL", decimals=0,
            source="as2017",
            of=lambda v: pi * (v["lvot_diameter"] / 20) ** 2 * v["lvot_vti"]),
    Formula(id="stroke_volume_index", needs=("stroke_volume", BSA), unit="mL/m²", decimals=0,
            source="as2017", of=_ratio("stroke_volume", BSA)),
    Formula(id="velocity_ratio", needs=("lvot_vmax", "av_vmax"), unit="", decimals=2,
            source="as2017",
            of=lambda v: v["lvot_vmax"] / 100 / v["av_vmax"] if v["av_vmax"] > 0 else None),
    Formula(id="av_area_index", needs=("av_area", BSA), unit="cm²/m²", decimals=2,
            source="as2017", of=_ratio("av_area", BSA)),
    Formula(id="ivc_collapse", needs=("ivc", "ivc_minimum"), unit="%", decimals=0,
            source="ra2010",
            of=lambda v: 100 * (1 - v["ivc_minimum"] / v["ivc"]) if v["ivc"] > 0 else None),
    Formula(id="ra_pressure", needs=("ivc", "ivc_collapse"), unit="mmHg", decimals=0,
            source="ra2010", verified=False, of=_right_atrial_pressure),
    Formula(id="tr_gradient", needs=("tr_vmax",), unit="mmHg", decimals=0, source="ra2010",
            of=lambda v: 4 * v["tr_vmax"] ** 2),
    Formula(id="rvsp", needs=("tr_gradient", "ra_pressure"), unit="mmHg", decimals=0,
            source="ra2010", verified=False, of=lambda v: v["tr_gradient"] + v["ra_pressure"]),
    *_valve_times(),
    Formula(id="ejection_time", needs=("aortic_opens_ms", "aortic_closes_ms"), unit="ms",
            decimals=0, source="seen",
            of=lambda v: v["aortic_closes_ms"] - v["aortic_opens_ms"]),
    Formula(id="relaxation_time", needs=("aortic_closes_ms", "mitral_opens_ms"), unit="ms",
            decimals=0, source="seen",
            of=lambda v: _positive(v["mitral_opens_ms"] - v["aortic_closes_ms"])),
)  # fmt: skip
"""In an order in which each needs only what stands before it.

The simplified Bernoulli equation (4 v²) and the table of right atrial pressure are those of the
2010 right heart guideline; that of 2025 replaces it, and its tables were not at hand.
"""

_PARTS = {
    ("ivc", "minimum"): "ivc_minimum",
    ("septal_defect", "atrial"): "atrial_defect",
    ("septal_defect", "ventricular"): "ventricular_defect",
    **{
        ("valve_opening", f"{valve}_{word}"): f"{valve}_{word}"
        for valve in ("mitral", "aortic")
        for word in ("mm", "opens_ms", "closes_ms")
    },
}


def _printed(unit: str) -> str:
    plain = {"1": "", "cm2": "cm²", "count": "", "grade 0-4": "", "score 1-4": ""}
    return plain.get(unit, value_unit(unit))


def _measured(measurements: Iterable[Measurement]) -> dict[str, Quantity]:
    found: dict[str, Quantity] = {}
    for m in measurements:
        if m.value is None or m.id in found:
            continue
        unit, reason = _printed(m.unit), m.reason
        found[m.id] = Quantity(id=m.id, value=m.value, unit=unit, because=(m.id,), reason=reason)
        for name, part in m.parts:
            own = _PARTS.get((m.id, name))
            if own is not None:
                found[own] = Quantity(id=own, value=part, unit=unit, because=(m.id,), reason=reason)
    return found


def quantities(measurements: Iterable[Measurement], patient: Patient) -> dict[str, Quantity]:
    """All that rules may look at, by id; what was not measured is not in it."""
    found = _measured(measurements)
    if patient.bsa_m2:
        found[BSA] = Quantity(id=BSA, value=patient.bsa_m2, unit="m²", because=())
    places = {id_: place for place, id_ in enumerate(catalogue())}
    for formula in FORMULAS:
        if not all(need in found for need in formula.needs):
            continue
        value = formula.of({need: found[need].value for need in formula.needs})
        if value is None:
            continue
        because = {id_ for need in formula.needs for id_ in found[need].because}
        reasons = (found[need].reason for need in formula.needs)
        found[formula.id] = Quantity(
            id=formula.id,
            value=value,
            unit=formula.unit,
            because=tuple(sorted(because, key=lambda id_: places.get(id_, len(places)))),
            reason=next((reason for reason in reasons if reason), None),
            verified=formula.verified and all(found[need].verified for need in formula.needs),
        )
    return found


def derive(measurements: Iterable[Measurement], patient: Patient) -> tuple[Derived, ...]:
    """The computed values that the report's table shows, in order."""
    found = quantities(measurements, patient)
    return tuple(
        Derived(
            id=formula.id,
            value=found[formula.id].value,
            unit=formula.unit,
            decimals=formula.decimals,
            because=found[formula.id].because,
            source=source(formula.source),
            verified=found[formula.id].verified,
            reason=found[formula.id].reason,
        )
        for formula in FORMULAS
        if formula.id in found
    )


def decimals(quantity_id: str) -> int:
    """Decimals with which a rule's sentence tells the value."""
    for formula in FORMULAS:
        if formula.id == quantity_id:
            return formula.decimals
    entry = catalogue().get(quantity_id)
    if entry is None:
        return 0
    return {"m/s": 1, "cm2": 1, "1": 2, "score 1-4": 2}.get(entry.unit, 0)
