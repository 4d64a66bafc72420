"""What a job of the queue sends: the objects of an exam of the store, or of an analysis folder."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from pydicom.dataset import Dataset

from core.domain import InputError
from core.transfer.queue import Queue
from core.transfer.records import Job, Parcel
from core.transfer.sender import Sender, Ways
from core.workstation.network.commitment import Promise, ask_commitment
from core.workstation.network.store_scu import store_link
from core.workstation.nodes import Node
from core.workstation.settings import SENDABLE, Settings
from core.workstation.store import ExamStore


def want(
    kinds: Sequence[str],
    *,
    lang: str,
    folder: Path | None = None,
    inputs: Sequence[Path] = (),
) -> dict[str, str]:
    """What `Queue.ask` is to remember.

    Args:
        kinds: of `settings.SENDABLE`.
        lang: of the report.
        folder: that `echolab analyze` wrote, for an exam that is not in the store; inputs: the
            files that were analysed.

    Raises:
        InputError: nothing, or nothing known, is to be sent.
    """
    unknown = [kind for kind in kinds if kind not in SENDABLE]
    if unknown or not kinds:
        raise InputError(
            f"{unknown[0] if unknown else 'nothing'} cannot be sent: give one or more of "
            f"{', '.join(SENDABLE)}"
        )
    wish = {"kinds": ",".join(kind for kind in SENDABLE if kind in kinds), "lang": lang}
    if folder is not None:
        wish["folder"] = str(folder.absolute())
        wish["inputs"] = "\n".join(str(path.absolute()) for path in inputs)
    return wish


def objects_for(
    job: Job, *, store: Callable[[], ExamStore], resolve: Callable[[Node], Node]
) -> Iterator[Dataset]:
    """The objects of a job, as the exam stands now.

    Raises:
        InputError: the exam is gone, or has no analysis.
    """
    # Brings report, codecs and more: not before something is sent.
    from core.export.deidentify import Choices
    from core.export.gather import from_folder, from_store
    from core.export.objects import ObjectKind, objects_of

    lang = job.want.get("lang", "en")
    kinds = [ObjectKind(kind) for kind in job.want["kinds"].split(",")]
    if folder := job.want.get("folder"):
        inputs = [Path(line) for line in job.want.get("inputs", "").split("\n") if line]
        exam = from_folder(Path(folder), inputs=inputs, lang=lang)
    else:
        exam = from_store(store(), job.exam_id, lang=lang)
    outside = resolve(job.node).deidentify
    yield from objects_of(exam, kinds, deidentify=Choices() if outside else None)


def make_sender(
    queue: Queue, *, store: Callable[[], ExamStore], settings: Callable[[], Settings]
) -> Sender:
    """A sender for the DICOM network by the settings of the moment."""

    def resolve(node: Node) -> Node:
        return settings().node(node.name) or node

    def commit(node: Node, uid: str, parcels: Sequence[Parcel]) -> None:
        ask_commitment(
            node,
            uid,
            parcels,
            settings(),
            answer=partial(enter_promise, queue),
            answered=partial(queue.is_answered, uid),
        )

    return Sender(
        queue,
        Ways(
            prepare=lambda job: objects_for(job, store=store, resolve=resolve),
            connect=lambda node, parcels: store_link(node, parcels, settings()),
            commit=commit,
            resolve=resolve,
        ),
    )


def enter_promise(queue: Queue, promise: Promise) -> None:
    """A node's storage commitment answer into the queue."""
    queue.committed(promise.uid, kept=promise.kept, lost=promise.lost)
