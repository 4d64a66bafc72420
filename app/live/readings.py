"""What the live page's browser side is told: plain words and numbers in the user's language."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from core.domain import Mode, View
from core.language import text
from core.recognition.capture import DEFAULT_BEAT_S, MARGIN_S
from core.recognition.directions import COMPASS
from core.recognition.guidance import instruction_text
from core.recognition.live import LiveState
from core.workstation.protocol import PROTOCOLS, ChecklistEntry

if TYPE_CHECKING:
    from app.live.keeper import Event, Keeper

OTHERS = 3
"""Further views that are named with their probability."""
REASONS = 3
HELD_S = DEFAULT_BEAT_S + MARGIN_S
"""A plane held for so long is kept, whatever the heart's rate."""


def readings(
    state: LiveState,
    *,
    lang: str,
    open_views: Sequence[View] = (),
    asked: Collection[View] = (),
    auto: bool = True,
    event: "Event | None" = None,
    error: str | None = None,
) -> dict[str, Any]:
    """What is known of the picture, and the one thing to do next.

    Args:
        state: of the picture.
        lang: of the words.
        open_views: views that are still to be taken, the next one first.
        asked: all views of the protocol.
        auto: standard planes are kept by themselves.
        event: the newest thing that happened to the clips.
        error: why there is no picture.
    """
    if state.index < 0:
        kind, verdict = "idle", text("live.idle", lang)
    elif state.view is None:
        kind = "idle"
        verdict = text("live.no_picture" if state.sector is None else "live.off", lang)
    elif state.standard:
        kind, verdict = "standard", text("live.standard", lang)
    else:
        kind, verdict = "poor", text("live.not_standard", lang)
    view = state.view
    ranked = sorted(view.probabilities.items(), key=lambda p: -p[1]) if view else []
    return {
        "state": kind,
        "verdict": verdict,
        "code": view.label.value if view else "",
        "name": text(f"view.{view.label}", lang) if view else "",
        "p": round(view.probability, 3) if view else None,
        "others": [
            {"code": label.value, "p": round(p, 3)}
            for label, p in ranked[: OTHERS + 1]
            if view and label is not view.label
        ][:OTHERS],
        "quality": round(state.quality, 3) if view else None,
        "items": _items(state, lang) if view else [],
        "reasons": [known(reason, lang) for reason in state.reasons][:REASONS] if view else [],
        "ask": _ask(state, lang, open_views=open_views, asked=asked, auto=auto),
        "held": round(min(1.0, state.held_s / HELD_S), 2),
        "facts": _facts(state, lang),
        "error": error,
        "event": None if event is None else event_told(event, lang),
    }


def known(key: str, lang: str) -> str:
    """The catalogue's text, or the id itself where the catalogue holds none."""
    try:
        return text(key, lang)
    except KeyError:
        return key


def _items(state: LiveState, lang: str) -> list[dict[str, Any]]:
    return [
        {
            "name": known(item.name, lang),
            "score": round(item.score, 2),
            "limit": round(item.limit, 2),
            "low": item.score < item.limit,
            "why": known(item.reason, lang) if item.reason else "",
        }
        for item in state.items
    ]


def _ask(
    state: LiveState, lang: str, *, open_views: Sequence[View], asked: Collection[View], auto: bool
) -> dict[str, Any]:
    """The one thing to do now: place the probe, move it, hold it, or mend the picture."""
    view = state.view
    if view is None:
        return {"kind": "none", "words": "", "small": ""}
    seen = view.label
    if open_views and seen not in open_views:
        return _place(open_views[0], lang)
    if seen is View.OTHER:
        return {"kind": "none", "words": text("live.ask.find", lang), "small": ""}
    if state.standard:
        taken = bool(asked) and not open_views
        key = "live.ask.complete" if taken else "live.ask.hold" if auto else "live.ask.press"
        return {"kind": "hold", "words": text("guide.hold", lang), "small": text(key, lang),
                "view": seen.value}  # fmt: skip
    step = state.instruction
    if step is not None:
        target = state.plane.view if state.plane is not None else seen
        return {
            "kind": "move",
            "words": instruction_text(step, lang),
            "small": text("live.ask.toward", lang, view=text(f"view.{target}", lang)),
            "view": target.value,
            "movement": step.movement.value,
            "forward": step.forward,
            "toward": None if step.toward is None else 45 * COMPASS.index(step.toward),
            "turn": round(state.plane.rotate_deg / 5) * 5 if state.plane is not None else 0,
        }
    reason = known(state.reasons[0], lang) if state.reasons else text("live.ask.search", lang)
    return {"kind": "mend", "words": reason[:1].upper() + reason[1:], "small": "",
            "view": seen.value}  # fmt: skip


def _place(view: View, lang: str) -> dict[str, Any]:
    return {
        "kind": "place",
        "words": text("live.ask.next", lang, view=text(f"view.{view}", lang)),
        "small": text(f"live.place.{view}", lang),
        "view": view.value,
    }


def _facts(state: LiveState, lang: str) -> str:
    if state.index < 0:
        return ""
    rates = text(
        "live.rates",
        lang,
        came=f"{state.fps_in:.0f}",
        done=f"{state.fps_out:.0f}",
        delay=f"{1000 * state.latency_s:.0f}",
    )
    parts = [f"{state.width}×{state.height}", rates]
    if state.mode is not Mode.UNKNOWN:
        parts.insert(0, text(f"mode.{state.mode}", lang))
    if state.failed:
        parts.append(text("live.failed", lang))
    return " · ".join(parts)


def event_told(event: "Event", lang: str) -> dict[str, Any]:
    """An event in words; `good` says in which colour."""
    view = "" if event.view is None else text(f"view.{event.view}", lang)
    if event.kind == "error":
        words = event.error
    elif event.kind == "kept" and not view:
        words = text("live.event.kept.unfiled", lang, id=event.clip_id)
    else:
        words = text(f"live.event.{event.kind}", lang, id=event.clip_id, view=view)
    good = event.kind in ("kept", "complete")
    return {"n": event.number, "kind": event.kind, "words": words, "good": good}


def checklist_told(keeper: "Keeper", *, lang: str) -> dict[str, Any]:
    """The protocol's places with what fills them."""
    entries = keeper.entries()
    again, writing = keeper.again_for, keeper.writing
    following = next((entry.view for entry in entries if not entry.filled), None)
    done = sum(entry.filled for entry in entries)
    return {
        "exam": keeper.exam_id or "",
        "changes": keeper.changes,
        "protocol": keeper.protocol.id,
        "protocols": [
            {"id": each.id, "name": text(f"protocol.{each.id}", lang), "count": len(each.views)}
            for each in PROTOCOLS.values()
        ],
        "auto": keeper.auto,
        "complete": following is None,
        "done": text("live.checklist.done", lang, done=done, count=len(entries)),
        "entries": [
            {
                **_place_told(entry, lang),
                "again": entry.view in again,
                "writing": entry.view in writing,
                "next": entry.view is following,
            }
            for entry in entries
        ],
    }


def _place_told(entry: ChecklistEntry, lang: str) -> dict[str, Any]:
    clip = entry.clip
    return {
        "view": entry.view.value,
        "name": text(f"view.{entry.view}", lang),
        "clip": "" if clip is None else clip.id,
        "picture": clip is not None and clip.thumbnail is not None,
        "kept": "" if clip is None else text(f"live.kept.{clip.kept_by}", lang),
        "standard": entry.standard,
        "count": entry.count,
    }
