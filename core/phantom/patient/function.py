"""What goes along with the ejection fraction."""

from dataclasses import replace

import numpy as np

from core.phantom.patient.model import HeartPatient

_NORMAL_EF = 62.0


def with_ejection_fraction(patient: HeartPatient, ef: float) -> HeartPatient:
    """The patient with that EF (%): longitudinal motion, twist and relaxation go along.

    MAPSE is about proportional to EF (Bergenzaun, Cardiovasc Ultrasound 2013;11:16), e' falls
    with it less than that.
    """
    kept = float(np.clip(ef / patient.ef, 0.2, 1.4))
    now, wanted = (float(np.clip(x / _NORMAL_EF, 0.5, 1.0)) for x in (patient.ef, ef))
    relaxing = wanted / now
    return replace(
        patient,
        ef=ef,
        annulus_descent=float(np.clip(patient.annulus_descent * kept, 3.0, 19.0)),
        torsion_deg=patient.torsion_deg * kept,
        e_prime_septal=patient.e_prime_septal * relaxing**0.7,
        e_prime_lateral=patient.e_prime_lateral * relaxing**0.7,
    )
