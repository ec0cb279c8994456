"""What the page of a recording says of how it was filmed: recorder and blocks, and whether left and right agree."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.app.filming.protocol import block_words
from facialis.app.people.casefiles import read_alone
from facialis.app.people.models import Person
from facialis.app.recordings.asked import ANSWERS, answer_words, as_asked
from facialis.app.recordings.models import Recording
from facialis.app.review.content import facts_of
from facialis.core.calendar import spoken_day
from facialis.core.errors import FacialisError
from facialis.core.knowledge import wording

__all__ = ["Filmed", "filmed_of", "told_side"]

_SIDES = ("left", "right")


@dataclass(frozen=True, kw_only=True)
class Filmed:
    """Sentences; each empty where there is nothing to say. ``doubt``: why left and right may be swapped.

    ``said``: what the person said of it, each with its question. ``can_swap``: the film is here to be measured again.
    """

    said: tuple[tuple[str, str], ...]
    can_swap: bool
    how: str
    parts: str
    doubt: str


def filmed_of(recording: Recording) -> Filmed:
    """What is said of how a recording was filmed, in the language spoken."""
    parts = ", ".join(
        f"{block_words(block['name'])} {_clock(block['start_s'])}\N{EN DASH}{_clock(block['stop_s'])}"
        for block in recording.blocks
    )
    return Filmed(
        can_swap=recording.film.is_file(),
        said=_said(recording),
        how=_how(recording),
        parts=wording("app_blocks", parts=parts) if parts else "",
        doubt=_doubt(recording) if recording.measured else "",
    )


def _said(recording: Recording) -> tuple[tuple[str, str], ...]:
    day = spoken_day(recording.day)
    if recording.time is not None:
        day = wording("app_on_day_at", day=day, time=f"{recording.time:%H:%M}")
    answers = ((name, as_asked(name, getattr(recording, name))) for name in ANSWERS)
    return (
        (wording("app_upload_day"), day),
        *((wording(f"app_upload_{name}"), answer_words(name, answer)) for name, answer in answers),
    )


def told_side(person: Person) -> str | None:
    """The one side that a person has told as theirs; None where it is both, or open."""
    sheet = person.sheets.filter(file="person.yaml").first()
    try:
        side = None if sheet is None else read_alone(sheet, []).person.text("side")
    except FacialisError:
        return None
    return side if side in _SIDES else None


def _how(recording: Recording) -> str:
    told = recording.capture
    if not {"codec", "width_px", "height_px", "rate_bps", "frames", "frames_lost"} <= set(told):
        return ""
    codec = str(told["codec"]).rpartition("codecs=")[2].partition(".")[0].upper()
    said = wording(
        "app_captured",
        codec=codec,
        width=round(told["width_px"]),
        height=round(told["height_px"]),
        mbit=f"{told['rate_bps'] / 1e6:.0f}",
        lost=round(told["frames_lost"]),
        frames=round(told["frames"] + told["frames_lost"]),
    )
    copied = told.get("copied_share")
    return said if copied is None else f"{said} {wording('app_captured_copied', share=round(100 * copied))}"


def _doubt(recording: Recording) -> str:
    """Every twitch on the side that is not the person's: more often a mirrored film than a change of side."""
    try:
        measures = facts_of(recording).measures
    except (FacialisError, OSError):
        return ""
    seen = next((row.value for row in measures if row.name == "side" and row.block == "all"), None)
    known = told_side(recording.person) if seen in _SIDES else None
    if known is None or seen == known:
        return ""
    return wording("app_side_differs", seen=_named(str(seen)), known=_named(known))


def _named(side: str) -> str:
    return wording(f"side_{side}_of_face")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
