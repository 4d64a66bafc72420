"""An ultrasound machine that sends stills."""

from functools import cache

from app_samples import sample_clip
from fake_carriers import dataset
from pydicom.dataset import Dataset
from pynetdicom import AE
from pynetdicom.sop_class import UltrasoundImageStorage

from core.domain import Clip
from core.workstation.nodes import Node

CART = Node(name="Cart", ae_title="CART1", host="127.0.0.1", port=9)


@cache
def _clip() -> Clip:
    return sample_clip("clip")


def picture(exam: str, number: int = 0) -> Dataset:
    """An ultrasound still with a fan in it, of which a clip can be read."""
    ds = dataset(exam, number)
    pixels = _clip().frames[number]
    ds.Rows, ds.Columns = pixels.shape[:2]
    ds.PixelData = pixels[..., 0].tobytes()
    return ds


def send(
    objects: list[Dataset], port: int, *, title: str = "CART1", to: str = "ECHOLAB"
) -> list[int]:
    """The status of each; none where it was not let in."""
    ae = AE(ae_title=title)
    ae.add_requested_context(UltrasoundImageStorage)
    association = ae.associate("127.0.0.1", port, ae_title=to)
    if not association.is_established:
        return []
    answers = [association.send_c_store(ds) for ds in objects]
    association.release()
    return [answer.Status for answer in answers]
