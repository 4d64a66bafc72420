"""The film that plays while the demonstration is analysed."""

import io

import pytest
from app_samples import FPS, FRAMES, sample_clip
from PIL import Image

from app.components.moving_picture import WIDTH, moving_picture


def test_it_moves_at_the_clips_own_speed():
    film = Image.open(io.BytesIO(moving_picture(sample_clip("c"))))
    assert (film.format, film.width, film.n_frames) == ("GIF", WIDTH, FRAMES)
    assert film.info["duration"] == pytest.approx(1000 / FPS, abs=10)
    assert film.info["loop"] == 0
