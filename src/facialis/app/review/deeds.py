"""What can be done in a review. Each adds one step; nothing that was done before is changed."""

from __future__ import annotations

from typing import Any, Literal

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.recordings.models import Recording
from facialis.app.review.added import part_of
from facialis.app.review.models import Step, Verdict
from facialis.app.review.standing import standing_of
from facialis.app.watching.misses import Miss
from facialis.core.records import Interval, Kind

__all__ = ["add", "add_miss", "exclude", "include", "judge", "move", "redo", "remove", "undo"]


def judge(account: Account, recording: Recording, event: str, verdict: Verdict) -> None:
    """Say of an event whether it is one; what was said of it before is said no longer."""
    own(account, recording.person)
    with transaction.atomic():
        if standing_of(recording).verdicts.get(event) != verdict:
            _take(account, recording, Step.Deed.JUDGE, event=event, verdict=verdict)


def exclude(account: Account, recording: Recording, part: Interval, reason: str) -> None:
    """Say that a stretch of a recording shall not count, and why."""
    own(account, recording.person)
    with transaction.atomic():
        _take(account, recording, Step.Deed.EXCLUDE, start_s=part.start_s, stop_s=part.stop_s, reason=reason)


def include(account: Account, recording: Recording, number: int) -> None:
    """Let a stretch count again; nothing where it does."""
    own(account, recording.person)
    with transaction.atomic():
        if any(item.number == number for item in standing_of(recording).excluded):
            _take(account, recording, Step.Deed.INCLUDE, of=number)


def add(
    account: Account,
    recording: Recording,
    part: Interval,
    *,
    kind: Kind,
    side: Literal["right", "left"],
    region: str,
) -> int:
    """Add an event that the detector did not tell; returns its number."""
    own(account, recording.person)
    with transaction.atomic():
        what: dict[str, Any] = {"kind": kind, "side": side, "region": region}
        return _take(account, recording, Step.Deed.ADD, start_s=part.start_s, stop_s=part.stop_s, **what)


def add_miss(account: Account, recording: Recording, row: Miss) -> int:
    """Add a near miss as a twitch; returns its number."""
    part = Interval(start_s=row.onset_s, stop_s=row.offset_s)
    side: Literal["right", "left"] = "right" if row.side == "right" else "left"
    return add(account, recording, part, kind="twitch", side=side, region=part_of(row.regions))


def move(account: Account, recording: Recording, event: str, part: Interval, **what: str) -> None:
    """Set the ends of an event; of one that was added also its ``kind``, ``side`` and ``region``."""
    own(account, recording.person)
    with transaction.atomic():
        standing = standing_of(recording)
        ends = {"start_s": part.start_s, "stop_s": part.stop_s}
        added = next((item for item in standing.added if item.key == event), None)
        if added is not None:
            said = {"kind": added.kind, "side": added.side, "region": added.region, **what}
            if (part, said) != (added.part, {"kind": added.kind, "side": added.side, "region": added.region}):
                _take(account, recording, Step.Deed.MOVE, of=added.number, **ends, **said)
        elif standing.moved.get(event) != part:
            _take(account, recording, Step.Deed.MOVE, event=event, **ends)


def remove(account: Account, recording: Recording, event: str) -> None:
    """Remove an event that was added; nothing where there is none."""
    own(account, recording.person)
    with transaction.atomic():
        added = next((item for item in standing_of(recording).added if item.key == event), None)
        if added is not None:
            _take(account, recording, Step.Deed.REMOVE, of=added.number)


def undo(account: Account, recording: Recording) -> None:
    """Take back the last step that stands; nothing where there is none."""
    own(account, recording.person)
    with transaction.atomic():
        if standing_of(recording).can_undo:
            _take(account, recording, Step.Deed.UNDO)


def redo(account: Account, recording: Recording) -> None:
    """Do again what was undone last; nothing where there is none."""
    own(account, recording.person)
    with transaction.atomic():
        if standing_of(recording).can_redo:
            _take(account, recording, Step.Deed.REDO)


def _take(account: Account, recording: Recording, deed: Step.Deed, **what: Any) -> int:
    step = Step.objects.create(owner=account, recording=recording, deed=deed, **what)
    recording.person.changed()
    note(account, f"review_{deed.value}", step.pk, person=recording.person)
    return int(step.pk)
