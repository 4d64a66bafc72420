"""Help and refusals answer at once: nothing heavy is loaded for them."""

import logging
import subprocess
import sys
import warnings
from pathlib import Path

from cli_runs import Run

HEAVY = ("torch", "torchvision", "detectron2", "timm", "onnxruntime", "cv2", "scipy", "streamlit")
PROBE = f"""
import sys
from core.cli.main import main
for line in sys.stdin.read().splitlines():
    try:
        main(line.split())
    except SystemExit as end:
        print("status", end.code)
loaded = [name for name in {HEAVY!r} if name in sys.modules]
print("loaded", loaded)
"""


def test_help_and_refusals_load_nothing_heavy(tmp_path: Path) -> None:
    refused = [
        "analyze",
        "analyze x --json --sex Q",
        "analyze missing.dcm --json",
        "train hearts",
        "evaluate hearts",
        "simulate --view NONE --out a.mp4",
        "bench --seconds 0",
        "nonsense",
    ]
    helped = ["--help", "analyze --help", "train --help", "simulate --help", "bench --help"]
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        input="\n".join(refused + helped),
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.count("status 2\n") == len(refused)
    assert len(done.stderr.splitlines()) == len(refused)
    assert done.stdout.rstrip().endswith("loaded []")


def test_no_command_at_all_shows_what_there_is(echolab: Run) -> None:
    done = echolab()
    assert (done.status, done.err) == (0, "")
    for command in ("app", "analyze", "simulate", "train", "evaluate", "bench"):
        assert command in done.out


def test_running_a_command_leaves_logging_and_warnings_as_they_were(echolab: Run) -> None:
    before = (logging.root.manager.disable, list(warnings.filters))
    echolab("analyze")
    assert (logging.root.manager.disable, list(warnings.filters)) == before
