"""The virtual heart: anatomy, cycle, probe, image formation, truth."""
