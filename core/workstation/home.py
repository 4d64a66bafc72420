"""Where this installation keeps what is its user's: exams, labels, runs, models, settings."""

import os
from pathlib import Path


def home_folder() -> Path:
    """The folder that ECHOLAB_HOME names, else `data/` of the checkout; it may not be there yet."""
    given = os.environ.get("ECHOLAB_HOME")
    return Path(given) if given else Path(__file__).resolve().parents[2] / "data"
