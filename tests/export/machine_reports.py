"""Structured reports as ultrasound machines write them: old codes, sections, every value twice."""

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import ComprehensiveSRStorage

from core.export.sr import items
from core.export.sr.items import Relation

FINDINGS = Code("121070", "DCM", "Findings")
GROUP = Code("125007", "DCM", "Measurement Group")
SITE = Code("G-C0E3", "SRT", "Finding Site")
MODE = Code("G-0373", "SRT", "Image Mode")
METHOD = Code("G-C036", "SRT", "Measurement Method")
FLOW = Code("G-C048", "SRT", "Flow Direction")
PHASE = Code("R-4089A", "SRT", "Cardiac Cycle Point")
SELECTION = Code("121404", "DCM", "Selection Status")
DERIVATION = Code("121401", "DCM", "Derivation")
CHOSEN = Code("121410", "DCM", "User chosen value")
MEAN = Code("R-00317", "SRT", "Mean")
LV = Code("T-32600", "SRT", "Left Ventricle")
MITRAL = Code("T-35300", "SRT", "Mitral Valve")
AORTIC = Code("T-35400", "SRT", "Aortic Valve")
TRICUSPID = Code("T-35100", "SRT", "Tricuspid Valve")
LVOT = Code("T-32650", "SRT", "Left Ventricle Outflow Tract")
SEPTAL = Code("G-0391", "SRT", "Medial Mitral Annulus")
LATERAL = Code("G-0392", "SRT", "Lateral Mitral Annulus")
TWO_D = Code("G-03A2", "SRT", "2D mode")
M_MODE = Code("G-0394", "SRT", "M mode")
PULSED = Code("R-409E4", "SRT", "Doppler Pulsed")
CONTINUOUS = Code("R-409E3", "SRT", "Doppler Continuous Wave")
FORWARD = Code("R-42047", "SRT", "Antegrade Flow")
BACKWARD = Code("R-42E61", "SRT", "Retrograde Flow")


def value(code, number, unit, *modifiers, chosen=False, mean=False):
    """One NUM item; `modifiers` are (name, code) pairs."""
    below = [items.code(name, found, Relation.MODIFIED) for name, found in modifiers]
    if chosen:
        below.append(items.code(SELECTION, CHOSEN, Relation.PROPERTY))
    if mean:
        below.append(items.code(DERIVATION, MEAN, Relation.PROPERTY))
    return items.number(Code(code, "LN" if "-" in code[2:] else "SRT", code), number,
                        Code(unit, "UCUM", unit), below)  # fmt: skip


def section(site, mode, *values):
    group = items.container(GROUP, [items.code(MODE, mode, Relation.ACQUIRED), *values])
    return items.container(FINDINGS, [items.code(SITE, site, Relation.MODIFIED), group])


def report(*sections):
    """The whole object, as a cart sends it after an examination."""
    root = items.container(
        Code("125200", "DCM", "Adult Echocardiography Procedure Report"),
        sections,
        relation=None,
        template="5200",
    )
    ds = Dataset()
    ds.SOPClassUID = ComprehensiveSRStorage
    ds.SOPInstanceUID = "1.2.826.0.1.3680043.8.498.77"
    ds.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.78"
    ds.Modality, ds.Manufacturer = "SR", "GE Vingmed Ultrasound"
    ds.PatientName, ds.PatientID, ds.PatientSex = "Roe^Jane", "42", "F"
    ds.StudyDate, ds.StudyTime = "20260301", "093000"
    for element in root:
        ds[element.tag] = element
    ds.ContentSequence = Sequence(ds.ContentSequence)
    return ds


def doubled(code, numbers, unit, *modifiers):
    """As a cart doubles: each measured value, then the one that stands in its report."""
    return [
        *(value(code, number, unit, *modifiers) for number in numbers),
        value(code, numbers[-1], unit, *modifiers, chosen=True),
    ]
