"""Two recordings of one person in sentences: the rate of each with its interval, and what cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facialis.app.clinic.aligned import shared_blocks
from facialis.app.recordings.models import Recording
from facialis.app.review.content import facts_of, session_of
from facialis.app.review.counted import reviewed_session
from facialis.app.review.standing import standing_of
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, wording
from facialis.core.person.answer import Answer
from facialis.core.records import Measure, Session
from facialis.core.verdict import limit_of, verdict_of
from facialis.report.drawing.anatomy import plain_name
from facialis.report.drawing.scales import percent_words
from facialis.report.session.page import range_words
from facialis.report.session.verdict import percent, rate_words

__all__ = ["Compared", "compared", "treated_between"]

_FINER = 1.5  # chosen: by how much one limit is below the other before it is worth saying; 1.2 - 2
_SAME_RATE_HZ = 2.0  # chosen: cameras waver by this much; 1 - 5


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Sentences. ``each``: of one recording and the other; ``said``: what that comes to, where it may be said.

    ``unlike``: what differs, so that the two cannot be compared, or only with care.
    """

    each: tuple[str, ...]
    said: tuple[str, ...]
    unlike: tuple[str, ...]


@dataclass(frozen=True)
class _Counted:
    recording: Recording
    session: Session
    rate: Measure | None

    @property
    def day(self) -> str:
        return spoken_day(self.recording.day)


def compared(one: Recording, other: Recording) -> Compared:
    """Two recordings of one person held side by side, the earlier first; counts are those after a review.

    It says of two moments, and never why they differ.

    Raises
    ------
    FormatError
        The result of one of them is missing or broken.
    """
    rows = [_counted(recording) for recording in sorted((one, other), key=lambda row: (row.day, row.pk))]
    grave, slight = _unlike(*rows)
    return Compared(
        each=tuple(_rate_sentence(row) for row in rows),
        said=() if grave else tuple(_change(*rows)),
        unlike=tuple(dict.fromkeys((*grave, *slight))),  # two of one day say the same
    )


def _counted(recording: Recording) -> _Counted:
    standing = standing_of(recording)
    session = reviewed_session(session_of(recording), standing) if standing.begun else facts_of(recording)
    return _Counted(recording, session, verdict_of(session).rate)


def _value(rate: Measure | None) -> float | None:
    return float(rate.value) if rate is not None and isinstance(rate.value, int | float) else None


def _rate_sentence(row: _Counted) -> str:
    value = _value(row.rate)
    if row.rate is None or value is None:
        return wording("app_together_no_rate", day=row.day)
    between = range_words(row.rate, "range_interval")
    task = plain_name(row.rate.block, "block")
    return wording("app_together_rate", day=row.day, rate=rate_words(value), between=between, task=task)


def _change(before: _Counted, after: _Counted) -> Iterable[str]:
    first, second = _ends(before.rate), _ends(after.rate)
    if first is None or second is None:
        return
    key = "app_together_same_rate"
    if second[1] < first[0] or second[0] > first[1]:
        key = "app_together_less" if second[1] < first[0] else "app_together_more"
    yield wording(key, first=before.day, second=after.day)


def _ends(rate: Measure | None) -> tuple[float, float] | None:
    return None if rate is None or rate.low is None or rate.high is None else (rate.low, rate.high)


def _unlike(before: _Counted, after: _Counted) -> tuple[list[str], list[str]]:
    """What keeps two recordings from being compared, and what asks for care."""
    grave, slight = [], []
    for row in (before, after):
        if row.recording.filmed == "caught":
            grave.append(wording("app_together_caught", day=row.day))
        elif not row.recording.filmed:
            slight.append(wording("app_together_unsaid", day=row.day))
        if row.recording.mirrored is None:
            slight.append(wording("app_together_sides", day=row.day))
    if _value(before.rate) is None or _value(after.rate) is None:
        grave.append(wording("app_together_not_counted"))
    elif before.rate is not None and after.rate is not None and before.rate.block != after.rate.block:
        grave.append(wording("app_together_task"))
    if not shared_blocks(before.recording, after.recording):
        slight.append(wording("app_together_no_task"))
    camera = _camera(before, after)
    if camera:
        slight.append(camera)
    if {before.recording.alone, after.recording.alone} == {"yes", "no"}:
        slight.append(wording("app_together_alone"))
    return grave, [*slight, *_limits(before, after)]


def _camera(before: _Counted, after: _Counted) -> str:
    names = [row.recording.capture.get("camera") for row in (before, after)]
    if all(names) and names[0] != names[1]:
        return wording("app_together_camera")
    one, other = before.session.recording, after.session.recording
    sizes = [sorted((film.width_px, film.height_px)) for film in (one, other)]
    if sizes[0] == sizes[1] and abs(one.frame_rate_hz - other.frame_rate_hz) < _SAME_RATE_HZ:
        return ""
    told = [
        wording("app_together_picture", width=film.width_px, height=film.height_px, rate=f"{film.frame_rate_hz:.0f}")
        for film in (one, other)
    ]
    return wording("app_together_setting", first=told[0], second=told[1])


def _limits(before: _Counted, after: _Counted) -> Iterable[str]:
    for side in ("right", "left"):
        sizes = [limit_of(row.session.limits, side) for row in (before, after)]
        if sizes[0] is None or sizes[1] is None:
            continue
        if max(sizes[0], sizes[1]) > _FINER * min(sizes[0], sizes[1]):
            values = {"first": percent(sizes[0]), "second": percent(sizes[1]), "side": wording(f"side_{side}")}
            yield wording("app_together_limit", **values)


def treated_between(said: Answer, one: Recording, other: Recording) -> tuple[str, ...]:
    """What was done between two recordings, as entered, and how much less there was by all recordings since."""
    first, last = sorted((one.day, other.day))
    made = []
    for row in said.casefile.treatments:
        if row.kind in ("toxin", "decompression") and first <= row.day <= last:
            name = row.product or wording(f"app_kind_{row.kind}")
            made.append(wording("app_together_between", day=spoken_day(row.day), what=name))
    for cycle in said.toxin.cycles if said.toxin is not None else ():
        if cycle.depth is not None and first <= cycle.day <= last:
            item = cycle.depth
            shares = {name: percent_words(getattr(item, name)) for name in ("value", "low", "high")}
            percent_of = figure(f"{100 * item.probability:.0f}")
            made.append(wording("app_together_depth", day=spoken_day(cycle.day), percent=percent_of, **shares))
    return tuple(made)
