"""Colour Doppler: regurgitant jets found in the chamber that they leak into, and graded."""
