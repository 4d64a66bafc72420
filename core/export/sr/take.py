"""A report's values as our measurements: recognised, in our units, each once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from pydicom.sr.coding import Code

from core.domain import Measurement, MeasurementStatus
from core.export.coding import coding_table
from core.export.concepts import concept
from core.export.sr.read import SrValue
from core.measurement.catalogue import catalogue

#: Factor from a UCUM unit to each unit of the catalogue.
_UNITS: dict[str, dict[str, float]] = {
    "mm": {"mm": 1, "cm": 10, "m": 1000},
    "ms and mm": {"mm": 1, "cm": 10, "m": 1000},
    "cm": {"mm": 0.1, "cm": 1, "m": 100},
    "cm2": {"mm2": 0.01, "cm2": 1, "m2": 10_000},
    "mL": {"mL": 1, "ml": 1, "cm3": 1, "L": 1000, "l": 1000},
    "%": {"%": 1, "{ratio}": 100},
    "cm/s": {"cm/s": 1, "m/s": 100, "mm/s": 0.1},
    "m/s": {"m/s": 1, "cm/s": 0.01, "mm/s": 0.001},
    "ms": {"ms": 1, "s": 1000},
    "mmHg": {"mm[Hg]": 1, "mmHg": 1, "kPa": 7.50062},
    "1": {"1": 1, "{ratio}": 1, "%": 0.01},
    "grade 0-4": {"{0:4}": 1},
    "score 1-4": {"{1:4}": 1, "1": 1},
    "count": {"{count}": 1, "1": 1},
}
_MEAN = "373098007"
#: Codes of a property alone (CID 12222 and the like): only the site says of what.
_GENERAL = frozenset(
    ("LN", code)
    for code in ("11726-7", "20217-6", "20247-3", "20256-4", "20354-7", "20355-4", "59080-2",
                 "59081-0", "59104-0", "59106-5", "59107-3")
) | frozenset(("SCT", code) for code in ("399027007", "399133000", "399367004"))  # fmt: skip
_RETROGRADE = "SCT 312004007"


def measurements_of(
    values: Sequence[SrValue], *, clips: Mapping[str, str] | None = None, origin: str = ""
) -> tuple[Measurement, ...]:
    """The values that the catalogue knows, each measurement once, in the catalogue's order.

    A machine writes a value twice: as it was measured, and as it stands in the report. The one
    with a Selection Status counts, else a mean, else the last.

    Args:
        values: of one report, from `read_values`.
        clips: clip id by SOP Instance UID, for the pictures that a value refers to.
        origin: name of the machine whose report it is.
    """
    found: dict[str, list[SrValue]] = {}
    for value in values:
        measurement_id = recognised(value)
        if measurement_id is not None and in_unit(value, measurement_id) is not None:
            found.setdefault(measurement_id, []).append(value)
    return tuple(
        replace(_measurement(id_, chosen(found[id_]), clips or {}), origin=origin)
        for id_ in catalogue()
        if id_ in found
    )


def chosen(values: Sequence[SrValue]) -> SrValue:
    """The one of several values of one measurement that the report stands for."""
    for preferred in (
        [v for v in values if v.selection is not None],
        [v for v in values if v.derivation is not None and v.derivation.value == _MEAN],
    ):
        if preferred:
            return preferred[-1]
    return values[-1]


def without_doubles(values: Sequence[SrValue]) -> tuple[SrValue, ...]:
    """Each of a report's values once: of those that say the same, the chosen one."""
    kept: dict[object, list[SrValue]] = {}
    for value in values:
        about = (value.code, value.site, value.site_modifier, value.mode, value.method, value.phase,
                 value.flow, value.label)  # fmt: skip
        kept.setdefault(about, []).append(value)
    return tuple(chosen(same) for same in kept.values())


def in_unit(value: SrValue, measurement_id: str) -> float | None:
    """The value in the catalogue's unit; None where its own is none of that kind."""
    factor = _UNITS.get(catalogue()[measurement_id].unit, {}).get(value.unit)
    return None if factor is None else value.value * factor


def recognised(value: SrValue) -> str | None:
    """Id of the measurement that the value is one of; None where it is none, or not surely one."""
    direct = _direct().get(_key(value.code))
    if direct is not None:
        return direct
    fitting = [
        id_ for id_ in _shared().get(_key(value.code), ()) if _fits(value, coding_table()[id_])
    ]
    return fitting[0] if len(fitting) == 1 else None


@cache
def _direct() -> dict[tuple[str, str], str]:
    """Codes that stand for one measurement wherever they are."""
    table = {}
    for id_, entry in coding_table().items():
        for row in entry.get("core", []):
            table[_key(concept(row["code"]))] = id_
        if "own" in entry:
            table[_key(concept(entry["own"]))] = id_
    specific = {
        code: ids[0] for code, ids in _shared().items() if len(ids) == 1 and code not in _GENERAL
    }
    return {**specific, **table}


@cache
def _shared() -> dict[tuple[str, str], tuple[str, ...]]:
    """Measurements by their codes in TID 5200, where the site tells them apart."""
    table: dict[tuple[str, str], list[str]] = {}
    for id_, entry in coding_table().items():
        for key in (entry.get("legacy"), *entry.get("synonyms", ())):
            if key is not None:
                table.setdefault(_key(concept(key)), []).append(id_)
    return {code: tuple(dict.fromkeys(ids)) for code, ids in table.items()}


def _fits(value: SrValue, entry: Mapping[str, str]) -> bool:
    """True if site, flow and phase of the value say nothing else than the measurement's."""
    section, site = concept(entry["section"]), concept(entry["site"])
    if value.site is None or value.site == section:
        # A site that is only the section's does not tell an annulus from its ventricle.
        if site != section or (value.site is None and not _is(value.section, section)):
            return False
    elif value.site != site:
        return False
    # Forward flow is what a valve is measured for; a leak must be called one.
    if value.flow is None and entry.get("flow") == _RETROGRADE:
        return False
    return _agrees(value.flow, entry.get("flow")) and _agrees(value.phase, entry.get("phase"))


def _is(found: Code | None, wanted: Code) -> bool:
    return found is not None and found == wanted


def _agrees(found: Code | None, wanted: str | None) -> bool:
    return found is None or wanted is None or found == concept(wanted)


def _key(code: Code) -> tuple[str, str]:
    return code.scheme_designator, code.value


def _measurement(id_: str, value: SrValue, clips: Mapping[str, str]) -> Measurement:
    entry = catalogue()[id_]
    number = in_unit(value, id_)
    assert number is not None
    words = [code.meaning for code in (value.method, value.mode) if code is not None]
    known = [place for place in value.places if place.instance in clips]
    drawn = next((place for place in known if place.points), known[0] if known else None)
    return Measurement(
        id=id_,
        value=number,
        unit=entry.unit,
        method=", ".join(words) or "from a structured report",
        status=MeasurementStatus.AUTO,
        clip=None if drawn is None else clips[drawn.instance],
        frames=() if drawn is None else drawn.frames or (0,),
        points=() if drawn is None else drawn.points,
        code=f"{value.code.scheme_designator} {value.code.value}",
        also=tuple(
            (clips[place.instance], frame)
            for place in known
            if drawn is not None and place.instance != drawn.instance
            for frame in place.frames or (0,)
        ),
    )
