"""Sections of a report that are read, not edited: image quality, computed values, comparison."""

from collections import Counter
from collections.abc import Iterable, Sequence

from core.analysis.analysis import Analysis, ClipAnalysis
from core.domain import Measurement, Patient, View
from core.language import catalogue, text
from core.report.assess import UNVERIFIED, assess, known_range
from core.report.compare import Compared, Earlier, compare
from core.report.document import ClipQuality, ComparedRow, ComparisonTable, DerivedRow
from core.report.quantities import derive
from core.report.table import measurement_name, number, unit_text


def clip_qualities(analysis: Analysis, lang: str) -> tuple[ClipQuality, ...]:
    """The best clip of each view, in the order in which the views came."""
    best: dict[View, ClipAnalysis] = {}
    for clip in analysis.clips:
        view = clip.recognition.view.label
        if view is not View.OTHER and (view not in best or _rank(clip) > _rank(best[view])):
            best[view] = clip
    counts = Counter(clip.recognition.view.label for clip in analysis.clips)
    return tuple(
        ClipQuality(
            view=text(f"view.{view}", lang)
            + (text("report.clips", lang, count=counts[view]) if counts[view] > 1 else ""),
            quality=f"{clip.recognition.judgement.quality:.0%}",
            plane=_plane(
                clip.recognition.judgement.standard, clip.recognition.judgement.reasons, lang
            ),
            standard=clip.recognition.judgement.standard,
        )
        for view, clip in best.items()
    )


def _rank(clip: ClipAnalysis) -> tuple[bool, float]:
    judged = clip.recognition.judgement
    return judged.standard, judged.quality


def _plane(standard: bool, reasons: Sequence[str], lang: str) -> str:
    if standard:
        return text("report.plane.standard", lang)
    words = [text(reason, lang) if reason in catalogue() else reason for reason in reasons]
    why = text("report.joiner", lang).join(words)
    return text("report.plane.other", lang) + (f" · {why}" if why else "")


def derived_rows(
    measurements: Iterable[Measurement], patient: Patient, lang: str
) -> tuple[DerivedRow, ...]:
    """Computed values with their ranges, and what each was computed from."""
    rows = []
    for value in derive(measurements, patient):
        known = known_range(value.id, patient, lang)
        assessment, severity = assess(value.id, value.value, patient, lang)
        names = text("report.joiner", lang).join(measurement_name(m, lang) for m in value.because)
        rows.append(
            DerivedRow(
                id=value.id,
                name=text(f"quantity.{value.id}", lang),
                value=f"{value.value:.{value.decimals}f}",
                unit=value.unit,
                normal="" if known is None else known[0],
                assessment=assessment,
                severity=severity,
                basis=text(
                    "report.computed",
                    lang,
                    names=names,
                    source=value.source.short + ("" if value.verified else UNVERIFIED),
                ),
            )
        )
    return tuple(rows)


def comparison_table(
    measurements: Iterable[Measurement], earlier: Earlier, lang: str
) -> ComparisonTable | None:
    """Values that both examinations have; None where there are none."""
    rows = tuple(_compared(each, lang) for each in compare(measurements, earlier.measurements))
    if not rows:
        return None
    key = "report.comparison.signed" if earlier.signed else "report.comparison.draft"
    date = f"{earlier.taken_at.astimezone():%Y-%m-%d}"
    return ComparisonTable(title=text(key, lang, date=date), rows=rows)


def _compared(each: Compared, lang: str) -> ComparedRow:
    change = _signed(number(abs(each.difference), each.unit), each.difference)
    if each.percent is not None and each.unit != "%" and change != "0":
        change += f" ({_signed(f'{abs(each.percent):.0f}', each.percent)} %)"
    trend = text(f"report.trend.{each.trend}", lang)
    if each.other_method:
        trend += " · " + text("report.trend.other_method", lang)
    return ComparedRow(
        name=measurement_name(each.id, lang),
        unit=unit_text(each.unit, lang),
        before=number(each.before, each.unit),
        now=number(each.now, each.unit),
        change=change,
        trend=trend,
    )


def _signed(size: str, difference: float) -> str:
    if float(size) == 0:
        return "0"
    return f"{'+' if difference > 0 else '−'}{size}"
