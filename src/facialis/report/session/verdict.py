"""The verdict in plain words: what was seen, on which side, how small it could have been, and what that cannot say.

What may be said is decided in `facialis.core.verdict`; here its sentences are filled in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facialis.core.knowledge import figure, sentences, why_words, wording
from facialis.core.records import SIDES, Event, Kind, Session
from facialis.core.verdict import Statement, Verdict, limit_of, verdict_of
from facialis.report.drawing.anatomy import plain_name

__all__ = [
    "Sentence",
    "counted",
    "duration_words",
    "line",
    "millimetres",
    "percent",
    "rate_words",
    "verdict",
    "why_words",
]

ADULT_IPD_MM = 63.0  # dodgson_2004: mean distance between adult pupils


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence and the key of its wording, by which its sources are found."""

    key: str
    text: str


def percent(iod: float) -> str:
    """A share of the interocular distance as a percentage of two digits, e.g. ``0.6 %``."""
    value = 100 * iod
    return figure(f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %")


def millimetres(iod: float) -> str:
    """The same in millimetres of an adult face of mean size, e.g. ``0.4 mm``."""
    value = iod * ADULT_IPD_MM
    return figure(f"{value:.0f} mm" if value >= 9.95 else f"{value:.1f} mm" if value >= 0.1 else f"{value:.2f} mm")


def duration_words(seconds: float) -> str:
    """A duration as people say it: ``8 s``, ``2 min 5 s``, ``1 h 4 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def rate_words(value: float) -> str:
    """A number of two digits, and never more decimals than anyone can use: ``17``, ``1.1``, ``less than 0.1``."""
    if 0 < value < 0.1:
        return wording("rate_below", rate=figure("0.1"))
    return figure(f"{value:.1f}" if value < 9.95 else f"{value:.0f}")


def counted(count: int, kind: str) -> str:
    """A number with its noun, e.g. ``1 twitch``, ``3 held spasms``."""
    one = f"{kind}_one" if f"kind_{kind}_one" in sentences() else kind
    noun = plain_name(one if count == 1 else f"{kind}_many", "kind")
    return f"{count} {noun}"


def verdict(session: Session) -> list[Sentence]:
    """The verdict, the answer first. Never a diagnosis, and quiet is never called healed."""
    decided = verdict_of(session)
    return [_sentence(session, decided, statement) for statement in decided.sentences]


def line(content: Mapping[str, Any]) -> str:
    """What the ``session.json`` of a recording says of it, in one line for a terminal."""
    decided = content.get("verdict") or {}
    usable = duration_words(content.get("usable_s") or 0.0)
    code = str(decided.get("code", "unusable"))
    if f"line_{code}" in sentences():
        return wording(f"line_{code}", usable=usable)
    counts = content.get("events", {}).get("by_type", {})
    parts = [counted(counts[kind], kind) for kind in ("twitch", "tonic_spasm", "myokymia") if kind in counts]
    rate = (decided.get("rate") or {}).get("value")
    if rate is None:
        return wording("line_seen", count=", ".join(parts), usable=usable)
    return wording("line_seen_rate", count=", ".join(parts), usable=usable, rate=rate_words(rate))


def _sentence(session: Session, decided: Verdict, statement: Statement) -> Sentence:
    key = statement.key
    if key.startswith(("finding_", "advice_")) and f"finding_{decided.worst_finding}" not in sentences():
        key = f"{key.split('_')[0]}_unknown"
        return Sentence(key=key, text=wording(key, code=decided.worst_finding))
    return Sentence(key=key, text=wording(key, **_values(session, decided, statement)))


def _values(session: Session, decided: Verdict, statement: Statement) -> dict[str, object]:
    """All that any sentence of the verdict may ask for, by the names of its places."""
    of: dict[Kind, list[Event]] = {
        kind: [event for event in session.events if event.trial_type == kind]
        for kind in ("twitch", "tonic_spasm", "myokymia", "blink", "unclear")
    }
    kind: Kind = _KIND_OF.get(statement.key, "twitch")
    events = of[kind]
    sides = Counter(event.side for event in events)
    count = counted(len(events), "twitch_one_sided" if statement.key == "verdict_twitches" else kind)
    if kind == "myokymia":
        count = wording("times_one") if len(events) == 1 else wording("times_many", count=len(events))
    values: dict[str, object] = {
        "usable": duration_words(session.usable_s),
        "rest": duration_words(session.rest_s),
        "count": count,
        "were": wording("were_one" if len(events) == 1 else "were_many"),
        "side": wording(f"side_{statement.side or _sides(events)}"),
        "right": sides["right"] + sides["both"],
        "left": sides["left"] + sides["both"],
    }
    known = [value for side in SIDES if (value := limit_of(session.limits, side)) is not None]
    if known:
        values |= {"percent": percent(max(known)), "mm": millimetres(max(known))}
    rate = decided.rate
    if rate is not None:
        values["why"] = why_words(rate.why_not)
        numbers = {"rate": rate.value, "low": rate.low, "high": rate.high}
        values |= {name: rate_words(number) for name, number in numbers.items() if isinstance(number, (int, float))}
    return values


_KIND_OF: Mapping[str, Kind] = {
    "verdict_tonic": "tonic_spasm",
    "verdict_only_tonic": "tonic_spasm",
    "verdict_myokymia": "myokymia",
    "verdict_only_blinks": "blink",
    "verdict_unclear": "unclear",
}


def _sides(events: list[Event]) -> str:
    sides = {event.side for event in events}
    if sides == {"left"}:
        return "left"
    return "right" if sides == {"right"} else "each"
