"""How a film was filmed, said anew: in its record, in its result, and in what was reviewed of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.jobs.models import Job
from facialis.app.jobs.queue import put_in
from facialis.app.people.deeds import own
from facialis.app.recordings.models import RESULT, Recording
from facialis.app.recordings.store import keep, plain_result
from facialis.app.review.models import Step
from facialis.core.errors import FacialisError, InputError
from facialis.core.knowledge import spoken
from facialis.core.messages import said
from facialis.core.occasion import Told
from facialis.files.session import read_session_object, write_session_object
from facialis.report.session.folder import redraw_page

__all__ = ["CORRECTED", "catch_up", "correct", "put_back_said", "said_of", "told_of", "until_of"]

CORRECTED = ("day", "time", "filmed", "alone", "mirrored", "as_filmed")
"""What can be said anew."""
_MOST_KEPT = 20  # chosen: nobody goes back further; 5 - 100
_FACTS = "session.json"
_PAGE = "report.html"
_SAID = {"yes": True, "no": False}
_OTHER = {"left": "right", "right": "left"}


def told_of(recording: Recording) -> Told:
    """What the person says of a recording, as it is measured and kept with its result."""
    filmed: Any = recording.filmed or None
    return Told(
        day=recording.day,
        mirrored=bool(recording.mirrored),
        filmed=filmed,
        alone=_SAID.get(recording.alone),
        as_filmed=_SAID.get(recording.as_filmed),
        time=recording.time,
    )


def said_of(recording: Recording) -> dict[str, Any]:
    """All that can be corrected, as it is now."""
    return {name: getattr(recording, name) for name in CORRECTED}


def correct(account: Account, recording: Recording, answers: Mapping[str, Any]) -> bool:
    """Say anew how a film was filmed; False where nothing differs. What was said before is kept.

    The result takes it over at once, and whatever was worked out is out of date. Where left and right are swapped, the
    film is measured again, and the sides of what was reviewed go with it.

    Raises
    ------
    InputError
        Left and right shall be swapped, and there is no film to measure.
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, recording.person)
    before = said_of(recording)
    changed = {name: value for name, value in answers.items() if name in CORRECTED and value != before[name]}
    if not changed:
        return False
    recording.said_before = [*recording.said_before, _written(before)][-_MOST_KEPT:]
    _say(account, recording, changed, "filmed_corrected")
    return True


def put_back_said(account: Account, recording: Recording) -> bool:
    """Say again what was said before the last correction; False where there was none."""
    own(account, recording.person)
    if not recording.said_before:
        return False
    *earlier, last = recording.said_before
    recording.said_before = earlier
    _say(account, recording, _read(last["said"]), "filmed_put_back")
    return True


def _say(account: Account, recording: Recording, answers: Mapping[str, Any], deed: str) -> None:
    swapped = "mirrored" in answers and bool(answers["mirrored"]) != bool(recording.mirrored)
    if swapped and not recording.film.is_file():
        raise InputError(**said("no_film_to_swap"))
    before = recording.day
    for name, value in answers.items():
        setattr(recording, name, value)
    _name_anew(recording, before)
    with transaction.atomic():
        recording.save(update_fields=[*CORRECTED, "name", "said_before"])
        if swapped:
            _swap(account, recording)
        else:
            _write_result(recording)
        recording.person.changed()
        note(account, deed, recording.pk, person=recording.person)


def _name_anew(recording: Recording, before: date) -> None:
    """The folder of a session is called by its day: it follows, unless there is one of that name."""
    name = f"{recording.day.isoformat()}{recording.name[10:]}"
    others = Recording.objects.filter(person_id=recording.person_id, name=name).exclude(pk=recording.pk)
    if recording.name.startswith(before.isoformat()) and not others.exists():
        recording.name = name


def _swap(account: Account, recording: Recording) -> None:
    """Measure the film with its sides swapped; what a person said of its events is of the other side now."""
    was = recording.measured
    Recording.objects.filter(pk=recording.pk).update(measured=False)
    recording.measured = False
    for step in recording.steps.all():
        words = step.event.split(" ")
        if len(words) > 2:
            words[2] = _OTHER.get(words[2], words[2])
        Step.objects.filter(pk=step.pk).update(event=" ".join(words), side=_OTHER.get(step.side, step.side))
    job = Job.objects.filter(recording=recording).first()
    if job is None:
        Job.objects.create(owner=account, recording=recording, language=spoken())
    elif was and not job.is_open:  # one that is being done now sees at its end what has changed
        job.language = spoken()
        put_in(job)


def catch_up(recording: Recording, measured: Told) -> bool:
    """Take over what was corrected while a film was measured; False where it has to be measured again.

    Parameters
    ----------
    recording
        As it is now; its result is there.
    measured
        What was known of it when that began.
    """
    now = told_of(recording)
    if now.mirrored != measured.mirrored:
        return False
    if now != measured:
        _write_result(recording)
    return True


def _write_result(recording: Recording) -> None:
    """Write into the result what is said now; the day stands on its page as well, which is drawn anew."""
    if not (recording.result / _FACTS).is_file():
        return
    with plain_result(recording) as folder:
        path = folder / _FACTS
        try:
            content = read_session_object(path)
        except FacialisError:
            return  # whoever reads the result says what is wrong with it
        told = told_of(recording)
        anew: dict[str, Any] = {"filmed": told.filmed, "alone": told.alone, "as_filmed": told.as_filmed}
        anew["time"] = None if told.time is None else f"{told.time:%H:%M}"
        day = recording.day.isoformat()
        moved = content.get("date") != day
        if moved:
            anew |= {"date": day, "date_from": "given", "utc_offset": None}
        write_session_object({**content, **anew}, path)
        if moved:
            _draw_anew(recording, folder, content)
        keep(recording, f"{RESULT}/{_FACTS}", path)


def _draw_anew(recording: Recording, folder: Path, content: Mapping[str, Any]) -> None:
    with suppress(FacialisError, OSError):
        redraw_page(folder, faces=content["report"]["faces"] is True)
        keep(recording, f"{RESULT}/{_PAGE}", folder / _PAGE)


def _written(before: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, in a form in which it can be kept."""
    kept = {name: value.isoformat() if isinstance(value, (date, time)) else value for name, value in before.items()}
    return {"until": timezone.now().isoformat(), "said": kept}


def _read(kept: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(kept)
    told["day"] = date.fromisoformat(told["day"])
    told["time"] = None if told["time"] is None else time.fromisoformat(told["time"])
    return told


def until_of(kept: Mapping[str, Any]) -> datetime:
    """Until when something was said."""
    return datetime.fromisoformat(kept["until"])
