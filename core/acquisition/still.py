"""Pictures and animations that Pillow decodes: PNG, JPEG, GIF, BMP, TIFF, WebP, JPEG 2000."""

import contextlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

import core.acquisition.quiet  # noqa: F401  (silences the decoders)
from core.acquisition.clip_times import even_times, stamped_times
from core.acquisition.content import reason
from core.acquisition.eight_bit import stretch, to_rgb
from core.acquisition.frame_stack import FrameStack
from core.acquisition.limits import MAX_CLIP_BYTES, MAX_FRAME_PIXELS, check_size
from core.domain import Clip, InputError

# By name, so that Pillow never hands a file to an external program (EPS) or to a loader of
# something else.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "DIB", "TIFF", "WEBP", "JPEG2000", "AVIF")
_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")
_MAX_COUNTED = 100_000
_ZERO_DELAY_S = 0.1  # what browsers show for a frame with a delay of 0


def read_still(path: Path, clip_id: str, *, budget: int = MAX_CLIP_BYTES) -> Clip:
    """The picture or animation at `path` as a clip.

    An animation keeps its own frame times; a picture's rotation tag is applied; transparency lies
    on black; 16-bit grey is brought to 8 bits over the bits in use.

    Args:
        path: a file whose content is one of the formats above.
        clip_id: of the clip.
        budget: bytes of decoded frames to keep.

    Raises:
        InputError: damaged, too small, too large.
    """
    try:
        with Image.open(path, formats=_FORMATS) as image:
            check_size(path.name, image.width, image.height)
            return _read(image, path.name, clip_id, budget)
    except InputError:
        raise
    except Image.DecompressionBombError:
        raise InputError(
            f"{path.name}: the picture is too large "
            f"(limit {MAX_FRAME_PIXELS // 10**6} megapixels): export it smaller"
        ) from None
    except Exception as error:  # Pillow's plug-ins raise anything at all on damaged files
        raise InputError(
            f"{path.name}: the picture is damaged ({reason(error)}): copy it again from its source"
        ) from None


def _read(image: Image.Image, name: str, clip_id: str, budget: int) -> Clip:
    stack = FrameStack(name, budget=budget)
    notes: list[str] = []
    animated = image.format in _ANIMATED and bool(getattr(image, "is_animated", False))
    delays: list[float] = []
    total = 0
    while total < _MAX_COUNTED:
        try:
            image.seek(total)
            if not stack.full:
                if animated:
                    image.load()
                # Pillow tells a frame's delay once the frame is loaded.
                delays.append(float(image.info.get("duration") or 0) / 1000 or _ZERO_DELAY_S)
                stack.add(rgb(image))
        except EOFError:
            break
        except Exception as error:
            if total == 0:
                raise
            notes.append(f"damaged after frame {total} ({reason(error)}): the frames before it")
            break
        total += 1
        if not animated:
            break
    pages = int(getattr(image, "n_frames", 1)) if not animated else 1
    if pages > 1:
        notes.append(f"the file holds {pages} pictures: the first is used")
    if total > len(stack):
        notes.append(f"cut to fit memory: first {len(stack)} of {total} frames")
    frames = stack.take()
    count = len(frames)
    if count > 1:
        starts = np.concatenate([[0.0], np.cumsum(delays[: count - 1])])
        times, fps = stamped_times(list(starts), None)
        notes.append("frame rate is the file's display rate, perhaps not the machine's")
    else:
        times, fps = even_times(count, None), None
    return Clip(
        id=clip_id,
        source=name,
        frames=frames,
        times_s=times,
        fps=fps,
        total_frames=total,
        notes=tuple(notes),
    )


def rgb(image: Image.Image) -> NDArray[np.uint8]:
    """The picture as uint8 [H, W, 3], upright, on black where it is transparent."""
    with contextlib.suppress(Exception):  # a broken rotation tag is no reason to refuse
        image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I") or image.mode == "F":
        return to_rgb(stretch(np.asarray(image)))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layer = image.convert("RGBA")
        ground = Image.new("RGBA", layer.size, (0, 0, 0, 255))
        ground.alpha_composite(layer)
        image = ground
    return np.asarray(image.convert("RGB"))
