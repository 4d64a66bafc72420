"""The live page's parts: stream, readings, sound, recording, background work."""
