"""What stands on the page for the visit, as plain words: made once, drawn twice (PDF and HTML)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from facialis.core.calendar import span_words, spoken_day
from facialis.core.knowledge import figure, load, plain_name, sentences, spoken, translation, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Score, TriggerEffect
from facialis.core.person.guidance import Guidance, Resemblance
from facialis.core.version import __version__
from facialis.report.person.course_words import more_sentences, opening_sentences
from facialis.report.person.stills import Strip

__all__ = [
    "MOST_PATTERNS",
    "MOST_TOLD_APART",
    "Limits",
    "Visit",
    "ask_words",
    "fingerprint",
    "instrument_name",
    "resembling",
    "sentence_of_trigger",
    "short_words",
    "visit_content",
]

EMERGENCY = ("stroke", "brain", "seizure", "toxin", "surgery")
_LONGEST = 140  # chosen: characters of a person's own word or name before it is cut; a line or two
MOST_PATTERNS = 4
"""chosen: what is less alike is in the data; 3 - 6"""
MOST_TOLD_APART = 3
"""chosen: questions for each pattern; 2 - 5"""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much of each list the page has room for; what is left out is counted on it."""

    rules: int = 4
    patterns: int = 3
    reasons: int = 2
    treatments: int = 5
    questionnaires: int = 4
    questions: int = 5
    sentences: int = 8
    triggers: int = 3
    longest: int = _LONGEST
    stills: bool = True


@dataclass(frozen=True, kw_only=True)
class Visit:
    """The page: headings and sentences in the order in which they are read; lists are cut to their `Limits`."""

    title: str
    subtitle: str
    emergency_title: str
    emergency: tuple[str, ...]
    disclaimer: str
    facts: tuple[tuple[str, str], ...]
    opening: tuple[str, ...]
    sentences: tuple[str, ...]
    blocked: tuple[str, ...]
    urgency: str
    rules: tuple[str, ...]
    resembles: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    treatments: tuple[str, ...]
    questionnaires: tuple[str, ...]
    triggers: tuple[str, ...]
    questions: tuple[str, ...]
    strips: tuple[Strip, ...]
    method: str
    hash: str
    help_now: str
    urgent: bool
    """Whether what to do now stands before the answer."""


def ask_words(key: str) -> str:
    """A question of the history, or a recording to make, in the language spoken."""
    history = load("history.yaml")
    if key in history:
        return str(translation("history.yaml", spoken()).get(key) or history[key]["ask"])
    return wording(key)


def fingerprint(answer: Answer) -> str:
    """SHA-256 of everything the answer rests on, in hexadecimal digits: equal data have equal fingerprints."""
    case = answer.casefile
    parts = [
        sorted((k, str(v)) for k, v in case.person.replies.items()),
        case.sessions,
        case.treatments,
        case.forms,
        case.diary.columns,
        case.diary.days,
        case.diary.values.tolist(),
        case.as_of,
        __version__,
    ]
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()


def visit_content(answer: Answer, strips: Sequence[Strip], limits: Limits) -> Visit:
    """The page's words in the language spoken.

    Parameters
    ----------
    strips
        Pictures of one twitch of the calmest and of the liveliest recording; may be empty.
    """
    case, guidance = answer.casefile, answer.guidance
    return Visit(
        title=wording("visit_title"),
        subtitle=wording("visit_of", name=short_words(case.name, limits.longest), day=spoken_day(case.as_of)),
        emergency_title=wording("emergency_title"),
        emergency=tuple(wording(f"emergency_{part}") for part in EMERGENCY),
        disclaimer=f"{wording('disclaimer_title')} {wording('disclaimer')}",
        facts=_facts(answer),
        opening=tuple(opening_sentences(answer)),
        sentences=tuple(more_sentences(answer)[: limits.sentences]),
        blocked=tuple(wording(f"course_blocked_{code}") for code in answer.course.blocked_by),
        urgency=wording(f"visit_urgency_{guidance.urgency}"),
        rules=_cut([wording(rule.why) for rule in guidance.rules], limits.rules),
        resembles=tuple(_resemblance(item, limits.reasons) for item in resembling(guidance, limits.patterns)),
        treatments=_cut(_treatments(answer, limits.longest), limits.treatments),
        questionnaires=_cut(_scores(answer.scores, limits.longest), limits.questionnaires),
        triggers=_cut(
            [sentence_of_trigger(effect, limits.longest) for effect in answer.triggers if effect.named], limits.triggers
        ),
        questions=_cut([short_words(q, limits.longest) for q in answer.questions], limits.questions),
        strips=tuple(strips) if limits.stills else (),
        method=wording("visit_method", version=__version__, day=spoken_day(case.as_of)),
        hash=wording("visit_hash", hash=fingerprint(answer)[:16]),
        help_now=wording("questionnaire_help_now") if guidance.help_now else "",
        urgent=guidance.urgency in ("emergency", "today") or guidance.help_now,
    )


def resembling(guidance: Guidance, most: int = MOST_PATTERNS) -> list[Resemblance]:
    """The patterns for which something speaks, the likest first."""
    return [item for item in guidance.resembles if item.for_][:most]


def short_words(text: str, longest: int = _LONGEST) -> str:
    """A person's own words in one line, cut where they are longer than ``longest`` characters."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"


def _cut(items: Sequence[str], most: int) -> tuple[str, ...]:
    if len(items) <= most:
        return tuple(items)
    return (*items[:most], wording("visit_more", count=len(items) - most))


def _facts(answer: Answer) -> tuple[tuple[str, str], ...]:
    case, course = answer.casefile, answer.course
    unknown = wording("visit_unknown")
    side = case.person.text("side")
    seen = {row.side for row in case.sessions if row.side}
    told = wording(f"visit_side_{side}") if side else unknown
    if not side and len(seen) == 1:
        told = wording("visit_side_seen", side=wording(f"visit_side_{next(iter(seen))}"))
    onset = case.person.day("onset")
    region = case.person.text("first_region")
    year = case.person.number("birth_year")
    rows = case.sessions
    recordings = wording("visit_recordings_none")
    if rows:
        recordings = wording(
            "visit_recordings_of",
            count=len(rows),
            used=len(course.used),
            span=span_words(max((rows[-1].day - rows[0].day).days, 1)),
        )
    since = unknown if onset is None else f"{spoken_day(onset)} ({span_words(max((case.as_of - onset).days, 1))})"
    return (
        (wording("visit_born"), unknown if year is None else f"{year:.0f}"),
        (wording("visit_side"), told),
        (wording("visit_since"), since),
        (wording("visit_began"), wording(f"visit_region_{region}") if region else unknown),
        (wording("visit_recordings"), recordings),
    )


def sentence_of_trigger(effect: TriggerEffect, longest: int = _LONGEST) -> str:
    """One association in words; says what goes along with what, never why. ``longest``: characters of its name."""
    up = effect.effect >= 0
    key = (
        ("visit_higher" if up else "visit_lower")
        if effect.direction == "from_spasm"
        else ("visit_more_spasm" if up else "visit_less_spasm")
    )
    days = abs(effect.lag_days)
    return wording(
        f"visit_named_{effect.direction}",
        name=short_words(plain_name(effect.name), longest),
        later=wording("later_days_one" if days == 1 else "later_days", count=days),
        sign=wording(key),
        effect=figure(f"{effect.effect:+.2f}"),
        low=figure(f"{effect.low:+.2f}"),
        high=figure(f"{effect.high:+.2f}"),
    )


def instrument_name(instrument: str, longest: int = _LONGEST) -> str:
    """What a questionnaire is called in the language spoken; the person's own word where it is not known."""
    key = f"questionnaire_{instrument}_name"
    return wording(key) if key in sentences() else short_words(instrument, longest)


def _resemblance(item: Resemblance, reasons: int) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    def say(rows: Sequence[str]) -> tuple[str, ...]:
        return tuple(wording(key) for key in rows[:reasons])

    return (
        wording(f"pattern_{item.pattern}_name"),
        say([r.text for r in sorted(item.for_, key=lambda r: -r.weight)]),
        say([r.text for r in sorted(item.against, key=lambda r: -r.weight)]),
    )


def _treatments(answer: Answer, longest: int) -> list[str]:
    rows = []
    for item in reversed(answer.casefile.treatments):
        name = wording(f"visit_treatment_{item.kind}_long")
        detail = ", ".join(
            short_words(part, longest)
            for part in (item.product, figure(f"{item.dose_units:g} U") if item.dose_units else "", *item.sites)
            if part
        )
        rows.append(f"{spoken_day(item.day)}: {name}" + (f" ({short_words(detail, 2 * longest)})" if detail else ""))
    missed = [item.line for item in answer.casefile.unread_treatments if item.line]
    unread = [wording("visit_treatment_unread", line=line) for line in missed]
    return [*unread, *rows] or [wording("visit_treatments_none")]


def _scores(scores: Sequence[Score], longest: int) -> list[str]:
    latest: dict[str, Score] = {}
    for score in scores:
        latest[score.instrument] = score
    rows = []
    for name, score in sorted(latest.items()):
        label = instrument_name(name, longest)
        if score.total is None:
            missing = wording("visit_score_missing", name=label, day=spoken_day(score.day))
            rows.append(f"{missing} {score.problem}".strip())
            continue
        text = wording(
            "visit_score",
            name=label,
            total=figure(f"{score.total:g}"),
            high=figure(f"{score.high:g}"),
            day=spoken_day(score.day),
        )
        rows.append(" ".join((text + (f" ({wording(score.band)})" if score.band else ""), score.problem)).strip())
    return rows or [wording("visit_questionnaires_none")]
