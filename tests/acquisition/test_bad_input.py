"""Whatever is given: a clip, or one clear line. Never a traceback, a hang, noise on stderr."""

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from made_files import dataset, movie, picture, save, video
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless
from test_dicom_pixels import recompressed

from core.acquisition.files import read_clip
from core.domain import InputError


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_clip(path)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 400
    return line


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"just some text\nand more", "text"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"PK\x03\x04" + bytes(100), "ZIP"),
        (b"\x1f\x8b\x08" + bytes(50), "gzip"),
        (bytes(4000), "zeros"),
        (random.Random(1).randbytes(4000), "encrypted"),
        (bytes.fromhex("30820a0b06092a864886f70d010703a0"), "encrypted"),
        (b"Salted__" + bytes(range(200)), "encrypted"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "sound"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(20), "HEIC"),
        (b"#EXTM3U\nhttp://localhost/x.ts\n", "text"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "text"),
    ],
)
def test_what_is_no_picture_is_named(tmp_path: Path, content: bytes, word: str) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    line = refusal(tmp_path / "a.mp4")
    assert line.startswith("a.mp4: ")
    assert word in line


def test_what_is_not_there_or_no_file(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "missing.dcm")
    assert "regular file" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.dcm")
    assert "regular file" in refusal(tmp_path / "pipe.dcm")
    assert "a?b" in refusal(Path("a\0b"))
    (tmp_path / "two\nlines.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert "two?lines.png" in refusal(tmp_path / "two\nlines.png")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "a.png").chmod(0)
    assert "cannot be opened" in refusal(tmp_path / "a.png")


@pytest.mark.parametrize("side", [1, 31])
def test_a_picture_too_small_is_refused(tmp_path: Path, side: int) -> None:
    Image.fromarray(picture(side, side)).save(tmp_path / "a.png")
    save(dataset(picture(side, 64)), tmp_path / "a.dcm")
    assert "too small" in refusal(tmp_path / "a.png")
    assert "too small" in refusal(tmp_path / "a.dcm")


def test_a_picture_of_8k_is_read_and_a_bomb_is_not(tmp_path: Path) -> None:
    Image.new("L", (8192, 8192), 7).save(tmp_path / "large.png")
    assert read_clip(tmp_path / "large.png").frames.shape == (1, 8192, 8192, 3)
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    assert "too large" in refusal(tmp_path / "bomb.png")
    assert "too large" in refusal(
        save(dataset(picture(), Rows=60_000, Columns=60_000), tmp_path / "bomb.dcm")
    )


def test_ten_thousand_frames_stay_within_the_budget(tmp_path: Path) -> None:
    one = np.zeros((64, 64), np.uint8)
    ds = dataset(one, NumberOfFrames=10_000)
    ds.PixelData = bytes(64 * 64 * 10_000)
    clip = read_clip(save(ds, tmp_path / "a.dcm"))
    assert (len(clip), clip.total_frames) == (10_000, 10_000)
    ds.Rows = ds.Columns = 512
    ds.NumberOfFrames = 2_000_000_000
    ds.PixelData = bytes(512 * 512 * 20)
    clip = read_clip(save(ds, tmp_path / "b.dcm"))
    assert len(clip) == 20
    assert "20 of 2000000000" in clip.notes[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"NumberOfFrames": 0}, "no frames"),
        ({"Rows": 0}, "too small"),
        ({"BitsAllocated": 1}, "1-bit"),
        ({"BitsAllocated": 12}, "12-bit"),
        ({"PhotometricInterpretation": "HSV"}, "HSV"),
        ({"PixelData": b""}, "damaged"),
        ({"PixelData": bytes(100)}, "damaged"),
    ],
)
def test_dicom_that_cannot_be_shown(tmp_path: Path, changes: dict, word: str) -> None:
    assert word in refusal(save(dataset(picture(), **changes), tmp_path / "a.dcm"))


def test_dicom_without_a_picture(tmp_path: Path) -> None:
    ds = dataset(picture(), Modality="SR")
    del ds.PixelData
    assert "SR holds no picture" in refusal(save(ds, tmp_path / "sr.dcm"))
    item = Dataset()
    item.EncryptedContentTransferSyntaxUID = "1.2.840.10008.1.2.1"
    item.EncryptedContent = bytes(16)
    ds.EncryptedAttributesSequence = Sequence([item])
    assert "encrypted" in refusal(save(ds, tmp_path / "e.dcm"))
    ds = dataset(picture())
    ds.file_meta.TransferSyntaxUID = "1.2.3.4"
    path = tmp_path / "u.dcm"
    ds.save_as(path, implicit_vr=False, little_endian=True, enforce_file_format=True)
    assert "cannot be decoded" in refusal(path)


def test_a_compressed_frame_that_lies_about_its_size(tmp_path: Path) -> None:
    plain = save(dataset(picture(128, 160)), tmp_path / "plain.dcm")
    packed = recompressed(plain, tmp_path / "packed.dcm", JPEGLSLossless)
    content = bytearray(packed.read_bytes())
    at = content.find(b"\xff\xf7")
    content[at + 5 : at + 9] = b"\x3a\x98\x3a\x98"  # 15000 x 15000
    packed.write_bytes(content)
    assert "15000x15000" in refusal(packed)


def test_a_dicom_file_cut_off_gives_its_whole_frames(tmp_path: Path) -> None:
    frames = movie(8)
    plain = save(dataset(frames), tmp_path / "plain.dcm")
    packed = recompressed(plain, tmp_path / "packed.dcm", JPEG2000Lossless)
    for path in (plain, packed):
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * 0.6)])
        clip = read_clip(path)
        assert 3 <= len(clip) <= 5
        assert clip.total_frames == 8
        assert np.array_equal(clip.frames, frames[: len(clip)])
        assert f"{len(clip)} of 8" in clip.notes[0]


@pytest.mark.parametrize("suffix", ["mkv", "avi", "ts", "gif"])
def test_a_video_cut_off_gives_what_decodes(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    frames = movie(40)
    if suffix == "gif":
        images = [Image.fromarray(f) for f in frames]
        images[0].save(path, save_all=True, append_images=images[1:], duration=40)
    else:
        video(path, frames, codec="mpeg4")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert 5 < len(read_clip(path)) < 35


def test_an_mp4_without_its_index_is_refused(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", movie(20))
    path.write_bytes(path.read_bytes()[:-2000])
    assert "damaged or cut off" in refusal(path)


def test_a_video_without_pictures_is_refused(tmp_path: Path) -> None:
    import av

    with av.open(tmp_path / "a.mp4", "w") as container:
        stream = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate = 8000
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert "no video" in refusal(tmp_path / "a.mp4")


FUZZ = """
import sys
from pathlib import Path
from core.acquisition.files import read_clip
from core.domain import InputError
for path in sorted(Path(sys.argv[1]).iterdir()):
    print(path.name, end=" ", flush=True)
    try:
        clip = read_clip(path)
        assert len(clip) == len(clip.times_s) <= clip.total_frames
        print("ok")
    except InputError as error:
        assert "\\n" not in str(error)
        print("refused")
"""


def test_damaged_files_neither_crash_nor_hang_nor_make_noise(tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    frames = movie(4)
    plain = save(dataset(frames), good / "plain.dcm")
    for syntax in (JPEGBaseline8Bit, JPEGLSLossless, JPEG2000Lossless, RLELossless):
        recompressed(plain, good / f"{syntax.keyword}.dcm", syntax)
    video(good / "a.mp4", frames)
    video(good / "a.avi", frames, codec="mpeg4")
    video(good / "a.mkv", frames)
    images = [Image.fromarray(f) for f in frames]
    images[0].save(good / "a.gif", save_all=True, append_images=images[1:], duration=40)
    for suffix in ("png", "jpg", "tiff", "bmp", "webp", "jp2"):
        images[0].save(good / f"b.{suffix}")
    chance = random.Random(7)
    count = 0
    for path in sorted(good.iterdir()):
        content = path.read_bytes()
        for number in range(12):
            broken = bytearray(content)
            if number % 3 == 0:
                broken = broken[: chance.randrange(1, len(broken))]
            for _ in range(chance.randrange(1, 60)):
                # Mostly in the head, where sizes and offsets stand.
                end = len(broken) if number % 2 else min(len(broken), 2000)
                broken[chance.randrange(end)] = chance.randrange(256)
            (bad / f"{path.stem}-{number}{path.suffix}").write_bytes(broken)
            count += 1
    done = subprocess.run(
        [sys.executable, "-c", FUZZ, str(bad)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stdout[-200:] + done.stderr[-2000:]
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == count
    assert "ok" in done.stdout
    assert "refused" in done.stdout
