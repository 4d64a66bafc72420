"""Findings, the report as a document, and its PDF."""
