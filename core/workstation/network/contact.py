"""An association with a node, and why there is none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from core.domain import InputError
from core.language import text
from core.transfer.records import Trouble, UnreachableError
from core.workstation.network.tls import client_context
from core.workstation.nodes import Node
from core.workstation.settings import Settings

IMPLEMENTATION_CLASS = UID("2.25.243768101290713573290274863571204413217")
"""Random, drawn once for EchoLab (PS3.5 annex B.2)."""
IMPLEMENTATION_VERSION = "ECHOLAB"
MOST_CONTEXTS = 128
"""Presentation contexts that one association can propose (PS3.8 9.3.2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for the TCP connection, for the answer to an association request, for the answer to
    a message, and of silence on the line."""

    connect_s: float = 5.0
    associate_s: float = 15.0
    answer_s: float = 120.0
    silence_s: float = 180.0


PATIENT = Patience()
BRISK = Patience(connect_s=3.0, associate_s=5.0, answer_s=10.0, silence_s=15.0)
"""Where a person waits for the answer."""


def entity(title: str, patience: Patience = PATIENT) -> AE:
    """Our own application entity."""
    ae = AE(ae_title=title)
    ae.implementation_class_uid = IMPLEMENTATION_CLASS
    ae.implementation_version_name = IMPLEMENTATION_VERSION
    ae.connection_timeout = patience.connect_s
    ae.acse_timeout = patience.associate_s
    ae.dimse_timeout = patience.answer_s
    ae.network_timeout = patience.silence_s
    return ae


@contextmanager
def associated(
    node: Node,
    settings: Settings,
    contexts: Sequence[PresentationContext],
    *,
    patience: Patience = PATIENT,
    handlers: Sequence[tuple[Any, ...]] = (),
    roles: Sequence[Any] = (),
) -> Iterator[Association]:
    """An association with `node`, released at the end.

    Args:
        contexts: what is proposed.
        handlers: pynetdicom's event handlers, for what the node asks of us meanwhile.
        roles: SCP/SCU role selection items.

    Raises:
        UnreachableError: there is none; it says why.
    """
    opened: list[bool] = []
    ae = entity(settings.ae_title, patience)
    tls = None
    if node.tls:
        try:
            tls = (client_context(settings.tls), node.host)
        except InputError as error:
            raise UnreachableError(Trouble.TLS, str(error)) from error
    association = ae.associate(
        node.host,
        node.port,
        contexts=list(contexts)[:MOST_CONTEXTS],
        ae_title=node.ae_title,
        ext_neg=list(roles),
        tls_args=tls,
        evt_handlers=[(evt.EVT_CONN_OPEN, lambda _: opened.append(True)), *handlers],
    )
    if not association.is_established:
        raise _why(association, opened=bool(opened), tls=node.tls)
    try:
        yield association
    finally:
        if association.is_established:
            association.release()


def _why(association: Association, *, opened: bool, tls: bool) -> UnreachableError:
    if association.is_rejected:
        answer = association.acceptor.primitive
        # PS3.8 table 9-21: result, source, reason.
        numbers = [getattr(answer, n, None) for n in ("result", "result_source", "diagnostic")]
        said = "/".join("?" if number is None else str(number) for number in numbers)
        busy = numbers[0] == 2  # rejected-transient
        return UnreachableError(Trouble.FULL if busy else Trouble.TITLE, f"A-ASSOCIATE-RJ {said}")
    if not opened:
        return UnreachableError(Trouble.TLS if tls else Trouble.UNREACHABLE)
    if association.acceptor.primitive is not None and not association.accepted_contexts:
        return UnreachableError(Trouble.KIND)
    return UnreachableError(Trouble.SILENT)


def words_of(error: UnreachableError, lang: str) -> str:
    """What a user reads of it."""
    return trouble_words(error.trouble, error.detail, lang)


def trouble_words(trouble: Trouble, detail: str, lang: str) -> str:
    """A trouble in a language of the catalogue, with its detail in brackets."""
    said = text(f"transfer.trouble.{trouble}", lang)
    return f"{said} ({detail})" if detail else said


def echo(node: Node, settings: Settings) -> None:
    """C-ECHO (PS3.4 annex A): the node is there, knows us and answers.

    Raises:
        UnreachableError: it does not; it says why.
    """
    with associated(node, settings, [build_context(Verification)], patience=BRISK) as association:
        status = association.send_c_echo()
    if "Status" not in status:
        raise UnreachableError(Trouble.SILENT)
    if status.Status != 0x0000:
        raise UnreachableError(Trouble.OBJECT, f"C-ECHO 0x{status.Status:04X}")
