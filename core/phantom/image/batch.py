"""Many frames at once on any device: the same formulas over torch tensors.

Scenes of one batch share their program, machines their number of beams and samples.
"""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from core.phantom.heart.material import material_point
from core.phantom.image import tissue
from core.phantom.image.display import LOG_FLOOR, MUSCLE_GREY, SMOOTH_KERNELS
from core.phantom.image.labels import label_fields
from core.phantom.image.machine import Machine
from core.phantom.image.noise import LAST_GRAIN, SECOND_LOOK, grain, grain_table, patch_table
from core.phantom.image.plane import ImagePlane, frame
from core.phantom.image.render import noise_start
from core.phantom.image.scatter import ROUGH_MM
from core.phantom.image.screen import Screen
from core.phantom.image.survey import APERTURE, APERTURE_REACH_MM, DEEP_BEAMS, STEP
from core.phantom.image.window import Window, angles, depths
from core.phantom.scene import Scene, Structure, batch_distances

_Fields = list[torch.Tensor]


def render_batch(
    scenes: Sequence[Scene],
    planes: Sequence[ImagePlane],
    machines: Sequence[Machine],
    windows: Sequence[Window],
    *,
    material: Sequence[NDArray[np.float32]] | None = None,
    numbers: Sequence[int] | None = None,
    device: torch.device | str = "cpu",
) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures and label fields of a batch.

    Args:
        scenes, planes, machines, windows: one of each a frame.
        material: `Heart.material` of each, or None for tissue that does not move.
        numbers: of the frames, for the receiver's noise; None is 0 for all.
        device: where to compute.

    Returns:
        Polar pictures uint8 [B, beams, samples], and label fields float32
        [B, 16, beams / STEP, samples / STEP] for `batch_masks`; both on the device.
    """
    first = machines[0]
    shape = (first.beams, first.samples)
    if any((m.beams, m.samples) != shape for m in machines):
        raise ValueError("machines of one batch must share beams and samples")
    place = _moved([frame(p) for p in planes], device)
    theta = _moved([angles(m) for m in machines], device)
    r = _moved([depths(m) for m in machines], device)
    face = torch.tensor([m.face_mm for m in machines], device=device)[:, None, None]
    coarse = _points(place, theta[:, ::STEP], r[:, ::STEP], face)
    maps, labels = _survey(scenes, coarse, theta[:, ::STEP], r[:, ::STEP], material)
    aside = _moved([w.aside for w in windows], device)
    points = _points(place, theta, r, face) + aside[..., None] * place[:, None, None, 3]
    d = _shaped(batch_distances(scenes, points.flatten(1, 2)), points.shape[:3])
    local = _between(maps, shape)
    x, y, z = (local[..., 4 + c] + aside * place[:, None, None, 3, c] for c in range(3))
    patches = torch.from_numpy(patch_table()).to(device)
    grains = torch.from_numpy(grain_table()).to(device)
    deep, across = (
        sum(c * place[:, None, None, row, k] for k, c in enumerate((x, y, z))) for row in (1, 2)
    )
    vessel = tissue.vessel_noise(x, y, z, patches)
    skin, along, sac_along, broad, mid = (local[..., k] for k in (9, 1, 2, 7, 8))
    amount, mirror = tissue.echo(
        d, skin, along, sac_along, broad, mid, x, y, z, deep, across, vessel, patches, ROUGH_MM
    )
    way = tissue.amplitude(_moved([w.gain_db for w in windows], device) - local[..., 0])
    cell = grain(*(c * tissue.GRAINS_PER_MM for c in (x, y, z)))
    rough = (amount + tissue.ROUGH_PART * mirror) * way
    smooth = tissue.SMOOTH_PART * mirror * way
    looks = []
    for place_in_table in (cell, (cell + SECOND_LOOK) & LAST_GRAIN):
        looks += [grains[place_in_table] * rough + smooth, grains[place_in_table + 1] * rough]
    field = torch.stack(looks, dim=1)
    leak = (amount + mirror) * way
    starts = [
        noise_start(m, n) for m, n in zip(machines, numbers or [0] * len(scenes), strict=True)
    ]
    return _develop(field, leak, maps[..., 3], machines, windows, starts), labels


def batch_masks(labels: torch.Tensor, screens: Sequence[Screen]) -> torch.Tensor:
    """bool [B, 16, height, width] from the label fields; screens share their size."""
    inside = _moved([s.inside for s in screens], labels.device)
    rows, columns = labels.shape[2:]
    u = _moved([s.beam for s in screens], labels.device) / (STEP * (rows - 1)) * 2 - 1
    v = _moved([s.sample for s in screens], labels.device) / (STEP * (columns - 1)) * 2 - 1
    read = F.grid_sample(labels, torch.stack([v, u], -1), padding_mode="border", align_corners=True)
    return (read < 0) & inside[:, None]


def batch_screens(polar: torch.Tensor, screens: Sequence[Screen]) -> torch.Tensor:
    """uint8 [B, height, width] from polar pictures; screens share their size."""
    inside = _moved([s.inside for s in screens], polar.device)
    u = _moved([s.beam for s in screens], polar.device) / (polar.shape[1] - 1) * 2 - 1
    v = _moved([2 * s.sample + 0.5 for s in screens], polar.device)
    v = v / (2 * polar.shape[2] - 1) * 2 - 1
    fine = F.interpolate(polar[:, None].float(), scale_factor=(1.0, 2.0), mode="bicubic")
    fine = fine.clamp(0, 255)
    picture = F.grid_sample(fine, torch.stack([v, u], -1), padding_mode="border",
                            align_corners=True)  # fmt: skip
    return ((picture[:, 0] + 0.5) * inside).to(torch.uint8)


def _moved(arrays: Sequence[NDArray[np.generic]], device: torch.device | str) -> torch.Tensor:
    return torch.from_numpy(np.stack(arrays)).to(device)


def _points(
    place: torch.Tensor, theta: torch.Tensor, r: torch.Tensor, face: torch.Tensor
) -> torch.Tensor:
    """float32 [B, beams, samples, 3]."""
    reach = r[:, None] + face
    across = (reach * torch.sin(theta)[..., None])[..., None]
    along = (reach * torch.cos(theta)[..., None] - face)[..., None]
    origin, down, right = (place[:, None, None, k] for k in range(3))
    return origin + along * down + across * right


def _shaped(d: _Fields, shape: Sequence[int]) -> _Fields:
    return [field.reshape(tuple(shape)) for field in d]


def _survey(
    scenes: Sequence[Scene], points: torch.Tensor, theta: torch.Tensor, r: torch.Tensor,
    material: Sequence[NDArray[np.float32]] | None,
) -> tuple[torch.Tensor, torch.Tensor]:  # fmt: skip
    """Maps [B, nb, ns, 10] and label fields [B, 16, nb, ns]; see `core.phantom.image.survey`."""
    d = _shaped(batch_distances(scenes, points.flatten(1, 2)), points.shape[:3])
    dr = (r[:, 1] - r[:, 0])[:, None, None]
    before = [torch.cat([f[..., :1], f[..., :-1]], -1) for f in d]
    after = [torch.cat([f[..., 1:], f[..., -1:]], -1) for f in d]
    inner, outer = tissue.facing_of(before, d, after, dr)
    outer = outer * tissue.mirror_share(r)[:, None]
    airy = tissue.gas(d) < 0
    depth = r[:, None].expand(airy.shape)
    begin = depth.gather(-1, airy.float().argmax(-1, keepdim=True))
    behind = airy.cummax(-1).values
    thrown = torch.where(behind, tissue.reverberation(depth, begin.expand(airy.shape)), 0.0)
    x, y, z = points.unbind(-1)
    if material is not None:
        q = _moved([np.asarray(m, np.float32) for m in material], points.device)
        x, y, z = material_point(
            x, y, z, d[Structure.LV], d[Structure.LV_EPI], q[:, :, None, None].unbind(1)
        )
    patches = torch.from_numpy(patch_table()).to(points.device)
    noise = [tissue.broad_noise(x, y, z, patches), tissue.mid_noise(x, y, z, patches)]
    maps = torch.stack(
        [_lost(d, theta, r, dr), inner, outer, thrown, x, y, z, *noise, tissue.under_skin(d)],
        dim=-1,
    )
    return maps, torch.stack(label_fields(d), dim=1)


def _lost(d: _Fields, theta: torch.Tensor, r: torch.Tensor, dr: torch.Tensor) -> torch.Tensor:
    """dB lost on the way; what is lost near the face is averaged over the aperture."""
    step = tissue.loss(d) * dr
    close = (r < APERTURE_REACH_MM)[:, None]
    near, deep = torch.where(close, step, 0.0), torch.where(close, 0.0, step)
    near, deep = torch.cumsum(near, -1) - near, torch.cumsum(deep, -1) - deep
    step_angle = theta[:, 1] - theta[:, 0]
    near = _averaged(near, (APERTURE / step_angle).long())
    return near + _averaged(deep, torch.full_like(step_angle, DEEP_BEAMS).long())


def _averaged(lost: torch.Tensor, half: torch.Tensor) -> torch.Tensor:
    """dB of the amplitude's mean over `half` [B] beams to either side."""
    passed = 10 ** (-lost / 20)
    total = F.pad(passed.cumsum(1), (0, 0, 1, 0))
    beam = torch.arange(lost.shape[1], device=lost.device)[None]
    low = (beam - half[:, None]).clamp(min=0)
    high = (beam + half[:, None] + 1).clamp(max=lost.shape[1])

    def at(place: torch.Tensor) -> torch.Tensor:
        return total.gather(1, place[..., None].expand(passed.shape))

    return -20 * torch.log10((at(high) - at(low)) / (high - low)[..., None])


def _between(maps: torch.Tensor, shape: tuple[int, int]) -> torch.Tensor:
    """The maps at every beam and sample."""
    for axis, count in ((1, shape[0]), (2, shape[1])):
        places = torch.arange(count, device=maps.device) / STEP
        low = places.long().clamp(max=maps.shape[axis] - 2)
        part = (places - low).clamp(max=1.0).reshape((-1,) + (1,) * (3 - axis))
        maps = maps.index_select(axis, low) * (1 - part) + maps.index_select(axis, low + 1) * part
    return maps


def _develop(
    field: torch.Tensor, leak: torch.Tensor, thrown: torch.Tensor, machines: Sequence[Machine],
    windows: Sequence[Window], starts: Sequence[int],
) -> torch.Tensor:  # fmt: skip
    """Echoes [B, 4, beams, samples] to grey; see `core.phantom.image.display`."""
    device, samples = field.device, field.shape[-1]
    spreads = [w.spread for w in windows]
    axial = _blur(field, [s.axial for s in spreads], axis=3)
    w = _moved([s.out_of_focus for s in spreads], device)[:, None, None]
    seen = _blur(axial, [s.sharp for s in spreads], axis=2) * (1 - w)
    seen = seen + _blur(axial, [s.wide for s in spreads], axis=2) * w
    leak = _blur(leak[:, None], [s.side for s in spreads], axis=2)[:, 0]
    beam = (torch.arange(field.shape[2], device=device) // STEP).clamp(max=thrown.shape[1] - 1)
    sample = (torch.arange(samples, device=device) // STEP).clamp(max=thrown.shape[2] - 1)
    still = _moved([v.haze_level for v in windows], device) + thrown[:, beam][:, :, sample]
    side = torch.tensor([m.side_lobes for m in machines], device=device)[:, None, None]
    still = (still + side * leak)[:, None]
    haze = _moved([v.haze for v in windows], device).movedim(-1, 1)
    cut = [v.noise[:, s : s + samples] for v, s in zip(windows, starts, strict=True)]
    noise = _moved(cut, device).movedim(-1, 1)
    gain = _moved([v.noise_gain for v in windows], device)[:, None, None]
    seen = seen + still * haze + gain * noise
    second = torch.tensor([m.compounding for m in machines], device=device)[:, None, None]
    power = seen**2
    power = power[:, :2].sum(1) * (1 - 0.5 * second) + power[:, 2:].sum(1) * (0.5 * second)
    level = 10 * torch.log10(power + LOG_FLOOR)

    def column(values: list[float]) -> torch.Tensor:
        return torch.tensor(values, device=device)[:, None, None]

    soft = level[:, None]
    for kernel, axis in zip(SMOOTH_KERNELS, (3, 2), strict=True):
        soft = _blur(soft, [kernel] * len(level), axis=axis)
    part = column([m.smoothing for m in machines])
    level = level * (1 - part) + soft[:, 0] * part
    level = level + column([m.gain_db for m in machines]) - tissue.MUSCLE_DB
    gamma = column([m.gamma for m in machines])
    middle = MUSCLE_GREY ** (1 / gamma)
    grey = (level / column([m.dynamic_range_db for m in machines]) + middle).clamp(0, 1)
    return (grey**gamma * 254 + 1.5).to(torch.uint8)


def _blur(field: torch.Tensor, kernels: Sequence[NDArray[np.float32]], axis: int) -> torch.Tensor:
    """Each frame of [B, C, beams, samples] with its own kernel along an axis."""
    half = max(len(k) for k in kernels) // 2
    even = np.stack([np.pad(k, half - len(k) // 2) for k in kernels])
    batch, channels = field.shape[:2]
    weights = torch.from_numpy(even).to(field.device).repeat_interleave(channels, 0)
    lanes = len(weights)
    along, across = (lanes, 1, 1, -1), (lanes, 1, -1, 1)
    shape, pad = (along, (half, half, 0, 0)) if axis == 3 else (across, (0, 0, half, half))
    padded = F.pad(field.reshape(1, batch * channels, *field.shape[2:]), pad, mode="reflect")
    blurred = F.conv2d(padded, weights.reshape(shape), groups=batch * channels)
    return blurred.reshape(field.shape)
