"""The heart in three dimensions: walls, chambers, valves, vessels, and the body around it."""

from core.phantom.heart.frame import LEFT, POSTERIOR, SUPERIOR, Ring, Vector, Z, u, unit

__all__ = ["LEFT", "POSTERIOR", "SUPERIOR", "Ring", "Vector", "Z", "u", "unit"]
