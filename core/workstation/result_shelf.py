"""What was seen on each clip of the exam store: no clip is looked at twice by the same models."""

import hashlib
import json
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING

from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.analysis.codec import read, to_json
from core.domain import InputError, Patient
from core.workstation.records import ClipRecord, now
from core.workstation.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Sequence


class ResultShelf:
    """Results by clip. Each method raises InputError where the store cannot do its work."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def get(self, clip: ClipRecord, made_by: str) -> ClipAnalysis | None:
        """What was seen on a clip; None where nobody looked, or others did.

        Args:
            clip: as the store lists it.
            made_by: from `signature_of`.
        """
        with self._vault.read() as db:
            row = db.execute(
                "SELECT body FROM clip_result WHERE exam_id = ? AND clip_id = ? AND made_by = ?",
                (clip.exam_id, clip.id, _of(clip, made_by)),
            ).fetchone()
        return None if row is None else _decoded(bytes(row["body"]))

    def put(self, clip: ClipRecord, seen: ClipAnalysis, made_by: str) -> ClipAnalysis:
        """Keep what was seen on a clip, in place of an older result.

        Returns:
            It as `get` gives it: who goes on with that has the same figures every time.
        """
        body = _encoded(seen)
        with self._vault.write() as db:
            there = db.execute(
                "SELECT 1 FROM clip WHERE exam_id = ? AND id = ?", (clip.exam_id, clip.id)
            ).fetchone()
            if there is None:
                raise InputError(
                    f"Clip {clip.id} of exam {clip.exam_id} was deleted while it was looked at"
                )
            db.execute(
                "INSERT OR REPLACE INTO clip_result (exam_id, clip_id, made_by, made_at, body)"
                " VALUES (?, ?, ?, ?, ?)",
                (clip.exam_id, clip.id, _of(clip, made_by), now().isoformat(), body),
            )
        return _decoded(body)


def signature_of(models: "Sequence[ModelInfo]", software_version: str) -> str:
    """A sum that tells whether the same program with the same weights would look again."""
    words = [software_version, *(f"{model.name} {model.sha256}" for model in models)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _of(clip: ClipRecord, made_by: str) -> str:
    return f"{made_by} {clip.sha256}"


def _encoded(seen: ClipAnalysis) -> bytes:
    alone = Analysis(
        exam_id="one clip",
        patient=Patient(),
        software_version="",
        models=(),
        clips=(seen,),
        measurements=(),
        findings=(),
    )
    body = json.dumps(to_json(alone), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(body.encode("utf-8", "replace"), 3)


@lru_cache(maxsize=32)
def _decoded(body: bytes) -> ClipAnalysis:
    # An exam's clips, so that its end need not read again what was seen a moment ago.
    (seen,) = read(json.loads(zlib.decompress(body))).clips
    return seen
