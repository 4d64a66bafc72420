"""Turns a drawn report's scratch pages into the fields of a real PDF form (ISO 32000-1, 12.7)."""

import io
from collections.abc import Sequence
from datetime import UTC

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from core.report.document import CHECKED, UNCHECKED, FieldKind
from core.report.origin import PRIVATE, Origin
from core.report.sheet import PAGE_HEIGHT, Widget

_PT_PER_MM = 72 / 25.4
_PRINT = 4
_MULTILINE = 1 << 12
_COMBO = 1 << 17
_RIGHT = 2
_TICK = "4"  # the tick of ZapfDingbats


def _appearance(pdf: pikepdf.Pdf, page: pikepdf.Page, *, variable: bool) -> pikepdf.Object:
    """The scratch page as a form XObject; `variable` text may be drawn anew by a viewer."""
    page.contents_coalesce()
    drawn = page.Contents.read_bytes()
    _, _, w, h = (float(side) for side in page.MediaBox)
    if variable:
        clip = f"q 0 0 {w:.2f} {h:.2f} re W n\n".encode()
        drawn = b"/Tx BMC\n" + clip + drawn + b"\nQ\nEMC\n"
    form = pdf.make_stream(drawn)
    form.Type = Name.XObject
    form.Subtype = Name.Form
    form.BBox = Array([0, 0, w, h])
    # Only the fonts: the page's other resources would keep every picture reachable from here.
    fonts = page.Resources.get(Name.Font, Dictionary())
    form.Resources = Dictionary(Font=fonts)
    if Name.ExtGState in page.Resources:
        form.Resources.ExtGState = page.Resources.ExtGState
    return form


def _colour(widget: Widget) -> str:
    return " ".join(f"{channel / 255:.3g}" for channel in widget.colour)


def _field(widget: Widget) -> Dictionary:
    """What the field is, whichever number of places shows it."""
    field = Dictionary(TU=String(widget.tooltip))
    look = f"{widget.size:g} Tf {_colour(widget)} rg"
    if widget.kind is FieldKind.CHECK:
        field.FT = Name.Btn
        field.V = field.AS = Name("/" + (CHECKED if widget.value == CHECKED else UNCHECKED))
        field.DA = String(f"/ZaDb 0 Tf {_colour(widget)} rg")
        return field
    field.DA = String(f"/Helv {look}")
    field.V = String(widget.value)
    if widget.right:
        field.Q = _RIGHT
    if widget.kind is FieldKind.CHOICE:
        field.FT = Name.Ch
        field.Ff = _COMBO
        field.Opt = Array(Array([String(value), String(shown)]) for value, shown in widget.options)
    else:
        field.FT = Name.Tx
        if widget.kind is FieldKind.MULTILINE:
            field.Ff = _MULTILINE
    return field


def _place(
    pdf: pikepdf.Pdf, page: pikepdf.Page, scratch: pikepdf.Page, widget: Widget
) -> Dictionary:
    """The annotation that shows the field on `page`."""
    box = widget.box
    corners = (box.x, PAGE_HEIGHT - box.y - box.h, box.x + box.w, PAGE_HEIGHT - box.y)
    check = widget.kind is FieldKind.CHECK
    appearance = _appearance(pdf, scratch, variable=not check)
    place = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        Rect=Array([round(corner * _PT_PER_MM, 2) for corner in corners]),
        F=_PRINT,
        P=page.obj,
        AP=Dictionary(N=appearance),
    )
    if check:
        empty = pdf.make_stream(b"")
        empty.Type, empty.Subtype, empty.BBox = Name.XObject, Name.Form, appearance.BBox
        place.AP.N = Dictionary({f"/{CHECKED}": appearance, f"/{UNCHECKED}": empty})
        place.MK = Dictionary(CA=String(_TICK))
    return place


def _node(pdf: pikepdf.Pdf, nodes: dict[str, pikepdf.Object], name: str) -> pikepdf.Object | None:
    """The inner node that fields named `name`.something hang from; None for the root."""
    if not name:
        return None
    if name not in nodes:
        above, _, own = name.rpartition(".")
        parent = _node(pdf, nodes, above)
        node = pdf.make_indirect(Dictionary(T=String(own), Kids=Array()))
        if parent is None:
            pdf.Root.AcroForm.Fields.append(node)
        else:
            node.Parent = parent
            parent.Kids.append(node)
        nodes[name] = node
    return nodes[name]


def _start(pdf: pikepdf.Pdf) -> None:
    helvetica = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.Helvetica,
        Encoding=Name.WinAnsiEncoding,
    )
    dingbats = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.ZapfDingbats)
    pdf.Root.AcroForm = pdf.make_indirect(
        Dictionary(
            Fields=Array(),
            DA=String("/Helv 0 Tf 0 g"),
            DR=Dictionary(
                Font=Dictionary(Helv=pdf.make_indirect(helvetica), ZaDb=pdf.make_indirect(dingbats))
            ),
            # The appearances are complete; a viewer that made them anew would do so without the
            # Chinese typeface.
            NeedAppearances=False,
        )
    )


def _remember(pdf: pikepdf.Pdf, origin: Origin) -> None:
    """Notes what the form is of and what stood in it, where programs keep private data
    (ISO 32000-1, 14.5)."""
    when = f"D:{origin.made.astimezone(UTC):%Y%m%d%H%M%SZ}"
    pdf.Root.PieceInfo = Dictionary(
        {
            PRIVATE: Dictionary(
                LastModified=String(when),
                Private=Dictionary(Origin=pdf.make_stream(origin.to_json())),
            )
        }
    )


def add_form(
    drawn: bytes, widgets: Sequence[tuple[int, Widget]], *, pages: int, origin: Origin
) -> bytes:
    """`drawn` (from `render.draw`) with its scratch pages made into form fields.

    Args:
        drawn: a PDF of `pages` pages and one scratch page a widget after them.
        widgets: each with the number of its page, in tab order; several of one name are places
            of one field.
        pages: number of real pages.
        origin: what the form is of; kept in it.

    Returns:
        The finished PDF; the same input gives the same bytes.
    """
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        _start(pdf)
        _remember(pdf, origin)
        nodes: dict[str, pikepdf.Object] = {}
        fields: dict[str, pikepdf.Object] = {}
        times: dict[str, int] = {}
        for _, widget in widgets:
            times[widget.name] = times.get(widget.name, 0) + 1
        for order, (number, widget) in enumerate(widgets):
            page = pdf.pages[number]
            place = pdf.make_indirect(_place(pdf, page, pdf.pages[pages + order], widget))
            if widget.name not in fields:
                above, _, own = widget.name.rpartition(".")
                parent = _node(pdf, nodes, above)
                alone = times[widget.name] == 1
                field = place if alone else pdf.make_indirect(Dictionary(Kids=Array()))
                for key, value in _field(widget).items():
                    field[key] = value
                field.T = String(own)
                if parent is None:
                    pdf.Root.AcroForm.Fields.append(field)
                else:
                    field.Parent = parent
                    parent.Kids.append(field)
                fields[widget.name] = field
            if times[widget.name] > 1:
                # Each place has its own size of type and its own side.
                look = _field(widget)
                place.DA = look.DA
                if Name.Q in look:
                    place.Q = look.Q
                place.Parent = fields[widget.name]
                fields[widget.name].Kids.append(place)
            if Name.Annots not in page:
                page.Annots = Array()
            page.Annots.append(place)
            page.Tabs = Name.R
        del pdf.pages[pages:]
        file = io.BytesIO()
        pdf.save(
            file,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return file.getvalue()
