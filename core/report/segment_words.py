"""Segments of the wall in words: which ones move badly, and whose artery usually feeds them."""

from core.domain import Measurement, MeasurementStatus
from core.domain.segments import TERRITORY_SEGMENTS
from core.language import text
from core.measurement.segments import (
    SEGMENTS,
    WallMotion,
    segment_scores,
)

# With so many segments of each bad, naming arteries would say nothing.
_MOST_TERRITORIES = 2


def segment_words(wall_motion: Measurement | None, lang: str) -> str:
    """What follows the index in a sentence; "" where no segment is told to be abnormal."""
    if wall_motion is None or wall_motion.status is MeasurementStatus.EDITED:
        return ""
    scores = segment_scores(wall_motion.parts)
    words = [
        text(
            "finding.segments",
            lang,
            motion=text(f"wall_motion.{motion.name.lower()}", lang),
            names=text("finding.join", lang).join(text(f"segment.{name}", lang) for name in names),
        )
        for motion in (WallMotion.HYPOKINETIC, WallMotion.AKINETIC, WallMotion.DYSKINETIC)
        if (names := [name for name, score in scores.items() if score is motion])
    ]
    if not words:
        return ""
    seen = text("finding.segments_seen", lang, seen=len(scores), all=len(SEGMENTS))
    arteries = territories(scores)
    if 0 < len(arteries) <= _MOST_TERRITORIES:
        words.append(
            text("finding.territory", lang, arteries=text("finding.join", lang).join(arteries))
        )
    separator = text("finding.part_join", lang)
    return separator + separator.join((seen, *words) if len(scores) < len(SEGMENTS) else words)


def territories(scores: dict[str, WallMotion]) -> tuple[str, ...]:
    """Arteries that usually feed the abnormal segments, those with most of them first."""
    bad = {
        SEGMENTS.index(name) + 1 for name, score in scores.items() if score is not WallMotion.NORMAL
    }
    counts = {artery: len(bad.intersection(own)) for artery, own in TERRITORY_SEGMENTS.items()}
    return tuple(a for a, n in sorted(counts.items(), key=lambda pair: -pair[1]) if n)
