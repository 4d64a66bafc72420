"""`echolab app`."""

import subprocess
import sys

from core.cli.app import ROOT, command


def test_it_serves_the_apps_own_page_without_asking_or_telling_anyone():
    words = command(port=9001, host="127.0.0.1")
    assert str(ROOT / "app" / "main.py") in words
    assert (ROOT / "app" / "main.py").is_file()
    assert "--server.port=9001" in words
    assert "--server.address=127.0.0.1" in words
    assert "--server.showEmailPrompt=false" in words
    assert "--browser.gatherUsageStats=false" in words


def test_a_port_that_is_none_ends_with_status_2_and_one_line():
    done = subprocess.run(
        [sys.executable, "-m", "core", "app", "--port", "99999"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.strip().count("\n") == 0
    assert "port" in done.stderr
