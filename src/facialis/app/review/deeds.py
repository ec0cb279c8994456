"""What can be done in a review. Each adds one step; nothing that was done before is changed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step, Verdict
from facialis.app.review.standing import standing_of
from facialis.core.records import Interval

__all__ = ["exclude", "include", "judge", "redo", "undo"]


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


def _take(account: Account, recording: Recording, deed: Step.Deed, **what: Any) -> None:
    step = Step.objects.create(owner=account, recording=recording, deed=deed, **what)
    recording.person.changed()
    note(account, f"review_{deed.value}", step.pk)
