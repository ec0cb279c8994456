"""Which sessions the natural course may rest on: what a treatment does must not pass for healing.

Effect of botulinum toxin is judged away only from trough to trough, or long after the last injection; after an
operation on the nerve nothing is natural any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from facialis.core.casefile import Casefile, SessionRow
from facialis.core.course import LeftOut
from facialis.core.knowledge import load

__all__ = ["Natural", "natural_sessions", "threshold"]


def threshold(name: str) -> float:
    """A threshold of ``course.yaml``."""
    return float(load("course.yaml")[name]["value"])


@dataclass(frozen=True, kw_only=True)
class Natural:
    """Sessions of the natural course and what was left out of it.

    ``toxin_until``: the day on which the last injection no longer counts, None where none counts on ``as_of``.
    ``decompression``: the day of the last operation, None without one. ``block`` is the part of the protocol that
    rates are compared in.
    """

    sessions: tuple[SessionRow, ...]
    left_out: tuple[LeftOut, ...]
    toxin_until: date | None
    decompression: date | None
    block: str


def natural_sessions(case: Casefile) -> Natural:
    """Sort the sessions of a casefile; each is either used or left out with its reason (a key of wording)."""
    doses = _doses(case)
    operated = max((t.day for t in case.given("decompression")), default=_days_ago(case, "decompression_days_ago"))
    block = _block(case.sessions)
    used: list[SessionRow] = []
    out: list[LeftOut] = []
    for row in case.sessions:
        why = _why(row, doses, operated, block, case.as_of)
        if why:
            out.append(LeftOut(name=row.name, day=row.day, why=why))
        else:
            used.append(row)
    until = doses[-1] + timedelta(days=threshold("toxin_days")) if doses else None
    return Natural(
        sessions=tuple(used), left_out=tuple(out),
        toxin_until=until if until is not None and until > case.as_of else None,
        decompression=operated, block=block,
    )  # fmt: skip


def _days_ago(case: Casefile, key: str) -> date | None:
    days = case.person.number(key)
    return None if days is None else case.as_of - timedelta(days=days)


def _doses(case: Casefile) -> list[date]:
    days = {t.day for t in case.given("toxin")}
    told = _days_ago(case, "toxin_days_ago")
    # What was told in days may differ by a little from what stands in the table: it is the same injection.
    if told is not None and not any(abs((told - day).days) <= 14 for day in days):
        days.add(told)
    return sorted(days)


def _block(rows: tuple[SessionRow, ...]) -> str:
    """The part of the protocol that most usable time is of; ``all`` and no name are the same."""
    minutes: dict[str, float] = {}
    for row in rows:
        minutes[row.block] = minutes.get(row.block, 0.0) + row.usable_min
    return max(sorted(minutes), key=lambda name: minutes[name], default="all")


def _why(row: SessionRow, doses: list[date], operated: date | None, block: str, as_of: date) -> str:
    if row.block != block and {row.block, block} != {"rest", "all"}:
        return "course_left_out_block"
    if operated is not None and row.day >= operated:
        return "course_left_out_decompression"
    before = [day for day in doses if day <= row.day]
    if not before:
        return ""
    since = (row.day - before[-1]).days
    if since >= threshold("toxin_days"):
        return ""
    following = [day for day in doses if day > row.day and day <= as_of]
    near = following and (following[0] - row.day).days <= threshold("trough_before_days")
    return "" if since >= threshold("trough_days") and near else "course_left_out_toxin"
