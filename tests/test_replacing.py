"""A file that is written is whole or not there."""

import os
from pathlib import Path

import pytest

from core.replacing import replacing


@pytest.mark.parametrize("synced", [False, True])
def test_a_finished_file_takes_the_old_one_s_place(tmp_path: Path, synced: bool) -> None:
    path = tmp_path / "new folder" / "file.txt"
    for words in ("old", "new"):
        with replacing(path, synced=synced) as unfinished:
            unfinished.write_text(words, "utf-8")
        assert path.read_text("utf-8") == words
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_unfinished_file_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old", "utf-8")

    def fail() -> None:
        with replacing(path) as unfinished:
            unfinished.write_text("half", "utf-8")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_others_read_a_file_as_far_as_it_is_meant_for_them(tmp_path: Path) -> None:
    umask = os.umask(0o022)
    try:
        for mode, wanted in ((0o666, 0o644), (0o600, 0o600)):
            with replacing(tmp_path / "file", mode=mode) as unfinished:
                unfinished.write_bytes(b"1")
            assert (tmp_path / "file").stat().st_mode & 0o777 == wanted
    finally:
        os.umask(umask)
