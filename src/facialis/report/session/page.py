"""One self-contained HTML page of a session, for the person recorded and for a clinician."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, sentences, spoken, why_words, wording
from facialis.core.records import KINDS, SIDES, Event, FaceTrack, Finding, Measure, Motion, Session
from facialis.core.verdict import limit_of, limit_said, verdict_of
from facialis.files.clips import Clip
from facialis.measure.regions import parts
from facialis.report.drawing.anatomy import plain_name
from facialis.report.drawing.scales import clock, percent_words
from facialis.report.drawing.svg import Drawing
from facialis.report.drawing.templates import Voice, environment, template_markup
from facialis.report.session.charts import draw_limits, draw_sizes
from facialis.report.session.figures import NARROW, WIDE, draw_mark, draw_rows, draw_strip, traces
from facialis.report.session.verdict import duration_words, millimetres, percent, rate_words, verdict

__all__ = ["amount_words", "range_words", "render_page"]

CLEAREST = 3  # chosen: as many as are looked at; the others are folded away, and all are in events.tsv; 2 - 5
MOST_FOLDED = 200  # chosen: more rows make the page large and are read by nobody; all are in events.tsv
MAIN_KINDS = ("twitch", "tonic_spasm", "myokymia")
GLOSSARY = ("iod", "twitch", "tonic", "myokymia", "babinski", "limit", "probability", "usable", "doctor")
OPENS_AT = 0.3  # chosen: an eye that shuts by a third less than the other may be one that cannot be closed; 0.2 - 0.5
EMERGENCY = ("stroke", "brain", "seizure", "toxin", "surgery")

_TO_DO = ("verdict_no_rest", "verdict_little_rest")


@dataclass(frozen=True, kw_only=True)
class _Row:
    """An event as the page shows it."""

    number: int
    event: Event
    clip: Clip | None
    where: str


def render_page(
    session: Session, motion: Motion, track: FaceTrack | None, clips: Sequence[Clip], *, faces: bool
) -> str:
    """The report of a session as one HTML document.

    It asks for nothing from elsewhere: pictures are in it, styles are in it, and its one small script only opens what
    is folded before printing. Without ``faces`` no picture of the recording is put in, whatever ``clips`` hold. It
    speaks the language in force. ``track`` None: the face map has a general outline.

    Raises
    ------
    KnowledgeError
        A sentence or source that the page needs is missing from the installation.
    """
    voice = Voice()
    films = {clip.event: clip for clip in clips if faces or not clip.faces}
    rows = [
        _Row(number=n, event=event, clip=films.get(n), where=_where(event)) for n, event in enumerate(session.events)
    ]
    main = [row for row in rows if row.event.trial_type in MAIN_KINDS]
    first = sorted(sorted(main, key=_importance)[:CLEAREST], key=lambda row: row.number)
    linked = frozenset(row.number for row in main)
    blinks = [row for row in rows if row.event.trial_type == "blink"]
    others = [row for row in rows if row.event.trial_type in ("expression", "unclear")]
    shown = traces(motion, session)
    usable = session.usable_s > 0
    known = [value for side in SIDES if (value := limit_of(session.limits, side)) is not None]
    decided = verdict_of(session)
    least = limit_said(max(known, default=None))
    outline = np.zeros((0, 2)) if track is None else track.outline_raster
    template = environment().get_template("report.html")
    return template.render(
        language=spoken(),
        day=spoken_day,
        figure=figure,
        say=voice.say,
        tell=voice.tell,
        cite=voice.cite,
        sources=voice.sources,
        css=template_markup("report.css"),
        script=template_markup("report.js"),
        session=session,
        recording=session.recording,
        emergency=EMERGENCY,
        alarming=_alarming(session),
        glossary=GLOSSARY,
        verdict=verdict(session),
        first=1 + sum(row.key in _TO_DO or row.key.startswith(("finding_", "advice_")) for row in decided.sentences),
        facts=_facts(session, decided.rate, main, known),
        rows=[draw_rows(shown, session, linked, paper) for paper in (WIDE, NARROW)] if usable else [],
        strips=[draw_strip(shown, session, paper) for paper in (WIDE, NARROW)] if usable else [],
        legend=_legend(session),
        main=first,
        more=[row for row in main if row not in first],
        blinks=blinks,
        others=others,
        most=MOST_FOLDED,
        films=[(row, _data_uri(row.clip)) for row in rows if row.clip],
        sizes=[draw_sizes(session, least, narrow=narrow) for narrow in (False, True)] if main else [],
        limit_map=draw_limits(session, outline) if session.limits else None,
        limit_rows=_limit_rows(session),
        measures=[_measure_row(item) for item in session.measures],
        findings=[_finding_row(item) for item in session.findings],
        warnings=[
            _finding_row(item)
            for item in session.findings
            if item.severity != "note" and item.code != decided.worst_finding
        ],
        certainty=percent_words,
        faces=faces,
        clock=clock,
        percent=percent,
        millimetres=millimetres,
        duration_words=duration_words,
        plain_name=plain_name,
        mark=_mark,
        sides=SIDES,
    )


def _alarming(session: Session) -> bool:
    """Whether the emergency text is unfolded: one eye shuts surely less than the other, which may be a palsy."""
    for row in session.measures:
        if row.name == "closure_difference" and row.low is not None and row.high is not None:
            return max(row.low, -row.high) > OPENS_AT
    return False


def _importance(row: _Row) -> tuple[bool, float]:
    return row.clip is None, -row.event.amplitude_iod * row.event.probability


def _where(event: Event) -> str:
    return ", ".join(dict.fromkeys(plain_name(name) for name in event.regions)) or "–"


def _data_uri(clip: Clip | None) -> str:
    return "" if clip is None else f"data:{clip.mime};base64,{base64.b64encode(clip.image).decode()}"


def _mark(kind: str) -> Markup:
    drawing = Drawing(14, 14, plain_name(kind, "kind"), "sign")
    draw_mark(drawing, kind, 7, 7)
    return drawing.markup()


def _legend(session: Session) -> list[str]:
    present = {event.trial_type for event in session.events}
    return [kind for kind in KINDS if kind in present]


def _facts(session: Session, rate: Measure | None, main: list[_Row], limits: list[float]) -> list[tuple[str, str, str]]:
    """Headline figures: (key of the heading, figure, what stands beneath it)."""
    none = wording("facts_unmeasured")
    sizes = sorted(row.event.amplitude_iod for row in main if row.event.trial_type == "twitch")
    middle = sizes[len(sizes) // 2] if len(sizes) % 2 else sum(sizes[len(sizes) // 2 - 1 :][:2]) / 2 if sizes else 0.0
    if rate is None or not isinstance(rate.value, (int, float)):
        facts = [("facts_rate", none, why_words(rate.why_not) if rate else "")]
    else:
        facts = [("facts_rate", rate_words(rate.value), range_words(rate, "range_interval"))]
    whole = wording("facts_of", duration=duration_words(session.recording.duration_s))
    facts.append(("facts_usable", duration_words(session.usable_s), whole))
    if sizes:
        facts.append(("facts_size", percent(middle), wording("facts_about", mm=millimetres(middle))))
    worst = limit_said(max(limits, default=None))
    beneath = wording("facts_about", mm=millimetres(worst)) if worst else ""
    facts.append(("facts_limit", percent(worst) if worst else none, beneath))
    return facts


def _limit_rows(session: Session) -> list[tuple[str, dict[str, float | None]]]:
    """One row for each part: its regions share its limit, where they were seen."""
    known = {(row.region, row.side): row.limit_iod for row in session.limits}
    rows: list[tuple[str, dict[str, float | None]]] = []
    for part in parts():
        values: dict[str, float | None] = {
            side: limit_said(next((v for name in part.stands_for if (v := known.get((name, side))) is not None), None))
            for side in SIDES
        }
        rows.append((plain_name(part.name, "part"), values))
    return rows


def _measure_row(item: Measure) -> dict[str, str]:
    known = f"measure_{item.name}" in sentences()
    return {
        "key": f"measure_{item.name}" if known else "",
        "name": plain_name(item.name, "measure"),
        "block": plain_name(item.block, "block"),
        "value": "" if item.value is None else amount_words(item.value, item.unit),
        "range": range_words(item),
        "range_kind": item.interval_kind,
        "why_not": why_words(item.why_not),
    }


def range_words(item: Measure, key: str = "range_range") -> str:
    """The interval of a measure in words; empty where it has none."""
    if item.low is None or item.high is None or item.probability is None:
        return ""
    low, high = amount_words(item.low, item.unit), amount_words(item.high, item.unit)
    return wording(key, low=low, high=high, percent=f"{100 * item.probability:.0f}")


def _named(part: str) -> str:
    """A region or a side in words."""
    return wording(f"side_{part}") if part in (*SIDES, "both") else plain_name(part)


def amount_words(value: float | str, unit: str) -> str:
    """The value of a measure in words, with its unit."""
    if isinstance(value, str):
        return ", ".join(dict.fromkeys(_named(part) for part in value.split(",")))
    if unit == "iod":
        return f"{percent(value)} (≈ {millimetres(value)})"
    if unit in ("share", "ratio"):
        return percent(value)
    number = f"{value:.0f}" if unit == "count" else rate_words(value)
    return number if unit in ("", "count", "1/min", "per_min", "1") else f"{number} {unit}"


def _finding_row(item: Finding) -> dict[str, str]:
    known = f"finding_{item.code}" in sentences()
    return {
        "severity": item.severity,
        "text": wording(f"finding_{item.code}") if known else wording("finding_unknown", code=item.code),
        "advice": wording(f"advice_{item.code}" if known else "advice_unknown"),
        "share": wording("quality_share", percent=percent_words(item.share)) if 0 < item.share < 1 else "",
    }
