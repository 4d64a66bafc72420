"""The Measure page's parts."""
