"""What an exported form is of, kept inside it: exam, version, and what stood in its fields.

With it an edited form is read back as changes against what was exported: words that were written in
EchoLab meanwhile are not taken for changes, and a form of another patient is known as such.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PRIVATE = "/EchoLab"
"""Our name among the private data of a PDF (`PieceInfo`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a form came from.

    Attributes:
        exam_id: of the exam.
        version: of the report.
        lang: of the form.
        made: the report's date.
        fields: what stood in each field, by full name.
    """

    exam_id: str
    version: int
    lang: str
    made: datetime
    fields: Mapping[str, str]

    def to_json(self) -> bytes:
        """As UTF-8 JSON; `from_json` gives it back."""
        return json.dumps(
            {
                "exam_id": self.exam_id,
                "version": self.version,
                "lang": self.lang,
                "made": self.made.isoformat(),
                "fields": dict(self.fields),
            },
            ensure_ascii=False,
            sort_keys=True,
        ).encode("utf-8", "replace")

    @classmethod
    def from_json(cls, data: bytes) -> "Origin | None":
        """None where it is not what `to_json` wrote."""
        try:
            value: Any = json.loads(data)
            fields = value["fields"]
            return cls(
                exam_id=str(value["exam_id"]),
                version=int(value["version"]),
                lang=str(value["lang"]),
                made=datetime.fromisoformat(value["made"]),
                fields={str(name): str(words) for name, words in fields.items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
