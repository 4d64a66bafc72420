"""What is true of a patient and of a picture, from the geometry and never from pixels."""

from core.phantom.truth.landmarks import landmarks, tracked
from core.phantom.truth.measure import patient_measurements
from core.phantom.truth.record import Truth
from core.phantom.truth.value import Value

__all__ = ["Truth", "Value", "landmarks", "patient_measurements", "tracked"]
