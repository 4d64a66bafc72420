"""The Settings page's parts: the workstation line and what it is doing."""
