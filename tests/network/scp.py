"""An archive in this process that fails as it is told, by pynetdicom."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind,
    UltrasoundImageStorage,
    Verification,
)

from core.workstation.nodes import Node


@dataclass
class Scp:
    """Attributes:
    stored: SOP instances in the order in which they were stored.
    status: answers each C-STORE, given how many were asked so far.
    cut_after: breaks the connection after storing the object of this number, without an answer.
    slow_s: takes so long for each object.
    find: answers what it holds.
    """

    port: int = 0
    title: str = "ARCHIVE"
    stored: list[str] = field(default_factory=list)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    status: Callable[[int], int] = lambda number: 0x0000
    cut_after: set[int] = field(default_factory=set)
    slow_s: float = 0.0
    find: bool = True
    asked: int = 0
    lock: Any = field(default_factory=threading.Lock)

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.stored)

    def node(self, **options: Any) -> Node:
        return Node(
            name="ARCHIVE", ae_title=self.title, host="127.0.0.1", port=self.port, **options
        )

    def _store(self, event: Any) -> int:
        with self.lock:
            number, self.asked = self.asked, self.asked + 1
        time.sleep(self.slow_s)
        status = self.status(number)
        if status == 0x0000:
            with self.lock:
                instance = str(event.request.AffectedSOPInstanceUID)
                self.stored.append(instance)
                self.datasets[instance] = event.dataset
            if number in self.cut_after:
                event.assoc.abort()
                raise ConnectionError("cut")
        return status

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        with self.lock:
            there = event.identifier.SOPInstanceUID in self.stored
        if there:
            yield 0xFF00, event.identifier

    @contextmanager
    def up(self, *, ssl_context: Any = None, titles: tuple[str, ...] = ()) -> Iterator["Scp"]:
        """Listens on loopback, at the same port each time."""
        ae = AE(ae_title=self.title)
        ae.require_called_aet = True
        ae.require_calling_aet = list(titles)
        ae.add_supported_context(Verification)
        ae.add_supported_context(
            UltrasoundImageStorage, [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
        )
        if self.find:
            ae.add_supported_context(StudyRootQueryRetrieveInformationModelFind)
        server = ae.start_server(
            ("127.0.0.1", self.port),
            block=False,
            ssl_context=ssl_context,
            evt_handlers=[(evt.EVT_C_STORE, self._store), (evt.EVT_C_FIND, self._find)],
        )
        self.port = server.server_address[1]
        try:
            yield self
        finally:
            server.shutdown()
