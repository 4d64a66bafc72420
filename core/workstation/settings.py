"""The workstation line's settings: own name and port, the nodes around, what goes by itself.

Kept as `workstation.json` in the EchoLab home; read anew by whoever uses them, so that a change on
the page holds for every process at once.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from core.domain import InputError
from core.language import LANGUAGES
from core.replacing import replacing
from core.workstation.home import home_folder
from core.workstation.nodes import (
    Node,
    Role,
    checked,
    checked_host,
    checked_port,
    checked_title,
    node_from_json,
)

FILE = "workstation.json"
SENDABLE = ("pdf", "sr", "sr5200", "clips", "key_images")
"""What can be sent; the values of `core.export.objects.ObjectKind`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """PEM files for encrypted connections; "" where none is named.

    Attributes:
        certificate, key: who we are.
        authority: whom we trust: the other side's certificate must be signed by it.
    """

    certificate: str = ""
    key: str = ""
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of it.

    Attributes:
        ae_title: our own DICOM name.
        listen: we receive; address, port: where.
        listen_tls: only encrypted connections come in.
        known_only: only the nodes of the list may send to us.
        nodes: names unique.
        send: of `SENDABLE`, what goes out where nothing else is said.
        lang: of reports that go out by themselves.
        quiet_s: so long a study must be quiet until it is taken as complete, seconds.
        analyse: received studies are analysed by themselves.
        send_back: name of the node that such drafts are sent to; "" for none.
        tls: certificates.
    """

    ae_title: str = "ECHOLAB"
    listen: bool = False
    address: str = "127.0.0.1"
    port: int = 11112
    listen_tls: bool = False
    known_only: bool = True
    nodes: tuple[Node, ...] = ()
    send: tuple[str, ...] = ("pdf", "sr", "clips")
    lang: str = "en"
    quiet_s: float = 5.0
    analyse: bool = True
    send_back: str = ""
    tls: TlsFiles = TlsFiles()

    def with_role(self, role: Role) -> tuple[Node, ...]:
        """The nodes that are asked for `role`, in order."""
        return tuple(node for node in self.nodes if role in node.roles)

    def node(self, name: str) -> Node | None:
        """The node of a name; None where there is none."""
        return next((node for node in self.nodes if node.name == name), None)

    def with_node(self, node: Node, *, instead_of: str = "") -> "Settings":
        """These settings with a node added, or put in place of another. Raises InputError."""
        node = checked(node)
        others = [each.name for each in self.nodes if each.name != instead_of]
        if node.name in others:
            raise InputError(f"a node named {node.name} is there already: choose another name")
        if instead_of and self.node(instead_of) is not None:
            nodes = tuple(node if each.name == instead_of else each for each in self.nodes)
        else:
            nodes = (*self.nodes, node)
        back = node.name if instead_of and self.send_back == instead_of else self.send_back
        return replace(self, nodes=nodes, send_back=back)

    def without_node(self, name: str) -> "Settings":
        return replace(
            self,
            nodes=tuple(node for node in self.nodes if node.name != name),
            send_back="" if self.send_back == name else self.send_back,
        )


def checked_settings(settings: Settings) -> Settings:
    """The settings with their words in order.

    Raises:
        InputError: one line that says which cannot be used.
    """
    if not 1 <= settings.quiet_s <= 3600:
        raise InputError(f"quiet time {settings.quiet_s:g} s: give 1 to 3600 seconds")
    if settings.lang not in LANGUAGES:
        raise InputError(f"language {settings.lang!r}: give one of {', '.join(LANGUAGES)}")
    unknown = [kind for kind in settings.send if kind not in SENDABLE]
    if unknown:
        raise InputError(f"{unknown[0]!r} cannot be sent: one of {', '.join(SENDABLE)}")
    if settings.send_back and settings.node(settings.send_back) is None:
        raise InputError(f"drafts cannot be sent to {settings.send_back!r}: no such node")
    _check_tls(settings)
    return replace(
        settings,
        ae_title=checked_title(settings.ae_title),
        address=checked_host(settings.address),
        port=checked_port(settings.port),
        nodes=tuple(checked(node) for node in settings.nodes),
    )


def _check_tls(settings: Settings) -> None:
    for name, value in asdict(settings.tls).items():
        if value and not Path(value).expanduser().is_file():
            raise InputError(f"TLS {name} {value}: no such file; give the path of a PEM file")
    if bool(settings.tls.certificate) != bool(settings.tls.key):
        raise InputError("TLS: give certificate and key together")
    if settings.listen_tls and not (settings.tls.certificate and settings.tls.authority):
        raise InputError(
            "TLS: to receive encrypted, name our certificate with its key and the authority that "
            "signs the senders' certificates"
        )


def settings_file(home: Path | None = None) -> Path:
    return (home_folder() if home is None else home) / FILE


def load_settings(home: Path | None = None) -> Settings:
    """The settings of an EchoLab home; the defaults where none were saved.

    Raises:
        InputError: the file cannot be read.
    """
    path = settings_file(home)
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read: mend it, or move it away to begin with new settings"
        ) from error
    return _from_json(data, path)


def save_settings(settings: Settings, home: Path | None = None) -> Settings:
    """Check and keep the settings; what was kept. Raises InputError."""
    good = checked_settings(settings)
    path = settings_file(home)
    data = {
        **asdict(replace(good, nodes=())),
        "nodes": [node.to_json() for node in good.nodes],
    }
    try:
        with replacing(path, synced=True, mode=0o600) as unfinished:
            unfinished.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror or error})") from error
    return good


def _from_json(data: Any, path: Path) -> Settings:
    own = Settings()
    try:
        return Settings(
            ae_title=checked_title(str(data.get("ae_title", own.ae_title))),
            listen=bool(data.get("listen", own.listen)),
            address=checked_host(str(data.get("address", own.address))),
            port=checked_port(int(data.get("port", own.port))),
            listen_tls=bool(data.get("listen_tls", own.listen_tls)),
            known_only=bool(data.get("known_only", own.known_only)),
            nodes=tuple(node_from_json(node) for node in data.get("nodes", ())),
            send=tuple(str(kind) for kind in data.get("send", own.send) if kind in SENDABLE),
            lang=str(data.get("lang", own.lang)),
            quiet_s=float(data.get("quiet_s", own.quiet_s)),
            analyse=bool(data.get("analyse", own.analyse)),
            send_back=str(data.get("send_back", own.send_back)),
            tls=TlsFiles(**{k: str(v) for k, v in data.get("tls", {}).items()}),
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(
            f"{path} is not as EchoLab writes it: mend it, or move it away to begin anew"
        ) from error
