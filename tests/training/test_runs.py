"""Runs beside the app: found again by anyone, stopped gently, gone on with, told apart."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.domain import InputError
from core.training import runs
from core.training.runs import Run, RunState

TRAINS = """
import json, pathlib, signal, sys, time
run = pathlib.Path(sys.argv[1])
asked = []
signal.signal(signal.SIGINT, lambda *_: asked.append(1))
saved = run / "curve.json"
curve = json.loads(saved.read_text()) if saved.exists() else []
while len(curve) < 400:
    if asked:
        print("echolab: stopped", file=sys.stderr)
        sys.exit(130)
    step = len(curve) + 1
    curve.append({"step": step, "loss_view": 1 / step, "score": step / 400})
    for name, content in (("curve", curve), ("progress", {
        "phase": "view", "step": step, "steps": 400, "score": step / 400, "until": 0.9})):
        part = run / (name + ".part")
        part.write_text(json.dumps(content))
        part.replace(run / (name + ".json"))
    time.sleep(float(sys.argv[2]))
"""


def begin(home: Path, program: str, *arguments: str, kind: runs.Kind = "train") -> Run:
    folder = runs.new_folder("view", home)
    command = ["-c", program, *(a.format(run=folder) for a in arguments)]
    return runs.begin(folder, kind, "view", command, {"steps": 400})


def wait(run: Run, done: Callable[[Run], bool], seconds: float = 60) -> Run:
    end = time.monotonic() + seconds
    while not done(now := runs.read_run(run.folder)):
        assert time.monotonic() < end, (now, runs.log_of(now))
        time.sleep(0.1)
    return now


def ended(run: Run) -> bool:
    return run.state is not RunState.RUNNING


def steps(run: Run) -> int:
    stages = runs.stages_of(run)
    return stages[-1].step if stages else 0


def test_a_run_is_looked_at_stopped_and_gone_on_with(tmp_path: Path) -> None:
    run = begin(tmp_path, TRAINS, "{run}", "0.05")
    assert run.state is RunState.RUNNING
    wait(run, lambda now: steps(now) >= 3)
    stage = runs.stages_of(run)[-1]
    assert (stage.phase, stage.steps, stage.until) == ("view", 400, 0.9)
    assert [point["step"] for point in stage.curve[:2]] == [1, 2]
    with pytest.raises(InputError, match="is under way"):
        begin(tmp_path, TRAINS, "{run}", "0.05")
    with pytest.raises(InputError, match="stop it first"):
        runs.remove_run(run)
    runs.ask_to_stop(run)
    stopped = wait(run, ended)
    assert stopped.state is RunState.STOPPED
    before = steps(stopped)
    assert 3 <= before < 400
    again = runs.go_on(stopped)
    assert again.state is RunState.RUNNING
    wait(again, lambda now: steps(now) > before)
    runs.ask_to_stop(again)
    wait(again, ended)
    runs.remove_run(runs.read_run(run.folder))
    assert runs.list_runs(home=tmp_path) == ()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [".turn"]


def test_a_run_ends_by_itself_and_its_figures_are_read(tmp_path: Path) -> None:
    run = begin(tmp_path, 'print(\'{"set": {"accuracy": 0.5}}\')', kind="evaluate")
    done = wait(run, ended)
    assert done.state is RunState.DONE
    assert runs.figures_of(done) == {"set": {"accuracy": 0.5}}
    assert runs.list_runs("evaluate", tmp_path)[0].facts == {"steps": 400}
    assert runs.list_runs("train", tmp_path) == ()


def test_what_the_command_says_of_a_mistake_is_kept(tmp_path: Path) -> None:
    run = begin(tmp_path, "import sys; sys.exit('noise\\necholab: --data x: no such folder')")
    failed = wait(run, ended)
    assert failed.state is RunState.FAILED
    assert failed.why == "--data x: no such folder"
    assert "noise" in runs.log_of(failed)


def test_the_command_itself_refuses_with_its_line(tmp_path: Path) -> None:
    base = tmp_path / "base"
    (base / "view").mkdir(parents=True)
    options = ("--data", str(tmp_path / "nowhere"))
    run = runs.begin_training("view", base=base, options=options, home=tmp_path)
    assert (run.models / "view").is_dir()
    failed = wait(run, ended)
    assert failed.state is RunState.FAILED
    assert failed.why is not None
    assert "no such folder" in failed.why


def test_a_run_whose_attendant_was_killed_is_cut_off(tmp_path: Path) -> None:
    run = begin(tmp_path, "import time; time.sleep(1.5)")
    os.kill(json.loads((run.folder / "alive.json").read_text())["pid"], signal.SIGKILL)
    assert wait(run, ended).state is RunState.CUT


def test_folders_of_no_run_are_left_out(tmp_path: Path) -> None:
    for name, content in (("virtual", None), ("20260101-000000-view-ab", "{"), ("x", "[]")):
        (tmp_path / "runs" / name).mkdir(parents=True)
        if content is not None:
            (tmp_path / "runs" / name / "run.json").write_text(content)
    assert runs.list_runs(home=tmp_path) == ()
    with pytest.raises(InputError, match="no run there"):
        runs.read_run(tmp_path)


def test_stages_are_read_in_their_order_and_damage_is_passed_over(tmp_path: Path) -> None:
    folder = runs.new_folder("regions", tmp_path)
    for number, (name, curve) in enumerate(
        [("boxes", '[{"step": 2, "loss": 1}]'), ("trunk", "[]"), ("broken", "{]")]
    ):
        (folder / name).mkdir()
        (folder / name / "curve.json").write_text(curve)
        os.utime(folder / name / "curve.json", (1000 + number, 1000 + number))
    (folder / "models").mkdir()
    (folder / "models" / "curve.json").write_text("[]")
    run = runs.begin(folder, "train", "regions", ["-c", ""], {})
    assert [stage.name for stage in runs.stages_of(run)] == ["boxes", "trunk"]
    wait(run, ended)


def test_the_time_left_follows_what_was_seen() -> None:
    assert runs.seconds_left([], 10) is None
    assert runs.seconds_left([(0.0, 5)], 10) is None
    assert runs.seconds_left([(0.0, 5), (4.0, 5)], 10) is None
    assert runs.seconds_left([(0.0, 0), (10.0, 20)], 100) == pytest.approx(40)
