"""Programs that judge files."""

import os
import shutil

import pytest


def tool(name: str, package: str) -> str:
    """Path of a program; without it the test is skipped, in CI it fails."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} (Debian package {package}) is missing")
        pytest.skip(f"{name} (Debian package {package}) is not installed")
    return found
