"""Our own storage SCP: machines send to it, archives bring earlier exams and their promises."""

import threading
from collections.abc import Callable
from typing import Any

from pynetdicom import ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    StorageCommitmentPushModel,
    Verification,
)
from pynetdicom.transport import ThreadedAssociationServer

from core.domain import InputError
from core.workstation.inbox import Inbox
from core.workstation.network.commitment import Answer, hear_promise
from core.workstation.network.contact import Patience, entity
from core.workstation.network.tls import server_context
from core.workstation.settings import Settings

MOST_ASSOCIATIONS = 16
_PATIENCE = Patience(silence_s=300.0)


class Receiver:
    """Listens while it is open. Its handlers run in pynetdicom's threads."""

    def __init__(
        self,
        settings: Settings,
        inbox: Inbox,
        *,
        promised: Answer,
        arrived: Callable[[], None] = lambda: None,
    ) -> None:
        """Begin to listen by `settings`.

        Args:
            inbox: where objects go.
            promised: is told of storage commitment answers.
            arrived: is called after each object.

        Raises:
            InputError: the port is taken or not ours to use, or certificates cannot be used.
        """
        self._title = settings.ae_title
        self._inbox = inbox
        self._promised = promised
        self._arrived = arrived
        self._open: dict[Any, str] = {}  # association -> study that it sends
        self._lock = threading.Lock()
        ae = entity(settings.ae_title, _PATIENCE)
        ae.maximum_associations = MOST_ASSOCIATIONS
        ae.require_called_aet = True
        if settings.known_only:
            # An empty list would let everybody in: our own title stands for nobody else.
            ae.require_calling_aet = [n.ae_title for n in settings.nodes] or [settings.ae_title]
        ae.add_supported_context(Verification)
        ae.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
        for context in AllStoragePresentationContexts:
            assert context.abstract_syntax is not None
            ae.add_supported_context(context.abstract_syntax, ALL_TRANSFER_SYNTAXES)
        tls = server_context(settings.tls) if settings.listen_tls else None
        try:
            server = ae.start_server(
                (settings.address, settings.port),
                block=False,
                ssl_context=tls,
                evt_handlers=[
                    (evt.EVT_C_STORE, self._store),
                    (evt.EVT_N_EVENT_REPORT, self._event_report),
                    (evt.EVT_CONN_CLOSE, self._closed),
                ],
            )
        except OSError as error:
            raise InputError(
                f"Cannot listen at {settings.address}:{settings.port} ({error.strerror or error}): "
                f"choose another port in Settings"
            ) from error
        assert isinstance(server, ThreadedAssociationServer)
        self._server = server

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()

    def sends(self, folder_name: str) -> bool:
        """Whether a connection is open that has brought objects of the study of this folder."""
        with self._lock:
            return folder_name in self._open.values()

    def _store(self, event: Any) -> int:
        calling = event.assoc.requestor.ae_title.strip()
        # A C-MOVE that we asked for names us as its originator (PS3.7 9.3.1.1).
        originator = str(event.request.MoveOriginatorApplicationEntityTitle or "").strip()
        fetched = originator == self._title
        status, folder = self._inbox.take(event, sender=calling, fetched=fetched)
        if status == 0x0000:
            with self._lock:
                self._open[event.assoc] = folder
            self._arrived()
        return status

    def _event_report(self, event: Any) -> tuple[int, None]:
        return hear_promise(event, self._promised), None

    def _closed(self, event: Any) -> None:
        with self._lock:
            self._open.pop(event.assoc, None)
