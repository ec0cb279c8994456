"""What was put into a film for practice, and how an answer compares with it where that decides it.

Which grade a film deserves is a judgement. What is said of a grade is only what follows from the words of its steps and
from what was put in, by kind, place and length; never from its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from facialis.app.rating.models import UNRATEABLE
from facialis.core.knowledge import figure, wording
from facialis.core.rating.scales import Answer, Part, Scale
from facialis.core.records import SPASM_KINDS, Event
from facialis.numeric.agreement.moments import matched
from facialis.phantom.anchors import Anchor
from facialis.report.drawing.anatomy import plain_name
from facialis.report.session.verdict import counted

__all__ = ["Caught", "Follows", "Moment", "State", "Truth", "Verdict", "caught", "follows", "truth_shown"]

_EARLY_S, _LATE_S = 0.15, 0.75
# Chosen: a tap belongs to a twitch that began so long before it; a hand follows an eye by 0.2 to 0.4 s, an unused one
# by more, and twitches of these films are a second apart. 0.5 - 0.9 s changes nothing there.
_LONG_S = 1.0  # "over a second" of jankovic_orman_1987
_IOD_MM = 63.0  # mean of adults (dodgson_2004)
# Which areas of the face a muscle of the head moves (`facialis.phantom.contractions`), with what it drags along.
_MOVES = {
    "orbicularis_oculi": ("eye", "cheek"),
    "frontalis": ("forehead",),
    "corrugator": ("forehead", "eye"),
    "zygomaticus": ("cheek", "mouth"),
    "levator_labii": ("cheek", "mouth"),
    "orbicularis_oris": ("cheek", "mouth"),
    "mentalis": ("mouth",),
}


# ---- tapping ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Caught:
    """Taps held against the truth. ``pairs``: places of a twitch and of its tap; ``delay_s``: their mean, if any."""

    hits: int
    misses: int
    false: int
    delay_s: float | None
    pairs: tuple[tuple[int, int], ...]


def caught(onsets_s: Sequence[float], taps_s: Sequence[float]) -> Caught:
    """Which twitches were caught by a tap.

    Parameters
    ----------
    onsets_s
        When each began.
    taps_s
        When was tapped. Each tap counts for one twitch at most, and each twitch for one tap.

    Examples
    --------
    >>> found = caught([1.0, 3.0], [1.3, 5.0])
    >>> found.hits, found.misses, found.false, round(found.delay_s, 2)
    (1, 1, 1, 0.3)
    """
    began, tapped = np.array(onsets_s, float), np.array(taps_s, float)
    middle_s = (_LATE_S - _EARLY_S) / 2
    pairs = matched(began + middle_s, tapped, (_LATE_S + _EARLY_S) / 2)
    late = tapped[pairs[:, 1]] - began[pairs[:, 0]]
    return Caught(
        hits=len(pairs),
        misses=len(began) - len(pairs),
        false=len(tapped) - len(pairs),
        delay_s=float(late.mean()) if len(late) else None,
        pairs=tuple((int(one), int(other)) for one, other in pairs),
    )


# ---- what follows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Follows:
    """What the words of a question make of what was put in, and why.

    ``answer`` None: no answer fits; not ``exact``: it or a higher one.
    """

    answer: Answer | None
    why: str
    exact: bool = True


def follows(scale: Scale, part: Part, events: Sequence[Event], length_s: float) -> Follows | None:
    """What follows for an answer from what was put in; None: it is a judgement."""
    twitches = [one for one in events if one.trial_type in SPASM_KINDS]
    muscles = {muscle for one in twitches for muscle in one.regions}
    if scale.key == "tunc" and part.level == "ordinal":
        moved = {area for muscle in muscles for area in _MOVES.get(muscle, tuple(scale.parts))}
        return None if part.key in moved else Follows(answer=0.0, why="still")
    if scale.key == "smc":
        if not twitches:
            return Follows(answer=None, why="no_grade")
        if muscles == {"orbicularis_oculi"}:
            return Follows(answer=1.0, why="eye")
        return Follows(answer=2.0, why="spread", exact=False)
    if scale.key == "jrs":
        return _spasm_of_lids(part, twitches, length_s)
    if scale.key == "housebrackmann":
        return Follows(answer=1.0, why="strong")
    return None


def _spasm_of_lids(part: Part, twitches: Sequence[Event], length_s: float) -> Follows | None:
    if not twitches:
        return Follows(answer=0.0, why="none")
    if part.key != "frequency":
        return None
    if all(one.duration_s < _LONG_S for one in twitches):
        return Follows(answer=2.0, why="short")
    shut_s = sum(one.duration_s for one in twitches)  # at most: an eye is shut for a part of each
    return Follows(answer=3.0, why="long") if shut_s < length_s / 2 else None


# ---- in words --------------------------------------------------------------------------------------------------

State = Literal["right", "other", "follows", "judged"]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A question, what was answered, and what truth says of it: ``state`` is how they stand to each other."""

    ask: str
    answered: str
    says: str
    state: State


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Something that was put in, or a tap where nothing was: seconds, what, side, and the tap that belongs to it."""

    at: str
    what: str
    side: str
    tap: str


@dataclass(frozen=True, kw_only=True)
class Truth:
    """A film for practice after it was answered: what was put in, by label; how answers and taps compare; moments."""

    put_in: tuple[tuple[str, str], ...]
    verdicts: tuple[Verdict, ...]
    taps: tuple[str, ...]
    moments: tuple[Moment, ...]


def truth_shown(
    anchor: Anchor, events: Sequence[Event], scale: Scale, answers: Mapping[str, Any], taps_s: Sequence[float]
) -> Truth:
    """What was put into a film and how an answer compares, in the language spoken."""
    twitches = [one for one in events if one.trial_type in SPASM_KINDS]
    watched = bool(taps_s) or answers.get("count") not in (None, UNRATEABLE)
    found = caught([one.onset_s for one in twitches], taps_s)
    verdicts = [
        _verdict(scale, part, events, answers.get(part.key), anchor.spec.duration_s)
        for part in scale.parts.values()
        if part.level != "moments"
    ]
    return Truth(
        put_in=tuple(_put_in(anchor, events, twitches)),
        verdicts=tuple(verdicts),
        taps=tuple(_said_of_taps(found, len(twitches))) if watched else (wording("app_practice_no_taps"),),
        moments=tuple(_moments(events, twitches, taps_s, found)),
    )


def _side(twitches: Sequence[Event]) -> str:
    sides = {one.side for one in twitches}
    return "none" if not sides else sides.pop() if len(sides) == 1 else "both"


def _put_in(anchor: Anchor, events: Sequence[Event], twitches: Sequence[Event]) -> list[tuple[str, str]]:
    rows = [("count", _counts(twitches) or wording("app_practice_no_twitch"))]
    size = wording(anchor.said)
    if twitches:
        muscles = dict.fromkeys(muscle for one in twitches for muscle in one.regions)
        largest = max(one.amplitude_iod for one in twitches)
        rows.append(("side", wording(f"scale_side_{_side(twitches)}")))
        rows.append(("where", ", ".join(plain_name(muscle, "region") for muscle in muscles)))
        told = {"percent": f"{100 * largest:.0f}", "millimetres": figure(f"{_IOD_MM * largest:.1f}")}
        size = f"{size} {wording('app_practice_size', **told)}"
    rows.append(("size", size))
    others = _counts([one for one in events if one not in twitches])
    return [(wording(f"app_practice_row_{key}"), words) for key, words in [*rows, ("also", others)] if words]


def _counts(events: Sequence[Event]) -> str:
    kinds = dict.fromkeys(one.trial_type for one in events)
    return ", ".join(counted(sum(one.trial_type == kind for one in events), kind) for kind in kinds)


def _said_of_taps(found: Caught, count: int) -> list[str]:
    if not count:
        key = "app_practice_tapped_none" if found.false else "app_practice_tapped_rightly"
        return [wording(key, false=found.false)]
    lines = [wording("app_practice_tapped", hits=found.hits, count=count, misses=found.misses, false=found.false)]
    if found.delay_s is not None:
        lines.append(wording("app_practice_delay", delay=figure(f"{found.delay_s:.1f}")))
    return lines


def _verdict(scale: Scale, part: Part, events: Sequence[Event], answer: Any, length_s: float) -> Verdict:
    twitches = [one for one in events if one.trial_type in SPASM_KINDS]
    known: Answer | None = None
    if part.level == "count":
        known = float(len(twitches))
    elif part.level == "nominal":
        known = _side(twitches)
    if known is not None:
        state: State = "right" if answer == known else "other"
        key = "app_practice_right" if state == "right" else "app_practice_other"
        says = wording(key, truth=_answer(part, known))
    else:
        found = follows(scale, part, events, length_s)
        state, says = ("follows" if found else "judged"), wording("app_practice_judged")
        if found is not None:
            says = wording(f"app_practice_why_{found.why}")
            if found.answer is not None:
                key = "app_practice_follows" if found.exact else "app_practice_follows_least"
                says = f"{says} {wording(key, answer=_answer(part, found.answer))}"
    return Verdict(ask=wording(part.ask), answered=_answer(part, answer), says=says, state=state)


def _answer(part: Part, answer: Any) -> str:
    """An answer in words."""
    if answer in (None, UNRATEABLE):
        return wording("app_rate_cannot")
    if part.level == "count":
        return f"{answer:g}"
    words = wording(part.answers[answer])
    return words if part.level == "nominal" else f"{answer:g}, {words}"


def _moments(
    events: Sequence[Event], twitches: Sequence[Event], taps_s: Sequence[float], found: Caught
) -> list[Moment]:
    tap_of = {id(twitches[one]): taps_s[other] for one, other in found.pairs}
    met = {other for _, other in found.pairs}
    rows = [
        (
            one.onset_s,
            plain_name(one.trial_type, "kind"),
            wording(f"side_{one.side}"),
            _seconds(tap_of[id(one)]) if id(one) in tap_of else "–",
        )
        for one in events
    ]
    rows += [
        (tap_s, wording("app_practice_false_tap"), "–", _seconds(tap_s))
        for number, tap_s in enumerate(taps_s)
        if number not in met
    ]
    return [Moment(at=_seconds(at_s), what=what, side=side, tap=tap) for at_s, what, side, tap in sorted(rows)]


def _seconds(value: float) -> str:
    return figure(f"{value:.1f}")
