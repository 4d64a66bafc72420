"""The calibrated parts of a virtual machine's screen: fan, colour box, spectrum, M-mode."""

from dataclasses import dataclass

from core.domain import Calibration, CalibrationSource, Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRegion:
    """One region with its scales.

    Attributes:
        mode: what it shows; BMODE and COLOR are fans, the others run over time.
        box: (x0, y0, x1, y1) px, half open.
        x_step, y_step: what one pixel is worth to the right and downwards: cm in a fan, s to the
            right in a trace, downwards cm in M-mode and cm/s in a spectrum (then negative where
            velocity rises upwards).
        reference: (x, y) px of the whole picture where both scales read 0: the middle of the
            probe's face, or the baseline at the trace's left end.
    """

    mode: Mode
    box: tuple[int, int, int, int]
    x_step: float
    y_step: float
    reference: tuple[float, float]

    @property
    def calibration(self) -> Calibration:
        """The same figures as a reader of the file gets them."""
        box = tuple(float(v) for v in self.box)
        fan = self.mode in (Mode.BMODE, Mode.COLOR)
        spectrum = not fan and self.mode is not Mode.MMODE
        return Calibration(
            source=CalibrationSource.DICOM,
            mm_per_px_x=10 * self.x_step if fan else None,
            mm_per_px_y=None if spectrum else 10 * self.y_step,
            cm_s_per_px=abs(self.y_step) if spectrum else None,
            ms_per_px=None if fan else 1000 * self.x_step,
            box=box,  # type: ignore[arg-type]
            zero_y=None if fan else float(round(self.reference[1])),
        )
