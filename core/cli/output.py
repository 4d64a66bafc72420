"""Where a command writes: proved first, filled in one go."""

import os
import shutil
import tempfile
from pathlib import Path
from types import TracebackType

from core.domain import InputError


def check_folder(folder: Path, *, option: str) -> None:
    """Raises InputError if `folder` could not be made or written; it is not made yet.

    Args:
        folder: where a command will write.
        option: by which the user gave it, for the message.
    """
    nearest = folder
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        raise InputError(f"{option} {folder}: cannot be written ({error.strerror})") from error


class Staging:
    """A folder beside the results, whose files move in among them together when all are made.

    The block is given the folder to write to. If it ends well, every file in it replaces the one
    of its name in `folder`; if not, nothing has changed there.

    Raises:
        InputError: on the way in or out, if `folder` cannot be written or the disk is full.
    """

    def __init__(self, folder: Path, *, option: str) -> None:
        self._folder = folder
        self._option = option
        self._was_there = folder.is_dir()
        self._stage: Path | None = None

    def __enter__(self) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # In the folder itself: on the same disk, so that moving a file is one step.
            self._stage = Path(tempfile.mkdtemp(dir=self._folder, prefix=".echolab-"))
        except OSError as error:
            raise self._unwritable(error) from error
        return self._stage

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        assert self._stage is not None
        try:
            if error is None:
                for file in sorted(self._stage.iterdir()):
                    os.replace(file, self._folder / file.name)
        except OSError as failed:
            raise self._unwritable(failed) from failed
        finally:
            shutil.rmtree(self._stage, ignore_errors=True)
            if error is not None and not self._was_there:
                with_nothing_in_it = not any(self._folder.iterdir())
                if with_nothing_in_it:
                    self._folder.rmdir()
        if isinstance(error, OSError):
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"{self._option} {self._folder}: cannot be written ({error.strerror or error}): "
            "choose another folder or make room"
        )
