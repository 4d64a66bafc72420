"""Measurements as rows of the report's table, grouped by structure."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import yaml

from core.domain import Measurement, MeasurementStatus, Patient
from core.language import catalogue, text
from core.measurement.catalogue import catalogue as measurement_catalogue
from core.report.assess import assess, given_grade, normal_range
from core.report.document import FieldKind, FormField, MeasurementGroup, MeasurementRow
from core.report.sources import source_words

# Decimals that the method can stand for; "%", "mL" and the like are read as whole numbers.
_DECIMALS = {"mm": 1, "cm": 1, "cm2": 1, "m/s": 2, "1": 2, "score 1-4": 2, "ms and mm": 1}
_OTHER = "other"


@cache
def structures() -> dict[str, tuple[str, ...]]:
    """Measurement ids by structure, in the report's order."""
    source = (files(__package__) / "structures.yaml").read_text("utf-8")
    return {name: tuple(ids) for name, ids in yaml.safe_load(source).items()}


def measurement_name(measurement_id: str, lang: str) -> str:
    """The measurement's name for a reader; its id where the catalogue does not know it."""
    entry = measurement_catalogue().get(measurement_id)
    return entry.names[lang] if entry else measurement_id


def _known(key: str | None, lang: str) -> str | None:
    return text(key, lang) if key is not None and key in catalogue() else None


def unit_text(unit: str, lang: str) -> str:
    """The unit as it is printed ("cm²" for "cm2", nothing for a ratio)."""
    shown = _known(f"report.unit.{unit}", lang)
    return unit if shown is None else shown


def number(value: float, unit: str) -> str:
    """`value` with as many decimals as its unit deserves; never "-0"."""
    shown = f"{value:.{_DECIMALS.get(unit, 0)}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


@cache
def _methods() -> dict[str, str]:
    """Ids of the methods' names by their English words, which measurements carry."""
    return {texts["en"]: key for key, texts in catalogue().items() if key.startswith("method.")}


def _method(measurement: Measurement, lang: str) -> str:
    key = _methods().get(measurement.method)
    # The table itself says of an edited value that a hand set it.
    if key == "method.by_hand" and measurement.status is MeasurementStatus.EDITED:
        return ""
    return _known(key, lang) or measurement.method


def _note(measurement: Measurement, lang: str) -> str:
    """Why the value is doubtful, which machine it is of, and what machines say of the same."""
    doubt = _known(measurement.reason, lang) or measurement.reason
    unit = unit_text(measurement.unit, lang)
    others = (
        text(
            "report.note.other",
            lang,
            origin=origin,
            value=f"{number(value, measurement.unit)} {unit}".strip(),
        )
        for origin, value in measurement.others
    )
    origin = (
        text("report.note.origin", lang, origin=measurement.origin) if measurement.origin else ""
    )
    return " · ".join(words for words in (doubt, origin, *others) if words)


def _row(measurement: Measurement, name: str, patient: Patient, lang: str) -> MeasurementRow:
    label = measurement_name(measurement.id, lang)
    unit = unit_text(measurement.unit, lang)
    tip = "report.tip.value_unit" if unit else "report.tip.value"
    field = FormField(
        name=name,
        kind=FieldKind.TEXT,
        label=label,
        tooltip=text(tip, lang, name=label, unit=unit),
        value="" if measurement.value is None else number(measurement.value, measurement.unit),
    )
    normal, _ = normal_range(measurement, patient, lang)
    if measurement.value is None:
        reason = _known(measurement.reason, lang) or measurement.reason
        return MeasurementRow(
            id=measurement.id,
            field=field,
            unit=unit,
            normal=normal,
            missing=reason or text("report.not_measured.no_reason", lang),
        )
    interval = measurement.interval
    assessment, severity = assess(measurement.id, measurement.value, patient, lang)
    if severity is None:
        assessment, severity = given_grade(measurement, lang)
    return MeasurementRow(
        id=measurement.id,
        field=field,
        unit=unit,
        interval="–".join(number(end, measurement.unit) for end in interval) if interval else "",
        normal=normal,
        method=_method(measurement, lang),
        note=_note(measurement, lang),
        assessment=assessment,
        severity=severity,
        edited=measurement.status is MeasurementStatus.EDITED,
    )


def field_names(prefix: str, ids: Iterable[str]) -> list[str]:
    """A field name for each id: `prefix.id`, and `prefix.id_2` where an id comes again.

    A dot within an id would make another level of the form's tree: it becomes an underscore.
    """
    names: list[str] = []
    taken: set[str] = set()
    for id_ in ids:
        first = name = f"{prefix}.{id_.replace('.', '_')}"
        again = 2
        while name in taken:
            name = f"{first}_{again}"
            again += 1
        taken.add(name)
        names.append(name)
    return names


def build_groups(
    measurements: Iterable[Measurement], patient: Patient, lang: str
) -> tuple[MeasurementGroup, ...]:
    """All measurements as rows, by structure in the report's order; no structure is empty.

    A field's name is `measurement.<id>`.
    """
    place = {
        id_: (structure, order)
        for structure, ids in structures().items()
        for order, id_ in enumerate(ids)
    }
    found: dict[str, list[tuple[int, MeasurementRow]]] = {name: [] for name in structures()}
    measurements = tuple(measurements)
    names = field_names("measurement", (measurement.id for measurement in measurements))
    for measurement, name in zip(measurements, names, strict=True):
        structure, order = place.get(measurement.id, (_OTHER, len(place)))
        found[structure].append((order, _row(measurement, name, patient, lang)))
    return tuple(
        MeasurementGroup(
            title=text(f"report.structure.{structure}", lang),
            rows=tuple(row for _, row in sorted(rows, key=lambda pair: pair[0])),
        )
        for structure, rows in found.items()
        if rows
    )


def normal_sources(
    measurements: Iterable[Measurement], patient: Patient, lang: str
) -> tuple[str, ...]:
    """The sources of the normal ranges that the table shows, each once, in order."""
    sources = (
        normal_range(measurement, patient, lang)[1]
        for measurement in measurements
        if measurement.value is not None
    )
    return tuple(dict.fromkeys(source_words(source, lang) for source in sources if source))
