"""Every measurement of the list on one patient, as a perfect sonographer would take it."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from core.domain import View
from core.measurement.catalogue import catalogue
from core.phantom.patient import HeartPatient
from core.phantom.patient.segments import SEGMENTS
from core.phantom.scene import Structure
from core.phantom.truth import march
from core.phantom.truth.cut import planimetry
from core.phantom.truth.doppler import doppler_values
from core.phantom.truth.linear import CALIPERS
from core.phantom.truth.motion import annular_excursion, septal_amplitude
from core.phantom.truth.segments import segment_scores
from core.phantom.truth.subject import Subject
from core.phantom.truth.value import Ends, Value
from core.phantom.truth.valves import VALVES, open_times_ms, separation
from core.phantom.truth.volume import biplane_ml

#: Which caliper at which moment gives which measurement: ed, es, or the middle of ejection.
LINES = {
    "lvedd": ("lvid", "ed"),
    "lvesd": ("lvid", "es"),
    "ivsd": ("ivs", "ed"),
    "lvpwd": ("lvpw", "ed"),
    "asc_aorta": ("asc_aorta", "ed"),
    "ao_root": ("ao_root", "ed"),
    "la_ap": ("la_ap", "es"),
    "ra_minor": ("ra_minor", "es"),
    "ra_major": ("ra_major", "es"),
    "rv_ap": ("rv_ap", "ed"),
    "rv_basal": ("rv_basal", "ed"),
    "main_pa": ("main_pa", "ed"),
    "lvot_diameter": ("lvot", "ejection"),
}


@lru_cache(maxsize=32)
def patient_measurements(patient: HeartPatient) -> Mapping[str, Value]:
    """The truth of every measurement that the catalogue lists, by id, in its order.

    A value is None where this patient has nothing to measure (no regurgitant jet) or the line
    cannot be drawn in this patient's standard plane.
    """
    subject = Subject(patient)
    found = {
        **_lines(subject),
        **_volumes(subject),
        **_movements(subject),
        **_valves(subject),
        **_findings(subject),
        **doppler_values(subject.hearts["ed"], subject.hearts["es"]),
    }
    units = {name: entry.unit for name, entry in catalogue().items()}
    return MappingProxyType({name: found[name] for name in units if name in found})


def _lines(subject: Subject) -> dict[str, Value]:
    found = {}
    for name, (caliper, at) in LINES.items():
        line = CALIPERS[caliper]
        ends = line.draw(subject.hearts[at], subject.planes[line.view])
        found[name] = _line(ends, view=line.view, phase=subject.phases[at])
    return found


def _volumes(subject: Subject) -> dict[str, Value]:
    ed, es, planes = subject.hearts["ed"], subject.hearts["es"], subject.planes
    at_ed, at_es = 0.0, subject.phases["es"]
    edv, esv = ed.lv_volume_ml(), es.lv_volume_ml()
    disks = {at: biplane_ml(subject.hearts[at], Structure.LV, planes) for at in ("ed", "es")}
    ef_disks = None
    if disks["ed"] is not None and disks["es"] is not None:
        ef_disks = 100 * (1 - disks["es"] / disks["ed"])
    atrium = biplane_ml(es, Structure.LA, planes)
    roof = es.points["ra_roof"]
    middle = 0.5 * (roof + es.rings["tricuspid"].centre)
    area = planimetry(es.scene, Structure.RA, planes[View.A4C], middle,
                      without=(Structure.IVC, Structure.RV))  # fmt: skip
    return {
        "la_volume": Value(value=atrium, unit="mL", view=View.A4C, phase=at_es,
                           parts=_parts(whole=es.la_volume_ml())),
        "ra_area": Value(value=area, unit="cm2", view=View.A4C, phase=at_es),
        "lvedv": Value(value=edv, unit="mL", view=View.A4C, phase=at_ed,
                       parts=_parts(biplane=disks["ed"])),
        "lvesv": Value(value=esv, unit="mL", view=View.A4C, phase=at_es,
                       parts=_parts(biplane=disks["es"])),
        "lvef": Value(value=100 * (1 - esv / edv), unit="%", view=View.A4C,
                      parts=_parts(biplane=ef_disks)),
    }  # fmt: skip


def _movements(subject: Subject) -> dict[str, Value]:
    beat, planes = subject.beat, subject.planes
    septum = septal_amplitude(subject.hearts["ed"], beat, planes[View.PLAX])
    annulus = annular_excursion(beat, planes[View.A4C])
    scores = segment_scores(subject.hearts["ed"], subject.hearts["es"])
    widest, narrowest = (
        CALIPERS["ivc"].draw(heart, planes[View.SC_IVC])
        for heart in (subject.hearts["ed"], subject.inspired)
    )
    sizes = {} if widest is None else {"maximum": march.length(widest)}
    # A vein that has collapsed altogether has no lumen left to draw a line in.
    sizes["minimum"] = 0.0 if narrowest is None else march.length(narrowest)
    return {
        "ivs_amplitude": _line(septum, view=View.PLAX),
        "tapse": _line(annulus, view=View.A4C),
        "ivc": _line(widest, view=View.SC_IVC, parts=sizes),
        "wall_motion": Value(
            value=sum(scores) / len(scores), unit="score 1-4", view=View.A4C,
            phase=subject.phases["es"],
            parts={name: float(score) for name, score in zip(SEGMENTS, scores, strict=True)},
        ),
    }  # fmt: skip


def _valves(subject: Subject) -> dict[str, Value]:
    patient = subject.patient
    parts: dict[str, float] = {}
    mitral: Ends | None = None
    for valve, (_, _, view) in VALVES.items():
        openings = [getattr(heart.moment, valve) for heart in subject.beat]
        times = open_times_ms(openings, subject.times_ms)
        if times is not None:
            parts[f"{valve}_opens_ms"], parts[f"{valve}_closes_ms"] = times
        widest = subject.beat[max(range(len(openings)), key=openings.__getitem__)]
        ends = separation(widest, valve, subject.planes[view])
        if ends is not None:
            parts[f"{valve}_mm"] = march.length(ends)
        mitral = ends if valve == "mitral" else mitral
    return {
        "valve_opening": Value(
            value=parts.get("mitral_mm"), unit="ms and mm", ends=mitral, view=View.PLAX, parts=parts
        ),
        "av_cusps": Value(value=float(patient.av_cusps), unit="count", view=View.PSAX_AV),
        "mv_area": Value(value=patient.mva_cm2, unit="cm2", view=View.PSAX_MV),
        "mr_grade": _grade(patient.mr_grade, View.A4C),
        "ar_grade": _grade(patient.ar_grade, View.PLAX),
        "tr_grade": _grade(patient.tr_grade, View.A4C),
    }


def _findings(subject: Subject) -> dict[str, Value]:
    patient = subject.patient
    fluid = CALIPERS["effusion"].draw(subject.hearts["ed"], subject.planes[View.PLAX])
    return {
        "septal_defect": Value(
            value=max(patient.asd_mm, patient.vsd_mm), unit="mm", view=View.A4C,
            parts={"atrial": patient.asd_mm, "ventricular": patient.vsd_mm},
        ),
        "pericardial_effusion": (
            Value(value=0.0, unit="mm", view=View.PLAX) if fluid is None
            else _line(fluid, view=View.PLAX)
        ),
    }  # fmt: skip


def _line(ends: Ends | None, *, view: View, phase: float = 0.0,
          parts: Mapping[str, float] | None = None) -> Value:  # fmt: skip
    return Value(
        value=None if ends is None else march.length(ends),
        unit="mm",
        ends=ends,
        view=view,
        phase=phase,
        parts=parts or {},
    )


def _grade(grade: int, view: View) -> Value:
    return Value(value=float(grade), unit="grade 0-4", view=view)


def _parts(**values: float | None) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}
