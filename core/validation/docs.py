"""The results as a page for readers: `docs/measurements.md`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.domain import InputError
from core.language import text
from core.measurement.catalogue import catalogue
from core.measurement.catalogue import name as name_of
from core.measurement.uncertainty import ANY_METHOD, shipped_errors
from core.replacing import replacing
from core.validation.goals import COVERAGE, met
from core.validation.pair import WINDOWS

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "measurements.md"
_LANG = "en"
# Of what is no measurement of its own.
_UNITS = {"av_vti": "cm"}


def write_document(content: Mapping[str, Any], path: Path) -> None:
    """Writes the page of a result (`core.validation.results.document`). Raises InputError."""
    try:
        with replacing(path) as unfinished:
            unfinished.write_text("\n".join(_lines(content)) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error


def measure_name(measurement_id: str, lang: str) -> str:
    """Of a measurement or of a part of one (`id.part`), or of a reading beside the catalogue."""
    base, _, part = measurement_id.partition(".")
    known = name_of(base, lang) if base in catalogue() else base.replace("_", " ")
    return f"{known}: {part.replace('_', ' ')}" if part else known


def unit_of(measurement_id: str) -> str:
    """Of a measurement, of a part of one, or of a reading beside the catalogue."""
    base, _, part = measurement_id.partition(".")
    if part.endswith("_ms"):
        return "ms"
    entry = catalogue().get(base)
    if entry is None or part:
        return _UNITS.get(measurement_id, "mm")
    return entry.unit


def goal_words(figures: Mapping[str, Any], lang: str) -> str:
    """The goals of one measurement in a line."""
    lines = []
    for line in figures.get("goals", ()):
        lines.append(
            text("validation.or", lang).join(
                text(f"validation.goal.{name}", lang, limit=f"{limit:g}")
                for name, limit in line["any"].items()
            )
        )
    return "; ".join(lines)


def verdict_words(figures: Mapping[str, Any], lang: str) -> str:
    """ "met", "not met", or nothing where it cannot be told."""
    said = met(figures)
    if said is None:
        return ""
    return text("validation.met" if said else "validation.not_met", lang)


def reason_words(missing: Mapping[str, int], lang: str) -> str:
    """Why values are missing, the most frequent first."""
    ranked = sorted(missing.items(), key=lambda item: -item[1])
    return "; ".join(f"{count}× {text(reason, lang)}" for reason, count in ranked)


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    models = ", ".join(f"{model['name']} {model['version']}" for model in content["models"])
    yield "# How far measurements are off"
    yield ""
    yield "Written by `echolab evaluate measurements --publish`; nothing here is written by hand."
    yield ""
    yield (
        f"{content['patients']} virtual patients from seed {content['first_seed']} on, every third "
        "of them healthy, the others with one of twenty diseases in three grades, good and bad "
        f"windows mixed; EchoLab {content['software']}, models: {models}. Each recording is "
        "rendered, written as DICOM, read back and analysed as the app would. "
        + (
            "View and plane were told: what is left is the error of measuring."
            if content["standard"]
            else "The planes are those of a practised hand; view and plane are as recognised."
        )
    )
    if content["takes"]:
        yield ""
        yield f"Recordings: {', '.join(content['takes'])}."
    yield from _recordings(content["recordings"])
    for way, rows in content["ways"].items():
        if rows:
            yield ""
            yield f"## {text(f'validation.way.{way}', _LANG)}"
            yield ""
            yield from _table(rows)
    yield from _windows(content["ways"]["exam"])
    yield from _real(content.get("real", {}))
    yield from _intervals()


def _recordings(fates: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    if not fates:
        return
    yield from ("", "## Which recordings could be measured", "")
    yield "| recording | measured | taken for another view | plane not standard |"
    yield "|---|---|---|---|"
    for take, count in fates.items():
        row = [count.get(name, 0) for name in ("measured", "wrong_view", "not_standard")]
        yield f"| {take} | {' | '.join(map(str, row))} |"


def _table(rows: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "| measurement | n | missing | bias | SD | mean absolute error | 95 % limits of agreement "
        "| goal | | 90 % interval holds the truth |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, own in rows.items():
        if "." in name and not own["n"]:
            continue  # the whole says why
        gone = reason_words(own["missing"], _LANG)
        spurious = f"; {own['spurious']}× found where there is none" if own["spurious"] else ""
        yield (
            f"| {measure_name(name, _LANG)} ({unit_of(name)}) | {own['n']} "
            f"| {gone or '0'}{spurious} | {_number(own, 'bias')} | {_number(own, 'sd')} "
            f"| {_mean_error(own)} | {_limits(own)} | {goal_words(own, _LANG)} "
            f"| {verdict_words(own, _LANG)}{_more(own)} | {_coverage(own)} |"
        )


def _windows(rows: Mapping[str, Any]) -> Iterator[str]:
    seen = {name: own for name, own in rows.items() if own["n"]}
    if not seen:
        return
    yield from ("", "## By window: mean absolute error (values)", "")
    yield f"| measurement | {' | '.join(WINDOWS)} |"
    yield f"|---|{'---|' * len(WINDOWS)}"
    for name, own in seen.items():
        groups = [own["by_window"].get(window, {"n": 0}) for window in WINDOWS]
        cells = [f"{_number(group, 'mae')} ({group['n']})" for group in groups]
        yield f"| {measure_name(name, _LANG)} | {' | '.join(cells)} |"


def _real(real: Mapping[str, Any]) -> Iterator[str]:
    if not real:
        return
    yield from ("", "## Real patients", "")
    yield "| data | LV cavity Dice ED | ES | EF, mean absolute error | EF bias | patients |"
    yield "|---|---|---|---|---|---|"
    for name, own in real.items():
        yield (
            f"| {name} | {own['dice_ed']:.3f} (goal {own['goals']['dice_ed']}) "
            f"| {own['dice_es']:.3f} (goal {own['goals']['dice_es']}) "
            f"| {own['ef_mae']:.1f} (goal {own['goals']['ef_mae']:g}) "
            f"| {own['ef_bias']:+.1f} | {own['ef_n']} of {own['patients']} |"
        )


def _intervals() -> Iterator[str]:
    errors = shipped_errors()
    yield from ("", "## Intervals that rest on measured errors", "")
    yield (
        "From other virtual patients (`echolab evaluate intervals`): in nine of ten the truth lay "
        "between value - below and value + above. Measurements that are not here keep an estimate, "
        f"and the app says so. On new patients {100 * COVERAGE[0]:g} to {100 * COVERAGE[1]:g} % "
        "of the intervals are to hold the truth."
    )
    yield ""
    yield "| measurement | method | below | above | told in | values |"
    yield "|---|---|---|---|---|---|"
    for name, methods in errors.items():
        for method, error in methods.items():
            if method == ANY_METHOD and len(methods) > 1:
                method = "all others"
            words = {"absolute": unit_of(name), "relative": "parts of the value",
                     "spread": "half the estimate"}[error.by]  # fmt: skip
            yield (
                f"| {measure_name(name, _LANG)} | {method} | {error.below:.3g} "
                f"| {error.above:.3g} | {words} | {error.n} |"
            )


def _number(own: Mapping[str, Any], name: str) -> str:
    return f"{own[name]:.3g}" if name in own else "–"


def _mean_error(own: Mapping[str, Any]) -> str:
    percent = f" ({own['mae_percent']:.1f} %)" if "mae_percent" in own else ""
    return _number(own, "mae") + percent


def _limits(own: Mapping[str, Any]) -> str:
    if "agreement_low" not in own:
        return "–"
    return f"{own['agreement_low']:.3g} to {own['agreement_high']:.3g}"


def _more(own: Mapping[str, Any]) -> str:
    names = ("exact", "within_one", "auc", "sensitivity", "specificity")
    told = [f"{name.replace('_', ' ')} {own[name]:.2f}" for name in names if name in own]
    return f" ({', '.join(told)})" if told else ""


def _coverage(own: Mapping[str, Any]) -> str:
    if "coverage" not in own:
        return "–"
    return f"{100 * own['coverage']:.0f} % of {own['intervals']}"
