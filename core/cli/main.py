"""The command `echolab`: puts the sub-commands together and keeps its promise on bad input."""

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from io import TextIOWrapper

import typer

# These modules bring no heavy library along: what a command works with is imported when it runs,
# so that help and a mistyped argument answer at once.
from core.cli import (
    analyze,
    app,
    batch,
    bench,
    evaluate,
    export,
    models,
    queue,
    send,
    simulate,
    train,
)
from core.domain import InputError
from core.language import text

USAGE = 2
STOPPED = 130  # what a shell expects of a program that Ctrl+C ended


def build() -> typer.Typer:
    """The application with all its commands."""
    cli = typer.Typer(
        name="echolab",
        help=f"EchoLab: an AI echocardiography lab. {text('disclaimer', 'en')}.",
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    line = (app, analyze, batch, export, send, queue, simulate, train, evaluate, models, bench)
    for command in line:
        command.register(cli)
    return cli


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the command line and leaves with SystemExit unless all went well.

    Args:
        arguments: without the program's name; those of the process where None.

    Raises:
        SystemExit: with status 2, and one line on stderr, where input or arguments cannot be used.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal's encoding lacks must not end the program.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    disabled = logging.root.manager.disable
    try:
        # Whoever reads stderr is promised our line and nothing else.
        with warnings.catch_warnings(action="ignore"):
            logging.disable(logging.WARNING)
            status = _run(given or ["--help"])
    finally:
        logging.disable(disabled)
    if status:
        sys.exit(status)


def _run(arguments: Sequence[str]) -> int:
    try:
        status = build()(args=arguments, prog_name="echolab", standalone_mode=False)
    except InputError as error:
        return _fail(str(error))
    except MemoryError:
        return _fail("this machine has too little memory for it: give fewer or smaller clips")
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped", status=STOPPED)
    except BrokenPipeError:
        # Whoever read our output has left (`| head`): nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # Typer's and Click's own complaints about arguments know how to say themselves in a line.
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        return _fail(said())
    return status if isinstance(status, int) else 0


def _fail(message: str, *, status: int = USAGE) -> int:
    """One line on stderr."""
    print("echolab: " + " ".join(message.split()), file=sys.stderr)
    return status
