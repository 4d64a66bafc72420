"""Spectral Doppler strips: envelope, beats, which flow it is, and its values."""
