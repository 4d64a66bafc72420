"""Storage commitment (PS3.4 annex J, push model): asking a node to keep what it was sent."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StorageCommitmentPushModel,
    StorageCommitmentPushModelInstance,
)

from core.transfer.records import Parcel, Trouble, UnreachableError
from core.workstation.network.contact import Patience, associated
from core.workstation.nodes import Node
from core.workstation.settings import Settings

LINGER_S = 2.0
"""So long the association stays open for an answer that comes on it; a later one comes to us."""
_PATIENCE = Patience(answer_s=30.0, silence_s=60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A node's answer: what it keeps (SOP instances), and what it lacks with its reason."""

    uid: str
    kept: tuple[str, ...]
    lost: Mapping[str, str]


Answer = Callable[[Promise], None]


def ask_commitment(
    node: Node,
    uid: str,
    parcels: Sequence[Parcel],
    settings: Settings,
    *,
    answer: Answer,
    answered: Callable[[], bool],
    linger_s: float = LINGER_S,
) -> None:
    """N-ACTION "request storage commitment"; `answer` is called if the node answers at once.

    Args:
        uid: of the transaction.
        answered: whether the answer has come, on whatever way.
        linger_s: so long an answer on the same association is waited for.

    Raises:
        UnreachableError: it cannot be asked, or does not do this.
    """
    came = threading.Event()

    def hear(event: Any) -> tuple[int, None]:
        status = hear_promise(event, answer)
        came.set()
        return status, None

    request = Dataset()
    request.TransactionUID = uid
    request.ReferencedSOPSequence = [_reference(parcel) for parcel in parcels]
    with associated(
        node,
        settings,
        [build_context(StorageCommitmentPushModel)],
        patience=_PATIENCE,
        handlers=[(evt.EVT_N_EVENT_REPORT, hear)],
    ) as association:
        status, _ = association.send_n_action(
            request, 1, StorageCommitmentPushModel, StorageCommitmentPushModelInstance
        )
        if "Status" not in status:
            raise UnreachableError(Trouble.SILENT)
        if status.Status != 0x0000:
            raise UnreachableError(Trouble.OBJECT, f"N-ACTION 0x{status.Status:04X}")
        end = time.monotonic() + linger_s
        while time.monotonic() < end and not came.wait(0.1) and not answered():
            pass


def hear_promise(event: Any, answer: Answer) -> int:
    """Handles N-EVENT-REPORT of storage commitment, on our association or on theirs; a status."""
    try:
        promise = read_promise(event.event_information)
    except Exception:  # whatever a machine may send
        return 0x0115  # invalid argument value
    answer(promise)
    return 0x0000


def read_promise(ds: Dataset) -> Promise:
    """The event information of PS3.4 table J.3-2."""
    kept = tuple(str(item.ReferencedSOPInstanceUID) for item in ds.get("ReferencedSOPSequence", ()))
    lost = {
        str(item.ReferencedSOPInstanceUID): f"0x{int(item.get('FailureReason', 0x0110)):04X}"
        for item in ds.get("FailedSOPSequence", ())
    }
    return Promise(uid=str(ds.TransactionUID), kept=kept, lost=lost)


def _reference(parcel: Parcel) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = parcel.sop_class
    item.ReferencedSOPInstanceUID = parcel.sop_instance
    return item
