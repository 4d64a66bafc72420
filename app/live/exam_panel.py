"""Under the live picture: record, the exam's clips, files, and the analysis with its progress."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from app import state
from app.language import t
from app.live.jobs import Job
from app.live.session import LiveFeed
from app.live.work import Progress, Taken, analyse_exam, keep_recording, take_files
from core.acquisition.ring import SECONDS
from core.domain import InputError, Patient
from core.recognition.models import Models
from core.workstation.records import ClipRecord

POLL_S = 0.4
_JOBS = "acquire.jobs"
_NOTES = "acquire.notes"


def show_exam(feed: LiveFeed | None, models: Models | None) -> None:
    """Actions, notes and clips of the current exam; looks again by itself only while a job runs."""
    run_every = POLL_S if _jobs() else None
    st.fragment(_body, run_every=run_every)(feed, models)


def show_files(models: Models | None) -> None:
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
        disabled=not files or "analyse" in _jobs(),
        on_click=_start_files,
        args=(files, models),
    )


def _body(feed: LiveFeed | None, models: Models | None) -> None:
    ended = [name for name in list(_jobs()) if _collect(name)]
    if ended:
        st.rerun()
    exam_id = state.current_exam_id()
    clips = _clips(exam_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        if feed is not None:
            st.button(
                t("acquire.record", seconds=round(SECONDS)),
                icon=":material/fiber_manual_record:",
                type="primary",
                help=t("acquire.record.help"),
                disabled="keep" in _jobs(),
                on_click=start_recording,
                args=(feed,),
            )
        st.button(
            t("acquire.analyse"),
            icon=":material/analytics:",
            disabled="analyse" in _jobs() or not clips or models is None,
            on_click=_start_analysis,
            args=(models,),
        )
        st.caption(t("acquire.exam", id=exam_id) if exam_id else t("acquire.exam.none"))
        if exam_id and st.button(t("acquire.exam.new"), type="tertiary", icon=":material/add:"):
            state.set_current_exam(None)
            st.rerun()
    _running()
    _notes()
    _strip(exam_id, clips)


def _running() -> None:
    if "keep" in _jobs():
        st.caption(t("acquire.record.saving"))
    job = _jobs().get("analyse")
    if job is None:
        return
    bar, stop = st.columns([5, 1], vertical_alignment="center")
    words = (
        t("acquire.analyse.cancelling")
        if job.cancelling
        else t("acquire.analyse.running", percent=round(100 * job.fraction))
    )
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


def _strip(exam_id: str | None, clips: tuple[ClipRecord, ...]) -> None:
    st.markdown(f"**{t('acquire.clips', count=len(clips))}**")
    if not clips:
        st.caption(t("acquire.clips.none"))
        return
    analysis = state.store().latest_analysis(exam_id)
    views = {c.id: c.recognition.view.label for c in analysis.clips} if analysis else {}
    with st.container(horizontal=True):
        for clip in clips:
            with st.container(width=176, border=True, gap="small"):
                if clip.thumbnail is not None and clip.thumbnail.is_file():
                    st.image(str(clip.thumbnail), width="stretch")
                name = f"{clip.id} · {views[clip.id]}" if clip.id in views else clip.id
                words, bin_ = st.columns([4, 1], vertical_alignment="center", gap="small")
                words.markdown(f"**{name}**")
                with bin_.popover("", icon=":material/delete:", help=t("acquire.clips.delete")):
                    st.write(t("acquire.clips.delete.sure", id=clip.id))
                    st.button(
                        t("acquire.clips.delete.yes"),
                        key=f"acquire.delete.{clip.exam_id}.{clip.id}",
                        type="primary",
                        on_click=_delete,
                        args=(clip,),
                    )


def _clips(exam_id: str | None) -> tuple[ClipRecord, ...]:
    if exam_id is None:
        return ()
    try:
        return state.store().clips(exam_id)
    except InputError as error:
        st.error(str(error))
        return ()


def _delete(clip: ClipRecord) -> None:
    try:
        state.store().delete_clip(clip.exam_id, clip.id)
    except InputError as error:
        st.session_state[_NOTES] = [("error", str(error))]


# Jobs


def _jobs() -> dict[str, Job]:
    jobs: dict[str, Job] = st.session_state.setdefault(_JOBS, {})
    return jobs


def _start(name: str, work: Callable[[Progress], Any]) -> None:
    st.session_state[_NOTES] = []
    _jobs()[name] = Job(name, work)


def _exam_to_fill() -> str:
    """The current exam; a new one if none is open."""
    exam_id = state.current_exam_id()
    if exam_id is None:
        exam_id = state.store().create_exam(Patient()).id
        state.set_current_exam(exam_id)
    return exam_id


def start_recording(feed: LiveFeed) -> None:
    """Keeps the feed's last seconds in the exam, unless that is being done already."""
    session = feed.session
    if session is None:
        st.session_state[_NOTES] = [("info", t("acquire.record.nothing"))]
    elif "keep" not in _jobs():
        store, exam_id = state.store(), _exam_to_fill()
        _start("keep", lambda progress: keep_recording(store, exam_id, session.ring, progress))


def _start_analysis(models: Models) -> None:
    store, exam_id = state.store(), _exam_to_fill()
    _start("analyse", lambda progress: analyse_exam(store, exam_id, models, progress))


def _start_files(files: list[Any], models: Models | None) -> None:
    store, exam_id = state.store(), _exam_to_fill()
    given = [(file.name, file.getbuffer()) for file in files]

    def work(progress: Progress) -> Taken:
        taken = take_files(store, exam_id, given, lambda part: progress(0.2 * part))
        if taken.kept and models is not None:
            analyse_exam(store, exam_id, models, lambda part: progress(0.2 + 0.8 * part))
        return taken

    _start("analyse", work)
    # Another key empties the box: what was sent is in the exam now.
    st.session_state["acquire.uploads"] = st.session_state.get("acquire.uploads", 0) + 1


def _collect(name: str) -> bool:
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
    elif name == "keep":
        st.toast(t("acquire.record.kept", id=job.result.id), icon=":material/check_circle:")
    else:
        if isinstance(job.result, Taken):
            notes += [("error", line) for line in job.result.refused]
            if not job.result.kept:
                return True
        notes.append(("success", t("acquire.analyse.done")))
    return True
