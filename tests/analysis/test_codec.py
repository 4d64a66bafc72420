import copy
import json
import time

import numpy as np
import pytest

from core.analysis.analysis import Analysis, ClipAnalysis, ModelInfo
from core.analysis.codec import from_json, to_json, validate
from core.analysis.schema import schema
from core.domain import (
    Calibration,
    CalibrationSource,
    Finding,
    Guidance,
    InputError,
    JudgedItem,
    Judgement,
    Measurement,
    MeasurementStatus,
    Mode,
    Patient,
    Phases,
    Recognition,
    Region,
    RegionLabel,
    Sector,
    SectorKind,
    Severity,
    View,
    ViewResult,
)
from core.measurement import measure_exam

TRIANGLE = np.array([[10.25, 20.5], [30, 20], [20, 50.75]], dtype=np.float32)


def make_clip(regions=(), **how) -> ClipAnalysis:
    recognition = Recognition(
        clip_id="clip-1",
        mode=Mode.BMODE,
        sector=Sector(
            kind=SectorKind.FAN,
            box=(5, 6, 600, 400),
            outline=((300.5, 6.0), (600.0, 300.0), (5.0, 300.0)),
            score=0.93,
        ),
        view=ViewResult(
            label=View.A4C,
            probability=0.89,
            probabilities={v: 0.89 if v is View.A4C else 0.01 for v in View},
        ),
        judgement=Judgement(
            standard=True,
            quality=0.71,
            reasons=("reason.foreshortened", "depth too small"),
            items=(
                JudgedItem(name="judge.item.view", score=0.89, limit=0.6),
                JudgedItem(
                    name="judge.item.depth", score=0.3, limit=0.8, reason="judge.too_shallow"
                ),
            ),
        ),
        guidance=Guidance(
            rotate_deg=5.0,
            tilt_deg=-2.5,
            rock_deg=0.0,
            slide_mm=(1.5, -3.0),
            text={"en": "turn", "zh": "旋转"},
        ),
        regions=tuple(regions),
        phases=Phases(ed=(0, 40), es=(18,)),
    )
    given = {
        "id": "clip-1",
        "source": "clip.dcm",
        "frames": 60,
        "fps": 49.7,
        "width": 640,
        "height": 480,
        "calibration": Calibration(
            source=CalibrationSource.DICOM,
            mm_per_px_x=0.312345678,
            mm_per_px_y=0.29,
            box=(5.0, 6.0, 600.0, 400.0),
            reasons=("region 2 refused",),
        ),
        "recognition": recognition,
        "notes": ("cut to 60 of 90 frames",),
    }
    return ClipAnalysis(**(given | how))


def make_analysis(clips=None) -> Analysis:
    region = Region(
        frame=3,
        label=RegionLabel.LV_CAVITY,
        score=0.97,
        box=(10.0, 20.0, 30.0, 50.75),
        polygon=TRIANGLE,
    )
    value = Measurement(
        id="lvef",
        value=55.5,
        unit="%",
        method="Simpson biplane",
        status=MeasurementStatus.EDITED,
        interval=(48.0, 63.0),
        clip="clip-1",
        frames=(0, 18),
        points=((1.25, 2.5), (3.0, 4.0)),
        code="LN 79991-6",
        reason="reason.foreshortened",
        grade="normal",
        reference="52–72 %",
        also=(("clip-2", 7),),
    )
    absent = Measurement(
        id="lvedv",
        value=None,
        unit="mL",
        method="Simpson",
        status=MeasurementStatus.MISSING,
        reason="reason.no_calibration",
    )
    return Analysis(
        exam_id="exam-1",
        patient=Patient(
            sex="F",
            height_cm=165.0,
            weight_kg=60.5,
            name="SECRET^NAME",
            patient_id="SECRET-ID",
            birth_date="SECRET-DATE",
        ),
        software_version="0.1.0",
        models=(
            ModelInfo(name="view", version="1", sha256="ab" * 32, licence="X", trained_on="Y"),
        ),
        clips=tuple(clips) if clips is not None else (make_clip([region]),),
        measurements=(value, absent),
        findings=(
            Finding(
                id="lvef_normal",
                text={"en": "normal", "zh": "正常"},
                severity=Severity.INFO,
                because=("lvef",),
                source="S",
            ),
        ),
    )


def test_a_document_read_back_is_the_analysis_without_who_the_patient_is():
    before = make_analysis()
    after = from_json(json.loads(json.dumps(to_json(before))))
    assert after.patient == Patient(sex="F", height_cm=165.0, weight_kg=60.5)
    assert after.measurements == before.measurements
    assert after.findings == before.findings
    assert after.models == before.models
    old, new = before.clips[0], after.clips[0]
    assert new.calibration == old.calibration
    assert (new.id, new.source, new.frames, new.fps, new.width, new.height, new.notes) == (
        old.id, old.source, old.frames, old.fps, old.width, old.height, old.notes,
    )  # fmt: skip
    a, b = old.recognition, new.recognition
    assert (b.clip_id, b.mode, b.sector, b.view, b.judgement, b.guidance, b.phases) == (
        a.clip_id, a.mode, a.sector, a.view, a.judgement, a.guidance, a.phases,
    )  # fmt: skip
    assert b.regions[0].polygon.dtype == np.float32
    assert np.array_equal(b.regions[0].polygon, TRIANGLE)
    assert (b.regions[0].frame, b.regions[0].label, b.regions[0].score, b.regions[0].box) == (
        3, RegionLabel.LV_CAVITY, 0.97, (10.0, 20.0, 30.0, 50.75),
    )  # fmt: skip
    assert to_json(after) == to_json(before)


def test_no_name_number_or_birth_date_is_in_the_document():
    assert "SECRET" not in json.dumps(to_json(make_analysis()))


def test_keys_are_those_that_programs_rely_on():
    document = to_json(make_analysis())
    assert document["schema"] == "echolab.analysis/1"
    clip = document["clips"][0]
    assert clip["view"]["label"] == "A4C"
    assert clip["calibration"]["cm_s_per_px"] is None
    assert clip["phases"] == {"ed": [0, 40], "es": [18]}
    assert clip["regions"][0]["polygon"] == [[10.25, 20.5], [30.0, 20.0], [20.0, 50.75]]
    assert document["measurements"][1]["value"] is None
    assert document["exam"] == {"id": "exam-1", "sex": "F", "height_cm": 165.0, "weight_kg": 60.5}


def test_reasons_are_words_with_their_ids_beside_them():
    document = to_json(make_analysis())
    view, missing = document["clips"][0]["view"], document["measurements"][1]
    assert view["reason_ids"] == ["reason.foreshortened", "depth too small"]
    assert view["reasons"][0].startswith("Doubtful")
    assert view["reasons"][1] == "depth too small"
    assert missing["reason"].startswith("No calibration")
    assert missing["reason_id"] == "reason.no_calibration"


def test_a_document_with_the_promised_keys_alone_is_read():
    document = to_json(make_analysis())
    del document["clips"][0]["sector"], document["clips"][0]["notes"]
    del document["clips"][0]["view"]["reason_ids"], document["clips"][0]["view"]["items"]
    for key in ("box", "reasons"):
        del document["clips"][0]["calibration"][key]
    for item in document["measurements"]:
        del item["reason_id"], item["also"]
    analysis = from_json(document)
    assert analysis.clips[0].recognition.sector.box == (0, 0, 640, 480)
    assert analysis.measurements[1].reason.startswith("No calibration")


def test_further_keys_are_allowed_anywhere():
    document = to_json(make_analysis())
    document["new"] = document["clips"][0]["new"] = document["measurements"][0]["new"] = {"a": 1}
    validate(document)


def test_all_that_is_measured_is_a_valid_document():
    analysis = make_analysis()
    measurements = measure_exam(analysis.clips, analysis.patient)
    document = to_json(
        Analysis(
            exam_id="e",
            patient=analysis.patient,
            software_version="1",
            models=(),
            clips=analysis.clips,
            measurements=measurements,
            findings=(),
        )
    )
    validate(document)
    assert from_json(document).measurements == measurements


def change(path, value):
    def apply(document):
        at = document
        for step in path[:-1]:
            at = at[step]
        if value is KeyError:
            del at[path[-1]]
        else:
            at[path[-1]] = value

    return apply


CLIP, REGION, VALUE = ("clips", 0), ("clips", 0, "regions", 0), ("measurements", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), "echolab.analysis/2"),
        (("exam",), KeyError),
        (("exam", "sex"), "X"),
        (("exam", "height_cm"), 0),
        (("clips",), {}),
        ((*CLIP, "mode"), "3d"),
        ((*CLIP, "frames"), 0),
        ((*CLIP, "fps"), 0),
        ((*CLIP, "calibration", "mm_per_px_x"), -0.3),
        ((*CLIP, "calibration", "ms_per_px"), KeyError),
        ((*CLIP, "calibration", "source"), "guess"),
        ((*CLIP, "view", "label"), "A6C"),
        ((*CLIP, "view", "probability"), 1.2),
        ((*CLIP, "view", "probabilities"), {"A4C": 1.0}),
        ((*CLIP, "view", "standard"), "yes"),
        ((*CLIP, "guidance"), {"rotate_deg": 1}),
        ((*CLIP, "phases", "ed"), [-1]),
        ((*CLIP, "regions"), None),
        ((*REGION, "label"), "liver"),
        ((*REGION, "polygon"), [[1, 2], [3, 4]]),
        ((*REGION, "polygon"), [[1, 2], [3, 4], [5, "6"]]),
        ((*REGION, "polygon"), [[1, 2], [3, 4], [5, 6], [7, 8, 9]]),
        ((*REGION, "polygon"), [[1, 2], [3, 4], [5, 6], [float("nan"), 8]]),
        ((*REGION, "polygon"), "round"),
        ((*REGION, "score"), float("nan")),
        ((*VALUE, "value"), None),
        ((*VALUE, "value"), float("inf")),
        ((*VALUE, "interval"), [1]),
        ((*VALUE, "grade"), "awful"),
        ((*VALUE, "code"), KeyError),
        (("measurements", 1, "value"), 3.0),
        (("measurements", 1, "reason"), None),
        (("findings", 0, "text"), {"en": "only"}),
        (("findings", 0, "severity"), "lethal"),
    ],
)
def test_a_faulty_document_is_refused_in_one_line_that_names_the_place(path, value):
    document = copy.deepcopy(to_json(make_analysis()))
    change(path, value)(document)
    with pytest.raises(InputError) as refused:
        validate(document, name="old.json")
    message = str(refused.value)
    assert message.startswith("old.json: ")
    assert str(path[0]) in message
    assert "\n" not in message
    with pytest.raises(InputError):
        from_json(document)


@pytest.mark.parametrize("document", [None, [], "text", 3, {}])
def test_what_is_no_document_at_all_is_refused(document):
    with pytest.raises(InputError):
        validate(document)


def test_a_figure_that_is_not_finite_never_becomes_a_document():
    nowhere = TRIANGLE.copy()
    nowhere[0, 0] = np.nan
    region = Region(
        frame=0, label=RegionLabel.LA, score=0.5, box=(0.0, 0.0, 1.0, 1.0), polygon=nowhere
    )
    with pytest.raises(ValueError, match="not finite"):
        to_json(make_analysis([make_clip([region])]))
    assert to_json(make_analysis([make_clip(fps=float("nan"))]))["clips"][0]["fps"] is None


def test_the_schema_lists_the_names_that_the_program_uses():
    parts = schema()["$defs"]
    assert parts["view"]["enum"] == [v.value for v in View]
    assert parts["clip"]["properties"]["mode"]["enum"] == [m.value for m in Mode]
    region = parts["clip"]["properties"]["regions"]["items"]["properties"]
    assert region["label"]["enum"] == [label.value for label in RegionLabel]
    statuses = parts["measurement"]["properties"]["status"]["enum"]
    assert statuses == [status.value for status in MeasurementStatus]


def test_a_long_clip_is_checked_quickly():
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32) * 50 + 100
    regions = [
        Region(frame=f, label=label, score=0.9, box=(0.0, 0.0, 1.0, 1.0), polygon=circle)
        for f in range(60)
        for label in list(RegionLabel)[:10]
    ]
    document = to_json(make_analysis([make_clip(regions)]))
    start = time.process_time()  # of this process alone: others may keep the machine busy
    validate(document)
    assert time.process_time() - start < 3.0
