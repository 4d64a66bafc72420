"""The Report page's parts."""
