"""Under the live picture: record, the exam's clips, files, and the analysis with its progress."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app import state
from app.language import t
from app.live.desk import Desk
from app.live.jobs import Job
from app.live.session import LiveFeed
from app.live.work import Progress, Taken, analyse_exam, take_files
from core.acquisition.ring import SECONDS
from core.domain import InputError, Patient, View
from core.recognition.models import Models
from core.workstation.analysing import speaks_of_all
from core.workstation.records import ClipRecord

POLL_S = 0.4
_JOBS = "acquire.jobs"
_NOTES = "acquire.notes"


def sync_exam(desk: Desk) -> None:
    """Desk and session work on the same exam, whoever has made it."""
    exam_id = desk.keeper.sync(state.current_exam_id())
    if exam_id != state.current_exam_id():
        state.set_current_exam(exam_id)


def show_exam(desk: Desk, feed: LiveFeed | None, models: Models | None) -> None:
    """Actions, notes and clips of the current exam; looks again by itself only while a job runs."""
    polls = bool(_jobs())
    st.fragment(_body, run_every=POLL_S if polls else None)(desk, feed, models, polls)


def show_files() -> None:
    """The upload box; its button adds the files to the exam and analyses it."""
    files = st.file_uploader(
        t("acquire.files.drop"),
        accept_multiple_files=True,
        key=f"acquire.upload.{st.session_state.get('acquire.uploads', 0)}",
    )
    st.button(
        t("acquire.files.add"),
        icon=":material/analytics:",
        type="primary",
        disabled=not files or bool(_jobs().keys() & {"files", "analyse"}),
        on_click=_start_files,
        args=(files,),
    )


def _body(desk: Desk, feed: LiveFeed | None, models: Models | None, polls: bool) -> None:
    ended = [name for name in list(_jobs()) if _collect(name, models)]
    if ended or bool(_jobs()) is not polls:
        desk.keeper.refresh()
        st.rerun()  # the whole page: that alone starts or ends the polling
    exam_id = state.current_exam_id()
    clips = _clips(exam_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if feed is not None:
            st.button(
                t("acquire.record", seconds=round(SECONDS)),
                icon=":material/fiber_manual_record:",
                type="primary",
                help=t("acquire.record.help"),
                on_click=desk.record,
            )
        st.button(
            t("acquire.analyse"),
            icon=":material/analytics:",
            disabled=bool(_jobs().keys() & {"files", "analyse"}) or not clips or models is None,
            on_click=_analyse_again,
            args=(models,),
        )
        st.caption(t("acquire.exam", id=exam_id) if exam_id else t("acquire.exam.none"))
        if exam_id and st.button(t("acquire.exam.new"), type="tertiary", icon=":material/add:"):
            state.set_current_exam(None)
            st.rerun()
    _running()
    _notes()
    _strip(desk, exam_id, clips)


def _running() -> None:
    name = next((name for name in ("files", "analyse") if name in _jobs()), None)
    if name is None:
        return
    job = _jobs()[name]
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    if job.cancelling:
        words = t("acquire.analyse.cancelling")
    elif name == "files":
        words = t("acquire.files.reading")
    else:
        words = t("acquire.analyse.running", percent=round(100 * job.fraction))
    bar.progress(job.fraction, text=words)
    stop.button(
        t("acquire.analyse.cancel"), on_click=job.cancel, disabled=job.cancelling, width="stretch"
    )


def _notes() -> None:
    for kind, words in st.session_state.get(_NOTES, []):
        getattr(st, kind)(words)
        if kind == "success" and words == t("acquire.analyse.done"):
            st.page_link(
                state.page("measure"),
                label=t("acquire.analyse.measure"),
                icon=":material/straighten:",
            )


def _strip(desk: Desk, exam_id: str | None, clips: tuple[ClipRecord, ...]) -> None:
    st.markdown(f"**{t('acquire.clips', count=len(clips))}**")
    if not clips or exam_id is None:
        st.caption(t("acquire.clips.none"))
        return
    with st.container(horizontal=True):
        for clip in clips:
            with st.container(width=176, border=True, gap="small"):
                if clip.thumbnail is not None and clip.thumbnail.is_file():
                    st.image(str(clip.thumbnail), width="stretch")
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    name = clip.id if clip.view is None else f"{clip.id} · {clip.view}"
                    st.markdown(f"**{name}**", width="stretch")
                    _clip_menu(desk, clip)


def _clip_menu(desk: Desk, clip: ClipRecord) -> None:
    with st.popover("", icon=":material/more_vert:", type="tertiary", width="content"):
        key = f"acquire.file.{clip.exam_id}.{clip.id}"
        st.selectbox(
            t("acquire.clips.view"),
            list(View),
            index=None if clip.view is None else list(View).index(clip.view),
            format_func=lambda view: t(f"view.{view}"),
            placeholder="–",
            key=key,
            on_change=_refile,
            args=(desk, clip, key),
        )
        st.write(t("acquire.clips.delete.sure", id=clip.id))
        st.button(
            t("acquire.clips.delete.yes"),
            key=f"acquire.delete.{clip.exam_id}.{clip.id}",
            icon=":material/delete:",
            on_click=_delete,
            args=(desk, clip),
        )


def _clips(exam_id: str | None) -> tuple[ClipRecord, ...]:
    if exam_id is None:
        return ()
    try:
        return state.store().clips(exam_id)
    except InputError as error:
        st.error(str(error))
        return ()


def _delete(desk: Desk, clip: ClipRecord) -> None:
    _change(desk, lambda: state.store().delete_clip(clip.exam_id, clip.id))


def _refile(desk: Desk, clip: ClipRecord, key: str) -> None:
    view = st.session_state[key]
    _change(desk, lambda: state.store().file_clip(clip.exam_id, clip.id, view))


def _change(desk: Desk, change: Callable[[], None]) -> None:
    try:
        change()
    except InputError as error:
        st.session_state[_NOTES] = [("error", str(error))]
    desk.keeper.refresh()


# Jobs


def _jobs() -> dict[str, Job]:
    jobs: dict[str, Job] = st.session_state.setdefault(_JOBS, {})
    return jobs


def _start(name: str, work: Callable[[Progress], Any]) -> None:
    _jobs()[name] = Job(name, work)


def _exam_to_fill() -> str:
    """The current exam; a new one if none is open."""
    exam_id = state.current_exam_id()
    if exam_id is None:
        exam_id = state.store().create_exam(Patient()).id
        state.set_current_exam(exam_id)
    return exam_id


def _analyse_again(models: Models) -> None:
    st.session_state[_NOTES] = []
    _start_analysis(models, again=True)


def _start_analysis(models: Models, *, again: bool = False) -> None:
    store, exam_id = state.store(), _exam_to_fill()

    def work(progress: Progress) -> int:
        # Asked for once more with nothing new in it, it is to be looked at with fresh eyes.
        anew = again and speaks_of_all(store, exam_id)
        return analyse_exam(store, exam_id, models, progress, anew=anew)

    _start("analyse", work)


def _start_files(files: list[Any]) -> None:
    st.session_state[_NOTES] = []
    store, exam_id = state.store(), _exam_to_fill()
    given = [(file.name, file.getbuffer()) for file in files]
    _start("files", lambda progress: take_files(store, exam_id, given, progress))
    # Another key empties the box: what was sent is in the exam now.
    st.session_state["acquire.uploads"] = st.session_state.get("acquire.uploads", 0) + 1


def _collect(name: str, models: Models | None) -> bool:
    """Takes a job that has ended off the list and notes what came of it; True if it had ended."""
    job = _jobs()[name]
    if job.running:
        return False
    del _jobs()[name]
    notes = st.session_state.setdefault(_NOTES, [])
    if job.error is not None:
        notes.append(("error", job.error))
    elif job.failed:
        notes.append(("error", t("acquire.failed")))
    elif job.cancelled:
        notes.append(("warning", t("acquire.analyse.cancelled")))
    elif name == "files":
        taken: Taken = job.result
        notes += [("error", line) for line in taken.refused]
        if taken.kept and models is not None:
            _start_analysis(models)
    else:
        notes.append(("success", t("acquire.analyse.done")))
    return True
