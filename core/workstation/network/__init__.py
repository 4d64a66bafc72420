"""DICOM's network: everything that speaks to archives, worklists and ultrasound machines."""
