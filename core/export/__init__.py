"""A finished exam for other systems: DICOM objects, FHIR, CSV, and the same without the patient."""
