"""Empties the queue: makes the objects of jobs, sends them in order, asks for commitment.

One sender works at a time, whichever process it is in. It knows neither exams nor DICOM's network:
both are given to it.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from core.domain import InputError
from core.transfer.queue import Queue
from core.transfer.records import (
    Delivery,
    Job,
    Outcome,
    Parcel,
    ParcelState,
    Trouble,
    UnreachableError,
)
from core.transfer.spool import spool
from core.workstation.locks import FileLock
from core.workstation.nodes import Node

log = logging.getLogger(__name__)

LOOK_S = 0.5
"""So often it is seen whether another process has asked for something."""
COMMIT_PATIENCE_S = 600.0
MOST_ASKS = 5


class Carrier(Protocol):
    """An open connection to a node."""

    def holds(self, parcel: Parcel) -> bool | None:
        """Whether the node has the object; None where it cannot say."""

    def send(self, parcel: Parcel) -> Delivery:
        """Send one object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What the sender is given.

    Attributes:
        prepare: makes the objects of a job, one after the other; InputError where it cannot.
        connect: opens a connection for these parcels; UnreachableError where it cannot.
        commit: asks a node to keep these parcels, under a transaction UID; its answer comes through
            `Queue.committed`, at once or much later. UnreachableError where it cannot be asked.
        resolve: the node as the settings have it now.
    """

    prepare: Callable[[Job], Iterable[Dataset]]
    connect: Callable[[Node, Sequence[Parcel]], AbstractContextManager[Carrier]]
    commit: Callable[[Node, str, Sequence[Parcel]], None]
    resolve: Callable[[Node], Node]


class Sender:
    """Works through a queue while it is started."""

    def __init__(self, queue: Queue, ways: Ways) -> None:
        self._queue = queue
        self._ways = ways
        self._lock = FileLock(queue.folder / "sender.lock")
        self._holds = False
        self._wake = threading.Event()

    def take_turn(self) -> bool:
        """True if this is the one sender now; it stays so until `close`."""
        if not self._holds and self._lock.try_acquire():
            self._holds = True
            self._queue.recover()
        return self._holds

    def close(self) -> None:
        if self._holds:
            self._lock.release()
            self._holds = False
        self._lock.close()

    def wake(self) -> None:
        """Look at the queue now."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set (and `wake` called); what is on its way is ended first."""
        stumbled = False
        while not stop.is_set():
            try:
                if stumbled:
                    self._queue.recover()
                    stumbled = False
                busy = self.take_turn() and self.step(stop=stop)
            except InputError as error:  # the disk is full, the folder is gone: later, perhaps
                log.error("The queue cannot be worked on: %s", error)
                busy, stumbled = False, self._holds
            except Exception:
                log.exception("The sender stumbled")
                busy, stumbled = False, self._holds
            if not busy:
                self._wake.wait(LOOK_S)
                self._wake.clear()

    def step(self, *, stop: threading.Event | None = None) -> bool:
        """Do what can be done now; True if anything was done. `take_turn` goes before it."""
        did = self._prepare()
        for node, parcels in self._queue.due():
            did = self._deliver(self._ways.resolve(node), node.name, parcels, stop) or did
        return self._commit() or did

    def _prepare(self) -> bool:
        job = self._queue.next_unprepared()
        if job is None:
            return False
        try:
            spooled = [spool(ds, self._queue.files) for ds in self._ways.prepare(job)]
            if not spooled:
                raise InputError("there is nothing to send")
        except InputError as error:
            self._queue.not_prepared(job.id, str(error), again=False)
        except Exception as error:
            log.exception("The objects of job %d could not be made", job.id)
            self._queue.not_prepared(job.id, type(error).__name__, again=True)
        else:
            self._queue.prepared(job.id, spooled)
        return True

    def _deliver(
        self,
        node: Node,
        key: str,
        parcels: Sequence[Parcel],
        stop: threading.Event | None,
    ) -> bool:
        try:
            with self._ways.connect(node, parcels) as carrier:
                for parcel in parcels:
                    if stop is not None and stop.is_set():
                        return True
                    if self._one(carrier, parcel, node) in (Outcome.BUSY, Outcome.CUT):
                        break
        except UnreachableError as error:
            log.info("Node not reached: %s", error.trouble)
            self._queue.unreachable(key, error.trouble, error.detail)
        return True

    def _one(self, carrier: Carrier, parcel: Parcel, node: Node) -> Outcome | None:
        unsure = parcel.state is ParcelState.UNSURE
        if not self._queue.begin(parcel):
            return None
        if unsure and carrier.holds(parcel):
            delivery = Delivery(outcome=Outcome.STORED)
        else:
            try:
                delivery = carrier.send(parcel)
            except Exception as error:
                # Nothing is known of what the receiver got.
                log.exception("Sending parcel %d failed", parcel.id)
                delivery = Delivery(
                    outcome=Outcome.CUT, trouble=Trouble.CUT, detail=type(error).__name__
                )
        self._queue.finish(parcel, delivery, keep_file=node.commitment)
        return delivery.outcome

    def _commit(self) -> bool:
        due = self._queue.to_commit(
            wanted=lambda node: self._ways.resolve(node).commitment,
            patience_s=COMMIT_PATIENCE_S,
            most_asks=MOST_ASKS,
        )
        for node, job, parcels in due:
            uid = generate_uid()
            self._queue.asked_commitment(job.id, uid)
            try:
                self._ways.commit(self._ways.resolve(node), uid, parcels)
            except UnreachableError as error:
                log.info("Commitment could not be asked for: %s", error.trouble)
        return bool(due)
