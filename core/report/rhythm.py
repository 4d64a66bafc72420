"""The heart's rhythm as the head of a report tells it in free words."""

import re
from enum import StrEnum


class Rhythm(StrEnum):
    SINUS = "sinus"
    ATRIAL_FIBRILLATION = "atrial_fibrillation"


_AF = re.compile(r"\b(af|afib|a\.?\s?fib)\b|atrial fibrillation|房颤|心房颤动|心房纤颤", re.I)
_SINUS = re.compile(r"\b(sr|nsr|sinus)\b|窦性|窦律", re.I)


def rhythm_of(words: str) -> Rhythm | None:
    """The rhythm that these words name; None where they name none, or both."""
    found = [
        rhythm
        for rhythm, pattern in ((Rhythm.ATRIAL_FIBRILLATION, _AF), (Rhythm.SINUS, _SINUS))
        if pattern.search(words)
    ]
    return found[0] if len(found) == 1 else None
