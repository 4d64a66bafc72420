"""The whole line for one exam, with networks that say what the test wants to hear."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.acquisition.calibration import manual_mm_per_px
from core.analysis import codec
from core.analysis.analysis import ModelInfo
from core.analysis.pipeline import analyse, exam_id_of, with_patient
from core.domain import (
    CalibrationSource,
    CancelledError,
    Clip,
    Patient,
    PlaneEstimate,
    Region,
    Sector,
    View,
)
from core.phantom import PhantomClip, draw_patient, render_clip
from core.recognition.anatomy import Anatomy
from core.recognition.models import Models
from core.recognition.plane import plane_estimate
from core.recognition.view import VIEWS

FRAMES = 12
EF = 60


class SaysView:
    """A view network that is sure of one view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def probabilities(self, anatomy: Anatomy) -> NDArray[np.float32]:
        p = np.full((len(anatomy.squares), len(VIEWS)), 0.01, np.float32)
        p[:, VIEWS.index(self._view)] = 0.89
        return p


class SeesNothing:
    """A trunk that finds no structure: the networks here do not need it."""

    def look(self, squares: NDArray[np.uint8]) -> Anatomy:
        logits = np.full((len(squares), 16, 64, 64), -9.0, np.float32)
        scene = np.zeros((len(squares), 64, 16, 16), np.float32)
        return Anatomy(squares=squares, logits=logits, scene=scene, pyramid=())


class SaysStandard:
    """A plane network to which every plane is a standard one."""

    def estimate(self, anatomy: Anatomy, view: View) -> PlaneEstimate | None:
        return (
            None
            if view is View.OTHER
            else plane_estimate(np.array([[0.0] * 12 + [4.0, 1.0]]), view)
        )


class KnowsTruth:
    """A region network that outlines the virtual heart as it is."""

    def __init__(self, phantoms: Sequence[PhantomClip]) -> None:
        self._phantoms = phantoms
        self.trunk = SeesNothing()

    def find(
        self,
        frames: NDArray[np.uint8],
        sector: Sector,
        *,
        indices: Sequence[int],
        progress: Callable[[float], None] | None = None,
    ) -> list[Region]:
        import cv2

        (phantom,) = (p for p in self._phantoms if p.clip.frames is frames)
        regions = []
        for index in indices:
            for label, masks in phantom.masks.items():
                mask = masks[index].astype(np.uint8)
                outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
                if not outlines:
                    continue
                polygon = max(outlines, key=cv2.contourArea).reshape(-1, 2).astype(np.float32)
                if len(polygon) < 3:
                    continue
                (x0, y0), (x1, y1) = polygon.min(axis=0).tolist(), polygon.max(axis=0).tolist()
                regions.append(
                    Region(frame=index, label=label, score=0.9, box=(x0, y0, x1, y1),
                           polygon=polygon)
                )  # fmt: skip
            if progress is not None:
                progress((index + 1) / len(indices))
        return regions


@pytest.fixture(scope="module")
def phantoms() -> tuple[PhantomClip, ...]:
    """A beat of one patient in two planes, at 12 frames a second."""
    person = draw_patient(5, ef=EF, quality=0.9, heart_rate=66)
    return tuple(
        render_clip(view, seed=5, patient=person, frames=FRAMES, fps=12.0, size=(360, 270))
        for view in (View.A4C, View.A2C)
    )


def models_of(phantoms: Sequence[PhantomClip], view: View = View.A4C) -> Models:
    info = ModelInfo(name="view", version="1", sha256="0" * 64, licence="x", trained_on="truth")
    return Models(
        view=SaysView(view), plane=SaysStandard(), regions=KnowsTruth(phantoms), infos=(info,)
    )  # type: ignore[arg-type]


def clips_of(phantoms: Sequence[PhantomClip]) -> list[Clip]:
    return [phantom.clip for phantom in phantoms]


def test_an_exam_comes_out_whole_and_in_order(phantoms: tuple[PhantomClip, ...]) -> None:
    told: list[tuple[float, str]] = []
    analysis = analyse(
        clips_of(phantoms),
        patient=Patient(sex="F", name="Somebody"),
        exam_id="e",
        models=models_of(phantoms),
        progress=lambda part, source: told.append((part, source)),
    )
    assert [clip.id for clip in analysis.clips] == [p.clip.id for p in phantoms]
    parts = [part for part, _ in told]
    assert parts[0] == 0
    assert parts == sorted(parts)
    assert parts[-1] == pytest.approx(1)
    assert list(dict.fromkeys(source for _, source in told)) == [p.clip.source for p in phantoms]
    document = codec.to_json(analysis)
    codec.validate(document)
    assert "Somebody" not in str(document)


def test_with_true_outlines_the_volumes_are_those_of_the_heart(
    phantoms: tuple[PhantomClip, ...],
) -> None:
    analysis = analyse(
        clips_of(phantoms[:1]), patient=Patient(), exam_id="e", models=models_of(phantoms)
    )
    values = {m.id: m.value for m in analysis.measurements}
    truth = phantoms[0].truth.measurements
    assert values["lvedv"] == pytest.approx(truth["lvedv"], rel=0.3)
    assert values["lvef"] == pytest.approx(truth["lvef"], abs=12)


@pytest.mark.parametrize("moment", [0.0, 0.2, 0.5, 0.8])
def test_who_watches_may_stop_it_at_any_moment(
    moment: float, phantoms: tuple[PhantomClip, ...]
) -> None:
    def stop(part: float, _: str) -> None:
        if part >= moment:
            raise CancelledError

    with pytest.raises(CancelledError):
        analyse(
            clips_of(phantoms),
            patient=Patient(),
            exam_id="e",
            models=models_of(phantoms),
            progress=stop,
        )


def test_a_calibration_given_by_hand_goes_before_the_files(
    phantoms: tuple[PhantomClip, ...],
) -> None:
    plain, doubled = (
        analyse(
            clips_of(phantoms[:1]),
            patient=Patient(),
            exam_id="e",
            models=models_of(phantoms),
            manual=manual,
        )
        for manual in (None, manual_mm_per_px(2 * phantoms[0].truth.mm_per_px))
    )
    assert plain.clips[0].calibration.source is CalibrationSource.DICOM
    assert doubled.clips[0].calibration.source is CalibrationSource.MANUAL
    volumes = [{m.id: m.value for m in a.measurements}["lvedv"] for a in (plain, doubled)]
    assert volumes[1] == pytest.approx(8 * volumes[0], rel=0.01)


def test_without_a_calibration_no_volume_is_given_and_the_fraction_is(
    phantoms: tuple[PhantomClip, ...],
) -> None:
    bare = replace(phantoms[0].clip, calibration=replace(phantoms[0].clip.calibration,
                   source=CalibrationSource.NONE, mm_per_px_x=None, mm_per_px_y=None))  # fmt: skip
    analysis = analyse([bare], patient=Patient(), exam_id="e", models=models_of(phantoms))
    by_id = {m.id: m for m in analysis.measurements}
    if analysis.clips[0].calibration.source is CalibrationSource.NONE:
        assert by_id["lvedv"].value is None
        assert by_id["lvedv"].reason
    else:
        assert analysis.clips[0].calibration.source is CalibrationSource.SCALE


def test_another_view_is_not_measured_as_a_ventricle(phantoms: tuple[PhantomClip, ...]) -> None:
    analysis = analyse(
        clips_of(phantoms[:1]), patient=Patient(), exam_id="e",
        models=models_of(phantoms, View.OTHER),
    )  # fmt: skip
    assert not analysis.clips[0].recognition.regions
    assert all(m.value is None for m in analysis.measurements)


def test_what_is_given_by_hand_goes_over_what_the_files_say() -> None:
    filed = Patient(sex="M", height_cm=180, weight_kg=80, name="A")
    given = with_patient(filed, sex="F", height_cm=None, weight_kg=61)
    assert given == Patient(sex="F", height_cm=180, weight_kg=61, name="A")


def test_an_exams_id_follows_from_its_sources_and_names_nobody() -> None:
    assert exam_id_of(["a", "b"]) == exam_id_of(["a", "b"])
    assert exam_id_of(["a", "b"]) != exam_id_of(["b", "a"])
    assert "smith" not in exam_id_of(["smith.dcm"])
    assert len(exam_id_of(["a"])) == 12
