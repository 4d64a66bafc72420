"""A set of models as one ZIP file: cards and checksums with the weights, checked when it comes in.

The file holds `MANIFEST.json` (`format`, `name`, `licence`, and each file's size and SHA-256) and
the set's own files. What comes in is not trusted: names, sizes and sums are checked before a file
is written, and no weights are kept that could run code or read another file.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from core.domain import InputError
from core.recognition.model_sets import ModelSet, keep_set, read_info

FORMAT = "echolab.models/1"
MANIFEST = "MANIFEST.json"
MOST_FILES = 64
MOST_BYTES = 400 * 2**20
_MOST_MANIFEST = 1 << 20
_FILE = re.compile(r"[a-z][a-z0-9_-]{0,30}/[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.(pt|onnx|json|md)")
_BROKEN = (
    zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error
)  # fmt: skip
_CLOCK = (1980, 1, 1, 0, 0, 0)  # the same set gives the same bytes


def export_set(chosen: ModelSet) -> bytes:
    """The set as a ZIP file. Raises InputError where a file of it cannot be read."""
    files: dict[str, bytes] = {}
    try:
        for part in sorted(p for p in chosen.folder.iterdir() if (p / "model.json").is_file()):
            for file in sorted(part.iterdir()):
                name = f"{part.name}/{file.name}"
                if file.is_file() and _FILE.fullmatch(name):
                    files[name] = file.read_bytes()
    except OSError as error:
        raise InputError(
            f"Model set {chosen.name}: cannot be read ({error.strerror}); check {chosen.folder}"
        ) from error
    manifest = {
        "format": FORMAT,
        "name": chosen.name,
        "licence": chosen.licence,
        "files": {
            name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            for name, data in files.items()
        },
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        texts = {MANIFEST: json.dumps(manifest, indent=1).encode()}
        for name, data in (texts | files).items():
            packed = zipfile.ZIP_STORED if name.endswith((".pt", ".onnx")) else zipfile.ZIP_DEFLATED
            entry = zipfile.ZipInfo(name, _CLOCK)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data, compress_type=packed)
    return buffer.getvalue()


def import_set(
    source: IO[bytes], *, shown: str, name: str | None = None, home: Path | None = None
) -> ModelSet:
    """Brings in a set that `export_set` made; it is kept only if it is whole and can be loaded.

    Args:
        source: the open ZIP file.
        shown: how the file is called, for messages.
        name: what the set shall be called here; None: what its manifest says.

    Raises:
        InputError: it is no such file, is damaged or unsafe, or the name is taken.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = _manifest(archive, shown)
            files = _checked(archive, manifest, shown)
    except _BROKEN as error:
        raise InputError(f"{shown}: not a whole ZIP file of models; export it again") from error

    def fill(folder: Path) -> None:
        for path, data in files.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        for part in sorted(p for p in folder.iterdir()):
            _check_model(part, shown)

    return keep_set(manifest["name"] if name is None else name, fill, home)


def _manifest(archive: zipfile.ZipFile, shown: str) -> dict[str, Any]:
    """The manifest, its form checked."""
    wrong = InputError(f"{shown}: holds no set of models of EchoLab (no usable {MANIFEST})")
    try:
        entry = archive.getinfo(MANIFEST)
        if entry.file_size > _MOST_MANIFEST:
            raise wrong
        found = json.loads(archive.read(entry))
    except (KeyError, ValueError, RecursionError) as error:
        raise wrong from error
    ok = (
        isinstance(found, dict)
        and found.get("format") == FORMAT
        and isinstance(found.get("name"), str)
        and isinstance(found.get("files"), dict)
        and all(isinstance(facts, dict) for facts in found["files"].values())
    )
    if not ok:
        raise wrong
    return found


def _checked(archive: zipfile.ZipFile, manifest: dict[str, Any], shown: str) -> dict[str, bytes]:
    """All files but the manifest: names, sizes and sums as they should be."""
    entries = [entry for entry in archive.infolist() if entry.filename != MANIFEST]
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES or len(archive.infolist()) != len(names) + 1:
        raise InputError(f"{shown}: holds too many files to be a set of models")
    if len(set(names)) != len(names) or set(names) != set(manifest["files"]):
        raise InputError(f"{shown}: its files are not those that its manifest names")
    strange = next((name for name in names if not _FILE.fullmatch(name)), None)
    if strange is not None:
        raise InputError(f"{shown}: holds {strange[:80]!r}, which no set of models has")
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise InputError(f"{shown}: too large; a set of models has at most {MOST_BYTES >> 20} MB")
    files = {}
    for entry in entries:
        data = archive.read(entry)
        facts = manifest["files"][entry.filename]
        if hashlib.sha256(data).hexdigest() != facts.get("sha256"):
            raise InputError(f"{shown}: {entry.filename} is damaged (its checksum is another)")
        files[entry.filename] = data
    return files


def _check_model(part: Path, shown: str) -> None:
    """A model's `model.json` names a file of its own folder with the right sum, nothing outside."""
    info = read_info(part / "model.json")
    try:
        facts = json.loads((part / "model.json").read_text("utf-8"))
        expected = {facts["file"]: facts["sha256"], **facts.get("more", {})}
    except (OSError, ValueError, KeyError, TypeError):
        expected = {}
    there = {file.name for file in part.iterdir()}
    if info is None or not expected or not set(expected) <= there or info.name != part.name:
        raise InputError(f"{shown}: {part.name} has no usable model.json")
    for name, digest in expected.items():
        if hashlib.sha256((part / name).read_bytes()).hexdigest() != digest:
            raise InputError(
                f"{shown}: {part.name}/{name} is not the file that its model.json names"
            )
    for file in part.glob("*.onnx"):
        if _reads_elsewhere(file):
            raise InputError(f"{shown}: {part.name}/{file.name} wants data from another file")


def _reads_elsewhere(path: Path) -> bool:
    """Whether an ONNX file keeps tensors outside itself, or is none at all."""
    import onnx
    from onnx.external_data_helper import uses_external_data

    try:
        model = onnx.load(str(path), load_external_data=False)
    except Exception:  # protobuf has kinds of its own
        return True
    bodies = [model.graph, *model.functions]
    while bodies:
        body = bodies.pop()
        tensors = list(getattr(body, "initializer", ()))
        for pair in getattr(body, "sparse_initializer", ()):
            tensors += [pair.values, pair.indices]
        for node in body.node:
            for a in node.attribute:
                tensors += [a.t, *a.tensors]
                bodies += [a.g, *a.graphs]
        if any(uses_external_data(tensor) for tensor in tensors):
            return True
    return False
