"""What all templates need of one value: its codes, where it was drawn, which was chosen."""

import re
from collections.abc import Iterator, Mapping

from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from core.domain import MeasurementStatus
from core.export.coding import Coding, coding_of
from core.export.concepts import concept
from core.export.exam import ExportExam, Value
from core.export.instances import Instance
from core.export.sr import items
from core.export.sr.items import Relation
from core.export.sr.parts import part_values

_MEAN = re.compile(r"\b(mean|average)\b.*\bbeats?\b", re.IGNORECASE)


def numbers(
    exam: ExportExam, instances: Mapping[str, Instance]
) -> Iterator[tuple[float, Coding, list[Dataset]]]:
    """Every number of the report: in the catalogue's unit, its codes, and the items below it, which
    say where it was drawn and that it was chosen. What a value is made of follows it."""
    for value in exam.measured():
        codes, chosen = coding(exam, value), selection(exam, value)
        assert value.final.value is not None
        yield value.final.value, codes, [*places(value, instances), chosen]
        for number, part in part_values(value, codes):
            yield number, part, [chosen]


def coding(exam: ExportExam, value: Value) -> Coding:
    """The codes of a value; a corrected one keeps the concept of what it stands for."""
    facts = next((c for c in exam.analysis.clips if c.id == value.machine.clip), None)
    if facts is None:
        return coding_of(value.final, method=value.machine.method)
    recognition = facts.recognition
    return coding_of(
        value.final,
        mode=recognition.mode,
        view=recognition.view.label,
        method=value.machine.method,
    )


def selection(exam: ExportExam, value: Value) -> Dataset:
    """Selection Status, CID 12301: a person chose it, it is a mean, or it is the newest."""
    if exam.signed is not None or value.final.status is MeasurementStatus.EDITED:
        chosen: Code = concept("DCM 121410")
    elif _MEAN.search(value.final.method):
        chosen = concept("DCM 121412")
    else:
        chosen = concept("DCM 121411")
    return items.code(concept("DCM 121404"), chosen, Relation.PROPERTY)


def label(words: str) -> Dataset:
    """Short Label."""
    return items.text(concept("DCM 125309"), words, Relation.PROPERTY)


def places(value: Value, instances: Mapping[str, Instance]) -> list[Dataset]:
    """The pictures that the value was read on, with what was drawn there (TID 320)."""
    measurement = value.final
    found = []
    instance = instances.get(measurement.clip or "")
    if instance is not None:
        frames = _numbers(measurement.frames, instance)
        if measurement.points and len(frames) > 0:
            picture = _image(instance, frames[:1], Relation.SELECTED)
            found.append(items.outline(measurement.points, picture, Relation.INFERRED))
            frames = frames[1:]
        elif measurement.points and instance.frames == 1:
            picture = _image(instance, (), Relation.SELECTED)
            found.append(items.outline(measurement.points, picture, Relation.INFERRED))
        elif not frames:
            found.append(_image(instance, (), Relation.INFERRED))
        if frames:
            found.append(_image(instance, frames, Relation.INFERRED))
    for clip, frame in measurement.also:
        if other := instances.get(clip):
            found.append(_image(other, _numbers((frame,), other), Relation.INFERRED))
    return found


def used(exam: ExportExam, instances: Mapping[str, Instance]) -> list[Instance]:
    """The objects that `places` refers to, each once."""
    wanted: dict[str, Instance] = {}
    for value in exam.measured():
        for clip in (value.final.clip or "", *(clip for clip, _ in value.final.also)):
            if clip in instances:
                wanted[clip] = instances[clip]
    return list(wanted.values())


def _numbers(frames: tuple[int, ...], instance: Instance) -> tuple[int, ...]:
    """Frame numbers as DICOM counts them; none for an object that has only one."""
    if instance.frames == 1:
        return ()
    return tuple(frame + 1 for frame in frames if 0 <= frame < instance.frames)


def _image(instance: Instance, frames: tuple[int, ...], relation: Relation) -> Dataset:
    return items.image(instance.sop_class, instance.sop_instance, frames, relation)
