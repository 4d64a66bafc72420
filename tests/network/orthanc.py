"""A real archive for the tests: Debian's Orthanc, on loopback, with worklists and DICOMweb."""

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from core.workstation.nodes import Node

PLUGINS = Path("/usr/share/orthanc/plugins")
OURS = "ECHOLAB"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def need(tool: str) -> str:
    """The path of a program; where it is missing the test is skipped, and fails in CI."""
    path = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        words = f"{tool} is not installed: scripts/system_packages.sh installs it"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    return path


@dataclass
class Orthanc:
    """One Orthanc in a folder; it can be ended, killed and started again with what it holds.

    Attributes:
        ours: port at which it finds our receiver.
    """

    folder: Path
    http: int = field(default_factory=free_port)
    dicom: int = field(default_factory=free_port)
    ours: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def worklists(self) -> Path:
        return self.folder / "worklists"

    def node(self, name: str = "PACS", **options: Any) -> Node:
        return Node(name=name, ae_title="ORTHANC", host="127.0.0.1", port=self.dicom, **options)

    @property
    def web(self) -> str:
        return f"http://127.0.0.1:{self.http}/dicom-web"

    def start(self) -> None:
        binary = need("Orthanc")
        self.worklists.mkdir(parents=True, exist_ok=True)
        plugins = [
            str(PLUGINS / f"lib{name}.so") for name in ("ModalityWorklists", "OrthancDicomWeb")
        ]
        for plugin in plugins:
            if not Path(plugin).exists():
                need(Path(plugin).name)
        settings = {
            "Name": "Archive of the tests",
            "StorageDirectory": str(self.folder / "storage"),
            "IndexDirectory": str(self.folder / "storage"),
            "HttpPort": self.http,
            "DicomPort": self.dicom,
            "DicomAet": "ORTHANC",
            "DicomCheckCalledAet": True,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "SslEnabled": False,
            "DefaultEncoding": "Utf8",
            "OverwriteInstances": False,
            "UnknownSopClassAccepted": True,
            "HttpServerEnabled": True,
            "DicomServerEnabled": True,
            "DicomModalities": {
                "echolab": {
                    "AET": OURS,
                    "Host": "127.0.0.1",
                    "Port": self.ours,
                    "AllowStorageCommitment": True,
                }
            },
            "Plugins": plugins,
            "Worklists": {"Enable": True, "Database": str(self.worklists)},
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
            **self.more,
        }
        path = self.folder / "orthanc.json"
        path.write_text(json.dumps(settings))
        log = (self.folder / "orthanc.log").open("ab")
        self.process = subprocess.Popen(
            [binary, str(path)], stdout=log, stderr=log, cwd=self.folder
        )
        for _ in range(240):
            if self.process.poll() is not None:
                break
            try:
                self.get("/system")
                with socket.create_connection(("127.0.0.1", self.dicom), timeout=2):
                    return
            except OSError:
                time.sleep(0.25)
        raise RuntimeError((self.folder / "orthanc.log").read_text("utf-8", "replace")[-3000:])

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=20) as answer:
            return json.loads(answer.read())

    def file(self, instance: str) -> bytes:
        """The file of an Orthanc instance id."""
        url = f"http://127.0.0.1:{self.http}/instances/{instance}/file"
        with urllib.request.urlopen(url, timeout=20) as answer:
            return bytes(answer.read())

    def instances(self) -> dict[str, str]:
        """SOP Instance UID -> Orthanc's id of all that it holds."""
        return {
            each["MainDicomTags"]["SOPInstanceUID"]: each["ID"]
            for each in self.get("/instances?expand")
        }

    def clear(self) -> None:
        for patient in self.get("/patients"):
            request = urllib.request.Request(
                f"http://127.0.0.1:{self.http}/patients/{patient}", method="DELETE"
            )
            urllib.request.urlopen(request, timeout=20).close()
        for file in self.worklists.glob("*.wl"):
            file.unlink()

    def schedule(self, name: str, ds: Dataset) -> None:
        """Put an entry into its worklist."""
        ds.save_as(self.worklists / f"{name}.wl", enforce_file_format=True)
