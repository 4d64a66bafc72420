"""What the queue holds and says: jobs, the parcels of a job, how a delivery ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.workstation.nodes import Node


class ParcelState(StrEnum):
    """How far one object is."""

    WAITING = "waiting"
    SENDING = "sending"  # on its way now
    UNSURE = "unsure"  # was on its way when something broke: the receiver is asked first
    SENT = "sent"  # the receiver said that it has it
    KEPT = "kept"  # the receiver promised to keep it (storage commitment)
    ALREADY = "already"  # the same object went there with an earlier job
    REFUSED = "refused"  # the receiver does not want it
    CANCELLED = "cancelled"


OPEN = (ParcelState.WAITING, ParcelState.SENDING, ParcelState.UNSURE)
DELIVERED = (ParcelState.SENT, ParcelState.KEPT, ParcelState.ALREADY)


class JobState(StrEnum):
    """How far a job is; texts in the language catalogue under `transfer.state.*`."""

    PREPARING = "preparing"  # asked for; its objects are not made yet
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"  # all is done that can be, and the receiver refused some
    FAILED = "failed"  # its objects could not be made
    CANCELLED = "cancelled"


FINAL = (JobState.SENT, JobState.KEPT, JobState.REFUSED, JobState.FAILED, JobState.CANCELLED)


class Trouble(StrEnum):
    """Why something did not go; texts in the language catalogue under `transfer.trouble.*`."""

    UNREACHABLE = "unreachable"  # nobody answers there
    TITLE = "title"  # it answers, and rejects us or the name that we called it by
    TLS = "tls"  # the encrypted connection could not be agreed on
    CUT = "cut"  # the connection broke in the middle
    SILENT = "silent"  # no answer in time
    FULL = "full"  # out of resources
    KIND = "kind"  # it takes no objects of this kind, or not in this coding
    OBJECT = "object"  # it refused this object
    DAMAGED = "damaged"  # the file in our queue is not what was put there
    PREPARE = "prepare"  # the objects could not be made
    LOST = "lost"  # it said that it does not have what it had said it stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One object of a job.

    Attributes:
        id: grows in the order in which parcels came in.
        sop_class, sop_instance, study, series: UIDs.
        syntax: transfer syntax UID of the file.
        path: the object as a DICOM file in the queue's folder; gone when it is done with.
        sha256, size: of the file.
        attempts: how often it was sent off.
        cuts: how often the connection broke at it.
        trouble, detail: of the last attempt; None and "" while there is none.
    """

    id: int
    job_id: int
    state: ParcelState
    sop_class: str
    sop_instance: str
    study: str
    series: str
    syntax: str
    path: Path
    sha256: str
    size: int
    attempts: int = 0
    cuts: int = 0
    trouble: Trouble | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One exam to one node.

    Attributes:
        exam_id: whose objects; names no patient.
        node: as it was when the job was asked for; the settings' node of that name goes before it.
        want: what to send and how, by name (`kinds`, `lang`).
        created_at: UTC.
        state: how far it is; counts: parcels by state.
        trouble, detail: what stands in the way now; None and "" where nothing does.
        next_try: UTC; None where nothing waits for a time.
    """

    id: int
    exam_id: str
    node: Node
    want: Mapping[str, str]
    created_at: datetime
    state: JobState
    counts: Mapping[ParcelState, int] = field(default_factory=dict)
    trouble: Trouble | None = None
    detail: str = ""
    next_try: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def delivered(self) -> int:
        return sum(self.counts.get(state, 0) for state in DELIVERED)

    @property
    def open(self) -> bool:
        """True while something of it is still to be done."""
        return self.state not in FINAL


class Outcome(StrEnum):
    STORED = "stored"
    REFUSED = "refused"  # this object, for good
    BUSY = "busy"  # not now: try later
    CUT = "cut"  # unknown: the connection broke, or nothing was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How sending one object ended; `trouble` is None where it was stored."""

    outcome: Outcome
    trouble: Trouble | None = None
    detail: str = ""


class UnreachableError(Exception):
    """No connection to a node.

    Attributes:
        trouble, detail: why.
    """

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(f"{trouble}: {detail}" if detail else str(trouble))
        self.trouble = trouble
        self.detail = detail


def state_of(
    counts: Mapping[ParcelState, int], *, prepared: bool, failed: bool, cancelled: bool
) -> JobState:
    """A job's state from those of its parcels."""
    if failed:
        return JobState.FAILED
    if not prepared:
        return JobState.CANCELLED if cancelled else JobState.PREPARING
    if counts.get(ParcelState.SENDING):
        return JobState.SENDING
    if any(counts.get(state) for state in OPEN):
        return JobState.WAITING
    if counts.get(ParcelState.REFUSED):
        return JobState.REFUSED
    if counts.get(ParcelState.CANCELLED) or (cancelled and not counts):
        return JobState.CANCELLED
    if counts.get(ParcelState.SENT) or not counts.get(ParcelState.KEPT):
        return JobState.SENT
    return JobState.KEPT


def backoff_s(failures: int, *, first_s: float = 2.0, longest_s: float = 600.0) -> float:
    """How long to wait after the `failures`-th failure in a row: doubles, up to a limit."""
    if failures < 1:
        return 0.0
    return float(min(first_s * 2.0 ** min(failures - 1, 30), longest_s))
