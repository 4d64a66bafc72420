"""Sets of models: which there are, which is in use, and what is refused when one comes in."""

import hashlib
import io
import json
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

import core.recognition.models
from core.domain import InputError
from core.recognition import model_sets as sets
from core.recognition.model_archive import MANIFEST, export_set, import_set
from core.recognition.models import load_models


def put_model(folder: Path, name: str, *, licence: str = "Apache-2.0", data: bytes = b"w") -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / f"{name}.pt").write_bytes(data)
    (folder / name / "CARD.md").write_text(f"# Model card: {name}", "utf-8")
    facts = {
        "name": name,
        "version": "1",
        "file": f"{name}.pt",
        "sha256": hashlib.sha256(data).hexdigest(),
        "licence": licence,
        "trained_on": "drawings",
    }
    (folder / name / "model.json").write_text(json.dumps(facts), "utf-8")


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Folders that were loaded to prove them; loading always works."""
    seen: list[Path] = []
    monkeypatch.setattr(core.recognition.models, "load_models", seen.append)
    return seen


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proved: list[Path]) -> Path:
    """The project's folder with two small sets in it."""
    root = tmp_path / "project"
    put_model(root / "open", "view")
    put_model(root / "research", "view", licence="CC-BY-NC-SA-4.0")
    put_model(root / "research", "regions")
    monkeypatch.setattr(sets, "PROJECT_FOLDER", root)
    monkeypatch.delenv("ECHOLAB_MODELS", raising=False)
    return root


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_all_sets_are_listed_with_the_licences_of_their_weights(project: Path, home: Path) -> None:
    put_model(home / "models" / "mine", "regions", licence="own")
    (home / "models" / "empty").mkdir()
    found = {each.name: each for each in sets.model_sets(home)}
    assert list(found) == ["open", "research", "mine"]
    assert found["research"].licence == "Apache-2.0, CC-BY-NC-SA-4.0"
    assert (found["open"].own, found["mine"].own) == (False, True)


def test_the_choice_is_kept_and_the_environment_overrules_it(
    project: Path, home: Path, proved: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sets.chosen_set(home).name == "research"
    sets.choose_set("open", home)
    assert proved == [project / "open"]
    assert sets.chosen_set(home).name == "open"
    monkeypatch.setenv("ECHOLAB_MODELS", str(project / "research"))
    assert sets.chosen_set(home).name == "research"
    with pytest.raises(InputError, match="ECHOLAB_MODELS"):
        sets.choose_set("open", home)
    monkeypatch.setenv("ECHOLAB_MODELS", str(home))
    with pytest.raises(InputError, match="no models there"):
        sets.chosen_set(home)


def test_a_set_that_cannot_be_loaded_is_not_chosen(project: Path, home: Path, monkeypatch) -> None:
    def refuse(folder: Path) -> None:
        raise InputError(f"{folder}: no")

    monkeypatch.setattr(core.recognition.models, "load_models", refuse)
    with pytest.raises(InputError):
        sets.choose_set("open", home)
    assert sets.chosen_set(home).name == "research"


def test_a_removed_set_gives_way_to_the_default(project: Path, home: Path) -> None:
    sets.add_set("mine", project / "open", home)
    sets.choose_set("mine", home)
    sets.remove_set("mine", home)
    assert sets.chosen_set(home).name == "research"
    assert [path.name for path in (home / "models").iterdir()] == ["chosen.json"]
    with pytest.raises(InputError, match="stays"):
        sets.remove_set("open", home)


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b'{"set": 3}', b'{"set": "gone"}'])
def test_a_damaged_choice_is_the_default(project: Path, home: Path, damage: bytes) -> None:
    (home / "models").mkdir(parents=True)
    (home / "models" / "chosen.json").write_bytes(damage)
    assert sets.chosen_set(home).name == "research"


@pytest.mark.parametrize("name", ["", "Research", "../x", "a/b", ".x", "x" * 41, "open", "a b"])
def test_names_that_cannot_be_are_refused(project: Path, home: Path, name: str) -> None:
    with pytest.raises(InputError):
        sets.add_set(name, project / "open", home)
    assert not (home / "models").exists()


def test_what_is_handed_on_comes_in_as_it_was(project: Path, home: Path) -> None:
    data = export_set(sets.find_set("research", home))
    assert data == export_set(sets.find_set("research", home))
    taken = import_set(io.BytesIO(data), shown="set.zip", name="taken", home=home)
    for file in (project / "research").rglob("*.*"):
        assert (taken.folder / file.relative_to(project / "research")).read_bytes() == (
            file.read_bytes()
        )
    with pytest.raises(InputError, match="one of this name"):
        import_set(io.BytesIO(data), shown="set.zip", home=home)


def test_the_projects_own_set_survives_the_way_out_and_in(tmp_path: Path) -> None:
    own = sets.chosen_set(tmp_path)
    taken = import_set(io.BytesIO(export_set(own)), shown="set.zip", name="copy", home=tmp_path)
    assert taken.infos == own.infos
    assert load_models(taken.folder).infos == load_models(own.folder).infos


Change = Callable[[dict[str, bytes]], None]


def repacked(data: bytes, change: Change, *, told: bool = True) -> io.BytesIO:
    """The archive with its files changed; `told`: the manifest knows of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop(MANIFEST))
    change(files)
    if told:
        manifest["files"] = {
            name: {"sha256": hashlib.sha256(each).hexdigest(), "size": len(each)}
            for name, each in files.items()
        }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(MANIFEST, json.dumps(manifest))
        for name, each in files.items():
            archive.writestr(name, each)
    return out


def model_json(files: dict[str, bytes], **facts: object) -> None:
    known = json.loads(files["view/model.json"])
    files["view/model.json"] = json.dumps(known | facts).encode()


def onnx_that_reads(name: str) -> bytes:
    """A network one of whose tensors lies in another file."""
    tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=name)
    out = helper.make_tensor_value_info("w", TensorProto.FLOAT, [1])
    graph = helper.make_graph([], "g", [], [out], [tensor])
    return onnx.ModelProto(graph=graph).SerializeToString()


def weights(files: dict[str, bytes], name: str, data: bytes) -> None:
    files[f"view/{name}"] = data
    model_json(files, file=name, sha256=hashlib.sha256(data).hexdigest())


HOSTILE: dict[str, tuple[Change, bool]] = {
    "climbs out": (lambda f: f.update({"../evil.json": b"{}"}), True),
    "absolute": (lambda f: f.update({"/tmp/evil.json": b"{}"}), True),
    "deeper": (lambda f: f.update({"view/x/y.json": b"{}"}), True),
    "code": (lambda f: f.update({"view/run.py": b"print()"}), True),
    "not told": (lambda f: f.update({"view/more.md": b"x"}), False),
    "missing": (lambda f: f.pop("view/view.pt"), False),
    "other weights": (lambda f: f.update({"view/view.pt": b"evil"}), False),
    "other weights, told": (lambda f: f.update({"view/view.pt": b"evil"}), True),
    "names a file outside": (lambda f: model_json(f, file="../../../x"), True),
    "names more outside": (lambda f: model_json(f, more={"../../../x": "0"}), True),
    "no model.json": (lambda f: f.pop("view/model.json"), True),
    "model.json is a list": (lambda f: f.update({"view/model.json": b"[]"}), True),
    "another model's": (lambda f: model_json(f, name="regions"), True),
    "many": (lambda f: f.update({f"view/m{i}.md": b"" for i in range(80)}), True),
    "onnx outside": (lambda f: weights(f, "view.onnx", onnx_that_reads("../passwd")), True),
    "no onnx": (lambda f: weights(f, "view.onnx", b"\xff\xff not a network"), True),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused_with_one_line_and_nothing_is_kept(
    project: Path, home: Path, kind: str
) -> None:
    change, told = HOSTILE[kind]
    source = repacked(export_set(sets.find_set("open", home)), change, told=told)
    before = set(project.parent.rglob("*"))
    with pytest.raises(InputError, match=r"^set\.zip: [^\n]+$"):
        import_set(source, shown="set.zip", name="evil", home=home)
    left = set(project.parent.rglob("*")) - before
    assert left <= {home, home / "models"}


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: b"no archive at all",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"echolab.models/1", b"echolab.models/9"),
        lambda data: data.replace(b"drawings", b"DRAWINGS"),
    ],
)
def test_damaged_archives_are_refused(project: Path, home: Path, damage) -> None:
    out = io.BytesIO()
    packed = io.BytesIO(export_set(sets.find_set("open", home)))
    with zipfile.ZipFile(packed) as known, zipfile.ZipFile(out, "w") as archive:
        for name in known.namelist():
            archive.writestr(name, known.read(name))
    with pytest.raises(InputError, match=r"^set\.zip: [^\n]+$"):
        import_set(io.BytesIO(damage(out.getvalue())), shown="set.zip", name="x", home=home)


def test_a_bomb_is_refused_before_it_is_unpacked(project: Path, home: Path, monkeypatch) -> None:
    monkeypatch.setattr("core.recognition.model_archive.MOST_BYTES", 1000)
    source = repacked(
        export_set(sets.find_set("open", home)), lambda f: f.update({"view/big.md": b"0" * 2000})
    )
    with pytest.raises(InputError, match="too large"):
        import_set(source, shown="set.zip", name="x", home=home)


def test_a_link_in_the_archive_is_only_a_file_that_does_not_fit(project: Path, home: Path) -> None:
    source = repacked(export_set(sets.find_set("open", home)), lambda f: f.pop("view/CARD.md"))
    with zipfile.ZipFile(source, "a") as archive:
        link = zipfile.ZipInfo("view/CARD.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match="manifest"):
        import_set(source, shown="set.zip", name="x", home=home)
