"""Key images as JPEG of the size in which they are printed."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# 300 dots an inch on the widest place that a picture has (92 mm).
_LONGEST = 1100
_QUALITY = 88


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """`pixels` (uint8 [H, W, 3], RGB) as a JPEG no longer than is printed.

    A thin strip keeps at least one pixel across.
    """
    image = Image.fromarray(np.ascontiguousarray(pixels), "RGB")
    scale = _LONGEST / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    file = io.BytesIO()
    # 4:4:4 keeps thin coloured outlines sharp.
    image.save(file, "JPEG", quality=_QUALITY, subsampling=0, optimize=True)
    return file.getvalue()
