"""Pages as lists of marks, in millimetres from the top left corner; nothing here knows PDF."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.report.document import FieldKind, FormField
from core.report.fonts import Line, leading

PAGE_WIDTH = 210.0
PAGE_HEIGHT = 297.0
LEFT = 16.0
RIGHT = PAGE_WIDTH - 16.0
WIDTH = RIGHT - LEFT
TOP = 15.0
BOTTOM = PAGE_HEIGHT - 19.0
# Viewers keep this far from a field's edge; so does its first appearance.
FIELD_PAD = 0.7

Colour = tuple[int, int, int]
INK: Colour = (33, 37, 41)
QUIET: Colour = (96, 106, 117)
NAVY: Colour = (22, 52, 84)
HAIRLINE: Colour = (203, 210, 217)
TINT: Colour = (241, 245, 249)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
# Of a report that is signed, and of one that is not.
SIGNED: Colour = (20, 108, 67)
OPEN: Colour = (146, 92, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One line of text; `y` is the top of its line, not its baseline."""

    x: float
    y: float
    text: str
    size: float
    colour: Colour = INK
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """A filled rectangle, with or without a hairline around it."""

    box: Box
    colour: Colour
    edge: Colour | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """Picture number `index` of the report, exactly filling `box`."""

    box: Box
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Widget:
    """A place where a field is shown and filled in.

    Attributes:
        name: the field's full name; the same on several pages for one field shown often.
        kind, tooltip, options: as in `FormField`.
        value: the text in this place: the field's, or a part of it where it is too long for a page.
        lines: `value` as it breaks in `box`.
        size: of the type, points.
        right: True if the text ends at the right edge.
    """

    name: str
    kind: FieldKind
    tooltip: str
    options: tuple[tuple[str, str], ...]
    value: str
    box: Box
    lines: tuple[str, ...]
    size: float
    colour: Colour = INK
    right: bool = False
    bold: bool = False


Mark = Words | Fill | Image | Widget


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page, in drawing (and tab) order."""

    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Sheet:
    """Pages in the making: a cursor that goes down and turns the page where it must."""

    running: tuple[Mark, ...] = ()
    y: float = TOP
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])

    @property
    def room(self) -> float:
        return BOTTOM - self.y

    @property
    def fresh(self) -> bool:
        """True at the top of a page that holds nothing yet but its running head."""
        return self.y == self.start

    @property
    def start(self) -> float:
        """Where content begins on the present page."""
        if len(self.pages) == 1 or not self.running:
            return TOP
        return TOP + 9.0

    def put(self, *marks: Mark) -> None:
        self.pages[-1].extend(marks)

    def turn(self) -> None:
        """Begin a new page under its running head."""
        self.pages.append(list(self.running))
        self.y = self.start

    def need(self, height: float) -> bool:
        """Turn the page unless `height` mm are left; True if it turned."""
        if height <= self.room or self.fresh:
            return False
        self.turn()
        return True

    def words(
        self,
        lines: Sequence[Line],
        *,
        size: float,
        x: float = LEFT,
        colour: Colour = INK,
        bold: bool = False,
    ) -> None:
        """Lines one under the other from the cursor on, turning pages between them."""
        for line in lines:
            self.need(leading(size))
            self.put(Words(x=x, y=self.y, text=line.text, size=size, colour=colour, bold=bold))
            self.y += leading(size)


def stacked(
    lines: Sequence[Line], *, x: float, y: float, size: float, colour: Colour = INK
) -> tuple[Words, ...]:
    """Lines one under the other from `y` on, on one page."""
    return tuple(
        Words(x=x, y=y + order * leading(size), text=line.text, size=size, colour=colour)
        for order, line in enumerate(lines)
    )


def field_height(lines: int, size: float) -> float:
    """Height in mm of a field that shows `lines` lines at `size` points."""
    return lines * leading(size) + 2 * FIELD_PAD


def widget(
    source: FormField,
    box: Box,
    lines: Sequence[Line],
    size: float,
    *,
    colour: Colour = INK,
    right: bool = False,
    bold: bool = False,
) -> Widget:
    """`source` shown in `box`; a one-line field that broke into lines becomes a multi-line one."""
    kind = source.kind
    if kind is FieldKind.TEXT and len(lines) > 1:
        kind = FieldKind.MULTILINE
    return Widget(
        name=source.name,
        kind=kind,
        tooltip=source.tooltip,
        options=source.options,
        value=source.value,
        box=box,
        lines=tuple(line.text for line in lines),
        size=size,
        colour=colour,
        right=right,
        bold=bold,
    )
