"""Which sessions belong to the natural course: no toxin at work, no operation before, one side, one kind of block."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, SessionRow
from facialis.core.person.course import Blocked, LeftOut
from facialis.core.person.treatments import day_limit, given_or_told, medicines_alike_from, medicines_taken

__all__ = ["Windows", "natural_sessions", "operation_day", "toxin_days"]

Span = tuple[date, date]
"""The first and the last day on which something may have been; one and the same where the day is known."""


@dataclass(frozen=True, kw_only=True)
class Windows:
    """Sessions of the natural course, in order; ``trough``: which of them lie between 12 and 20 weeks after a dose.

    ``aside``: sessions that do not count for the rate, but would still show that there is spasm: caught ones, and those
    of other tasks.
    ``toxin_until`` is the day from which the last dose no longer counts, ``alike_from`` that from which medicines have
    been the same for long enough, None without one; ``operated`` the first operation. ``blocked`` and ``notes`` are
    what the choice itself has to say (keys as in `Course`).
    """

    used: tuple[SessionRow, ...]
    aside: tuple[SessionRow, ...]
    trough: tuple[bool, ...]
    left_out: tuple[LeftOut, ...]
    toxin_until: date | None
    alike_from: date | None
    operated: date | None
    blocked: tuple[Blocked, ...]
    notes: tuple[str, ...]


def toxin_days(casefile: Casefile) -> list[Span]:
    """Days of toxin, from the treatments and from what the person says of the last one."""
    return sorted({(row.day, row.last_day) for row in given_or_told(casefile, "toxin")})


def operation_day(casefile: Casefile) -> date | None:
    """Day of the first decompression, the first it may have been on; None without one."""
    return min((row.day for row in given_or_told(casefile, "decompression")), default=None)


def natural_sessions(casefile: Casefile) -> Windows:
    """Sessions on which the natural course may rest, and why each other one is left out.

    After a dose of toxin a session counts only just before the next one (12 weeks or more after the last), or from 20
    weeks on; on the day of a dose it counts as before it. After a decompression none does, nor any before the last
    change of a medicine has settled, nor one that was filmed because it was bad. See ``course.yaml``.
    """
    doses, operated, alike = toxin_days(casefile), operation_day(casefile), medicines_alike_from(casefile)
    out: list[tuple[SessionRow, str]] = []
    kept = []
    for row in casefile.sessions:
        why = _why_not(row, doses, operated, alike)
        if why is None:
            kept.append(row)
        else:
            out.append((row, why))
    left_out = [LeftOut(name=row.name, day=row.day, why=why) for row, why in out]
    aside = [row for row, why in out if why == "course_left_out_caught"]
    every = kept
    kept, other_block, notes = _one_block(kept)
    of_block = set(kept)
    aside += [row for row in every if row not in of_block]
    left_out += other_block
    kept, other_side, side_notes, mixed = _one_side(kept, casefile)
    left_out += other_side
    notes += side_notes
    trough = tuple(_stage(row.day, doses) == "trough" for row in kept)
    if any(trough):
        notes.append("course_note_trough")
    blocked: list[Blocked] = []
    if casefile.unread_treatments:
        blocked.append("treatment_unread")
    last = max((dose[1] for dose in doses), default=None)
    until = last + timedelta(days=day_limit("toxin.free_after_days")) if last is not None else None
    if until is not None and casefile.as_of < until:
        blocked.append("toxin_window")
    if operated is not None and (casefile.as_of - operated).days < day_limit("decompression.settled_days"):
        blocked.append("decompression_under_12_months")
    if mixed:
        blocked.append("mixed_sides")
    if medicines_taken(casefile):
        blocked.append("medicine_taken")
    if any(why == "course_left_out_medicine" for _, why in out):
        notes.append("course_note_medicine_changed")
    if len({row.revision for row in kept if row.revision is not None}) > 1:
        notes.append("course_note_revisions_differ")
    return Windows(
        used=tuple(kept),
        aside=tuple(sorted(aside, key=lambda row: (row.day, row.name))),
        trough=trough,
        left_out=tuple(sorted(left_out, key=lambda r: (r.day, r.name))),
        toxin_until=until,
        alike_from=alike,
        operated=operated,
        blocked=tuple(blocked),
        notes=tuple(notes),
    )


def _why_not(row: SessionRow, doses: list[Span], operated: date | None, alike: date | None) -> str | None:
    """Key of the sentence that says why a session does not count for the natural course; None where it may."""
    if operated is not None and row.day > operated:
        return "course_left_out_decompression"
    if _stage(row.day, doses) == "window":
        return "course_left_out_toxin"
    if alike is not None and row.day < alike:
        return "course_left_out_medicine"
    return "course_left_out_caught" if row.filmed == "caught" else None


def _stage(day: date, doses: list[Span]) -> str:
    before = [dose for dose in doses if dose[0] < day]
    if not before:
        return "free"
    since = min((day - dose[1]).days for dose in before)
    if since >= day_limit("toxin.free_after_days"):
        return "free"
    coming = [dose for dose in doses if dose[0] >= day]
    soon = bool(coming) and (coming[0][0] - day).days <= day_limit("toxin.trough_before_days")
    return "trough" if soon and since >= day_limit("toxin.trough_after_days") else "window"


def _one_block(rows: list[SessionRow]) -> tuple[list[SessionRow], list[LeftOut], list[str]]:
    """Rest and the whole recording go together, with a remark; other tasks only where there is nothing else."""
    names = Counter(row.block for row in rows)
    plain = {"all", "rest"} & set(names)
    wanted = plain or ({min(names, key=lambda name: (-names[name], name))} if names else set())
    kept = [row for row in rows if row.block in wanted]
    out = [LeftOut(name=r.name, day=r.day, why="course_left_out_other_block") for r in rows if r.block not in wanted]
    return kept, out, ["course_note_blocks_differ"] if len(plain) == 2 else []


def _one_side(rows: list[SessionRow], casefile: Casefile) -> tuple[list[SessionRow], list[LeftOut], list[str], bool]:
    """Sessions of the person's side, or of the side of most; whether too many are of the other."""
    said = casefile.person.text("side")
    if said in ("both", "alternating"):
        return rows, [], ["course_note_two_sides"], False
    seen = Counter(row.side for row in rows if row.side in ("left", "right"))
    if not seen:
        return rows, [], [], False
    most = max(seen.values())
    first = next(row.side for row in rows if row.side in ("left", "right") and seen[row.side] == most)
    side = said if said in ("left", "right") else first
    other = [row for row in rows if row.side in ("left", "right") and row.side != side]
    if not other:
        return rows, [], [], False
    out = [LeftOut(name=row.name, day=row.day, why="course_left_out_other_side") for row in other]
    kept = [row for row in rows if row not in other]
    mixed = len(other) >= load("course.yaml")["sides"]["other_share"] * sum(seen.values())
    return kept, out, ["course_note_sides_differ"], mixed
