"""UIDs that follow from what they name: the same object has the same UID each time it is made."""

import hashlib
import uuid

from pydicom.uid import UID

#: Version of what is made from a clip or a report: another encoding is another object.
EDITION = "1"


def uid_of(digest: bytes) -> UID:
    """A UID under 2.25 (PS3.5 B.2) of 16 bytes or more of a hash."""
    return UID(f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}")


def derived_uid(*parts: str) -> UID:
    """A UID made of `parts`; the same parts give the same UID."""
    return uid_of(hashlib.sha256("\0".join(("echolab", EDITION, *parts)).encode()).digest())
