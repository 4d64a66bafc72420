"""What Doppler would show with the beam along the blood: peaks and integrals of one mean beat."""

from collections.abc import Mapping
from types import MappingProxyType

from core.domain import View
from core.phantom.cycle import figures_of, flows_of
from core.phantom.heart.heart import Heart
from core.phantom.truth.value import Value

#: Measurement: its unit and the view in which a sonographer takes it. Names are those of `Figures`.
_TAKEN: Mapping[str, tuple[str, View]] = MappingProxyType(
    {
        "e_vmax": ("cm/s", View.A4C),
        "a_vmax": ("cm/s", View.A4C),
        "e_a_ratio": ("1", View.A4C),
        "e_dt": ("ms", View.A4C),
        "e_prime_septal": ("cm/s", View.A4C),
        "e_prime_lateral": ("cm/s", View.A4C),
        "rv_s_prime": ("cm/s", View.A4C),
        "lvot_vmax": ("cm/s", View.A5C),
        "lvot_vti": ("cm", View.A5C),
        "av_vmax": ("m/s", View.A5C),
        "av_mean_gradient": ("mmHg", View.A5C),
        "av_peak_gradient": ("mmHg", View.A5C),
        "av_area": ("cm2", View.A5C),
        "tr_vmax": ("m/s", View.A4C),
    }
)


def doppler_values(ed: Heart, es: Heart) -> dict[str, Value]:
    """The values of the heart whose volumes at end-diastole and end-systole these are.

    None where there is nothing to see: no A wave in atrial fibrillation, no leak at the tricuspid.
    """
    patient = ed.patient
    flows = flows_of(patient, edv_ml=ed.lv_volume_ml(), esv_ml=es.lv_volume_ml())
    figures = figures_of(patient, flows)
    return {
        name: Value(value=getattr(figures, name), unit=unit, view=view)
        for name, (unit, view) in _TAKEN.items()
    }
