"""The verdict on a recording: what may be said of it, decided here for the terminal, ``session.json`` and the report.

Only codes and keys of the wording are here; `facialis.report.session.verdict` fills in the sentences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from facialis.core.records import SIDES, DetectionLimit, Event, Finding, Measure, Session, eye_limit_iod

__all__ = [
    "COARSE_IOD",
    "LEAST_S",
    "Statement",
    "Verdict",
    "Withheld",
    "limit_of",
    "limit_said",
    "verdict_of",
    "why_no_zero",
]

LEAST_S = 10.0  # chosen: a rate from less time than this would mislead; 5 - 30 s
COARSE_IOD = 0.05  # chosen: 3 mm on an adult face, which anybody would see; 0.03 - 0.08
_LARGEST_SAID_IOD = 0.16  # a lid that shuts goes about 10 mm on a face of 63 mm between the pupils; chosen 0.1 - 0.3
_SHORT_S = 30.0  # chosen: half of the minute at rest that the recording protocol asks for; 20 - 45 s
_MINUTE_S = 60.0  # of rest, which the recording protocol asks for
_FEW = 10  # chosen: fewer events than this leave a rate within a factor of two or more; 5 - 20
_NO_REST_S = 1.0  # chosen: less rest than this is none; 0.5 - 3 s

Code = Literal[
    "unusable",
    "too_little",
    "unseen",
    "too_coarse",
    "quiet",
    "ripples",
    "tonic_spasms",
    "twitches",
    "twitches_two_sides",
]
_NOTHING_SAID: tuple[Code, ...] = ("unusable", "too_little", "unseen", "too_coarse")
_LEAD: dict[Code, str] = {
    "unusable": "verdict_no_usable",
    "too_little": "verdict_too_little",
    "unseen": "verdict_unseen",
    "too_coarse": "verdict_too_coarse",
    "quiet": "verdict_none",
    "ripples": "verdict_myokymia",
    "tonic_spasms": "verdict_only_tonic",
    "twitches": "verdict_twitches",
    "twitches_two_sides": "verdict_twitches_two_sides",
}
_TWO_PEOPLE, _PICTURE = "two_people_in_turn", "maybe_picture"
_NOBODY = (_TWO_PEOPLE, _PICTURE)  # findings after which nothing is said: it would not be of one living person
_WITHHELD = ("twitch_rate_per_min", "twitch_count", "spasm_share")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One sentence: the key of its wording, and the side it speaks of, where it speaks of one."""

    key: str
    side: Literal["left", "right"] | None = None


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A measure that has no value because too little, or too coarsely, was seen, and why."""

    measure: str
    block: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What may be said of a recording.

    ``code`` says which answer it is: ``unusable``, ``too_little``, ``unseen`` and ``too_coarse`` say nothing about
    twitches. ``rate`` is the headline number, the twitches per minute at rest; its value is None where it is withheld.
    ``worst_finding`` is the code of the finding to mend first, None where none spoils the result. ``sentences`` are
    in the order in which they are said.
    """

    code: Code
    rate: Measure | None
    worst_finding: str | None
    sentences: tuple[Statement, ...]
    withheld: tuple[Withheld, ...]


def limit_of(limits: Sequence[DetectionLimit], side: str) -> float | None:
    """The limit that stands for a side, that of its lower lid (`facialis.core.records.eye_limit_iod`), or None."""
    return eye_limit_iod({row.region: row.limit_iod for row in limits if row.side == side})


def limit_said(limit_iod: float | None) -> float | None:
    """A limit as it may be shown: None also where it is larger than a lid can move, which is no size to name."""
    return limit_iod if limit_iod is not None and limit_iod <= _LARGEST_SAID_IOD else None


def why_no_zero(usable_s: float, limits: Sequence[DetectionLimit]) -> Code | None:
    """Why "none was seen" may not be said, and no rate, count or share of zero be given; None if it may.

    None is seen where none could have been: in too little time, on a side of which nothing was seen, or in pictures
    that only show what anybody would notice. Limits that were never worked out (none are given) say nothing.
    """
    if usable_s <= 0:
        return "unusable"
    if usable_s < LEAST_S:
        return "too_little"
    known = [value for side in SIDES if (value := limit_of(limits, side)) is not None]
    blind = [side for side in SIDES if all(row.limit_iod is None for row in limits if row.side == side)]
    if limits and (blind or not known):
        return "unseen"
    return "too_coarse" if known and max(known) > COARSE_IOD else None


def verdict_of(session: Session) -> Verdict:
    """The verdict on a session. Never a diagnosis, and quiet is never called healed."""
    code = _code(session)
    rate = _rate(session)
    if code in _NOTHING_SAID:
        rate = None
    worst = _worst(session, code)
    rows = [] if code == "unusable" else _rate_sentences(session, rate, code)
    told = [Statement(key=f"finding_{worst}"), Statement(key=f"advice_{worst}")] if worst else []
    if worst not in _NOBODY and session.usable_s >= LEAST_S and session.rest_s < LEAST_S and _has(session, "restless"):
        told = [Statement(key="verdict_no_rest" if session.rest_s < _NO_REST_S else "verdict_little_rest")]
        worst = "restless"
    sentences = [_lead(session, code), *told, *rows]
    if code != "unusable":
        sentences += _further(session, worst)
    return Verdict(
        code=code,
        rate=rate,
        worst_finding=worst,
        sentences=tuple(sentences),
        withheld=tuple(
            Withheld(measure=row.name, block=row.block, why=row.why_not)
            for row in session.measures
            if row.name in _WITHHELD and row.value is None
        ),
    )


def _of(session: Session, kind: str) -> list[Event]:
    return [event for event in session.events if event.trial_type == kind]


def _has(session: Session, code: str) -> bool:
    return any(row.code == code for row in session.findings)


def _code(session: Session) -> Code:
    if session.usable_s <= 0 or any(_has(session, code) for code in _NOBODY):
        return "unusable"
    sides = {event.side for event in _of(session, "twitch")}
    if sides:
        return "twitches" if len(sides) == 1 and "both" not in sides else "twitches_two_sides"
    if _of(session, "tonic_spasm"):
        return "tonic_spasms"
    if _of(session, "myokymia"):
        return "ripples"
    return why_no_zero(session.usable_s, session.limits) or "quiet"


def _lead(session: Session, code: Code) -> Statement:
    if _has(session, _TWO_PEOPLE):
        return Statement(key="verdict_two_people")
    if _has(session, _PICTURE):
        return Statement(key="verdict_maybe_picture")
    known = [value for side in SIDES if (value := limit_of(session.limits, side)) is not None]
    if code == "too_coarse" and limit_said(max(known)) is None:
        return Statement(key="verdict_far_too_coarse")
    return Statement(key=_LEAD[code])


def _worst(session: Session, code: Code) -> str | None:
    """The finding to mend first: a serious one, or whatever was found where nothing can be said; short comes last."""
    rows: list[Finding] = [row for row in session.findings if row.severity == "serious"]
    if not rows and code in _NOTHING_SAID:
        rows = [row for row in session.findings if row.severity == "caution"]
    rows.sort(key=lambda row: (row.code not in _NOBODY, row.code == "short"))
    return rows[0].code if rows else None


def _rate(session: Session) -> Measure | None:
    """The rate at rest; of the whole recording where no rest was looked for."""
    rows = {row.block: row for row in session.measures if row.name == "twitch_rate_per_min"}
    return rows.get("rest", rows.get("all"))


def _rate_sentences(session: Session, rate: Measure | None, code: Code) -> list[Statement]:
    if code in _NOTHING_SAID or rate is None:
        return []
    if not isinstance(rate.value, (int, float)):
        return [Statement(key="verdict_rate_unknown")]
    if rate.low is None or rate.high is None:
        return [Statement(key="verdict_rate")]
    rows = [Statement(key="verdict_rate_range" if rate.value > 0 else "verdict_rate_zero")]
    if rate.high - rate.low > max(rate.value, 1.0):
        few = 0 < rate.value * session.rest_s / 60 < _FEW
        if session.rest_s < _MINUTE_S:
            rows.append(Statement(key="verdict_wide_both" if few else "verdict_wide_time"))
        elif few:
            rows.append(Statement(key="verdict_wide_few"))
    return rows


def _further(session: Session, worst: str | None) -> list[Statement]:
    counts = Counter(event.trial_type for event in session.events)
    spasms = counts["twitch"] + counts["tonic_spasm"]
    found: list[Statement] = []
    if counts["twitch"] and counts["tonic_spasm"]:
        found.append(Statement(key="verdict_tonic"))
    if counts["myokymia"] and spasms:
        found.append(Statement(key="verdict_myokymia"))
    if counts["myokymia"] and not spasms and why_no_zero(session.usable_s, session.limits) is None:
        found.append(Statement(key="verdict_none"))
    if counts["blink"] and counts["blink"] == len(session.events):
        found.append(Statement(key="verdict_only_blinks"))
    known = [value for side in SIDES if (value := limit_of(session.limits, side)) is not None]
    if not known:
        found.append(Statement(key="verdict_limit_unknown"))
    else:
        found.append(Statement(key="verdict_limit" if limit_said(max(known)) is not None else "verdict_limit_far"))
    if _has(session, "blinks_untold"):
        found.append(Statement(key="verdict_blinks_untold"))
    for side in SIDES if session.limits else ():
        if limit_of(session.limits, side) is None:
            seen = any(row.limit_iod is not None for row in session.limits if row.side == side)
            found.append(Statement(key="verdict_lid_missing" if seen else "verdict_side_missing", side=side))
    if counts["unclear"]:
        found.append(Statement(key="verdict_unclear"))
    if session.usable_s < _SHORT_S and worst != "short":
        found.append(Statement(key="verdict_short"))
    if not spasms:
        found.append(Statement(key="verdict_quiet"))
    return found
