"""Reads the fields of a report's PDF that was edited in some PDF program."""

from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Name

from core.domain import InputError
from core.report.origin import PRIVATE, Origin


def _value(value: object) -> str:
    if isinstance(value, pikepdf.Name):
        return str(value).removeprefix("/")
    if isinstance(value, pikepdf.Stream):
        return str(pikepdf.String(value.read_bytes()))
    if isinstance(value, pikepdf.Array):
        return ", ".join(_value(part) for part in value)
    return "" if value is None else str(value)


def _walk(
    node: pikepdf.Object,
    above: str,
    inherited: object,
    found: dict[str, str],
    seen: set[tuple[int, int]],
) -> None:
    """Collects the values below `node`; each object once, so that one that holds itself ends."""
    if not isinstance(node, pikepdf.Dictionary) or node.objgen in seen:
        return
    if node.is_indirect:
        seen.add(node.objgen)
    own = str(node[Name.T]) if Name.T in node else ""
    name = ".".join(part for part in (above, own) if part)
    value = node.get(Name.V, inherited)
    named = [
        kid
        for kid in node.get(Name.Kids, ())
        if isinstance(kid, pikepdf.Dictionary) and Name.T in kid
    ]
    for kid in named:
        _walk(kid, name, value, found, seen)
    if not named and name:
        found[name] = _value(value).replace("\r\n", "\n").replace("\r", "\n")


def _joined(found: dict[str, str]) -> dict[str, str]:
    """Long texts put together again from `continued.<name>.<part>`."""
    fields = {name: value for name, value in found.items() if not name.startswith("continued.")}
    parts: dict[str, list[tuple[int, str]]] = {}
    for name, value in found.items():
        whole, _, part = name.removeprefix("continued.").rpartition(".")
        if name not in fields and whole in fields and part.isdecimal():
            parts.setdefault(whole, []).append((int(part), value))
    for whole, more in parts.items():
        fields[whole] += "".join(value for _, value in sorted(more))
    return fields


@dataclass(frozen=True, slots=True, kw_only=True)
class EditedForm:
    """A report's PDF as it came back.

    Attributes:
        fields: by full name; a check box is "Yes" or "Off".
        origin: what it was exported from; None where the program that edited it dropped that.
    """

    fields: dict[str, str]
    origin: Origin | None


def _origin(pdf: pikepdf.Pdf) -> Origin | None:
    node: object = pdf.Root
    for key in (Name.PieceInfo, PRIVATE, Name.Private, Name.Origin):
        if not isinstance(node, pikepdf.Dictionary) or key not in node:
            return None
        node = node[key]
    return Origin.from_json(node.read_bytes()) if isinstance(node, pikepdf.Stream) else None


def read_back(path: Path) -> dict[str, str]:
    """The fields of a report's PDF by full name; see `read_form`."""
    return read_form(path).fields


def read_form(path: Path) -> EditedForm:
    """A report's PDF that may have been edited in some PDF program.

    Raises:
        InputError: no such file, not a PDF, locked by a password, or no EchoLab report.
    """
    try:
        with pikepdf.open(path) as pdf:
            form = pdf.Root.get(Name.AcroForm)
            origin = _origin(pdf)
            found: dict[str, str] = {}
            seen: set[tuple[int, int]] = set()
            if isinstance(form, pikepdf.Dictionary):
                for node in form.get(Name.Fields, ()):
                    _walk(node, "", None, found, seen)
    except pikepdf.PasswordError:
        raise InputError(f"{path.name}: the PDF is locked by a password; unlock it first") from None
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from None
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, RecursionError):
        raise InputError(
            f"{path.name}: not a readable PDF; import the file that EchoLab exported"
        ) from None
    fields = _joined(found)
    if "conclusion" not in fields:
        raise InputError(
            f"{path.name}: holds no fields of an EchoLab report; "
            "import an exported report that was not flattened or printed to PDF"
        )
    return EditedForm(fields=fields, origin=origin)
