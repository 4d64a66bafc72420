"""The set-up: what is pinned, what the container calls, what CI calls."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PINNED = re.compile(r"^[A-Za-z0-9._\[\]-]+==[^\s;]+( ; .+)?$")


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name: str) -> None:
    assert [line for line in lines(name) if not PINNED.match(line)] == []


def test_every_direct_need_is_in_the_resolved_list() -> None:
    resolved = {line.split("==")[0].lower() for line in lines("requirements.txt")}
    for line in lines("requirements.in"):
        assert re.split(r"[=<>\[]", line)[0].lower().replace("_", "-") in resolved


def test_the_cards_packages_are_there() -> None:
    resolved = {line.split("==")[0].lower() for line in lines("requirements.txt")}
    wanted = {"streamlit", "streamlit-webrtc", "torch", "timm", "numpy", "plotly"}
    assert wanted | {"opencv-python", "fpdf2"} <= resolved


def test_the_container_copies_what_is_there_and_sets_up_by_the_same_script() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    assert copied
    for source in (name for names in copied for name in names):
        assert (ROOT / source).exists(), source
    assert "RUN bash scripts/setup.sh" in text


def test_the_containers_command_is_one_that_echolab_knows() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    command = re.findall(r'"([^"]+)"', text.split("CMD", 1)[1])
    assert command[:2] == [".venv/bin/echolab", "app"]
    shown = subprocess.run(
        ["python", "-m", "core", "app", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{ROOT / '.venv' / 'bin'}:/usr/bin:/bin", "COLUMNS": "200", "TERM": "dumb"},
    ).stdout
    for option in (part for part in command if part.startswith("--")):
        assert option in shown


def test_ci_calls_what_the_readme_names() -> None:
    steps = [line for line in lines(".ci/run") if not line.startswith(("set ", "cd ", "export "))]
    assert steps == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text("utf-8")


def test_the_scripts_are_valid_shell() -> None:
    for script in ("scripts/setup.sh", "scripts/system_packages.sh", "scripts/check", ".ci/run"):
        subprocess.run(["bash", "-n", str(ROOT / script)], check=True)


def test_the_command_is_installed_under_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"echolab": "core.cli.main:main"}
