"""Why a value is missing or doubtful: ids of the language catalogue."""

from enum import StrEnum


class Reason(StrEnum):
    """The members up to NOT_MEASURED stand in the order in which a measurement comes to them, so
    that of two views the one that came further names the reason."""

    NO_VIEW = "reason.no_view"
    NO_MODE = "reason.no_mode"
    NOT_STANDARD = "reason.not_standard"
    NO_REGIONS = "reason.no_regions"
    NO_POINTS = "reason.no_points"
    NO_PHASES = "reason.no_phases"
    NO_CALIBRATION = "reason.no_calibration"
    NO_STRIP = "reason.no_strip"
    NO_STRIP_SCALE = "reason.no_strip_scale"
    UNKNOWN_FLOW = "reason.unknown_flow"
    NO_BEATS = "reason.no_beats"
    NO_TIME_SCALE = "reason.no_time_scale"
    NO_FLOW = "reason.no_flow"
    NO_A_WAVE = "reason.no_a_wave"
    NO_SLOPE = "reason.no_slope"
    NO_LEAK = "reason.no_leak"
    NO_STENOSIS = "reason.no_stenosis"
    NO_WALLS = "reason.no_walls"
    NO_LVOT_DIAMETER = "reason.no_lvot_diameter"
    NO_CHAMBER = "reason.no_chamber"
    VALVE_NOT_CLOSED = "reason.valve_not_closed"
    CUSPS_UNSURE = "reason.cusps_unsure"
    LEAFLETS_NOT_SEEN = "reason.leaflets_not_seen"
    SEPTUM_NOT_SEEN = "reason.septum_not_seen"
    GAP_NOT_CONFIRMED = "reason.gap_not_confirmed"
    FEW_SEGMENTS = "reason.few_segments"
    IMPLAUSIBLE = "reason.implausible"
    NOT_MEASURED = "reason.not_measured"
    REJECTED = "reason.rejected"
    # Doubts: the value is given.
    FORESHORTENED = "reason.foreshortened"
    CUT_OFF = "reason.cut_off"
    STILLS = "reason.stills"
    PHASE_UNKNOWN = "reason.phase_unknown"
    SQUARE_PIXELS = "reason.square_pixels"
    FLOW_ASSUMED = "reason.flow_assumed"
    SCALE_EXCEEDED = "reason.scale_exceeded"

    @property
    def depth(self) -> int:
        """How far a measurement came before this stopped it."""
        return list(Reason).index(self)


class NotMeasuredError(Exception):
    """A measurement stops here; carries the reason and never leaves `core.measurement`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
