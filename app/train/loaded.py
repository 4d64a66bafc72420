"""Which models speak, in a few words, for the foot of every page."""

from app.language import t
from core.domain import InputError
from core.recognition.model_sets import chosen_set


def loaded() -> str:
    """The set in use and its licence."""
    try:
        chosen = chosen_set()
    except InputError:
        return t("train.loaded.none")
    return t("train.loaded", name=chosen.name, licence=chosen.licence)
