"""What is shown of bundles: what goes in, what came, and to whom what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from facialis.app.bundle.contents import Chosen
from facialis.app.bundle.manifest import ANSWER
from facialis.app.bundle.models import Arrival, Received, Sent
from facialis.app.people.models import Person
from facialis.app.sharing.content import scope_words
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, wording

__all__ = ["Arrived", "arrived_of", "came_words", "chosen_lines", "sent_of", "size_words"]


@dataclass(frozen=True, kw_only=True)
class Arrived:
    """A bundle that waits for a yes, in words. ``earlier``: when what it replaces came, empty where nothing did."""

    answer: bool
    person: str
    sender: str
    day: str
    until: str
    lines: tuple[str, ...]
    earlier: str


def size_words(size: int) -> str:
    """A size as people say it."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{figure(f'{size / 1e6:.1f}')} MB" if size < 1e9 else f"{figure(f'{size / 1e9:.1f}')} GB"


def chosen_lines(chosen: Chosen) -> list[str]:
    """What goes into a bundle, a line each."""
    lines = [_counted("recordings", chosen.recordings)] if chosen.recordings else []
    if chosen.films:
        lines.append(_counted("films", chosen.films))
    lines += [wording(f"app_bundle_file_{file.partition('.')[0]}", count=count) for file, count in chosen.rows.items()]
    return lines


def _counted(what: str, count: int) -> str:
    return wording(f"app_bundle_{what}_one") if count == 1 else wording(f"app_bundle_{what}_many", count=count)


def arrived_of(arrival: Arrival) -> Arrived:
    """What a bundle says of itself, which was read to its end before."""
    facts: Mapping[str, Any] = arrival.facts or {}
    counts = facts["counts"]
    lines = [scope_words(facts["scopes"])] if facts["scopes"] else []
    lines += [_counted(what, counts[what]) for what in ("recordings", "films") if counts[what]]
    lines.append(size_words(facts["size"]))
    person, answer = facts["person"], facts["kind"] == ANSWER
    if answer:
        sent = Sent.objects.select_related("person").filter(owner=arrival.owner_id, secret=facts["secret"]).first()
        person = person if sent is None else sent.person.name  # whoever it is about may have been deleted meanwhile
    found = Received.objects.filter(owner=arrival.owner_id, secret=facts["secret"]).select_related("person").first()
    return Arrived(
        answer=answer,
        person=person,
        sender=facts["sender"],
        day=spoken_day(date.fromisoformat(facts["made_on"])),
        until=spoken_day(date.fromisoformat(facts["until"])),
        lines=tuple(lines),
        earlier="" if found is None or answer else spoken_day(_received_on(found.person)),
    )


def _received_on(person: Person) -> date:
    assert person.received_at is not None
    return person.received_at.astimezone().date()


def came_words(person: Person) -> str:
    """Where a person came from who was received; empty for everybody else."""
    if person.received_at is None:
        return ""
    received = person.received
    day, until = spoken_day(_received_on(person)), spoken_day(received.until)
    return wording("app_bundle_came", day=day, sender=received.sender, until=until)


def sent_of(person: Person) -> list[tuple[str, str, str, str]]:
    """To whom something of a person was sent: who, what, on which day, until when."""
    return [
        (sent.whom, scope_words(sent.scopes), spoken_day(sent.sent_at.astimezone().date()), spoken_day(sent.until))
        for sent in Sent.objects.filter(person=person)
    ]
