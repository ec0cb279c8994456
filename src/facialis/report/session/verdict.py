"""The verdict in plain words: what was seen, on which side, how small it could have been, and what that cannot say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from facialis.core.knowledge import sentences, wording
from facialis.core.records import SIDES, Event, Session, eye_limit_iod
from facialis.report.drawing.anatomy import plain_name

__all__ = ["Sentence", "counted", "duration_words", "limit_of", "millimetres", "percent", "verdict"]

ADULT_IPD_MM = 63.0  # dodgson_2004: mean distance between adult pupils
LEAST_S = 10.0  # chosen: the least time for a rate, as in measure.measures; 5-30 s
COARSE_IOD = 0.05  # chosen: 3 mm on an adult face, which anybody would see; 0.03-0.08
SHORT_S = 30.0  # chosen: half of the minute at rest that the recording protocol asks for; 20-45 s


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """One sentence and the key of its wording, by which its sources are found."""

    key: str
    text: str


def percent(iod: float) -> str:
    """A share of the interocular distance as a percentage of two digits, e.g. ``0.6 %``."""
    value = 100 * iod
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %"


def millimetres(iod: float) -> str:
    """The same in millimetres of an adult face of mean size, e.g. ``0.4 mm``."""
    value = iod * ADULT_IPD_MM
    return f"{value:.0f} mm" if value >= 9.95 else f"{value:.1f} mm" if value >= 0.1 else f"{value:.2f} mm"


def duration_words(seconds: float) -> str:
    """A duration as people say it: ``8 s``, ``2 min 5 s``, ``1 h 4 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def counted(count: int, kind: str, before: str = "") -> str:
    """A number with its noun, e.g. ``1 twitch``, ``3 held spasms``."""
    one = f"{kind}_one" if f"kind_{kind}_one" in sentences() else kind
    noun = plain_name(one if count == 1 else f"{kind}_many", "kind")
    return f"{count} {before}{noun}"


def limit_of(session: Session, side: str) -> float | None:
    """The limit that stands for a side, that of its lower lid (`facialis.core.records.eye_limit_iod`), or None."""
    return eye_limit_iod({x.region: x.limit_iod for x in session.limits if x.side == side})


def verdict(session: Session) -> list[Sentence]:
    """The verdict, the most important sentence first. Never a diagnosis, and quiet is never called healed."""
    if session.usable_s <= 0:
        return [_say("verdict_no_usable")]
    usable = duration_words(session.usable_s)
    counts = Counter(event.trial_type for event in session.events)
    twitches = [event for event in session.events if event.trial_type == "twitch"]
    tonic = [event for event in session.events if event.trial_type == "tonic_spasm"]
    ripples = [event for event in session.events if event.trial_type == "myokymia"]
    found = [_seen(session, usable, twitches, tonic)]
    if twitches and tonic:
        found.append(_say("verdict_tonic", count=counted(len(tonic), "tonic_spasm"), side=_sides(tonic)))
    if ripples:
        times = "once" if len(ripples) == 1 else f"{len(ripples)} times"
        found.append(_say("verdict_myokymia", count=times, side=_sides(ripples)))
    if not (twitches or tonic or ripples) and counts["blink"] and counts["blink"] == len(session.events):
        found.append(_say("verdict_only_blinks", count=counted(counts["blink"], "blink")))
    found.append(_limit(session))
    found += _missing(session)
    if counts["unclear"]:
        found.append(_say("verdict_unclear", count=counted(counts["unclear"], "unclear")))
    if session.usable_s < SHORT_S:
        found.append(_say("verdict_short", usable=usable))
    if not (twitches or tonic):
        found.append(_say("verdict_quiet"))
    return found


def _seen(session: Session, usable: str, twitches: list[Event], tonic: list[Event]) -> Sentence:
    were = "was" if len(twitches) == 1 else "were"
    if not twitches:
        if not tonic:
            return _nothing(session, usable)
        were = "was" if len(tonic) == 1 else "were"
        return _say(
            "verdict_only_tonic", usable=usable, count=counted(len(tonic), "tonic_spasm"), were=were, side=_sides(tonic)
        )
    rate = f"{60 * len(twitches) / session.usable_s:.2g}"
    count = counted(len(twitches), "twitch", "one-sided ")
    sides = Counter(event.side for event in twitches)
    if len(sides) == 1 and "both" not in sides:
        return _say("verdict_twitches", usable=usable, count=count, were=were, rate=rate, side=_sides(twitches))
    return _say(
        "verdict_twitches_two_sides",
        usable=usable,
        count=counted(len(twitches), "twitch"),
        rate=rate,
        right=sides["right"] + sides["both"],
        left=sides["left"] + sides["both"],
    )


def _nothing(session: Session, usable: str) -> Sentence:
    """What to say when no twitch was found: that none was seen only where one could have been."""
    known = [value for value in (limit_of(session, side) for side in SIDES) if value is not None]
    if session.usable_s < LEAST_S:
        return _say("verdict_too_little", usable=usable)
    if known and max(known) > COARSE_IOD:
        return _say("verdict_too_coarse", usable=usable, percent=percent(max(known)), mm=millimetres(max(known)))
    return _say("verdict_none", usable=usable)


def _missing(session: Session) -> list[Sentence]:
    """What was not seen: a whole side, or its lower lid alone."""
    found = []
    for side in (side for side in SIDES if session.limits and limit_of(session, side) is None):
        seen = any(row.limit_iod is not None for row in session.limits if row.side == side)
        found.append(_say("verdict_lid_missing" if seen else "verdict_side_missing", side=side))
    return found


def _limit(session: Session) -> Sentence:
    known = [value for value in (limit_of(session, side) for side in SIDES) if value is not None]
    if not known:
        return _say("verdict_limit_unknown")
    return _say("verdict_limit", percent=percent(max(known)), mm=millimetres(max(known)))


def _sides(events: list[Event]) -> str:
    sides = {event.side for event in events}
    if sides == {"left"}:
        return "left"
    return "right" if sides == {"right"} else "right and left"


def _say(key: str, **values: object) -> Sentence:
    return Sentence(key=key, text=wording(key, **values))
