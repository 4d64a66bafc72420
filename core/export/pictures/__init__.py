"""Clips as ultrasound objects and key pictures as secondary captures, their regions kept."""
