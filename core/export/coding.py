"""How a measurement is coded for other systems: code, unit, site, property, method, mode, phase."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from pydicom.sr.coding import Code

from core.domain import Measurement, Mode, View
from core.export.concepts import OWN_SCHEME, concept

#: UCUM of the catalogue's units; grades, scores and counts are pure numbers with a note in braces.
UCUM = {
    "mm": ("mm", "mm"),
    "cm": ("cm", "cm"),
    "cm2": ("cm2", "cm2"),
    "mL": ("mL", "mL"),
    "%": ("%", "%"),
    "cm/s": ("cm/s", "cm/s"),
    "m/s": ("m/s", "m/s"),
    "ms": ("ms", "ms"),
    "mmHg": ("mm[Hg]", "mmHg"),
    "1": ("1", "no units"),
    "grade 0-4": ("{0:4}", "grade 0-4"),
    "score 1-4": ("{1:4}", "score 1-4"),
    "count": ("{count}", "count"),
    # Of the valves' opening the value is the length; its parts are told in words of their own.
    "ms and mm": ("mm", "mm"),
}
_MODES = {
    Mode.BMODE: "SCT 399064001",
    Mode.COLOR: "SCT 261197005",
    Mode.PW: "SCT 261199008",
    Mode.CW: "SCT 261198000",
    Mode.TDI: "SCT 439858009",
    Mode.MMODE: "SCT 399155008",
}
#: CID 12226; it has no code for A5C and SC-IVC.
_VIEWS = {
    View.PLAX: "SCT 399139001",
    View.PSAX_AV: "SCT 399239005",
    View.PSAX_MV: "SCT 399036006",
    View.PSAX_PM: "SCT 399271003",
    View.A4C: "SCT 399214001",
    View.A2C: "SCT 399232001",
    View.A3C: "SCT 399339008",
    View.SC4C: "SCT 399310008",
    View.SSN: "SCT 399106004",
}
#: CID 12227 by the words of our methods, the most telling first.
_METHODS = (
    (r"area-length.*biplane|biplane.*area-length", "DCM 125204"),
    (r"area-length", "DCM 125205"),
    (r"simpson biplane|disks.*biplane|biplane", "DCM 125207"),
    (r"simpson|disks", "DCM 125208"),
    (r"teichholz", "DCM 125209"),
    (r"half-time", "DCM 125210"),
    (r"continuity.*(vmax|peak velocity)", "DCM 125214"),
    (r"continuity.*vti", "DCM 125215"),
    (r"continuity", "DCM 125212"),
    (r"planimetry", "DCM 125220"),
    (r"4v|bernoulli", "DCM 125218"),
)
#: What an elementary property is by its unit, for a measurement that we have no coding for.
_PROPERTIES = {
    "mm": "SCT 410668003",
    "cm": "LN 20354-7",
    "cm2": "SCT 42798000",
    "mL": "SCT 118565006",
    "cm/s": "LN 20355-4",
    "m/s": "LN 20355-4",
    "ms": "SCT 385673002",
    "mmHg": "LN 20247-3",
    "1": "SCT 118586006",
}
_CALCULATED = {"%", "1", "mmHg", "mL"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """The codes of one measured value; each None where it does not apply.

    Attributes:
        code: of the measurement.
        core: True if `code` is of CID 12300 and says all by itself.
        adhoc: True if there is no coding of our own either: `code` names the property alone.
        label: short label for displays.
        legacy: code in TID 5200.
        section: finding site of its section there.
        unit: UCUM.
        site, type, property, phase, flow, kind: modifiers of TID 5302 (`kind` is Measurement Type).
        method, mode, view: how and in which picture it was measured.
    """

    code: Code
    core: bool
    adhoc: bool
    label: str
    legacy: Code
    section: Code | None
    unit: Code
    site: Code | None
    type: Code | None
    property: Code | None
    phase: Code | None
    flow: Code | None
    kind: Code | None
    method: Code | None
    mode: Code | None
    view: Code | None


@cache
def coding_table() -> dict[str, dict[str, Any]]:
    """`coding.yaml` as it stands: by measurement id."""
    table: dict[str, dict[str, Any]] = yaml.safe_load(
        (files(__package__) / "coding.yaml").read_text("utf-8")
    )
    return table


def ucum(unit: str) -> Code:
    """The unit's UCUM code; a unit that is none there becomes a note to a pure number."""
    value, meaning = UCUM.get(unit, (f"{{{unit[:14]}}}", unit))
    return Code(value=value, scheme_designator="UCUM", meaning=meaning)


def mode_code(mode: Mode) -> Code | None:
    """Image Mode, CID 12224."""
    return concept(_MODES[mode]) if mode in _MODES else None


def view_code(view: View) -> Code | None:
    """Image View, CID 12226; None where the standard has no code for it."""
    return concept(_VIEWS[view]) if view in _VIEWS else None


def method_code(method: str) -> Code | None:
    """Measurement Method, CID 12227, from a method in English words."""
    words = method.lower()
    return next((concept(key) for pattern, key in _METHODS if re.search(pattern, words)), None)


def coding_of(
    measurement: Measurement, *, mode: Mode = Mode.UNKNOWN, view: View = View.OTHER,
    method: str | None = None,
) -> Coding:  # fmt: skip
    """The codes of one value.

    Args:
        measurement: a row of the catalogue.
        mode, view: of the clip that it was measured on.
        method: in English; None: the measurement's own. A value that a doctor corrected keeps the
            concept, and so the method, of the value that it stands for.
    """
    words = measurement.method if method is None else method
    entry = coding_table().get(measurement.id)
    if entry is None:
        return _adhoc(measurement, mode, view)
    core = _core(entry, mode, words)
    code = concept(core or entry.get("own", f"{OWN_SCHEME} {measurement.id}"))
    return Coding(
        code=code,
        core=core is not None,
        adhoc=False,
        label=entry["label"],
        legacy=concept(entry["legacy"]) if "legacy" in entry else code,
        section=concept(entry["section"]),
        unit=ucum(measurement.unit),
        site=concept(entry["site"]),
        type=concept(entry["type"]),
        property=concept(entry["property"]),
        phase=concept(entry["phase"]) if "phase" in entry else None,
        flow=concept(entry["flow"]) if "flow" in entry else None,
        kind=_kind(measurement),
        method=method_code(words),
        mode=mode_code(mode),
        view=view_code(view),
    )


def _core(entry: dict[str, Any], mode: Mode, method: str) -> str | None:
    """Key of the code of CID 12300 that fits mode and method.

    The measurement's own `code` is the catalogue's, one for all methods: it may say "biplane" of a
    single plane.
    """
    for row in entry.get("core", []):
        if "mode" in row and row["mode"] != mode:
            continue
        if "method" in row and not re.search(row["method"], method, re.IGNORECASE):
            continue
        code: str = row["code"]
        return code
    return None


def _kind(measurement: Measurement) -> Code:
    """Measurement Type, CID 12303."""
    if measurement.status == "edited" and not measurement.points:
        return concept("DCM 113857")
    if measurement.unit == "1":
        return concept("SCT 118586006")
    return concept("DCM 125315" if measurement.unit in _CALCULATED else "DCM 125316")


def _adhoc(measurement: Measurement, mode: Mode, view: View) -> Coding:
    code = concept(_PROPERTIES.get(measurement.unit, "SCT 246262008"))
    return Coding(
        code=code, core=False, adhoc=True, label=measurement.id, legacy=code, section=None,
        unit=ucum(measurement.unit), site=None, type=None, property=code, phase=None, flow=None,
        kind=_kind(measurement), method=method_code(measurement.method), mode=mode_code(mode),
        view=view_code(view),
    )  # fmt: skip
