"""How long it has been quiet, in recordings that would have shown twitches; and which word that is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from facialis.core.knowledge import load
from facialis.core.person.casefile import SessionRow
from facialis.core.person.course import Remission
from facialis.core.verdict import COARSE_IOD

__all__ = ["Quiet", "find_quiet"]

_NONE_COUNTED = 0.05  # chosen: counts are whole, and a rate times minutes off by rounding only; 0.01 - 0.3
_NO_SPASM = 1e-4  # chosen: share of the time; a twentieth of a second in ten minutes; 1e-5 - 1e-3


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """A quiet spell up to now. ``days`` from its first session to the last that was able to see; 0 without one.

    ``earlier_per_min`` is the rate before it (of the finest recording), None if a twitch was never seen.
    ``too_coarse``: the last sessions are quiet, but only because of what they could not see. ``limit_unknown``: they
    are quiet, but nobody knows what they could see. ``never_seen``: no session has a twitch. ``comes_and_goes``: it was
    as quiet before, for half as long or longer, and came back.
    """

    remission: Remission
    days: int
    earlier_per_min: float | None
    too_coarse: bool = False
    limit_unknown: bool = False
    never_seen: bool = False
    comes_and_goes: bool = False


def find_quiet(
    rows: Sequence[SessionRow],
    shares: Sequence[float],
    *,
    as_of: date,
    free_from: date | None,
    upper_per_min: float,
    aside: Sequence[SessionRow] = (),
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
    aside
        Sessions that do not count for the rate; a twitch in one of them ends a quiet spell all the same.
    """
    rule = load("course.yaml")["remission"]
    start = len(rows)
    while start and _is_quiet(rows[start - 1]):
        start -= 1
    earlier = _earlier(rows[:start], shares[:start])
    shown = max((row.day for row in aside if not _is_quiet(row)), default=None)
    spell = [
        (row, share)
        for row, share in zip(rows[start:], shares[start:], strict=True)
        if _could_see(row) and (free_from is None or row.day >= free_from) and (shown is None or row.day > shown)
    ]
    if not spell:
        unseen = any(not _could_see(row) for row in rows[start:])
        return Quiet(remission="none", days=0, earlier_per_min=earlier, too_coarse=unseen)
    if earlier is None:
        limits = [row.limit_iod for row, _ in spell if row.limit_iod is not None]
        coarse = bool(limits) and min(limits) > rule["coarse_iod"]
        never = start == 0 and shown is None
        return Quiet(remission="none", days=0, earlier_per_min=None, too_coarse=coarse, never_seen=never)
    known = [(row, share) for row, share in spell if row.limit_iod is not None]
    able = _able_days(known, earlier)
    would = sum(row.usable_min for row, _ in spell) * earlier >= rule["able_twitches"]
    if not able:
        blind = len(known) < len(spell) and bool(_able_days(spell, earlier))
        return Quiet(
            remission="none", days=0, earlier_per_min=earlier, too_coarse=would and not blind, limit_unknown=blind
        )
    bout = _earlier_quiet_days(rows[:start])
    gap = rule["gap_days"] if bout is None else min(rule["gap_days"], rule["bout_gap_days"])
    first = known[0][0].day
    start_able = able[0]
    for before, after in zip([first, *able], able, strict=False):
        if (after - before).days > gap:
            first = start_able = after  # what was in between is not known
    days = (able[-1] - first).days
    if (able[-1] - start_able).days < rule["so_far_days"]:
        return Quiet(remission="none", days=0, earlier_per_min=earlier)
    low = upper_per_min <= rule["upper_ratio"] * earlier and upper_per_min <= rule["upper_per_min"]
    recent = (as_of - able[-1]).days <= rule["recent_days"]
    word: Remission = "quiet_so_far"
    again = bout is not None and days < rule["bout_times"] * bout
    if days >= rule["possible_days"] and not again:
        word = "possible"
    if days >= rule["sustained_days"] and low and recent and not again:
        word = "sustained"
    return Quiet(remission=word, days=days, earlier_per_min=earlier, comes_and_goes=again)


def _could_see(row: SessionRow) -> bool:
    """Whether a recording may be called quiet at all: by its own verdict, and by the rule of that verdict."""
    return row.able and (row.limit_iod is None or row.limit_iod <= COARSE_IOD)


def _is_quiet(row: SessionRow) -> bool:
    """No twitch, in its other parts neither, and no spasm: one that is held all the time is not among the twitches.

    A session that could not see is no sign of spasm, so it does not end a spell; it does not count in it either.
    """
    return (
        row.twitches < _NONE_COUNTED
        and (row.elsewhere is None or row.elsewhere < _NONE_COUNTED)
        and (row.burden_share is None or row.burden_share < _NO_SPASM)
    )


def _earlier_quiet_days(rows: Sequence[SessionRow]) -> int | None:
    """The longest time without a twitch, between sessions with one, of earlier days; None if it never was for weeks."""
    rule = load("course.yaml")["remission"]
    longest = 0
    quiet: list[date] = []
    last: date | None = None
    for row in rows:
        if _is_quiet(row):
            quiet += [row.day] if _could_see(row) else []
            continue
        if last is not None and quiet and (quiet[-1] - quiet[0]).days >= rule["so_far_days"]:
            longest = max(longest, (row.day - last).days)
        last, quiet = row.day, []
    return longest or None


def _earlier(rows: Sequence[SessionRow], shares: Sequence[float]) -> float | None:
    """The lower of the rates of the last five sessions and of the last year before the spell."""
    if not rows:
        return None
    since = rows[-1].day - timedelta(days=load("course.yaml")["remission"]["earlier_days"])
    year = [(r, s) for r, s in zip(rows, shares, strict=True) if r.day >= since]
    rates = [sum(r.twitches for r, _ in part) / sum(r.usable_min * s for r, s in part) for part in (year, year[-5:])]
    return min((rate for rate in rates if rate > 0), default=None)


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
