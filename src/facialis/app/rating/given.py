"""What was rated in a set: as a table of ratings, as `facialis agree` reads it, and what that says of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from facialis.actions.agree import agree
from facialis.agree.agreement import Agreement
from facialis.app.rating.access import films_of
from facialis.app.rating.content import name_of
from facialis.app.rating.models import UNRATEABLE, Film, RatingSet, Turn
from facialis.app.recordings.models import RESULT
from facialis.app.recordings.store import folder_of, result_stamp
from facialis.app.review.content import facts_of
from facialis.app.vault.plain import private_folder
from facialis.core.rating.ratings import Rating
from facialis.core.rating.scales import Scale, scales
from facialis.core.records import SPASM_KINDS
from facialis.files.ratings import ratings_text

__all__ = ["agreement_in", "detector_counts", "item_name", "ratings_in"]

_FACTS = ("session.json", "events.tsv")


def item_name(number: int) -> str:
    """What a film is called in the table."""
    return f"film-{number:02d}"


def ratings_in(rating_set: RatingSet) -> list[Rating]:
    """All that was rated, film by film as each rater saw them.

    Of a film that is no longer shared the answers are there, and nothing by which the recording could be found.
    """
    here = {film.pk: film.recording.sha256 for film in films_of(rating_set)}
    scale = scales()[rating_set.scale]
    rows: list[Rating] = []
    for number, rater in enumerate(rating_set.raters.select_related("owner"), start=1):
        for turn in Turn.objects.filter(rater=rater).exclude(done_at=None):
            rows += _rows(rating_set, scale, turn, name_of(rater.owner, number), here.get(turn.film_id, ""))
    return rows


def _rows(rating_set: RatingSet, scale: Scale, turn: Turn, rater: str, recording: str) -> list[Rating]:
    def row(**more: object) -> Rating:
        told: dict[str, object] = {
            "set_name": rating_set.name,
            "item": item_name(turn.number),
            "recording": recording,
            "start_s": turn.start_s,
            "stop_s": turn.stop_s,
            "rater": rater,
            "repeat": turn.repeat,
            "scale": scale.key,
            "took_s": turn.took_s,
            "at": "" if turn.done_at is None else turn.done_at.isoformat(timespec="seconds"),
        }
        return Rating(**(told | more))  # type: ignore[arg-type]

    rows = []
    for part in scale.parts.values():
        if part.level == "moments":
            rows += [row(part=part.key, onset_s=(turn.start_s or 0.0) + tap_s) for tap_s in turn.taps_s]
            continue
        value = turn.answers.get(part.key)
        if value == UNRATEABLE:
            rows.append(row(part=part.key, unrateable=True))
        elif value is not None:
            rows.append(row(part=part.key, value=value))
    return rows


@dataclass(frozen=True)
class _Asked:
    """What an agreement is kept by, and the films whose results it holds ratings against."""

    text: str
    stamps: tuple[tuple[str, int], ...]
    films: tuple[Film, ...] = field(compare=False)


def agreement_in(rating_set: RatingSet) -> Agreement:
    """How far raters agree, and facialis with their mean: the same as the command line says of the same files.

    Raises
    ------
    FormatError
        Nothing was rated, or a result is broken.
    """
    films = tuple(film for film in films_of(rating_set) if film.recording.measured)
    stamps = tuple((film.recording.token, result_stamp(film.recording)) for film in films)
    return _agreement(_Asked(ratings_text(ratings_in(rating_set)), stamps, films))


@lru_cache(maxsize=8)
def _agreement(asked: _Asked) -> Agreement:
    with private_folder() as place:
        table = place / "ratings.tsv"
        table.write_text(asked.text, encoding="utf-8")
        folders = []
        for film in asked.films:
            folder = place / film.recording.token
            if not folder.exists():
                folder_of(film.recording).lay_out([f"{RESULT}/{name}" for name in _FACTS], RESULT, folder)
                folders.append(folder)
        return agree(table, folders or None)


def detector_counts(rating_set: RatingSet) -> dict[str, float]:
    """How many twitches facialis found in each film that was measured, by its name in the table."""
    found = {}
    for film in films_of(rating_set):
        if film.recording.measured:
            start_s, stop_s = film.start_s or 0.0, float("inf") if film.stop_s is None else film.stop_s
            events = [event for event in facts_of(film.recording).events if event.trial_type in SPASM_KINDS]
            found[item_name(film.number)] = float(sum(start_s <= event.onset_s < stop_s for event in events))
    return found
