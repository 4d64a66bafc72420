"""Other names, UIDs and days, the same each time and never to be turned back without the key.

The key lies in EchoLab's folder on this machine alone and goes into no export.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydicom.uid import UID

from core.domain import InputError, Patient
from core.export.uids import uid_of

_KEY_BYTES = 32
_FILE = Path("keys") / "pseudonyms.key"
_LONGEST_SHIFT = 3650  # days


@dataclass(frozen=True, slots=True, repr=False)
class Pseudonyms:
    """Keyed hashes (HMAC-SHA-256); `key` is the secret and shows in no `repr`."""

    key: bytes

    def _digest(self, kind: str, words: str) -> bytes:
        return hmac.digest(self.key, f"{kind}\0{words}".encode(), hashlib.sha256)

    def name(self, kind: str, words: str) -> str:
        """12 letters and digits in place of `words`."""
        return base64.b32encode(self._digest(kind, words)[:10]).decode("ascii")[:12]

    def patient(self, patient: Patient) -> str:
        """In place of a patient: by the number where there is one, else by name and birth date."""
        known = patient.patient_id.strip() or f"{patient.name.casefold()}\0{patient.birth_date}"
        return self.name("patient", known)

    def uid(self, uid: str) -> UID:
        """In place of a UID."""
        return uid_of(self._digest("uid", uid))

    def shift(self, patient: Patient) -> timedelta:
        """By how much all days of a patient go back: 1 to 3650 days."""
        number = int.from_bytes(self._digest("shift", self.patient(patient))[:8], "big")
        return timedelta(days=1 + number % _LONGEST_SHIFT)


def pseudonyms(home: Path) -> Pseudonyms:
    """Those of this machine; its key is made at the first call.

    Args:
        home: EchoLab's folder.

    Raises:
        InputError: the key cannot be read or made.
    """
    path = home / _FILE
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            # Made whole and only once: two processes at the same instant must agree on it.
            made = path.with_name(f".{secrets.token_hex(8)}")
            handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink(missing_ok=True)
        key = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the key of the pseudonyms ({error.strerror})") from None
    if len(key) != _KEY_BYTES:
        raise InputError(
            f"{path}: the key of the pseudonyms is damaged; restore it from a backup, or remove it "
            "to begin new pseudonyms"
        )
    return Pseudonyms(key)
