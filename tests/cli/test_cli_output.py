"""Results come all together or not at all."""

from pathlib import Path

import pytest
from cli_runs import Run

import core.report.pdf
from core.cli.output import Staging, check_folder
from core.domain import InputError


def _stopped_half_way(out: Path, error: BaseException) -> None:
    with Staging(out, option="--out") as folder:
        (folder / "a").write_text("half")
        raise error


def test_files_move_in_together_when_all_are_made(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    with Staging(out, option="--out") as folder:
        (folder / "a").write_text("new")
        assert not (out / "a").exists()
        (folder / "b").write_text("new")
    assert sorted(p.name for p in out.iterdir()) == ["a", "b"]


def test_a_failure_leaves_older_results_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(ZeroDivisionError):
        _stopped_half_way(tmp_path, ZeroDivisionError())
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a", "old")]


def test_a_failure_leaves_no_folder_that_was_not_there(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        _stopped_half_way(tmp_path / "out", KeyboardInterrupt())
    assert not any(tmp_path.iterdir())


def test_a_full_disk_is_the_users_to_mend(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No space left"):
        _stopped_half_way(tmp_path, OSError(28, "No space left on device"))


def test_checking_a_folder_makes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b", option="--out")
    assert not any(tmp_path.iterdir())


def test_a_report_that_fails_takes_back_the_overlays(
    tmp_path: Path,
    exam_files: dict[str, Path],
    echolab: Run,
    monkeypatch: pytest.MonkeyPatch,
    still: Path,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise InputError("report.pdf: the report cannot be written (No space left on device)")

    out = tmp_path / "out"
    assert echolab("analyze", still, "--out", out).status == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    monkeypatch.setattr(core.report.pdf, "write_report", fail)
    for folder in (out, tmp_path / "fresh"):
        done = echolab("analyze", still, "--out", folder, "--mm-per-px", "0.7")
        assert done.status == 2
        assert done.err.count("\n") == 1
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert not (tmp_path / "fresh").exists()
