"""How strongly each tissue echoes, from its distances: one text for processor and graphics card.

Levels are in dB of amplitude; muscle lies at `MUSCLE_DB`, a specular wall can reach 20 dB more.
`d` holds the distances of one point by `Structure` (mm, negative inside).
"""

from numba.extending import register_jitable

from core.phantom.image.noise import patch
from core.phantom.scene.ops import Value, absolute, clip, cos, exp, maximum, minimum, where
from core.phantom.scene.structure import Structure

MUSCLE_DB = -14.0
GRAINS_PER_MM = 2.5  # scatterers, one a cell
# Facing is told only near a surface; farther off distances are not asked.
_BLOOD_FAR, _SAC_FAR = 5.0, 9.0
ROUGH_PART, SMOOTH_PART = 0.85, 0.12  # how a mirror's echo is made up
_BLOOD_DB = -48.0
BLOOD = 10 ** (_BLOOD_DB / 20)  # amplitude of open blood
_OPEN_MM = 3.2
_LN = 0.11512925  # natural logarithm of one dB of amplitude

_LV, _LV_EPI = int(Structure.LV), int(Structure.LV_EPI)
_RV, _RV_EPI = int(Structure.RV), int(Structure.RV_EPI)
_LA, _RA = int(Structure.LA), int(Structure.RA)
_AORTA, _DESCENDING = int(Structure.AORTA), int(Structure.DESCENDING)
_PULMONARY, _IVC, _SVC = int(Structure.PULMONARY), int(Structure.IVC), int(Structure.SVC)
_SINUS = int(Structure.CORONARY_SINUS)
_MITRAL, _TRICUSPID = int(Structure.MITRAL_VALVE), int(Structure.TRICUSPID_VALVE)
_AORTIC, _PULMONIC = int(Structure.AORTIC_VALVE), int(Structure.PULMONARY_VALVE)
_PAPILLARY, _CHORDAE, _MODERATOR = (
    int(Structure.PAPILLARY), int(Structure.CHORDAE), int(Structure.MODERATOR),
)  # fmt: skip
_HEART, _SAC = int(Structure.HEART), int(Structure.SAC)
_LIVER, _LUNG, _RIB, _TORSO = (
    int(Structure.LIVER), int(Structure.LUNG), int(Structure.RIB), int(Structure.TORSO),
)  # fmt: skip
_STOMACH, _SPINE = int(Structure.STOMACH), int(Structure.SPINE)


@register_jitable
def ramp(x: Value, low: float, high: float) -> Value:
    """0 below `low`, 1 above `high`, straight in between."""
    return clip((x - low) * (1.0 / (high - low)), 0.0, 1.0)


@register_jitable
def chambers(d: Value) -> Value:
    """Distance to the nearest of the four chambers and the great arteries."""
    hearts = minimum(minimum(d[_LV], d[_RV]), minimum(d[_LA], d[_RA]))
    return minimum(hearts, minimum(d[_AORTA], d[_PULMONARY]))


@register_jitable
def blood(d: Value) -> Value:
    """Distance to the nearest blood, negative in it."""
    veins = minimum(minimum(d[_IVC], d[_SVC]), minimum(d[_SINUS], d[_DESCENDING]))
    return minimum(chambers(d), veins)


@register_jitable
def bone(d: Value) -> Value:
    """Distance to the nearest bone or gut gas, which cast shadows."""
    return minimum(minimum(d[_RIB], d[_SPINE]), d[_STOMACH])


@register_jitable
def loss(d: Value) -> Value:
    """dB lost by a millimetre of way, there and back, beyond what the depth gain expects."""
    inside = ramp(-d[_RIB], -0.5, 0.5) * 3.5 + ramp(-d[_SPINE], -0.5, 0.5) * 4.0
    gas = maximum(ramp(-d[_LUNG], -0.5, 1.0) * 1.6, ramp(-d[_STOMACH], -0.5, 1.0) * 1.4)
    return inside + gas - 0.05 * ramp(-blood(d), -0.5, 0.5)


@register_jitable
def under_skin(d: Value) -> Value:
    """1 in the layers under the skin, 0 deep in the body."""
    return ramp(d[_TORSO], -26.0, -6.0) * ramp(-d[_TORSO], -900.0, -899.0)


@register_jitable
def level(d: Value, skin: Value, along: Value, broad: Value, mid: Value, fine: Value, vessel: Value,
          streak: Value, sac_along: Value, rough: float) -> Value:  # fmt: skip
    """Echo level of the tissue, dB.

    Args:
        d: distances.
        skin: see `under_skin`.
        along: 0 where the nearest blood's surface runs along the beam, 1 where it faces it.
        broad, mid, fine: noise of the tissue over about 30, 10 and 3 mm.
        vessel: noise whose small values are the liver's vessels.
        streak: 0 and more: short bright layers square to the beam.
        sac_along: as `along` for pericardium and lung.
        rough: mm by which the endocardium is uneven.
    """
    # Fat and mediastinum, streaky; under the skin layers of fat and muscle.
    out = -21.0 + 5.5 * broad + 3.5 * mid + 1.5 * fine + 6.0 * streak
    # Right behind the pericardium it is bright.
    behind = ramp(d[_SAC], -1.0, 0.5) * ramp(-d[_SAC], -_SAC_FAR, -1.0)
    out = out + behind * sac_along * clip(7.0 + 6.0 * broad + 4.0 * mid, 0.0, 20.0)
    out = out + skin * (3.0 - 2.0 * broad + 1.0 * fine)
    lung = ramp(-d[_LUNG], -0.3, 1.5)
    out = out + lung * (-34.0 - out)
    liver = ramp(-d[_LIVER], -0.4, 0.6)
    tube = ramp(absolute(vessel), 0.10, 0.20)
    out = out + liver * (-15.5 + 0.8 * broad + 1.0 * fine - 13.0 * (1.0 - tube) - out)
    solid = ramp(-bone(d), -0.3, 0.8)
    out = out + solid * (-34.0 - out)
    # The heart: fat of its grooves, muscle, the thin walls of the atria.
    heart = ramp(-d[_HEART], -0.5, 0.5)
    fluid = ramp(-d[_SAC], -0.4, 0.6) * (1.0 - heart)
    out = out + fluid * (_BLOOD_DB - out)
    out = out + heart * (-14.0 + 3.5 * broad + 3.0 * mid + 1.5 * fine + 6.0 * streak - out)
    muscle = maximum(ramp(-d[_LV_EPI], -0.5, 0.5), ramp(-d[_RV_EPI], -0.5, 0.5))
    flesh = MUSCLE_DB - 3.5 + 3.8 * mid + 2.4 * broad + 1.5 * fine + 5.0 * along + 9.0 * streak
    out = out + muscle * (flesh - out)
    atrial = minimum(d[_LA], d[_RA])
    thin = (1.0 - muscle) * heart * ramp(-atrial, -3.5, -2.0)
    out = out + thin * (-19.0 + 11.0 * along + 3.0 * mid + 2.0 * broad + 5.0 * streak - out)
    artery = minimum(minimum(d[_AORTA], d[_PULMONARY]), d[_DESCENDING])
    vein = minimum(d[_IVC], minimum(d[_SVC], d[_SINUS]))
    wall = maximum(ramp(-artery, -2.6, -1.6), 0.5 * ramp(-vein, -2.0, -1.0))
    out = out + wall * (-13.0 + 7.0 * along + 3.0 * mid + 1.5 * fine + 5.0 * streak - out)
    # Blood, with an uneven shore.
    pool = blood(d) + rough * (0.6 * fine + 0.4 * mid)
    out = out + ramp(-pool, -0.9, 1.1) * (_BLOOD_DB - out)
    inner = minimum(d[_PAPILLARY], d[_MODERATOR]) + 0.5 * rough * fine
    out = out + ramp(-inner, -0.7, 0.7) * (MUSCLE_DB + 3.0 * mid + 2.0 * fine - out)
    return out + ramp(-d[_CHORDAE], -0.6, 0.3) * maximum(-23.0 + 3.0 * mid - out, 0.0)


@register_jitable
def shine(d: Value, along: Value, sac_along: Value, broad: Value, mid: Value, fine: Value) -> Value:
    """Amplitude of the mirror-like surfaces: where they face the beam, and in patches only."""
    face = along * along
    patch = clip(0.75 + 0.55 * mid + 0.3 * broad, 0.05, 2.2)
    inside = ramp(-d[_HEART], -1.0, 1.0)
    wide = clip(0.8 + 0.45 * broad + 0.25 * mid, 0.05, 2.0)
    endocardium = _bump((blood(d) - 0.5) * 0.8) * (0.02 + 0.42 * face * along) * patch
    sac = _bump(d[_SAC] * (0.5 + 0.12 * fine)) * (0.03 + 1.5 * _square(sac_along)) * wide
    air = _bump((gas(d) + 0.6) * 0.6) * (0.03 + 1.6 * _square(sac_along)) * wide
    skeleton = minimum(d[_RIB], d[_SPINE])
    hard = _bump((skeleton + 0.8) * 0.7) * 1.6
    capsule = _bump(d[_LIVER] * 0.8) * 0.25 * (1.0 - inside)
    surface = _bump(d[_TORSO] * 0.5) * 0.4
    leaf = (
        _bump(maximum(valves(d), 0.0) * 1.3)
        * (0.18 + 0.6 * face)
        * clip(0.8 + 0.6 * fine + 0.4 * mid, 0.08, 2.2)
    )
    return endocardium + sac + air + hard + capsule + surface + leaf


@register_jitable
def echo(d: Value, skin: Value, along: Value, sac_along: Value, broad: Value, mid: Value, x: Value,
         y: Value, z: Value, deep: Value, across: Value, vessel: Value, patches: Value,
         rough: float) -> tuple[Value, Value]:  # fmt: skip
    """Amplitudes of scatterers and mirrors at a point whose tissue belongs at x, y, z.

    `broad`, `mid`: `broad_noise` and `mid_noise` there; `deep`, `across`:
    the same place along the middle beam and to the right; `vessel`: `vessel_noise` in liver.
    """
    fine = patch(patches, 0.36 * x + 0.10 * y, 0.36 * y + 0.10 * z + 3.1, 0.36 * z - 0.10 * x)
    lines = patch(patches, 0.9 * deep, 0.15 * across, 0.10 * (x + y + z))
    streak = clip(lines - 0.7, 0.0, 1.6)
    db = level(d, skin, along, broad, mid, fine, vessel, streak, sac_along, rough)
    return amplitude(db), shine(d, along, sac_along, broad, mid, fine)


@register_jitable
def broad_noise(x: Value, y: Value, z: Value, patches: Value) -> Value:
    """Over about 30 mm."""
    return patch(patches, 0.036 * x + 0.012 * y, 0.036 * y - 0.012 * z, 0.036 * z + 0.012 * x)


@register_jitable
def mid_noise(x: Value, y: Value, z: Value, patches: Value) -> Value:
    """Over about 10 mm."""
    return patch(patches, 0.10 * x - 0.04 * z + 7.3, 0.10 * y + 0.04 * x, 0.10 * z + 0.04 * y)


@register_jitable
def open_blood(d: Value) -> Value:
    """Whether nothing but blood is near."""
    inside = minimum(minimum(d[_PAPILLARY], d[_MODERATOR]), minimum(d[_CHORDAE], valves(d)))
    return maximum(blood(d), -inside) < -_OPEN_MM


@register_jitable
def vessel_noise(x: Value, y: Value, z: Value, patches: Value) -> Value:
    return patch(patches, 0.055 * x + 11.7, 0.055 * y + 0.02 * x, 0.055 * z + 5.2)


@register_jitable
def valves(d: Value) -> Value:
    """Distance to the nearest leaflet."""
    return minimum(minimum(d[_MITRAL], d[_TRICUSPID]), minimum(d[_AORTIC], d[_PULMONIC]))


@register_jitable
def gas(d: Value) -> Value:
    """Distance to the nearest lung or gut gas."""
    return minimum(d[_LUNG], d[_STOMACH])


@register_jitable
def facing(before: Value, here: Value, after: Value, step: Value, far: float) -> Value:
    """How far a surface near this point faces the beam, 0..1, from the distance to it along the
    beam. The larger one-sided slope, since a thin sheet has a fold where it lies."""
    slope = maximum(absolute(here - before), absolute(after - here)) / step
    return minimum(slope, 1.0) * ramp(-absolute(here), -far, -0.5 * far)


@register_jitable
def facing_of(before: Value, here: Value, after: Value, step: Value) -> tuple[Value, Value]:
    """The same for blood or leaflets, and for pericardium or lung: what is nearer.

    `before`, `here`, `after`: distances of three points in turn along the beam.
    """
    inner = facing(blood(before), blood(here), blood(after), step, _BLOOD_FAR)
    leaf = facing(valves(before), valves(here), valves(after), step, _BLOOD_FAR)
    outer = facing(before[_SAC], here[_SAC], after[_SAC], step, _SAC_FAR)
    air = facing(gas(before), gas(here), gas(after), step, _SAC_FAR)
    return (
        where(valves(here) < 2.5, leaf, inner),
        where(gas(here) < here[_SAC], air, outer),
    )


@register_jitable
def mirror_share(r: Value) -> Value:
    """How much of a mirror is seen at a depth: near the face it is lost in the near field."""
    return 0.12 + 0.88 * ramp(r, 25.0, 80.0)


@register_jitable
def reverberation(r: Value, start: Value) -> Value:
    """Amplitude at depth r of what is thrown back and forth before gas that begins at `start`."""
    deep = maximum(r - start, 0.0)
    bands = 0.5 + 0.5 * cos(r * (6.2831853 / maximum(start, 9.0)))
    return 0.16 * exp(-deep * 0.045) + 0.18 * bands * bands * bands * exp(-deep * 0.03)


@register_jitable
def amplitude(db: Value) -> Value:
    return exp(db * _LN)


@register_jitable
def _bump(x: Value) -> Value:
    """About exp(-x * x), without the exponential."""
    part = maximum(1.0 - 0.25 * x * x, 0.0)
    return _square(part * part)


@register_jitable
def _square(x: Value) -> Value:
    return x * x
