"""The tour: a few steps through the pages of a person, each a link to the next; it lies over nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from facialis.app.people.models import Person
from facialis.core.knowledge import load

__all__ = ["Step", "step_of"]


@dataclass(frozen=True)
class Step:
    """Where one is: ``number`` of ``count``, what is said there, and the addresses before and after (empty: none)."""

    number: int
    count: int
    key: str
    before: str
    after: str


def step_of(person: Person, asked: str) -> Step | None:
    """The step that ``?tour=`` asks for; None where it asks for none."""
    stops = _stops(person)
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 3 else 0
    if not 1 <= number <= len(stops):
        return None
    key, _ = stops[number - 1]
    before = f"{stops[number - 2][1]}?tour={number - 1}" if number > 1 else ""
    after = f"{stops[number][1]}?tour={number + 1}" if number < len(stops) else ""
    return Step(number, len(stops), f"app_tour_{key}", before, after)


def _stops(person: Person) -> list[tuple[str, str]]:
    """What is said at each stop, and its address. Where nothing has been measured there is no recording to stop at."""
    measured = person.recordings.filter(measured=True).exclude(container="").first()
    stops: list[tuple[str, str]] = []
    for key, row in load("tour.yaml").items():
        route = row["route"]
        if route != "recording":
            stops.append((key, reverse(route, args=[person.pk])))
        elif measured is not None:
            stops.append((key, reverse("recording", args=[measured.pk])))
    return stops
