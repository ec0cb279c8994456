"""``review.json``: the review of a recording as a file beside its result, so that the course of its folder is the same.

The steps in the database are the review; the file is written anew from them whenever it lacks one.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from facialis.app.recordings.models import RESULT, Recording
from facialis.app.recordings.store import keep
from facialis.app.review.content import session_of
from facialis.app.review.counted import reviewed_session
from facialis.app.review.models import Step
from facialis.app.review.standing import standing_of
from facialis.core.errors import FormatError
from facialis.files.session import (
    REVIEW_FILE,
    read_session_object,
    review_object,
    write_session_object,
)

__all__ = ["keep_review", "take_review"]


def keep_review(recording: Recording, taken: int, place: Path) -> None:
    """Bring the file up to the ``taken`` steps of the database; nothing where there are none or no result to read.

    ``place``: a folder with a plain copy of the result, in which the file is brought up to them as well.
    """
    path = place / REVIEW_FILE
    if taken == 0 or _steps_in(path) == taken:
        return
    with suppress(FormatError, OSError):
        session, standing = session_of(recording), standing_of(recording)
        machine = read_session_object(place / "session.json")
        content = review_object(
            machine, reviewed_session(session, standing), stands=standing.begun, steps=_log(recording)
        )
        write_session_object(content, path)
        keep(recording, f"{RESULT}/{REVIEW_FILE}", path)


def _steps_in(path: Path) -> int:
    try:
        return len(read_session_object(path)["steps"])
    except (FormatError, OSError, KeyError, TypeError):
        return -1


def _log(recording: Recording) -> list[dict[str, Any]]:
    steps = list(recording.steps.all())
    places = {step.pk: place for place, step in enumerate(steps, start=1)}
    return [
        {
            "at": step.made_at.isoformat(),
            "deed": step.deed,
            "event": step.event,
            "verdict": step.verdict,
            "start_s": step.start_s,
            "stop_s": step.stop_s,
            "reason": step.reason,
            "kind": step.kind,
            "side": step.side,
            "region": step.region,
            "of": None if step.of is None else places.get(step.of),
        }
        for step in steps
    ]


def take_review(recording: Recording, place: Path) -> None:
    """Take the steps of the ``review.json`` in a plain result; of what is not understood none is taken."""
    with suppress(FormatError, OSError, KeyError, TypeError, ValueError), transaction.atomic():
        made: list[Step] = []
        for row in read_session_object(place / REVIEW_FILE)["steps"]:
            step = Step(owner_id=recording.owner_id, recording=recording, deed=Step.Deed(row["deed"]))
            step.event, step.verdict = str(row["event"])[:80], str(row["verdict"])[:10]
            step.start_s, step.stop_s, step.reason = row["start_s"], row["stop_s"], str(row["reason"])[:200]
            # Files from before events could be added have none of these.
            step.kind, step.side = str(row.get("kind", ""))[:20], str(row.get("side", ""))[:10]
            step.region = str(row.get("region", ""))[:40]
            step.of = None if row["of"] is None else made[int(row["of"]) - 1].pk
            step.full_clean(exclude=["owner", "recording"])
            step.save()
            Step.objects.filter(pk=step.pk).update(made_at=datetime.fromisoformat(row["at"]))
            made.append(step)
