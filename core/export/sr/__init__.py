"""Structured reports: written by TID 5300, 5200 and 2000, read from any machine."""
