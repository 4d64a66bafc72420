"""A DICOM node of the hospital: where it listens, what it is called, what it is asked for."""

import ipaddress
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from core.domain import InputError

_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
_ADDRESS = re.compile(r"(?P<title>[^@]+)@(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<port>\d{1,5})")
LONGEST_NAME = 40


class Role(StrEnum):
    """What a node is asked for; texts in the language catalogue under `station.role.*`."""

    ARCHIVE = "archive"  # reports, structured reports and clips are sent to it
    WORKLIST = "worklist"  # says whom to examine today
    QUERY = "query"  # earlier exams are looked for and fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One node.

    Attributes:
        name: what people call it; unique among the settings' nodes.
        ae_title: its DICOM name, PS3.5 value representation AE.
        host: name or address; port: 1..65535.
        tls: the connection is encrypted, with the settings' certificates.
        roles: what it is asked for.
        commitment: asked to promise that it keeps what was sent (storage commitment).
        deidentify: what goes there leaves the house: patients' names do not.
        web: base URL of its DICOMweb service; "" where it has none.
    """

    name: str
    ae_title: str
    host: str
    port: int
    tls: bool = False
    roles: frozenset[Role] = field(default_factory=lambda: frozenset(Role))
    commitment: bool = False
    deidentify: bool = False
    web: str = ""

    @property
    def address(self) -> str:
        """AET@HOST:PORT, as `parse_node` reads it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.ae_title}@{host}:{self.port}"

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "ae_title": self.ae_title,
            "host": self.host,
            "port": self.port,
            "tls": self.tls,
            "roles": sorted(self.roles),
            "commitment": self.commitment,
            "deidentify": self.deidentify,
            "web": self.web,
        }


def checked_title(title: str) -> str:
    """An AE title without its blanks: 1 to 16 printable ASCII characters, no backslash (PS3.5
    6.2). Raises InputError."""
    plain = title.strip()
    if not 1 <= len(plain) <= 16 or not (plain.isascii() and plain.isprintable()) or "\\" in plain:
        raise InputError(
            f"AE title {title[:40]!r} cannot be used: take 1 to 16 letters, digits or signs of "
            f"ASCII, no backslash"
        )
    return plain


def checked_port(port: int) -> int:
    """`port` itself. Raises InputError."""
    if not 1 <= port <= 65535:
        raise InputError(f"port {port} cannot be used: take a number from 1 to 65535")
    return port


def checked_host(host: str) -> str:
    """A host name or an address without its blanks and brackets. Raises InputError."""
    plain = host.strip()
    if plain.startswith("[") and plain.endswith("]"):
        plain = plain[1:-1]
    if ":" in plain:
        try:
            return str(ipaddress.ip_address(plain))
        except ValueError:
            plain = ""
    if not _HOST.fullmatch(plain):
        raise InputError(f"host {host[:80]!r} cannot be used: give a name or an address")
    return plain


def checked(node: Node) -> Node:
    """The node with its words in order. Raises InputError."""
    name = " ".join(node.name.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise InputError(
            f"node name {node.name[:60]!r} cannot be used: take 1 to {LONGEST_NAME} characters"
        )
    web = node.web.strip()
    if web and not re.fullmatch(r"https?://[^\s@]+", web):
        raise InputError(
            f"DICOMweb address {web[:80]!r} cannot be used: begin it with http:// or https://, "
            f"and leave out user names"
        )
    return Node(
        name=name,
        ae_title=checked_title(node.ae_title),
        host=checked_host(node.host),
        port=checked_port(node.port),
        tls=node.tls,
        roles=frozenset(node.roles),
        commitment=node.commitment,
        deidentify=node.deidentify,
        web=web.rstrip("/"),
    )


def parse_node(words: str, *, tls: bool = False) -> Node:
    """The node of AET@HOST:PORT, named so. Raises InputError."""
    found = _ADDRESS.fullmatch(words.strip())
    if found is None:
        raise InputError(
            f"{words[:80]!r} is no address of a DICOM node: give AET@HOST:PORT, for example "
            f"PACS@192.0.2.7:104"
        )
    node = Node(
        name=words.strip()[:LONGEST_NAME],
        ae_title=found["title"],
        host=found["host"],
        port=int(found["port"]),
        tls=tls,
    )
    return checked(node)


def node_from_json(data: Any) -> Node:
    """The node that `Node.to_json` told. Raises InputError."""
    try:
        return checked(
            Node(
                name=str(data["name"]),
                ae_title=str(data["ae_title"]),
                host=str(data["host"]),
                port=int(data["port"]),
                tls=bool(data.get("tls", False)),
                roles=frozenset(Role(role) for role in data.get("roles", list(Role))),
                commitment=bool(data.get("commitment", False)),
                deidentify=bool(data.get("deidentify", False)),
                web=str(data.get("web", "")),
            )
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError("a DICOM node is not as EchoLab writes it: enter it anew") from error
