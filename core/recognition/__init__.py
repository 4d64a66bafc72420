"""Preprocessing, view, judgement and regions."""
