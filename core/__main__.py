"""`python -m core` is the command `echolab`."""

from core.cli.main import main

main()
