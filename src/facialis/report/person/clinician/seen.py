"""What recordings showed, for the sheet of the clinician: sides, spread, rates, toxin cycles, and what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, sentences, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Casefile, SessionRow, Treatment
from facialis.core.person.course import Estimate
from facialis.report.drawing.scales import count_words
from facialis.report.person.visit_content import short_words

__all__ = ["Table", "change_words", "cycle_table", "left_out_words", "recording_table", "spread_words"]

Table = tuple[list[str], list[list[str]]]
"""Headings, and rows of cells."""

_AROUND_DAYS = 42  # chosen: recordings before a visit, and before today, that tell how it was; 28 - 60
_MOST_CYCLES = 4  # chosen: one page; all cycles are in the report
_LAST = 4  # chosen: recordings beside the first and the one at the last visit
_MUTE = ("treatment_unread", "mixed_sides", "filmed_by_mood")  # blocks that forbid to hold now against then
_OPEN = "?"


def spread_words(case: Casefile) -> str:
    """Sides seen, with how many recordings and from when; parts of the face with the day they were first seen on."""
    sides: dict[str, list[date]] = {}
    parts: dict[str, date] = {}
    for row in case.sessions:
        if row.side:
            sides.setdefault(row.side, []).append(row.day)
        for region in row.regions:
            parts.setdefault(_region(region), row.day)
    if not sides and not parts:
        return wording("sheet_unknown")
    seen = [
        wording("sheet_side_in", side=wording(f"visit_side_{side}"), count=len(days), day=spoken_day(days[0]))
        for side, days in sides.items()
    ]
    first = [wording("sheet_region_from", region=name, day=spoken_day(day)) for name, day in parts.items()]
    unknown = wording("sheet_unknown")
    return " ".join(
        (
            wording("sheet_sides_seen", sides=", ".join(seen) or unknown),
            wording("sheet_regions_seen", regions=", ".join(first) or unknown),
        )
    )


def _region(name: str) -> str:
    key = f"region_{name}"
    return wording(key) if key in sentences() else short_words(name, 30)


def recording_table(answer: Answer) -> Table:
    """The first recording, the last one up to the last visit, and the latest, one a row."""
    case, used = answer.casefile, set(answer.course.used)
    names = ("day", "rate", "seconds", "limit", "spasm", "shut", "tonic", "babinski", "synchrony")
    shown = _shown(case.sessions, _visit(case)[0])
    return [wording(f"sheet_col_{name}") for name in names], [_cells(row, counts=row.name in used) for row in shown]


def _shown(rows: Sequence[SessionRow], visit: date | None) -> list[SessionRow]:
    at_visit = [k for k, row in enumerate(rows) if visit is not None and row.day <= visit][-1:]
    places = {*range(min(1, len(rows))), *at_visit, *range(max(len(rows) - _LAST, 0), len(rows))}
    return [rows[k] for k in sorted(places)]


def _cells(row: SessionRow, *, counts: bool) -> list[str]:
    seconds = count_words(round(60 * row.usable_min))
    babinski = row.other_babinski_events
    return [
        spoken_day(row.day) + ("" if counts else " *"),
        _OPEN if row.saw_nothing else count_words(row.rate_per_min),
        seconds if row.block == "rest" else wording("sheet_not_rest", seconds=seconds),
        _OPEN if row.limit_iod is None else figure(f"{100 * row.limit_iod:.2g}") + " %",
        _share(row.burden_share),
        _share(row.eye_shut_share),
        _share(row.tonic_share),
        _OPEN if babinski is None else f"{babinski:.0f}",
        _share(row.synchrony_share),
    ]


def _share(value: float | None) -> str:
    return _OPEN if value is None else f"{100 * value:.0f} %"


def cycle_table(answer: Answer) -> Table:
    """The last injections as entered, with onset, depth and half gone where recordings say; no rows without any."""
    names = ("injection", "given", "onset", "depth", "half", "films")
    head = [wording(f"sheet_col_{name}") for name in names]
    found = {} if answer.toxin is None else {cycle.day: cycle for cycle in answer.toxin.cycles}
    rows = []
    for item in answer.casefile.given("toxin")[-_MOST_CYCLES:]:
        cycle = found.get(item.day)
        rows.append(
            [
                spoken_day(item.day),
                _given(item),
                _range(None if cycle is None else cycle.onset_days),
                _range(None if cycle is None else cycle.depth, 100.0, " %"),
                _range(None if cycle is None else cycle.wear_off_days),
                _OPEN if cycle is None else str(cycle.sessions),
            ]
        )
    return head, rows


def _given(item: Treatment) -> str:
    units = figure(f"{item.dose_units:g}") + " U" if item.dose_units else ""
    return short_words(", ".join(part for part in (item.product, units, *item.sites) if part), 90) or _OPEN


def _range(item: Estimate | None, factor: float = 1.0, unit: str = "") -> str:
    if item is None:
        return _OPEN
    low, value, high = (f"{factor * part:.0f}" for part in (item.low, item.value, item.high))
    return f"{value}{unit} ({low}–{high})"


def left_out_words(answer: Answer) -> list[str]:
    """Recordings that the natural course does not rest on, by reason, with how many and from when to when."""
    days: dict[str, list[date]] = {}
    for row in answer.course.left_out:
        days.setdefault(row.why, []).append(row.day)
    return [
        wording(
            "sheet_left_out_one" if len(when) == 1 else "sheet_left_out_row",
            count=len(when),
            first=spoken_day(min(when)),
            last=spoken_day(max(when)),
            why=wording(why),
        )
        for why, when in days.items()
    ]


def _visit(case: Casefile) -> tuple[date | None, bool]:
    """The day of the last visit, and whether it was told: else the last injection or operation, which is one."""
    told = case.person.day("last_visit")
    if told is not None and told <= case.as_of:
        return told, True
    given = [row.day for row in (*case.given("toxin"), *case.given("decompression")) if row.latest_day is None]
    return max(given, default=None), False


def change_words(answer: Answer) -> str:
    """Rates as counted just before the last visit and now; unknown where either was not filmed or may not be said."""
    case = answer.casefile
    block = next((code for code in _MUTE if code in answer.course.blocked_by), None)
    if block is not None:
        return wording("sheet_change_blocked", why=wording(f"course_blocked_{block}"))
    day, told = _visit(case)
    if day is None:
        return wording("sheet_change_no_visit")
    before = _between(case.sessions, day - timedelta(days=_AROUND_DAYS), day)
    after = _between(case.sessions, max(case.as_of - timedelta(days=_AROUND_DAYS), day), case.as_of)
    if not before or not after:
        return wording("sheet_change_no_films", day=spoken_day(day))
    return wording(
        "sheet_change_said" if told else "sheet_change_injection",
        day=spoken_day(day),
        then=count_words(_rate(before)),
        before=len(before),
        now=count_words(_rate(after)),
        after=len(after),
    )


def _between(rows: Iterable[SessionRow], after: date, last: date) -> list[SessionRow]:
    return [row for row in rows if after < row.day <= last and row.able and row.filmed != "caught"]


def _rate(rows: Sequence[SessionRow]) -> float:
    return sum(row.twitches for row in rows) / sum(row.usable_min for row in rows)
