"""Runs over many exams: kept patient by patient, gone on with, split, and real exams end to end."""

import json

import pytest
from validation_samples import exams

import core.validation.run as run_module
from core.cli.validate import takes_of
from core.domain import InputError
from core.recognition.models import load_models
from core.validation.docs import write_document
from core.validation.exam import Plan, examine, patient_of
from core.validation.pair import Way
from core.validation.results import Result, document, read_result, write_result
from core.validation.run import ROWS, Order, read_exams, run_exams
from core.validation.work import to_line

ORDER = Order(first=9_000_000, count=4, plan=Plan(takes=("a4c",)))


@pytest.fixture(scope="module")
def models():
    return load_models()


@pytest.fixture
def examined(monkeypatch):
    """Seeds that were examined, in order; the exams are made up."""
    asked = []
    ready = {exam.seed: exam for exam in exams()}

    def fake(seed, plan, models, **rest):
        asked.append(seed)
        return ready[seed]

    monkeypatch.setattr(run_module, "examine", fake)
    monkeypatch.setattr(run_module, "load_models", lambda folder: object())
    return asked


def test_a_run_goes_on_where_it_stopped_and_may_grow(tmp_path, examined):
    first = run_exams(ORDER, out=tmp_path)
    assert examined == list(ORDER.seeds)
    with (tmp_path / ROWS).open("a") as file:
        file.write('{"seed": 9000004, "looks": [')  # killed while it wrote
    told = []
    more = Order(first=ORDER.first, count=6, plan=ORDER.plan)
    second = run_exams(more, out=tmp_path, progress=lambda done, count: told.append((done, count)))
    assert examined == [*ORDER.seeds, 9_000_004, 9_000_005]
    assert second[:4] == first
    assert told == [(4, 6), (5, 6), (6, 6)]
    assert read_exams(tmp_path) == second
    assert json.loads((tmp_path / "progress.json").read_text())["step"] == 6


def test_a_folder_of_another_run_is_refused_in_one_line(tmp_path, examined):
    run_exams(ORDER, out=tmp_path)
    other = Order(first=ORDER.first, count=4, plan=Plan(takes=("a4c",), standard=True))
    with pytest.raises(InputError, match="holds another run"):
        run_exams(other, out=tmp_path)


def test_a_line_damaged_in_the_middle_is_said(tmp_path, examined):
    run_exams(ORDER, out=tmp_path)
    lines = (tmp_path / ROWS).read_text().splitlines()
    (tmp_path / ROWS).write_text("\n".join([lines[0][:40], *lines[1:]]))
    with pytest.raises(InputError, match="line 1 is damaged"):
        run_exams(ORDER, out=tmp_path)


def test_unknown_recordings_and_strips_are_one_line():
    with pytest.raises(InputError, match="no such recording"):
        Plan(takes=("a9c",)).chosen()
    with pytest.raises(InputError, match="no such strip"):
        takes_of("pw,xx", None)
    assert all("pw" in name for name in takes_of("pw", None))


def test_patients_are_healthy_every_third_time_and_all_diseases_come():
    patients = [patient_of(9_000_000 + n) for n in range(60)]
    assert sum(patient.case is None for patient in patients) == 20
    assert len({patient.case for patient in patients if patient.case}) == 20


def test_two_processes_find_what_one_does(tmp_path, models):
    order = Order(first=9_000_000, count=2, plan=Plan(takes=("a4c-tdi-septal-annulus",)))
    run_exams(order, workers=2, out=tmp_path)
    assert [*map(to_line, read_exams(tmp_path))] == [*map(to_line, run_exams(order))]
    found = {p.id: p for p in read_exams(tmp_path)[1].pairs if p.way is Way.EXAM}
    pair = found["e_prime_septal"]
    assert found["e_prime_lateral"].found is None  # the beam is on the septum
    assert pair.found == pytest.approx(pair.true, rel=0.1)
    assert pair.interval[0] < pair.found < pair.interval[1]


def test_an_exam_is_read_as_files_with_the_plane_told(models):
    found = examine(9_000_003, Plan(takes=("a4c",), standard=True), models)
    (look,) = found.looks
    assert look.fate == "measured"
    values = {pair.id: pair for pair in found.pairs}
    assert values["lvedv"].found == pytest.approx(values["lvedv"].true, rel=0.4)
    assert values["lvedv"].take == "a4c"
    assert values["lvef"].method == "Simpson single plane A4C"
    assert 0 < len(values["lvedv"].points) <= 40
    assert "lvedd" not in values  # is not measured in this view


def test_a_result_is_written_read_and_printed(tmp_path, models):
    made = exams()
    order = Order(first=9_000_000, count=len(made), plan=Plan())
    content = document(made, order, models)
    write_result(tmp_path / "r.json", content, made)
    found = read_result(tmp_path / "r.json")
    assert isinstance(found, Result)
    assert found.document == content
    assert len(found.pairs) == sum(p.found is not None for e in made for p in e.pairs)
    assert content["recordings"]["plax"] == {"wrong_view": 3, "not_standard": 3, "measured": 18}
    write_document(content, tmp_path / "m.md")
    page = (tmp_path / "m.md").read_text()
    lvedd = content["ways"]["exam"]["lvedd"]
    row = next(each for each in page.splitlines() if each.startswith("| LV end-diastolic diam"))
    assert f"{lvedd['bias']:.3g}" in row
    assert "mean error ≤ 2" in row
    assert " met" in row
    assert "| plax | 18 | 3 | 3 |" in page


def test_what_is_no_result_is_one_line(tmp_path):
    (tmp_path / "r.json").write_text("{}")
    with pytest.raises(InputError, match="no results of a validation"):
        read_result(tmp_path / "r.json")
    assert read_result(tmp_path / "none.json") is None
