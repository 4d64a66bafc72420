"""Where the compiled parts of the heart are kept: in `.cache/` beside the program.

The compiler keeps each compiled function until its own file changes, and does not see a change in
the functions that were compiled into it. So the folder is named by the text of all of those.
"""

from hashlib import sha256
from pathlib import Path

import numba

_HERE = Path(__file__).parent
_SHARED = (
    "scene/ops.py", "scene/forms.py", "scene/structure.py", "heart/material.py", "image/labels.py",
    "image/noise.py", "image/tissue.py", "image/survey.py", "scene/field.py",
)  # fmt: skip


def use_own_cache() -> Path:
    """Sets the compiler's cache; where it cannot be written the compiler chooses a place itself."""
    text = b"".join((_HERE / name).read_bytes() for name in _SHARED)
    folder = _HERE.parents[1] / ".cache" / "compiled" / sha256(text).hexdigest()[:12]
    numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]
    return folder


FOLDER = use_own_cache()
