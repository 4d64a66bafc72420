"""The names of what a scene is made of, and the words of its little program."""

from enum import IntEnum


class Structure(IntEnum):
    """A solid whose signed distance (mm, negative inside) the scene gives at any point."""

    LV = 0  # cavity up to the mitral plane, the outflow tract included
    LV_EPI = 1  # cavity and wall together
    RV = 2  # cavity, inflow to pulmonary valve
    RV_EPI = 3
    LA = 4  # cavity with its appendage and the mouths of the pulmonary veins
    RA = 5
    AORTA = 6  # lumen: root with sinuses, ascending part, arch and its three branches
    DESCENDING = 7  # lumen of the descending aorta
    PULMONARY = 8  # lumen: trunk, bifurcation, both branches
    IVC = 9  # lumen, hepatic vein included
    SVC = 10
    CORONARY_SINUS = 11
    MITRAL_VALVE = 12  # leaflets
    TRICUSPID_VALVE = 13
    AORTIC_VALVE = 14
    PULMONARY_VALVE = 15
    PAPILLARY = 16  # both papillary muscles of the LV
    CHORDAE = 17
    MODERATOR = 18  # moderator band and trabeculae of the RV
    HEART = 19  # hull of the heart: what the pericardium encloses when it is dry
    SAC = 20  # hull and fluid together: the parietal pericardium is its surface
    LIVER = 21
    LUNG = 22
    RIB = 23  # ribs, costal cartilage and sternum
    TORSO = 24  # the body: negative under the skin
    SEPTAL = 25  # not a solid: negative on the septum's side of the LV
    STOMACH = 26  # bowel gas under the diaphragm
    SPINE = 27


class Kind(IntEnum):
    """The form of one instruction."""

    CAPSULE = 0
    ELLIPSOID = 1
    STAR = 2
    LEAFLET = 3
    HALF_SPACE = 4
    COLUMN = 5
    WEDGE = 6
    REFERENCE = 7
    CUSP = 8


class Op(IntEnum):
    """How an instruction's distance joins its structure."""

    UNION = 0  # smooth over `blend` mm
    CUT = 1  # what lies inside the form is taken away
    KEEP = 2  # only what lies inside the form is kept
