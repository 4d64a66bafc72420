"""Benches by token. Light: the server asks here before anything of the heart is loaded."""

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.bench.bench import Bench

_benches: "weakref.WeakValueDictionary[str, Bench]" = weakref.WeakValueDictionary()
"""A session that ends takes its bench with it."""


def enter(bench: "Bench") -> None:
    """Lets the server's line find the bench while its session lives."""
    _benches[bench.token] = bench


def bench_of(token: str) -> "Bench | None":
    """The bench of a token; None where there is none, or no more."""
    return _benches.get(token)
