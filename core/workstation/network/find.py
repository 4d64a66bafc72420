"""C-FIND (PS3.4 annexes C and K): a question to a node, and its answers."""

from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom.presentation import build_context

from core.transfer.records import Trouble, UnreachableError
from core.workstation.network.contact import BRISK, associated
from core.workstation.nodes import Node
from core.workstation.settings import Settings


def answers(
    node: Node, settings: Settings, query: Dataset, *, model: UID, most: int
) -> Iterator[Dataset]:
    """What a node answers, as it comes.

    Args:
        node: whom to ask.
        settings: who we are.
        query: what is asked.
        model: SOP class of the question.
        most: so many answers are enough.

    Raises:
        UnreachableError: it does not answer, or not such questions.
    """
    found = 0
    with associated(node, settings, [build_context(model)], patience=BRISK) as association:
        for status, answer in association.send_c_find(query, model):
            if "Status" not in status:
                raise UnreachableError(Trouble.SILENT)
            if status.Status in (0xFF00, 0xFF01) and answer is not None:
                yield answer
                found += 1
                if found >= most:
                    association.send_c_cancel(1, query_model=model)
                    return
            elif status.Status != 0x0000:
                raise UnreachableError(Trouble.OBJECT, f"C-FIND 0x{status.Status:04X}")
