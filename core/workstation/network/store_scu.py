"""C-STORE of queued objects (PS3.4 annex B), and asking whether one is there already."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StudyRootQueryRetrieveInformationModelFind,
)

from core.transfer.records import Delivery, Outcome, Parcel, Trouble
from core.transfer.spool import load
from core.workstation.network.contact import MOST_CONTEXTS, associated
from core.workstation.nodes import Node
from core.workstation.settings import Settings

FIND = StudyRootQueryRetrieveInformationModelFind
PLAIN: list[str | UID] = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
_STORED = Delivery(outcome=Outcome.STORED)


class StoreCarrier:
    """One association over which objects go; a `core.transfer.sender.Carrier`."""

    def __init__(self, association: Association) -> None:
        self._association = association

    def holds(self, parcel: Parcel) -> bool | None:
        """C-FIND at image level; None where the node answers no questions."""
        if not any(cx.abstract_syntax == FIND for cx in self._association.accepted_contexts):
            return None
        query = Dataset()
        query.QueryRetrieveLevel = "IMAGE"
        query.StudyInstanceUID = parcel.study
        query.SeriesInstanceUID = parcel.series
        query.SOPInstanceUID = parcel.sop_instance
        found = False
        for status, answer in self._association.send_c_find(query, FIND):
            if "Status" not in status:
                return None
            if status.Status in (0xFF00, 0xFF01):
                found = found or (
                    answer is not None and answer.get("SOPInstanceUID") == parcel.sop_instance
                )
            elif status.Status != 0x0000:
                return None
        return found

    def send(self, parcel: Parcel) -> Delivery:
        """Send the object in its own coding, or uncompressed where the node takes no other."""
        ds = load(parcel.path, parcel.sha256)
        if ds is None:
            return Delivery(outcome=Outcome.REFUSED, trouble=Trouble.DAMAGED)
        coding = self._coding(parcel)
        if coding is None:
            if not self._association.is_established:
                return Delivery(outcome=Outcome.CUT, trouble=Trouble.CUT)
            return Delivery(
                outcome=Outcome.REFUSED,
                trouble=Trouble.KIND,
                detail=f"{UID(parcel.sop_class).name}, {UID(parcel.syntax).name}",
            )
        if coding != parcel.syntax and UID(parcel.syntax).is_compressed:
            try:
                ds.decompress(generate_instance_uid=False)
            except Exception as error:  # codecs raise anything
                return Delivery(
                    outcome=Outcome.REFUSED, trouble=Trouble.KIND, detail=type(error).__name__
                )
        try:
            status = self._association.send_c_store(ds)
        except (RuntimeError, ValueError) as error:  # the association ended, or no context fits
            if self._association.is_established:
                return Delivery(
                    outcome=Outcome.REFUSED, trouble=Trouble.KIND, detail=type(error).__name__
                )
            return Delivery(outcome=Outcome.CUT, trouble=Trouble.CUT)
        if "Status" not in status:
            return Delivery(outcome=Outcome.CUT, trouble=Trouble.CUT)
        return judged(status.Status)

    def _coding(self, parcel: Parcel) -> str | None:
        """The transfer syntax that the node takes it in: its own, else an uncompressed one."""
        mine = [
            str(cx.transfer_syntax[0])
            for cx in self._association.accepted_contexts
            if cx.abstract_syntax == parcel.sop_class
        ]
        if parcel.syntax in mine:
            return parcel.syntax
        return next((str(plain) for plain in PLAIN if str(plain) in mine), None)


def judged(status: int) -> Delivery:
    """What a C-STORE status means for the queue (PS3.4 table B.2-1, PS3.7 annex C)."""
    detail = f"0x{status:04X}"
    if status == 0x0000 or 0xB000 <= status <= 0xBFFF or status in (0x0001, 0x0107, 0x0116):
        # Warnings: stored, with elements changed or left out.
        return _STORED
    if status == 0x0111:  # duplicate SOP instance: it is there
        return _STORED
    if 0xA700 <= status <= 0xA7FF or status in (0x0213, 0x0124, 0x0210):
        # Out of resources; not authorised now; duplicate invocation: later it may.
        return Delivery(outcome=Outcome.BUSY, trouble=Trouble.FULL, detail=detail)
    return Delivery(outcome=Outcome.REFUSED, trouble=Trouble.OBJECT, detail=detail)


def contexts_for(parcels: Sequence[Parcel]) -> list[PresentationContext]:
    """Each kind of object in its own coding and uncompressed, and the question what is there."""
    contexts = [build_context(FIND)]
    for sop_class, syntax in dict.fromkeys((p.sop_class, p.syntax) for p in parcels):
        own = UID(syntax)
        contexts.append(build_context(sop_class, [own]))
        if own.is_compressed:
            contexts.append(build_context(sop_class, PLAIN))
        else:
            contexts.append(build_context(sop_class, [s for s in PLAIN if s != own]))
    return contexts[:MOST_CONTEXTS]


@contextmanager
def store_link(node: Node, parcels: Sequence[Parcel], settings: Settings) -> Iterator[StoreCarrier]:
    """A connection for these parcels. Raises UnreachableError."""
    with associated(node, settings, contexts_for(parcels)) as association:
        yield StoreCarrier(association)
