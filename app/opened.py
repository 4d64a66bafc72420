"""The exam that is open: its analysis, a reader's edits of it, undo and redo.

An edit is in the store before the page shows its result. Calipers that stand for no measurement
live in the session.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import streamlit as st

from app import state
from core.analysis.analysis import Analysis
from core.domain import InputError
from core.measurement import Caliper, recompute
from core.measurement.edit import Edit
from core.report.findings import find

AUTHOR = "reader"
Calipers = tuple[Caliper, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that undo or redo goes back over: the free calipers on the other side of it, and
    whether a version of the analysis lies between."""

    calipers: Calipers
    version: bool


@dataclass(slots=True)
class Opened:
    """One exam in one session.

    Attributes:
        version: of `analysis` in the store.
        calipers: free ones; their labels are their ids.
        done, undone: what undo and redo go over, the last one first to go.
    """

    exam_id: str
    version: int
    analysis: Analysis
    calipers: Calipers = ()
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)

    @property
    def can_undo(self) -> bool:
        return bool(self.done) or self._neighbours()[0]

    @property
    def can_redo(self) -> bool:
        return bool(self.undone) or self._neighbours()[1]

    def edit(self, change: Edit, *, using: Caliper | None = None) -> None:
        """Applies one edit and keeps the result as a new version.

        Args:
            using: a free caliper that becomes the measurement's own.

        Raises:
            InputError: the edit cannot be applied or kept.
        """
        old = self.analysis
        clips, measurements = recompute(old.clips, old.measurements, change, old.patient)
        new = replace(
            old,
            clips=clips,
            measurements=measurements,
            findings=find(measurements, old.patient),
        )
        self.version = state.store().save_analysis(
            self.exam_id, new, author=AUTHOR, based_on=self.version
        )
        self.analysis = new
        self._did(version=True)
        if using is not None:
            self.calipers = tuple(c for c in self.calipers if c.label != using.label)

    def set_caliper(self, caliper: Caliper) -> None:
        """Adds a free caliper, or moves the one with its label."""
        self._did(version=False)
        others = (c for c in self.calipers if c.label != caliper.label)
        self.calipers = (*others, caliper)

    def drop_caliper(self, label: str) -> None:
        self._did(version=False)
        self.calipers = tuple(c for c in self.calipers if c.label != label)

    def undo(self) -> None:
        self._step(self.done, self.undone, state.store().undo_analysis)

    def redo(self) -> None:
        self._step(self.undone, self.done, state.store().redo_analysis)

    def _did(self, *, version: bool) -> None:
        self.done.append(Step(self.calipers, version))
        self.undone.clear()

    def _step(
        self,
        source: list[Step],
        target: list[Step],
        move: Callable[[str], Analysis | None],
    ) -> None:
        # Beyond what this session did lie the versions of earlier ones.
        step = source.pop() if source else Step(self.calipers, version=True)
        if step.version:
            moved = move(self.exam_id)
            if moved is None:
                return
            self.analysis = moved
            self.version = state.store().current_version(self.exam_id) or self.version
        target.append(Step(self.calipers, step.version))
        self.calipers = step.calipers

    def _neighbours(self) -> tuple[bool, bool]:
        """Whether the store holds a version before and one after the current."""
        versions = state.store().analysis_versions(self.exam_id)
        before = any(v.current and v.parent is not None for v in versions)
        return before, any(v.parent == self.version for v in versions)


def opened_exam() -> Opened | None:
    """The open exam with its current analysis; None where it has none yet.

    Raises:
        InputError: the store cannot be read.
    """
    exam_id = state.current_exam_id()
    if exam_id is None:
        return None
    version = state.store().current_version(exam_id)
    if version is None:
        return None
    held: Opened | None = st.session_state.get("opened")
    if held is None or (held.exam_id, held.version) != (exam_id, version):
        analysis = state.store().latest_analysis(exam_id)
        if analysis is None:
            return None
        held = Opened(exam_id=exam_id, version=version, analysis=analysis)
        st.session_state["opened"] = held
    return held


def try_to(act: Callable[[], object]) -> None:
    """Runs a change; what a user did wrong is shown by `show_trouble` on the next run."""
    try:
        act()
    except InputError as error:
        st.session_state["trouble"] = str(error)


def show_trouble() -> None:
    """The last change's complaint, once."""
    words = st.session_state.pop("trouble", None)
    if words:
        st.error(words, icon=":material/error:")
