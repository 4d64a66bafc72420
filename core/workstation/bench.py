"""How soon an exam is a draft report on the screen: machines send it, or it is taken here.

The exam is the virtual heart's, one clip of each of the eleven standard views. The first ten have
been looked at when the last one comes, as they are in an examination, where a clip takes longer to
be taken than to be looked at.
"""

import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom.presentation import build_context

from core.analysis.bench import Row
from core.domain import Clip, Patient
from core.phantom import draw_patient, render_clip
from core.phantom.writers import write_dicom
from core.recognition.models import Models, load_models
from core.report.pdf import pdf_bytes
from core.transfer.queue import Queue, queue_folder
from core.workstation.ahead import LookAhead
from core.workstation.analysing import analyse_exam, speaks_of_all
from core.workstation.network.contact import associated
from core.workstation.nodes import Node
from core.workstation.protocol import FULL
from core.workstation.settings import Settings, save_settings
from core.workstation.signing import report_pictures
from core.workstation.station import Station
from core.workstation.store import ExamStore

MACHINE = "BENCH"
LONGEST_S = 900.0
DRAFT_GOAL = "20000 ms"
EXAM_GOAL = "60000 ms on two cores"


def run_exam(*, models: Path | None, frames: int = 60, views: int = len(FULL.views)) -> list[Row]:
    """Three rows: both ways to a draft, and the measuring of the whole exam.

    Args:
        models: folder of models; None: the set in use.
        frames: of each clip, at 30 a second.
        views: how many of the standard views, in their order.
    """
    loaded = load_models(models)
    person = draw_patient(1, quality=0.9)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips, files = [], []
        study = generate_uid()
        for view in FULL.views[:views]:
            made = render_clip(view, seed=1, patient=person, frames=frames, masks=False)
            clips.append(made.clip)
            ds = dcmread(write_dicom(made, folder / f"{view}.dcm"))
            ds.StudyInstanceUID = study
            files.append(ds)
        received, whole = _received(files, folder / "receiving", loaded)
        taken = _taken(clips, folder / "taking", loaded)
    count = f"exam of {views} clips of {frames} frames"
    return [
        _row(f"{count}: last clip received to its draft on the screen", received, DRAFT_GOAL),
        _row(f"{count}: last clip taken here to its draft on the screen", taken, DRAFT_GOAL),
        _row(f"{count}: all measurements, nothing looked at before", whole, EXAM_GOAL),
    ]


def _received(files: Sequence[Dataset], home: Path, models: Models) -> tuple[float, float]:
    """Seconds from the last object's arrival to the draft; and of the whole exam, measured anew."""
    with _station(home, models) as (store, node):
        _send(files[:-1], node)
        _until(lambda: _drafted(store, len(files) - 1))
        (exam,) = store.list_exams()
        before = store.current_version(exam.id)
        _send(files[-1:], node)
        begun = time.perf_counter()
        _until(lambda: store.current_version(exam.id) != before)
        _draw(store, exam.id)
        received = time.perf_counter() - begun
    with ExamStore(home) as store:
        begun = time.perf_counter()
        analyse_exam(store, exam.id, models, lambda part: None, anew=True)
        return received, time.perf_counter() - begun


def _taken(clips: Sequence[Clip], home: Path, models: Models) -> float:
    """Seconds from the last clip's being kept to the draft, with the analysis asked for at once."""
    with ExamStore(home) as store:
        ahead = LookAhead(store, lambda: models)
        try:
            exam_id = store.create_exam(Patient()).id
            for clip in clips[:-1]:
                ahead.ask(store.add_recording(exam_id, clip))
            _until(lambda: ahead.idle)
            begun = time.perf_counter()
            ahead.ask(store.add_recording(exam_id, clips[-1]))
            analyse_exam(store, exam_id, models, lambda part: None)
            _draw(store, exam_id)
            return time.perf_counter() - begun
        finally:
            ahead.close()


@contextmanager
def _station(home: Path, models: Models) -> Iterator[tuple[ExamStore, Node]]:
    """A station at a free port with the usual settings: its store, and it as a node."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    cart = Node(name=MACHINE, ae_title=MACHINE, host="127.0.0.1", port=port)
    settings = Settings(listen=True, port=port, nodes=(cart,))
    home.mkdir()
    save_settings(settings, home)
    with ExamStore(home) as store, Queue(queue_folder(home)) as queue:
        station = Station(store, queue, home=home, models=lambda: models).start()
        try:
            _until(lambda: station.state().port is not None)
            yield store, replace(cart, name="EchoLab", ae_title=settings.ae_title)
        finally:
            station.close()


def _send(objects: Sequence[Dataset], node: Node) -> None:
    contexts = [build_context(ds.SOPClassUID, ds.file_meta.TransferSyntaxUID) for ds in objects[:1]]
    with associated(node, Settings(ae_title=MACHINE), contexts) as association:
        for ds in objects:
            association.send_c_store(ds)


def _drafted(store: ExamStore, clips: int) -> bool:
    """The exam has so many clips, and its draft speaks of them all."""
    exams = store.list_exams()
    return bool(exams) and exams[0].clips == clips and speaks_of_all(store, exams[0].id)


def _draw(store: ExamStore, exam_id: str) -> None:
    """What the Report page draws: the form, and the sheets beside it."""
    final = store.reports.final(exam_id)
    pictures, strips = report_pictures(store, final, "en")
    pdf_bytes(final.build("en", pictures=pictures, strips=strips))


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_S
    while not true():
        if time.monotonic() > end:
            raise RuntimeError("the draft did not come")
        time.sleep(0.05)


def _row(what: str, seconds: float, goal: str) -> Row:
    ms = 1000 * seconds
    return Row(what=what, median_ms=ms, p95_ms=ms, runs=1, goal=goal)
