"""The worst examples of a set of models on virtual hearts that no training uses."""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from app.language import t
from app.live.jobs import Job
from app.train.charts import view_name
from core.recognition.model_sets import find_set
from core.training.browse import look_of
from core.training.virtual import VirtualSet

COUNT, SHOWN, SEED = 96, 6, 7_000_000
_JOB = "train.worst.job"


def show_worst(task: str, set_name: str) -> None:
    """A button that looks for them; then the pictures, the truth beside what was said."""
    if task not in ("view", "regions"):
        return
    st.caption(t("train.score.worst"))
    key = (task, set_name)
    held: tuple[tuple[str, str], Job] | None = st.session_state.get(_JOB)
    if held is None or held[0] != key:
        st.button(
            t("train.score.worst.go"),
            icon=":material/search:",
            on_click=_start,
            args=(task, set_name),
        )
    elif held[1].running:
        st.fragment(_wait, run_every=1.0)(held[1])
    elif held[1].result is None:
        st.error(held[1].error or t("train.run.failed"), icon=":material/error:")
    else:
        st.caption(t("train.score.worst.of", count=COUNT))
        _show(held[1].result)


def _start(task: str, set_name: str) -> None:
    def work(progress: Any) -> Any:
        from core.recognition.models import load_models  # brings torch
        from core.training.worst import worst_regions, worst_views

        samples = VirtualSet(count=COUNT, seed=SEED)
        samples.render(lambda part: progress(0.3 * part))
        models = load_models(Path(find_set(set_name).folder))
        look = worst_regions if task == "regions" else worst_views
        return look(models, samples, count=SHOWN, progress=lambda part: progress(0.3 + 0.7 * part))

    st.session_state[_JOB] = ((task, set_name), Job("worst", work))


def _wait(job: Job) -> None:
    if not job.running:
        st.rerun()
    st.progress(job.fraction, text=t("train.score.busy"))


def _show(mistakes: Any) -> None:
    for start in range(0, len(mistakes), 3):
        for column, mistake in zip(st.columns(3), mistakes[start : start + 3], strict=False):
            sample = mistake.sample
            look = partial(look_of, sample)
            pictures = [look()] if mistake.masks is None else [look(), look(masks=mistake.masks)]
            with column:
                for place, picture in zip(st.columns(len(pictures)), pictures, strict=True):
                    place.image(picture, width="stretch")
                if mistake.view is None:
                    words = t(
                        "train.score.worst.dice",
                        view=view_name(str(sample.view)),
                        dice=f"{mistake.score:.2f}",
                    )
                else:
                    words = t(
                        "train.score.worst.view",
                        truth=view_name(str(sample.view)),
                        said=view_name(str(mistake.view.label)),
                        percent=f"{mistake.view.probability:.0%}",
                    )
                st.caption(words)
