"""The command `echolab`: puts the sub-commands together and keeps its promise on bad input."""

import logging
import os
import sys
import warnings

import typer

from core.cli import analyze, app, bench, evaluate, simulate, train
from core.domain import InputError
from core.language import text

USAGE = 2


def build() -> typer.Typer:
    """The application with all its commands."""
    cli = typer.Typer(
        name="echolab",
        help=f"EchoLab: an AI echocardiography lab. {text('disclaimer', 'en')}.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for command in (app, analyze, simulate, train, evaluate, bench):
        command.register(cli)
    return cli


def main() -> None:
    """Runs the command line; bad input ends with status 2 and one line on stderr."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    os.environ.setdefault("TORCH_LOGS", "-all")
    try:
        build()(standalone_mode=False)
    except InputError as error:
        fail(str(error))
    except typer.Exit as stop:
        sys.exit(stop.exit_code)
    except typer.Abort:
        fail("cancelled")
    except KeyboardInterrupt:
        fail("cancelled")
    except Exception as error:
        # Typer's and Click's own complaints about arguments know how to say themselves in a line.
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        fail(said())


def fail(message: str) -> None:
    """One line on stderr, status 2."""
    print("echolab: " + " ".join(message.split()), file=sys.stderr)
    sys.exit(USAGE)
