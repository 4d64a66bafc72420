"""What flows where at one moment: the numbers that the streams are built from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Blood through one opening.

    Attributes:
        flow_ml_s: forward; negative only in veins (the atrium's backward wave).
        speed_cm_s: at its narrowest place, in the middle.
    """

    flow_ml_s: float = 0.0
    speed_cm_s: float = 0.0


NOTHING = Passage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blood:
    """All passages of a moment. Regurgitation and shunts count positive the way they leak.

    Attributes:
        lvot, aortic: one flow at two places, 5 mm below the valve and in it.
        pulmonary_veins, superior_cava, inferior_cava: into the atria; only the flow matters.
        mitral_leak, aortic_leak, tricuspid_leak, pulmonary_leak: regurgitation.
        asd, vsd: shunts from left to right.
    """

    mitral: Passage = NOTHING
    lvot: Passage = NOTHING
    aortic: Passage = NOTHING
    tricuspid: Passage = NOTHING
    pulmonary: Passage = NOTHING
    pulmonary_veins: Passage = NOTHING
    superior_cava: Passage = NOTHING
    inferior_cava: Passage = NOTHING
    mitral_leak: Passage = NOTHING
    aortic_leak: Passage = NOTHING
    tricuspid_leak: Passage = NOTHING
    pulmonary_leak: Passage = NOTHING
    asd: Passage = NOTHING
    vsd: Passage = NOTHING
