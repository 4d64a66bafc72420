"""A whole standard exam of one virtual patient: which pictures, in which order, in which files.

Order after the ASE protocol (Mitchell et al., J Am Soc Echocardiogr 2019;32:1-64): parasternal,
apical, subcostal, suprasternal; in each window the grey picture first, then flow, then spectra.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.domain import Mode, Patient, View
from core.phantom.clip import PhantomClip, render_clip
from core.phantom.display import Site
from core.phantom.patient import HeartPatient
from core.phantom.truth_file import exam_document
from core.phantom.writers import write_dicom, write_json, write_mp4, write_truth

EXAM_TRUTH = "exam.truth.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One recording of an exam.

    Attributes:
        view: where the probe stands.
        mode: what the machine shows.
        site: what flow or line a picture of a Doppler mode or M-mode is of; None: the view's own.
    """

    view: View
    mode: Mode = Mode.BMODE
    site: Site | None = None

    @property
    def name(self) -> str:
        """Of its file, without number and suffix."""
        parts = [self.view.value, "" if self.mode is Mode.BMODE else self.mode.value]
        parts.append("" if self.site is None else self.site.value)
        return "-".join(part.lower().replace("_", "-") for part in parts if part)


STANDARD_EXAM = (
    Take(view=View.PLAX),
    Take(view=View.PLAX, mode=Mode.COLOR, site=Site.MITRAL),
    Take(view=View.PLAX, mode=Mode.COLOR, site=Site.AORTIC),
    Take(view=View.PLAX, mode=Mode.MMODE, site=Site.LV),
    Take(view=View.PSAX_AV),
    Take(view=View.PSAX_AV, mode=Mode.COLOR, site=Site.PULMONARY),
    Take(view=View.PSAX_MV),
    Take(view=View.PSAX_PM),
    Take(view=View.A4C),
    Take(view=View.A4C, mode=Mode.COLOR, site=Site.MITRAL),
    Take(view=View.A4C, mode=Mode.PW, site=Site.MITRAL),
    Take(view=View.A4C, mode=Mode.TDI, site=Site.SEPTAL_ANNULUS),
    Take(view=View.A4C, mode=Mode.TDI, site=Site.LATERAL_ANNULUS),
    Take(view=View.A4C, mode=Mode.COLOR, site=Site.TRICUSPID),
    Take(view=View.A4C, mode=Mode.CW, site=Site.TRICUSPID),
    Take(view=View.A4C, mode=Mode.TDI, site=Site.RV_ANNULUS),
    Take(view=View.A4C, mode=Mode.MMODE, site=Site.RV_ANNULUS),
    Take(view=View.A5C),
    Take(view=View.A5C, mode=Mode.COLOR, site=Site.AORTIC),
    Take(view=View.A5C, mode=Mode.PW, site=Site.LVOT),
    Take(view=View.A5C, mode=Mode.CW, site=Site.AORTIC),
    Take(view=View.A2C),
    Take(view=View.A3C),
    Take(view=View.SC4C),
    Take(view=View.SC4C, mode=Mode.COLOR, site=Site.ATRIAL_SEPTUM),
    Take(view=View.SC_IVC),
    Take(view=View.SC_IVC, mode=Mode.MMODE, site=Site.IVC),
    Take(view=View.SSN),
)


def write_take(
    take: Take, patient: HeartPatient, path: Path, *,
    progress: Callable[[float], None] | None = None, **options: Any,
) -> PhantomClip:  # fmt: skip
    """Renders one recording and writes it (MP4 or DICOM by suffix) with its truth beside it.

    Args:
        take: what to record.
        patient: of whom; its seed decides the rest.
        path: of the clip's file.
        progress: told the part done, 0..1; may raise to cancel.
        options: of `render_clip`.

    Raises:
        OSError: a file cannot be written.
    """
    phantom = render_clip(
        take.view, seed=patient.seed, patient=patient, mode=take.mode, site=take.site,
        progress=progress, **options,
    )  # fmt: skip
    if path.suffix.lower() == ".mp4":
        write_mp4(phantom, path)
    else:
        write_dicom(phantom, path, patient=stated(patient))
    write_truth(phantom, path)
    return phantom


def write_exam(
    takes: Sequence[Take], patient: HeartPatient, folder: Path, *,
    progress: Callable[[float], None] | None = None, **options: Any,
) -> tuple[Path, ...]:  # fmt: skip
    """Writes every recording as a DICOM file with its truth, and the truth of the whole exam.

    Args:
        takes: in order; the files are numbered so.
        patient: of whom.
        folder: made if absent.
        progress: told the part done, 0..1; may raise to cancel.
        options: of `render_clip`, the same for all.

    Returns:
        The clips' files, then the exam's truth.

    Raises:
        OSError: a file cannot be written.
    """
    truths = {}
    for number, take in enumerate(takes):
        tell = part_of(progress, number, len(takes))
        name = f"{number + 1:02d}-{take.name}.dcm"
        truths[name] = write_take(take, patient, folder / name, progress=tell, **options).truth
    whole = write_json(exam_document(truths, patient), folder / EXAM_TRUTH)
    return (*(folder / name for name in truths), whole)


def part_of(
    progress: Callable[[float], None] | None, number: int, count: int
) -> Callable[[float], None]:
    """Progress of one piece of work, the one after `number` others of `count`, in the whole."""
    return lambda part: None if progress is None else progress((number + part) / count)


def stated(patient: HeartPatient) -> Patient:
    """What an exam's files say of the person."""
    return Patient(sex=str(patient.sex), height_cm=patient.height_cm, weight_kg=patient.weight_kg)
