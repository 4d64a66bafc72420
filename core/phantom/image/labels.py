"""Which region lies where: the sixteen labels of the contract from a scene's distances.

Each label is a field that is negative inside, so outlines can be read between grid points. Written
in the words of `core.phantom.scene.ops`: one text for processor and graphics card. Labels overlap
(the septum lies in the myocardium, papillary muscles in the cavity as the CAMUS experts draw it).
"""

from numba.extending import register_jitable

from core.domain import RegionLabel
from core.phantom.scene.ops import Value, absolute, maximum
from core.phantom.scene.structure import Structure

LABELS = tuple(RegionLabel)
PERICARDIUM_MM = 3.0  # thickness of the bright line
LEAFLET_MM = 2.5  # how thick a leaflet looks
_LEAFLET_BODY_MM = 1.2  # how thick it is in the scene

_LV, _LV_EPI, _SEPTAL = int(Structure.LV), int(Structure.LV_EPI), int(Structure.SEPTAL)
_RV, _LA, _RA = int(Structure.RV), int(Structure.LA), int(Structure.RA)
_AORTA, _PULMONARY, _IVC = int(Structure.AORTA), int(Structure.PULMONARY), int(Structure.IVC)
_MITRAL, _TRICUSPID = int(Structure.MITRAL_VALVE), int(Structure.TRICUSPID_VALVE)
_AORTIC, _PULMONIC = int(Structure.AORTIC_VALVE), int(Structure.PULMONARY_VALVE)
_PAPILLARY, _HEART, _SAC = int(Structure.PAPILLARY), int(Structure.HEART), int(Structure.SAC)
_SEEN = 0.5 * (LEAFLET_MM - _LEAFLET_BODY_MM)
_LAYER = 0.3  # an effusion thinner than this is the lubricated sac, mm


@register_jitable
def label_fields(d: Value) -> tuple[Value, ...]:
    """The sixteen fields in the order of `RegionLabel`, mm, negative inside.

    Args:
        d: distances of a point by `Structure`.
    """
    muscle = maximum(d[_LV_EPI], -d[_LV])
    # A chamber ends where the next one begins.
    left = maximum(d[_LA], -d[_LV])
    right = maximum(maximum(d[_RA], -d[_RV]), -d[_IVC])
    return (
        d[_LV],
        muscle,
        maximum(muscle, d[_SEPTAL]),
        d[_RV],
        left,
        right,
        maximum(d[_AORTA], -d[_LV]),
        maximum(d[_PULMONARY], -d[_RV]),
        d[_MITRAL] - _SEEN,
        d[_TRICUSPID] - _SEEN,
        d[_AORTIC] - _SEEN,
        d[_PULMONIC] - _SEEN,
        d[_PAPILLARY],
        absolute(d[_SAC]) - 0.5 * PERICARDIUM_MM,
        maximum(d[_SAC], _LAYER - d[_HEART]),
        d[_IVC],
    )
