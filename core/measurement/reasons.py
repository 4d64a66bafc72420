"""Why a value is missing or doubtful: ids of the language catalogue."""

from enum import StrEnum


class Reason(StrEnum):
    """The members up to NOT_MEASURED stand in the order in which a measurement comes to them, so
    that of two views the one that came further names the reason."""

    NO_VIEW = "reason.no_view"
    NO_MODE = "reason.no_mode"
    NOT_STANDARD = "reason.not_standard"
    NO_REGIONS = "reason.no_regions"
    NO_PHASES = "reason.no_phases"
    NO_CALIBRATION = "reason.no_calibration"
    IMPLAUSIBLE = "reason.implausible"
    NOT_MEASURED = "reason.not_measured"
    REJECTED = "reason.rejected"
    # Doubts: the value is given.
    FORESHORTENED = "reason.foreshortened"
    CUT_OFF = "reason.cut_off"
    STILLS = "reason.stills"
    SQUARE_PIXELS = "reason.square_pixels"

    @property
    def depth(self) -> int:
        """How far a measurement came before this stopped it."""
        return list(Reason).index(self)


class NotMeasuredError(Exception):
    """A measurement stops here; carries the reason and never leaves `core.measurement`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
