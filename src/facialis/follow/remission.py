"""How long it has been quiet, in recordings that would have shown twitches; and which word that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from facialis.core.knowledge import load
from facialis.core.person.casefile import SessionRow
from facialis.core.person.course import Remission

__all__ = ["Quiet", "find_quiet"]

_NONE_COUNTED = 0.05  # chosen: counts are whole, and a rate times minutes off by rounding only; 0.01 - 0.3
_NO_SPASM = 1e-4  # chosen: share of the time; a twentieth of a second in ten minutes; 1e-5 - 1e-3


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """A quiet spell up to now. ``days`` from its first session to the last that was able to see; 0 without one.

    ``earlier_per_min`` is the rate before it (of the finest recording), None if a twitch was never seen.
    ``too_coarse``: the last sessions are quiet, but only because of what they could not see. ``never_seen``: no
    session has a twitch.
    """

    remission: Remission
    days: int
    earlier_per_min: float | None
    too_coarse: bool = False
    never_seen: bool = False


def find_quiet(
    rows: Sequence[SessionRow], shares: Sequence[float], *, as_of: date, free_from: date | None, upper_per_min: float
) -> Quiet:
    """The quiet spell at the end of ``rows`` (in order), and its word: rules of ``course.yaml``, in no case a mood.

    Parameters
    ----------
    shares
        Share of the twitches that each session could see, against the finest.
    free_from
        Quiet before this day does not count (toxin at work); None: all counts.
    upper_per_min
        Upper end (95 %) of the rate now.
    """
    rule = load("course.yaml")["remission"]
    start = len(rows)
    while start and _is_quiet(rows[start - 1]):
        start -= 1
    earlier = _earlier(rows[:start], shares[:start])
    spell = [
        (row, share)
        for row, share in zip(rows[start:], shares[start:], strict=True)
        if free_from is None or row.day >= free_from
    ]
    if not spell:
        return Quiet(remission="none", days=0, earlier_per_min=earlier)
    if earlier is None:
        limits = [row.limit_iod for row, _ in spell if row.limit_iod is not None]
        coarse = bool(limits) and min(limits) > rule["coarse_iod"]
        return Quiet(remission="none", days=0, earlier_per_min=None, too_coarse=coarse, never_seen=start == 0)
    able = _able_days(spell, earlier)
    if not able:
        would = sum(row.usable_min for row, _ in spell) * earlier >= rule["able_twitches"]
        return Quiet(remission="none", days=0, earlier_per_min=earlier, too_coarse=would)
    first = spell[0][0].day
    for before, after in zip([first, *able], able, strict=False):
        if (after - before).days > rule["gap_days"]:
            first = after  # what was in between is not known
    days = (able[-1] - first).days
    low = upper_per_min <= rule["upper_ratio"] * earlier and upper_per_min <= rule["upper_per_min"]
    recent = (as_of - able[-1]).days <= rule["recent_days"]
    word: Remission = "quiet_so_far"
    if days >= rule["possible_days"]:
        word = "possible"
    if days >= rule["sustained_days"] and low and recent:
        word = "sustained"
    return Quiet(remission=word, days=days, earlier_per_min=earlier)


def _is_quiet(row: SessionRow) -> bool:
    """No twitch, and no spasm either: one that is held all the time is not counted among the twitches."""
    return row.twitches < _NONE_COUNTED and (row.burden_share is None or row.burden_share < _NO_SPASM)


def _earlier(rows: Sequence[SessionRow], shares: Sequence[float]) -> float | None:
    """The lower of the rates of the last five sessions and of the last year before the spell."""
    if not rows:
        return None
    since = rows[-1].day - timedelta(days=load("course.yaml")["remission"]["earlier_days"])
    year = [(r, s) for r, s in zip(rows, shares, strict=True) if r.day >= since]
    rates = [sum(r.twitches for r, _ in part) / sum(r.usable_min * s for r, s in part) for part in (year, year[-5:])]
    return min(rates) or None


def _able_days(spell: Sequence[tuple[SessionRow, float]], earlier: float) -> list[date]:
    """Days by which enough was looked at, within a few weeks, that the earlier rate would have shown itself."""
    rule = load("course.yaml")["remission"]
    able: list[date] = []
    recent: list[tuple[date, float]] = []
    for row, share in spell:
        recent.append((row.day, row.usable_min * share * earlier))
        recent = [(day, seen) for day, seen in recent if (row.day - day).days <= rule["able_within_days"]]
        if sum(seen for _, seen in recent) >= rule["able_twitches"]:
            able.append(row.day)
            recent = []
    return able
