"""The exam store."""
