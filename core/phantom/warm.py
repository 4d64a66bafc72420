"""Compiles the heart once: `python -m core.phantom.warm`. Then nobody waits for a picture."""

from core.domain import Mode, View
from core.phantom import render_clip


def warm() -> None:
    """Renders one small picture in each of the ways that the product uses."""
    for mode in (Mode.BMODE, Mode.COLOR, Mode.PW, Mode.TDI, Mode.MMODE):
        view = View.PLAX if mode is Mode.MMODE else View.A4C
        render_clip(view, seed=1, frames=1, mode=mode)


if __name__ == "__main__":
    warm()
