"""All parts of the heart in the order in which they are added, without the body around it."""

from collections.abc import Mapping

from core.phantom.cycle import Moment
from core.phantom.heart import atria, pericardium, right, valves, vessels
from core.phantom.heart.frame import Ring
from core.phantom.heart.ventricle import Ventricle, add_ventricle
from core.phantom.patient import HeartPatient
from core.phantom.scene import SceneBuilder


def add_parts(builder: SceneBuilder, patient: HeartPatient, moment: Moment,
              rings: Mapping[str, Ring], lv: Ventricle) -> None:  # fmt: skip
    """Chambers, vessels, valves and pericardium."""
    aortic = rings["aortic"]
    add_ventricle(builder, patient, moment, lv, aortic.centre, aortic.axis)
    right.add_right_ventricle(builder, patient, moment, rings)
    atria.add_atria(builder, patient, moment, rings)
    vessels.add_vessels(builder, patient, moment, rings)
    valves.add_valves(builder, patient, moment, rings)
    pericardium.add_pericardium(builder, patient, moment)
