"""PW, CW and tissue Doppler: gate, scale, spectrum and its truth, on a machine's screen."""

from dataclasses import dataclass, replace

import numpy as np

from core.domain import Mode
from core.phantom.display.still import ModeClip, Still
from core.phantom.display.strip import StripScreen, make_strip_screen, strip_box, sweep_of
from core.phantom.display.style import style_of
from core.phantom.flow.gate import Gate, aim, make_gate, target_of
from core.phantom.flow.listen import listen, move, seen
from core.phantom.flow.readings import Reading, read_strip
from core.phantom.flow.site import Site
from core.phantom.flow.spectrum import Course, Scale, SpectralSettings, spectrum

_GATE_MM = {Mode.PW: 4.0, Mode.TDI: 5.0, Mode.CW: 0.0}
_SPANS = (20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0, 120.0, 160.0, 200.0, 240.0, 300.0, 400.0,
          500.0, 600.0, 800.0, 1000.0)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Heard:
    course: Course
    corrected: float  # how much faster the blood is than what the beam sees of it
    gate: Gate


def spectral_strip(still: Still, *, frames: int) -> ModeClip:
    """A strip of some beats; the small picture above it is frozen in its first moment."""
    rng, machine, mode = still.rng, still.machine, still.mode
    style = style_of(machine.look)
    x0, y0, x1, y1 = strip_box(style, still.size)
    seconds = float(np.clip(rng.uniform(3.2, 4.8) * still.pulse.beat_s, 2.2, 5.5))
    heard = _listen(still, seconds)
    still.tell(0.6)
    scale = choose_scale(heard.course, width=x1 - x0, height=y1 - y0, seconds=seconds, rng=rng)
    settings = _settings(still, scale)
    strip = spectrum(heard.course, scale, settings, rng)
    screen = make_strip_screen(
        machine, mode=mode, size=still.size, scale=scale, gate=heard.gate,
        blocks=_blocks(still, heard.gate, settings), heart_rate=still.heart_rate,
        sweep_mm_s=sweep_of(seconds),
    )  # fmt: skip
    picture = screen.screen.to_screen(still.grey(still.window(), 0.0))
    out = screen.running(picture, strip, ecg=still.pulse.ecg, frames=frames)
    still.tell(1.0)
    readings = read_strip(
        mode,
        still.site,
        pulse=still.pulse,
        seconds=seconds,
        times=heard.course.times,
        envelope=lambda sign: np.asarray(seen(heard.course, sign), np.float64),
    )
    return ModeClip(
        site=still.site,
        frames=out,
        regions=screen.regions,
        screen=screen.screen,
        values=readings,
        corrected={name: _corrected(name, each.value, heard.corrected)
                   for name, each in readings.items()},
        peaks=_places(readings, screen, scale),
    )  # fmt: skip


def choose_scale(course: Course, *, width: int, height: int, seconds: float,
                 rng: np.random.Generator) -> Scale:  # fmt: skip
    """A scale as a sonographer sets it: the signal fills it without touching its ends."""
    up = max(float(np.percentile(course.speeds.max(axis=1), 99.8)), 1.0)
    down = max(float(-np.percentile(course.speeds.min(axis=1), 0.2)), 1.0)
    low = 0.22 * max(up, down)
    up, down = max(up, low), max(down, low)
    wanted = (up + down) * rng.uniform(1.25, 1.5)
    span = next((each for each in _SPANS if each >= wanted), _SPANS[-1])
    baseline = round(height * (up + 0.5 * (span - up - down)) / span)
    return Scale(width=width, height=height, baseline=float(baseline), cm_s_per_px=span / height,
                 s_per_px=seconds / width)  # fmt: skip


def _listen(still: Still, seconds: float) -> _Heard:
    """The gate on its target, and what it hears."""
    pulse, rng, mode, site = still.pulse, still.rng, still.mode, still.site
    beat = float(pulse.beats[1] - pulse.beats[0])
    early = pulse.windows(0)["early"]
    systole = pulse.windows(0)["ejection"]
    at = 0.5 * sum(early) if site is Site.MITRAL and mode is Mode.PW else 0.5 * sum(systole)
    heart, _, _ = pulse.moment(min(at, 0.99 * beat))
    angle, depth = aim(still.plane, still.machine, target_of(heart, mode, site))
    gate = make_gate(still.plane, still.machine, angle=angle, depth_mm=depth,
                     length_mm=_GATE_MM[mode], rng=rng)  # fmt: skip
    if mode is Mode.TDI:
        course, fastest = move(pulse, site, gate, seconds, rng)
    else:
        louder = 1.3 if mode is Mode.CW else 0.0
        course, fastest = listen(pulse, gate, seconds, rng, louder=louder)
    loud = np.abs(course.speeds).max(axis=1)
    top = int(loud.argmax())
    part = float(np.abs(fastest[top]) / max(loud[top], 1e-3))
    return _Heard(course=course, corrected=max(part, 1.0), gate=gate)


def _settings(still: Still, scale: Scale) -> SpectralSettings:
    rng, mode = still.rng, still.mode
    quality = still.pulse.moment(0.0)[0].patient.quality
    base = SpectralSettings(
        pulsed=mode is not Mode.CW,
        wall_filter_cm_s=0.018 * scale.span_cm_s,
        gain_db=float(rng.normal(0, 2.0)),
        dynamic_range_db=float(rng.uniform(33, 42)),
        noise_db=float(rng.uniform(-45, -38) + 8 * (1 - quality)),
        clutter=float(rng.uniform(0.3, 0.8)),
    )
    if mode is Mode.CW:
        return replace(base, broadening=0.036, fill=0.8, clutter=1.4 * base.clutter,
                       noise_db=base.noise_db + 3)  # fmt: skip
    if mode is Mode.TDI:
        return replace(base, wall_filter_cm_s=0.2, clutter=0.0, fill=0.25, broadening=0.05)
    return base


def _blocks(still: Still, gate: Gate,
            settings: SpectralSettings) -> list[tuple[str, list[str]]]:  # fmt: skip
    machine = still.machine
    picture = ("2D", [f"{machine.depth_mm / 10:.0f} cm", f"C {machine.dynamic_range_db:.0f}"])
    name = {Mode.PW: "PW", Mode.CW: "CW", Mode.TDI: "TDI"}[still.mode]
    lines = [f"{50 + settings.gain_db:.0f} %", "1.8 MHz"]
    if gate.length_mm > 0:
        lines += [f"SV {gate.length_mm:.1f} mm", f"{gate.depth_mm / 10:.1f} cm"]
    return [picture, (name, lines)]


def _corrected(name: str, value: float, factor: float) -> float:
    """Speeds and their integrals grow with the factor, gradients with its square."""
    power = 0 if name.endswith("ratio") else 2 if name.endswith("gradient") else 1
    return value * factor**power


def _places(readings: dict[str, Reading], screen: StripScreen,
            scale: Scale) -> dict[str, tuple[tuple[float, float], ...]]:  # fmt: skip
    """Px on the whole screen of each beat's peak."""
    x0, y0, _, _ = screen.box
    return {
        name: tuple((x0 + scale.column_of(t), y0 + scale.row_of(v))
                    for t, v in zip(each.times, each.speeds, strict=True))
        for name, each in readings.items() if each.times
    }  # fmt: skip
