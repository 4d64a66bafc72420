"""A machine's own report becomes measurements: each once, in our units, nothing guessed."""

import pytest
from machine_reports import (
    AORTIC,
    BACKWARD,
    CONTINUOUS,
    FLOW,
    FORWARD,
    LATERAL,
    LV,
    LVOT,
    M_MODE,
    MITRAL,
    PULSED,
    SEPTAL,
    SITE,
    TRICUSPID,
    TWO_D,
    doubled,
    report,
    section,
    value,
)
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from core.domain import InputError
from core.export.gather import from_report_file
from core.export.sr.read import values_in
from core.export.sr.take import measurements_of, without_doubles
from core.report.edits import NO_EDITS


def read(*sections):
    return {m.id: m for m in measurements_of(values_in(report(*sections)))}


def test_of_doubled_values_the_selected_one_counts():
    doubles = [
        value("29436-3", 4.7, "cm"),
        value("29436-3", 4.91, "cm", chosen=True),
        value("29436-3", 5.3, "cm"),
    ]

    found = read(section(LV, M_MODE, *doubles))

    assert found["lvedd"].value == pytest.approx(49.1)
    assert found["lvedd"].unit == "mm"


def test_doubled_values_are_removed_and_nothing_else():
    doubles = [
        *doubled("29436-3", (4.9,), "cm"),
        *doubled("29438-9", (3.1, 3.3), "cm"),
        *doubled("18154-5", (0.9,), "cm"),
    ]
    values = values_in(report(section(LV, M_MODE, *doubles)))

    once = without_doubles(values)

    assert len(values) == 7
    assert [(v.code.value, v.value) for v in once] == [
        ("29436-3", 4.9),
        ("29438-9", 3.3),
        ("18154-5", 0.9),
    ]


def test_values_of_different_modes_are_no_doubles():
    values = values_in(
        report(
            section(LV, M_MODE, value("29436-3", 4.9, "cm")),
            section(LV, TWO_D, value("29436-3", 5.0, "cm")),
        )
    )

    assert len(without_doubles(values)) == 2


def test_without_a_selection_the_mean_counts_else_the_last():
    found = read(
        section(
            LV,
            M_MODE,
            value("29436-3", 4.7, "cm"),
            value("29436-3", 4.8, "cm", mean=True),
            value("29436-3", 4.9, "cm"),
            value("29438-9", 3.0, "cm"),
            value("29438-9", 3.2, "cm"),
        )
    )

    assert found["lvedd"].value == pytest.approx(48.0)
    assert found["lvesd"].value == pytest.approx(32.0)


def test_a_general_code_is_known_by_its_site_and_flow():
    found = read(
        section(AORTIC, CONTINUOUS, value("11726-7", 310.0, "cm/s", (FLOW, FORWARD)),
                value("20256-4", 24.0, "mm[Hg]", (FLOW, FORWARD)),
                value("11726-7", 0.95, "m/s", (SITE, LVOT), (FLOW, FORWARD))),
        section(TRICUSPID, CONTINUOUS, value("11726-7", 2.6, "m/s", (FLOW, BACKWARD))),
        section(MITRAL, PULSED, value("18037-2", 0.82, "m/s"), value("17978-8", 61.0, "cm/s")),
    )  # fmt: skip

    assert found["av_vmax"].value == pytest.approx(3.10)
    assert found["av_mean_gradient"].value == pytest.approx(24.0)
    assert found["lvot_vmax"].value == pytest.approx(95.0)
    assert found["tr_vmax"].value == pytest.approx(2.6)
    assert found["e_vmax"].value == pytest.approx(82.0)
    assert found["a_vmax"].value == pytest.approx(61.0)


def test_what_is_not_surely_one_of_ours_is_left_out():
    found = read(
        # a leak of the aortic valve is not its stenosis, a jet without direction is no leak
        section(AORTIC, CONTINUOUS, value("11726-7", 4.1, "m/s", (FLOW, BACKWARD))),
        section(TRICUSPID, CONTINUOUS, value("11726-7", 2.6, "m/s")),
        # the mean gradient of another valve, a code that nobody knows, a unit of another kind
        section(MITRAL, CONTINUOUS, value("20256-4", 4.0, "mm[Hg]")),
        section(LV, TWO_D, value("00000-0", 1.0, "cm"), value("29436-3", 50.0, "mL")),
    )

    assert found == {}


def test_the_side_of_the_annulus_tells_tissue_velocities_apart():
    found = read(
        section(
            LV,
            PULSED,
            value("G-037A", 7.5, "cm/s", (SITE, SEPTAL)),
            value("G-037A", 10.5, "cm/s", (SITE, LATERAL)),
            value("G-037A", 9.0, "cm/s"),
        )
    )

    assert {m.id: m.value for m in found.values()} == {
        "e_prime_septal": pytest.approx(7.5),
        "e_prime_lateral": pytest.approx(10.5),
    }


def test_a_report_becomes_a_draft_with_findings(tmp_path):
    ds = report(section(LV, TWO_D, *doubled("18043-0", (38.0,), "%")))
    path = write(ds, tmp_path)

    exam = from_report_file(path)

    assert exam.patient.name == "Roe Jane"
    assert exam.study.study_uid == ds.StudyInstanceUID
    (ef,) = exam.measured()
    assert (ef.final.id, ef.final.value) == ("lvef", 38.0)
    assert any("lvef" in finding.because for finding in exam.analysis.findings)
    assert exam.final.record.edits == NO_EDITS


def test_a_report_without_a_known_value_is_refused(tmp_path):
    path = write(report(section(LV, TWO_D, value("00000-0", 1.0, "cm"))), tmp_path)

    with pytest.raises(InputError, match="none of its 1 values"):
        from_report_file(path)


def test_a_damaged_report_is_refused_or_read_without_its_damage(tmp_path):
    path = write(report(section(LV, TWO_D, *doubled("29436-3", (4.9,), "cm"))), tmp_path)
    whole = path.read_bytes()
    for cut in range(200, len(whole), 97):
        path.write_bytes(whole[:cut])
        found = read_or_refused(path)
        assert found == [49.0] or (isinstance(found, str) and "\n" not in found)


def read_or_refused(path):
    """The values of a report, or the line with which it is refused."""
    try:
        return [v.final.value for v in from_report_file(path).measured()]
    except InputError as error:
        return str(error)


def test_a_tree_without_end_is_refused():
    ds = report(section(LV, TWO_D, value("29436-3", 4.9, "cm")))
    deep = ds.ContentSequence[0]
    for _ in range(80):
        outer = section(LV, TWO_D)
        outer.ContentSequence.append(deep)
        deep = outer
    ds.ContentSequence[0] = deep

    with pytest.raises(InputError, match="nested"):
        values_in(ds)


def write(ds, folder):
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    path = folder / "machine.dcm"
    ds.save_as(path, enforce_file_format=True)
    return path
