"""The heart in three dimensions: walls, chambers, valves, vessels, and the body around it."""

from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit
from core.phantom.heart.heart import Heart

__all__ = ["LEFT", "POSTERIOR", "SUPERIOR", "Heart", "Ring", "Vector", "Z", "u", "unit"]
