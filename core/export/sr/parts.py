"""What a value is made of, as values of their own: wall segments, largest and smallest diameter."""

from dataclasses import replace

from core.export.coding import Coding
from core.export.concepts import concept
from core.export.exam import Value
from core.measurement.segments import SEGMENTS, segment_scores

#: CID 12305 in the order of `SEGMENTS`.
_SITES = (
    264850008, 396482007, 396646008, 264846001, 396652009, 396654005,
    264848000, 396647004, 396649001, 264847005, 396655006, 396656007,
    264844003, 264845002, 264849008, 264853005,
)  # fmt: skip
_BY_PROPERTY = {"mm": "SCT 410668003", "cm2": "SCT 42798000", "mL": "SCT 118565006"}


def part_values(value: Value, whole: Coding) -> list[tuple[float, Coding]]:
    """Each part with its codes; none where the value has no parts.

    Args:
        value: the whole.
        whole: its codes.
    """
    scores = segment_scores(value.final.parts)
    if value.final.id == "wall_motion":
        return [(float(score), _segment(name, whole)) for name, score in scores.items()]
    property_ = _BY_PROPERTY.get(value.final.unit)
    if property_ is None:
        return []
    return [
        (
            number,
            replace(
                whole, code=concept(property_), legacy=concept(property_), core=False, adhoc=True,
                label=f"{whole.label} {name}", property=concept(property_),
            ),
        )
        for name, number in value.final.parts
    ]  # fmt: skip


def _segment(name: str, whole: Coding) -> Coding:
    code = concept("99ECHOLAB segment_score")
    return replace(
        whole,
        code=code,
        legacy=code,
        core=False,
        adhoc=False,
        label=name.replace("_", " "),
        site=concept(f"SCT {_SITES[SEGMENTS.index(name)]}"),
        property=concept("SCT 246262008"),
        method=concept("DCM 125223"),
    )
