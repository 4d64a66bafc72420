"""EchoLab without its pages: everything that the app, the command line and tests share."""

from core.quiet import silence

silence()
