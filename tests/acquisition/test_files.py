"""Pictures, videos and folders become clips."""

from pathlib import Path

import numpy as np
import pytest
from made_files import dataset, movie, picture, save, video
from PIL import Image

from core.acquisition.files import read_clip, read_exam, slug
from core.acquisition.frame_stack import FrameStack
from core.acquisition.source import ClipSource, Source
from core.acquisition.still import read_still
from core.acquisition.video import read_video
from core.domain import InputError


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "webp"])
def test_a_lossless_picture_comes_back_exactly(tmp_path: Path, suffix: str) -> None:
    pixels = picture()
    Image.fromarray(pixels).save(tmp_path / f"a.{suffix}", lossless=True)
    clip = read_clip(tmp_path / f"a.{suffix}")
    assert np.array_equal(clip.frames, pixels[None])
    assert (clip.id, clip.fps, clip.total_frames) == ("a", None, 1)


def test_a_jpeg_comes_back(tmp_path: Path) -> None:
    pixels = picture()
    Image.fromarray(pixels).save(tmp_path / "a.jpg", quality=95)
    assert np.abs(read_clip(tmp_path / "a.jpg").frames[0].astype(int) - pixels).mean() < 3


def test_a_rotated_jpeg_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(picture(96, 128)).save(tmp_path / "a.jpg", exif=exif)
    clip = read_clip(tmp_path / "a.jpg")
    assert (clip.height, clip.width) == (128, 96)


def test_sixteen_bit_palette_and_transparent_pictures(tmp_path: Path) -> None:
    grey = np.tile(np.arange(128, dtype=np.uint16) * 32, (96, 1))  # 12 bits in use
    Image.fromarray(grey).save(tmp_path / "deep.png")
    assert np.abs(read_clip(tmp_path / "deep.png").frames[0, 0, :, 0] - grey[0] / 16).max() <= 1

    Image.fromarray(picture()).quantize(64).save(tmp_path / "palette.png")
    error = read_clip(tmp_path / "palette.png").frames[0].astype(int) - picture()
    assert np.abs(error).mean() < 12

    clear = np.full((64, 64, 4), 255, np.uint8)
    clear[:32, :, 3] = 0
    Image.fromarray(clear).save(tmp_path / "clear.png")
    shown = read_clip(tmp_path / "clear.png").frames[0]
    assert shown[0, 0].tolist() == [0, 0, 0]
    assert shown[-1, 0].tolist() == [255, 255, 255]


def test_a_gif_keeps_its_frame_times(tmp_path: Path) -> None:
    images = [Image.fromarray(f).quantize(128) for f in movie(3)]
    images[0].save(
        tmp_path / "a.gif", save_all=True, append_images=images[1:], duration=[40, 80, 40], loop=0
    )
    clip = read_clip(tmp_path / "a.gif")
    assert len(clip) == 3
    assert clip.times_s == pytest.approx([0, 0.04, 0.12])
    assert clip.fps == pytest.approx(2 / 0.12)


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        ("mp4", "libx264"),
        ("mov", "libx264"),
        ("mkv", "libx264"),
        ("avi", "mpeg4"),
        ("avi", "mjpeg"),
        ("webm", "libvpx-vp9"),
        ("mpg", "mpeg1video"),
        ("ts", "libx264"),
    ],
)
def test_a_video_comes_back_with_its_times(tmp_path: Path, suffix: str, codec: str) -> None:
    frames = movie(6)
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    clip = read_clip(video(tmp_path / f"a.{suffix}", frames, codec=codec, pix_fmt=pix_fmt))
    assert clip.frames.shape == frames.shape
    assert np.abs(clip.frames.astype(int) - frames).mean() < 16
    assert clip.fps == pytest.approx(25, rel=0.01)
    assert clip.times_s == pytest.approx(np.arange(6) / 25, abs=0.002)


def test_content_decides_whatever_the_name_says(tmp_path: Path) -> None:
    video(tmp_path / "a.mp4", movie(3)).rename(tmp_path / "clip.dcm")
    save(dataset(picture()), tmp_path / "b.dcm").rename(tmp_path / "still.jpg")
    Image.fromarray(picture()).save(tmp_path / "c.png")
    (tmp_path / "c.png").rename(tmp_path / "IM_0001")
    assert len(read_clip(tmp_path / "clip.dcm")) == 3
    assert np.array_equal(read_clip(tmp_path / "still.jpg").frames[0], picture())
    assert read_clip(tmp_path / "IM_0001").id == "im_0001"


def test_frames_beyond_the_memory_budget_are_left_and_said(tmp_path: Path) -> None:
    budget = 4 * 96 * 128 * 3
    path = video(tmp_path / "a.mp4", movie(10))
    clip = read_video(path, "a", "mp4", budget=budget)
    assert (len(clip), clip.total_frames) == (4, 10)
    assert "first 4 of 10" in clip.notes[0]
    images = [Image.fromarray(f) for f in movie(10)]
    images[0].save(tmp_path / "a.gif", save_all=True, append_images=images[1:], duration=50)
    clip = read_still(tmp_path / "a.gif", "a", budget=budget)
    assert (len(clip), clip.total_frames) == (4, 10)
    assert any("first 4 of 10" in note for note in clip.notes)


def test_a_stack_takes_frames_of_one_size_up_to_its_budget() -> None:
    stack = FrameStack("a", budget=3 * 64 * 64 * 3)
    frame = np.zeros((64, 64, 3), np.uint8)
    assert [stack.add(frame + i) for i in range(4)] == [True, True, True, False]
    assert stack.full
    assert stack.take()[:, 0, 0, 0].tolist() == [0, 1, 2]
    other = FrameStack("b")
    assert other.add(frame)
    assert not other.add(np.zeros((65, 64, 3), np.uint8))
    assert other.size_changed


def test_a_folder_is_one_exam_in_natural_order_without_its_junk(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("clip10.png", "clip2.png", "sub/clip2.png"):
        Image.fromarray(picture()).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("a note")
    (tmp_path / "DICOMDIR").write_bytes(b"\0" * 128 + b"DICM")
    (tmp_path / ".hidden.png").write_bytes(b"x")
    (tmp_path / "empty.mp4").touch()
    exam = read_exam([tmp_path])
    assert [c.id for c in exam.clips] == ["clip2", "clip10", "clip2-2"]
    assert len(exam.skipped) == 2
    assert {line.split(":")[0] for line in exam.skipped} == {"notes.txt", "empty.mp4"}


def test_a_loop_of_folders_ends(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert len(read_exam([tmp_path]).clips) == 1


def test_a_named_file_must_be_usable_and_a_folder_must_hold_something(tmp_path: Path) -> None:
    Image.fromarray(picture()).save(tmp_path / "a.png")
    (tmp_path / "b.txt").write_text("text")
    with pytest.raises(InputError, match=r"b\.txt"):
        read_exam([tmp_path / "a.png", tmp_path / "b.txt"])
    (tmp_path / "a.png").unlink()
    with pytest.raises(InputError, match="no usable clip"):
        read_exam([tmp_path])
    with pytest.raises(InputError, match="no input"):
        read_exam([])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("A4C Müller.mp4", "a4c-m-ller"),
        ("1.2.840.113", "1-2-840-113"),
        ("心尖.dcm", "clip"),
        ("CON.dcm", "clip-con"),
        ("../x.png", "x"),
        ("a" * 300 + ".png", "a" * 60),
    ],
)
def test_clip_ids_are_safe_file_names(name: str, expected: str) -> None:
    assert slug(name) == expected
    assert slug(name, {expected}) == f"{expected}-2"


def test_a_clip_is_a_source(tmp_path: Path) -> None:
    source = ClipSource(read_clip(video(tmp_path / "a.mp4", movie(4))))
    assert isinstance(source, Source)
    frames = source.frames()
    assert next(frames).index == 0
    assert next(frames).time_s == pytest.approx(0.04)
    source.close()
    assert list(frames) == []
