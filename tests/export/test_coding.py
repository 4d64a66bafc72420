"""Codes of the measurements: those of the standard, and the right one for mode and method."""

import pytest
from export_samples import ALL_IDS, measured
from pydicom.sr import codedict

from core.domain import Mode, View
from core.export.coding import UCUM, coding_of, coding_table, ucum
from core.export.concepts import OWN_SCHEME, concepts
from core.measurement.catalogue import catalogue

_CORE = {code.value for code in codedict.codes.cid12300.concepts.values()}


def test_every_measurement_of_the_catalogue_has_a_coding():
    assert set(coding_table()) == set(ALL_IDS)


def test_core_codes_are_those_of_the_standards_core_set():
    written = {row["code"] for entry in coding_table().values() for row in entry.get("core", [])}

    assert {code.removeprefix("LN ") for code in written} <= _CORE


def test_codes_and_meanings_fit_their_elements():
    for code in concepts():
        assert len(code.value) <= 16, code
        assert 0 < len(code.meaning) <= 64, code


def test_scheme_codes_are_known_to_the_standards_tables():
    """Ours and LOINC's body sizes apart, pydicom's copy of PS3.16 has each of them."""
    from pydicom.sr._concepts_dict import concepts as known

    everything = {
        (scheme, value)
        for scheme, names in known.items()
        for meanings in names.values()
        for value in meanings
    }
    ours = [code for code in concepts() if code.scheme_designator != OWN_SCHEME]
    unknown = [
        code.value for code in ours if (code.scheme_designator, code.value) not in everything
    ]

    assert set(unknown) <= {"29463-7", "8302-2"}


@pytest.mark.parametrize(
    ("id_", "mode", "method", "value"),
    [
        ("lvedd", Mode.BMODE, "linear at ED", "80007-8"),
        ("lvedd", Mode.MMODE, "linear at ED", "80008-6"),
        ("ivsd", Mode.MMODE, "linear at ED", "79968-4"),
        ("lvef", Mode.BMODE, "Simpson biplane", "79991-6"),
        ("lvef", Mode.BMODE, "Simpson single plane A2C", "79992-4"),
        ("lvef", Mode.BMODE, "Teichholz", "77891-0"),
        ("lvef", Mode.MMODE, "Teichholz", "18049-7"),
        ("lvedv", Mode.BMODE, "Simpson single plane A4C", "79999-9"),
        ("la_volume", Mode.BMODE, "area-length biplane at ES", "79981-7"),
        ("la_volume", Mode.BMODE, "area-length single plane A4C at ES", "la_volume"),
        ("av_area", Mode.CW, "continuity equation by VTI", "79958-5"),
        ("av_area", Mode.BMODE, "planimetry", "av_area"),
        ("mv_area", Mode.CW, "pressure half-time", "80069-8"),
        ("rv_ap", Mode.BMODE, "linear at ED", "20304-2"),
        ("ivs_amplitude", Mode.MMODE, "excursion", "ivs_amplitude"),
    ],
)
def test_code_follows_mode_and_method(id_, mode, method, value):
    found = coding_of(measured(id_, 1.0, method=method), mode=mode, view=View.PLAX)

    assert found.code.value == value
    assert found.core == (value in _CORE)


def test_every_unit_of_the_catalogue_is_ucum():
    units = {entry.unit for entry in catalogue().values()}

    assert {unit: ucum(unit).value for unit in units if unit in UCUM}["mmHg"] == "mm[Hg]"
    assert ucum("ms and mm").value == "mm"  # of the valves' opening the value is a length
    assert all(len(ucum(unit).value) <= 16 for unit in units)


def test_a_measurement_that_nobody_coded_is_told_by_its_property():
    odd = measured("lvedd", 3.0, id="something_new", unit="mmHg")

    found = coding_of(odd)

    assert found.adhoc
    assert (found.code.value, found.label) == ("20247-3", "something_new")
