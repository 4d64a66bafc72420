"""`echolab app`: serves the app on this machine."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from core.domain import InputError

ROOT = Path(__file__).resolve().parents[2]


def register(cli: typer.Typer) -> None:
    cli.command("app", help="Serve the app in the browser.")(serve)


def command(*, port: int, host: str) -> list[str]:
    """The server's command line; the rest of its settings is in `.streamlit/config.toml`."""
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(ROOT / "app" / "main.py"),
        f"--server.port={port}",
        f"--server.address={host}",
        "--server.showEmailPrompt=false",
        "--browser.gatherUsageStats=false",
    ]


def serve(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets the whole network in.")
    ] = "127.0.0.1",
) -> None:
    """Runs the server until it is stopped (Ctrl+C)."""
    if not (ROOT / "app" / "main.py").is_file():
        raise InputError(f"{ROOT}: no app there; install EchoLab from its checkout (`make setup`)")
    done = subprocess.run(command(port=port, host=host), cwd=ROOT, check=False)
    if done.returncode:
        raise typer.Exit(done.returncode)
