"""Sessions of a person: what `analyse` wrote into ``sessions/<name>/``, and rows of ``sessions.csv``."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import numpy as np

from facialis.core.errors import FormatError, RecordError
from facialis.core.knowledge import why_words
from facialis.core.messages import clause, said
from facialis.core.occasion import Told, occasion_of
from facialis.core.person.casefile import Problem, SessionRow
from facialis.core.person.written_days import day_of
from facialis.core.records import eye_limit_iod
from facialis.files.columns import SESSIONS
from facialis.files.session import REVIEW_FILE, counted_object, read_session_object, session_revision
from facialis.files.tables.findings import Findings
from facialis.files.tables.rows import Table, read_table
from facialis.files.tables.spelling import answer_of

__all__ = ["read_sessions", "session_day"]

_SIDES = ("left", "right", "both")
_SAME_LENGTH_S = 0.1  # chosen: an export may lose or repeat a picture or two; 0.05 - 0.5 s
_FILMED = ("planned", "caught")
_SAID = ("yes", "no", "unknown")
_BLIND = ("unusable", "too_little", "unseen", "too_coarse")  # codes of a verdict that says nothing of twitches
_MOST_PER_MIN = 3000.0  # chosen: 50 a second, faster than any muscle; 1000 - 10,000
_NUMBERS: Mapping[str, tuple[float, float, str]] = {
    "burden_share": (0.0, 1.0, "share_of_time_hint"),
    "tonic_share": (0.0, 1.0, "share_hint"),
    "median_amplitude_iod": (1e-6, 1.0, "share_of_eyes_hint"),
    "limit_iod": (1e-6, 1.0, "share_of_eyes_hint"),
    "resting_asymmetry": (-2.0, 1.0, ""),
    "closure_share": (0.0, 2.0, ""),
}


def read_sessions(folder: Path, as_of: date, *, back_then: bool, problems: list[Problem]) -> tuple[SessionRow, ...]:
    """Sessions of ``folder`` up to ``as_of``, in order of their day; what cannot be used is added to ``problems``.

    A session's day is the one that was given (``date`` of its ``session.json``), else the day its folder is named
    after, else the day that the film gives: see `session_day`. A recording that is there twice counts once: the same
    file (SHA-256), or the same moment and length on the same day in other bytes, as after an export.
    """
    rows: list[SessionRow] = []
    if (folder / "sessions").exists() and not (folder / "sessions").is_dir():
        raise FormatError(**said("sessions_file"))
    if (folder / "sessions").is_dir():
        rows += _written(folder / "sessions", as_of, back_then=back_then, problems=problems)
    if os.path.lexists(folder / SESSIONS.file):
        table = read_table(folder / SESSIONS.file, SESSIONS.needed, SESSIONS.names, free=False)
        there = {replace(row, name="") for row in rows}
        for line, cells in table:
            row = _row(table, line, cells, as_of, back_then=back_then)
            if row is None:
                continue
            if (same := replace(row, name="")) in there:
                table.found.add(line, "date", f"{clause('session_twice', day=row.day)} {clause('left_row')}")
                continue
            there.add(same)
            rows.append(row)
        problems.extend(table.found.problems)
    return tuple(sorted(rows, key=lambda row: (row.day, row.name)))


def _row(table: Table, line: int, cells: Mapping[str, str], as_of: date, *, back_then: bool) -> SessionRow | None:
    day = table.day(line, cells, as_of, back_then=back_then)
    if day is None:
        return None
    usable = table.number(
        line,
        cells,
        "usable_min",
        1e-6,
        24 * 60,
        clause("minutes_hint"),
        needed=True,
        unit="min",
        steady=True,
        counted="twitches",
    )
    most = _MOST_PER_MIN * (usable or 24 * 60)
    twitches = table.number(line, cells, "twitches", 0.0, most, needed=True)
    if usable is None or twitches is None:
        return None
    side, filmed = (_answer(table, line, cells, *asked) for asked in (("side", _SIDES), ("filmed", _FILMED)))
    alone, as_filmed = (_said(table, line, cells, name) for name in ("alone", "as_filmed"))
    extra = {
        n: table.number(line, cells, n, low, high, clause(hint) if hint else "")
        for n, (low, high, hint) in _NUMBERS.items()
        if n in table.header
    }
    return SessionRow(
        day=day,
        name=cells.get("name", "") or f"sessions.csv, line {line}",
        usable_min=usable,
        twitches=twitches,
        side=cast(Any, side),
        regions=tuple(r.strip() for r in re.split(r"[,;|]", cells.get("regions", "")) if r.strip()),
        block=cells.get("block", "") or "all",
        filmed=cast(Any, filmed),
        alone=alone,
        as_filmed=as_filmed,
        **cast(Any, extra),
    )


def _answer(table: Table, line: int, cells: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str | None:
    text = cells.get(name, "")
    try:
        return answer_of(text, choices) if text else None
    except ValueError as error:
        table.found.add(line, name, f"{error} {clause('left_value')}", "value")
        return None


def _said(table: Table, line: int, cells: Mapping[str, str], name: str) -> bool | None:
    """Yes or no; None where nothing stands, or that nobody knows: unknown is never no."""
    text = cells.get(name, "")
    try:
        return {"yes": True, "no": False}.get(answer_of(text, _SAID)) if text else None
    except ValueError as error:
        table.found.add(line, name, f"{error} {clause('left_value')}", "value")
        return None


def _written(place: Path, as_of: date, *, back_then: bool, problems: list[Problem]) -> list[SessionRow]:
    rows: list[SessionRow] = []
    seen: dict[str, str] = {}
    moments: dict[tuple[date, datetime], list[tuple[float, str]]] = {}
    for path in sorted(place.iterdir()):
        if not path.is_dir() or path.name.startswith("."):
            continue
        found = Findings(file=f"sessions/{path.name}/session.json")
        try:
            content = _content(path)
            day = session_day(path.name, content)
            sha = str(content["recording"]["sha256"])
            if sha in seen:
                found.add(0, "recording", clause("same_recording", name=seen[sha]))
            elif day > as_of:
                if not back_then:
                    found.add(0, "date", f"{clause('day_to_come', day=day)} {clause('left_session')}")
            elif (twin := _twin(day, content, moments)) is not None:
                found.add(0, "recording", clause("exported_again", name=twin))
            else:
                seen[sha] = path.name
                _keep_moment(day, content, path.name, moments)
                rows.append(_session(path.name, day, _counted(path, content, found)))
        except (FormatError, RecordError, ValueError) as error:
            found.add(0, "", f"{error} {clause('left_session')}")
        except (KeyError, TypeError, AttributeError, OverflowError) as error:
            found.add(0, "", f"{clause('session_broken', error=error)} {clause('left_session')}")
        problems.extend(found.problems)
    return rows


def _moment(content: Mapping[str, Any]) -> tuple[datetime, float] | None:
    """When a recording began by its file, and how long it is in seconds; None where its file does not say so."""
    facts = content["recording"]
    length = facts.get("duration_s")
    try:
        began = datetime.fromisoformat(str(facts.get("recorded_at") or ""))
    except ValueError:
        return None
    return (began, float(length)) if isinstance(length, (int, float)) else None


def _keep_moment(
    day: date, content: Mapping[str, Any], name: str, moments: dict[tuple[date, datetime], list[tuple[float, str]]]
) -> None:
    if (moment := _moment(content)) is not None:
        moments.setdefault((day, moment[0]), []).append((moment[1], name))


def _twin(
    day: date, content: Mapping[str, Any], moments: Mapping[tuple[date, datetime], list[tuple[float, str]]]
) -> str | None:
    """Another session of the same moment and length; a person is filmed once at a time.

    The day has to be the same as well: tools that blank the moment of all films alike leave the day to the person.
    """
    moment = _moment(content)
    if moment is None:
        return None
    others = moments.get((day, moment[0]), ())
    return next((name for length_s, name in others if abs(length_s - moment[1]) <= _SAME_LENGTH_S), None)


def _content(path: Path) -> Mapping[str, Any]:
    file = path / "session.json"
    if not file.exists():
        raise FormatError(**said("no_session_json"))
    try:
        return read_session_object(file)
    except OSError as error:
        raise FormatError(**said("session_not_read", name=file.name, why=error.strerror or error)) from error


def _counted(path: Path, content: Mapping[str, Any], found: Findings) -> Mapping[str, Any]:
    """What counts after a review; a review that cannot be used is named, and what facialis counted stays."""
    try:
        return counted_object(content, path / REVIEW_FILE)
    except FormatError as error:
        found.add(0, "review", str(error), "")
        return content


def session_day(name: str, content: Mapping[str, Any]) -> date:
    """The person's own calendar day of a session, by the name of its folder and its ``session.json``.

    A result from before days were kept has the moment of its film; in UTC, it becomes a day in this computer's zone.
    ValueError says what to do where no day is known.
    """
    stored = content.get("date")
    if stored and content.get("date_from", "given") == "given":
        return day_of(str(stored))
    named = re.match(r"(\d{4}-\d{2}-\d{2})(?!\d)", name)
    if named:
        return day_of(named[1])
    if stored:
        return day_of(str(stored))
    facts = content["recording"]
    recorded = str(facts.get("recorded_at") or "")
    day = occasion_of(Told(), recorded, local=bool(facts.get("recorded_local"))).date if recorded else None
    if day is None:
        raise ValueError(clause("undated"))
    return day


def _session(name: str, day: date, content: Mapping[str, Any]) -> SessionRow:
    measures = {(m["name"], m.get("block", "all")): m for m in content["measures"]}

    def value(label: str, block: str = "all") -> Any:
        row = measures.get((label, block))
        return None if row is None else row.get("value")

    def number(label: str, block: str = "all") -> float | None:
        found = value(label, block)
        return float(found) if isinstance(found, (int, float)) and math.isfinite(found) else None

    # Rest is what can be compared from one recording to the next; where there is none, the whole recording counts.
    block = "rest" if number("twitch_rate_per_min", "rest") is not None else "all"
    minutes = (content["rest_s"] if block == "rest" else content["usable_s"]) / 60
    rate = number("twitch_rate_per_min", block)
    if rate is None or not minutes > 0:
        why = str(measures.get(("twitch_rate_per_min", "all"), {}).get("why_not") or clause("little_used"))
        raise ValueError(clause("rate_not_measurable", why=why_words(why)))
    if not 0 <= rate <= _MOST_PER_MIN or not math.isfinite(minutes):
        raise ValueError(clause("rate_impossible", rate=f"{rate:g}", minutes=f"{minutes:g}"))
    side = value("side")
    side = side if side in _SIDES else None
    filmed, verdict = content.get("filmed"), content.get("verdict")
    whole = number("twitch_count")
    closure = _own(number("closure_difference"), side)
    return SessionRow(
        day=day,
        name=name,
        usable_min=minutes,
        twitches=round(rate * minutes, 6),
        burden_share=_within("burden_share", number("spasm_share", block)),
        tonic_share=_within("tonic_share", number("tonic_share")),
        median_amplitude_iod=_within("median_amplitude_iod", number("median_amplitude_iod") or None),
        limit_iod=_within("limit_iod", _limit(content["limits"], side)),
        side=side,
        regions=tuple(r for r in str(value("regions") or "").split(",") if r),
        block=block,
        elsewhere=max(whole - rate * minutes, 0.0) if block == "rest" and whole is not None else None,
        able=not isinstance(verdict, Mapping) or verdict.get("code") not in _BLIND,
        filmed=filmed if filmed in ("planned", "caught") else None,
        resting_asymmetry=_own(number("eye_opening_difference"), side),
        closure_share=None if closure is None else float(np.clip(1.0 - closure, 0.0, 2.0)),
        revision=session_revision(content),
        eye_shut_share=number("eye_closed_share", block),
        other_babinski_events=number("other_babinski_events"),
        synchrony_share=_whole_share(number("eye_mouth_synchrony")),
        reviewed=content.get("reviewed") is True,
        alone=_known(content.get("alone")),
        as_filmed=_known(content.get("as_filmed")),
    )


def _known(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _whole_share(value: float | None) -> float | None:
    return value if value is not None and 0 <= value <= 1 else None


def _within(name: str, value: float | None) -> float | None:
    low, high, _ = _NUMBERS[name]
    if value is not None and not low <= value <= high:
        raise ValueError(clause("number_impossible", name=name, value=f"{value:g}", low=f"{low:g}", high=f"{high:g}"))
    return value


def _own(right_less_left: float | None, side: str | None) -> float | None:
    """A difference of the sides as the other side less the person's own; None where the side is not known."""
    if right_less_left is None or side not in ("left", "right"):
        return None
    return right_less_left if side == "left" else -right_less_left


def _limit(limits: list[Mapping[str, Any]], side: str | None) -> float | None:
    """The limit round the eye, where it begins; the coarser side where the side is not known."""
    sides = ("left", "right") if side not in ("left", "right") else (side,)
    known = [eye_limit_iod({r["region"]: r["limit_iod"] for r in limits if r["side"] == own}) for own in sides]
    return max((value for value in known if value is not None), default=None)
