"""Diseases, and what each changes in a heart."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from core.domain import InputError
from core.phantom.patient import left_valves, myocardium, right_heart
from core.phantom.patient.degree import Degree
from core.phantom.patient.model import Case, HeartPatient, Severity

_CHANGES: dict[Case, Callable[..., HeartPatient]] = {
    Case.DILATED: myocardium.dilated,
    Case.HYPERTROPHIC_SEPTAL: myocardium.hypertrophic_septal,
    Case.HYPERTROPHIC_CONCENTRIC: myocardium.hypertrophic_concentric,
    Case.INFARCT: myocardium.infarct,
    Case.TAKOTSUBO: myocardium.takotsubo,
    Case.AORTIC_STENOSIS: left_valves.aortic_stenosis,
    Case.BICUSPID_AORTIC_VALVE: left_valves.bicuspid_aortic_valve,
    Case.AORTIC_REGURGITATION: left_valves.aortic_regurgitation,
    Case.MITRAL_STENOSIS: left_valves.mitral_stenosis,
    Case.MITRAL_REGURGITATION_FUNCTIONAL: left_valves.mitral_regurgitation_functional,
    Case.MITRAL_PROLAPSE: left_valves.mitral_prolapse,
    Case.AORTIC_DILATATION: left_valves.aortic_dilatation,
    Case.TRICUSPID_REGURGITATION: right_heart.tricuspid_regurgitation,
    Case.PULMONARY_HYPERTENSION: right_heart.pulmonary_hypertension,
    Case.RV_DILATATION: right_heart.rv_dilatation,
    Case.ATRIAL_SEPTAL_DEFECT: right_heart.atrial_septal_defect,
    Case.VENTRICULAR_SEPTAL_DEFECT: right_heart.ventricular_septal_defect,
    Case.PERICARDIAL_EFFUSION: right_heart.pericardial_effusion,
    Case.TAMPONADE: right_heart.tamponade,
    Case.ATRIAL_FIBRILLATION: right_heart.atrial_fibrillation,
}


def apply_case(patient: HeartPatient, case: Case | str, severity: Severity | str,
               rng: np.random.Generator, **details: Any) -> HeartPatient:  # fmt: skip
    """The patient with a disease; everything that it would change in a real heart is changed.

    Args:
        patient: a healthy one.
        case: which disease.
        severity: graded by the guideline's thresholds.
        rng: chance within the severity's ranges.
        details: for an infarct `segments` (AHA numbers), `territory` ("LAD", "LCx", "RCA") and
            `motion`; other cases take none.

    Raises:
        InputError: details that the case does not know.
    """
    case, severity = Case(case), Severity(severity)
    if details and case is not Case.INFARCT:
        raise InputError(f"Case {case} takes no {', '.join(details)}; only infarct has details.")
    unknown = set(details) - {"segments", "territory", "motion"}
    if unknown:
        raise InputError(
            f"Unknown {', '.join(unknown)}; an infarct has segments, territory, motion."
        )
    changed = _CHANGES[case](patient, Degree(severity, rng), **details)
    return replace(changed, case=case, severity=severity)
