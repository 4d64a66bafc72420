"""How tests run the command."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """How a run of the command ended.

    Attributes:
        status: exit status.
        out, err: what it wrote.
        peak_kb: the most memory that it held, kilobytes; None where it ran in this process.
    """

    status: int
    out: str
    err: str
    peak_kb: int | None = None


Run = Callable[..., Done]
