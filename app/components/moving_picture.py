"""A clip as an animated GIF, which any page shows without a player."""

import io

from PIL import Image

from core.domain import Clip

WIDTH = 480


def moving_picture(clip: Clip) -> bytes:
    """The whole clip in grey at its own speed, `WIDTH` px wide, over and over."""
    size = (WIDTH, max(1, round(clip.height * WIDTH / clip.width)))
    frames = [Image.fromarray(frame).convert("L").resize(size) for frame in clip.frames]
    file = io.BytesIO()
    frames[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=round(1000 / (clip.fps or 25.0)),
        loop=0,
    )
    return file.getvalue()
