"""Which views an exam asks for, and which of them its clips have brought."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain import View
from core.workstation.records import ClipRecord, KeptBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A list of views, in the order in which they are taken; its name is `protocol.<id>` of the
    language catalogue."""

    id: str
    views: tuple[View, ...]


FULL = Protocol(id="full", views=tuple(view for view in View if view is not View.OTHER))
"""All standard planes, window by window, in the order of Mitchell C. et al., J Am Soc Echocardiogr
2019;32:1-64."""
FOCUSED = Protocol(id="focused", views=(View.PLAX, View.PSAX_PM, View.A4C, View.SC4C, View.SC_IVC))
"""The five views of focused cardiac ultrasound: Via G. et al., J Am Soc Echocardiogr
2014;27:683.e1-33."""
VOLUMES = Protocol(id="volumes", views=(View.A4C, View.A2C))
"""What biplane volumes and the ejection fraction need: Lang R. et al., J Am Soc Echocardiogr
2015;28:1-39."""
PROTOCOLS = {each.id: each for each in (FULL, FOCUSED, VOLUMES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistEntry:
    """One place of the checklist.

    Attributes:
        view: asked for.
        clip: the one that stands for it; None while there is none.
        count: clips filed under the view.
    """

    view: View
    clip: ClipRecord | None
    count: int

    @property
    def filled(self) -> bool:
        return self.clip is not None

    @property
    def standard(self) -> bool:
        """A standard plane was held: not merely kept by hand or brought as a file."""
        return self.clip is not None and self.clip.kept_by is KeptBy.AUTO


def protocol_of(name: str | None) -> Protocol:
    """The protocol of an id; the full one where none was chosen, or one that is no more."""
    return PROTOCOLS.get(name or "", FULL)


def checklist(protocol: Protocol, clips: Sequence[ClipRecord]) -> tuple[ChecklistEntry, ...]:
    """The protocol's views with the exam's clips, each clip under the view that it is filed under.

    The newest clip of a held standard plane stands for its view; without one, the newest clip.
    """
    return tuple(
        _entry(view, [clip for clip in clips if clip.view is view]) for view in protocol.views
    )


def is_complete(entries: Sequence[ChecklistEntry]) -> bool:
    """True if every place is filled."""
    return all(entry.filled for entry in entries)


def next_view(entries: Sequence[ChecklistEntry]) -> View | None:
    """The first place that is not filled; None where the exam is complete."""
    return next((entry.view for entry in entries if not entry.filled), None)


def _entry(view: View, mine: Sequence[ClipRecord]) -> ChecklistEntry:
    held = [clip for clip in mine if clip.kept_by is KeptBy.AUTO]
    best = (held or mine)[-1] if mine else None
    return ChecklistEntry(view=view, clip=best, count=len(mine))
