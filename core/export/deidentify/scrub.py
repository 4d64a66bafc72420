"""Takes known words out of a text."""

from collections.abc import Iterable

REMOVED = "[…]"


def scrubbed(words: str, secret: Iterable[str]) -> str:
    """`words` with a mark in place of each of the secret ones, whatever their case."""
    for word in secret:
        at = 0
        # Letters that fold to several (ß) would shift the places: those are compared as they are.
        while (at := _find(words, word, at)) >= 0:
            words = words[:at] + REMOVED + words[at + len(word) :]
            at += len(REMOVED)
    return words


def _find(words: str, word: str, start: int) -> int:
    folded = words.lower()
    if len(folded) == len(words):
        return folded.find(word.lower(), start)
    return words.find(word, start)
