"""What can be done with the history: answers are written into ``person.yaml``, and nothing else of it is touched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.history.forms import ANSWERED_ON, is_count
from facialis.app.history.written import Answer, answers_as_written, with_answers
from facialis.app.people.casefiles import read_alone
from facialis.app.people.deeds import Unread, own
from facialis.app.people.models import Person, Sheet
from facialis.app.people.sheets import keep_file
from facialis.core.errors import FormatError
from facialis.core.knowledge import load, wording
from facialis.core.messages import clause
from facialis.core.person.casefile import Problem

__all__ = ["FILE", "answered_keys", "history_of", "write_history"]

FILE = "person.yaml"


def history_of(person: Person) -> Sheet:
    """A person's history; an empty one is made where there is none."""
    return Sheet.objects.filter(person=person, file=FILE).first() or keep_file(person, FILE, b"")


def answered_keys(person: Person) -> frozenset[str]:
    """Keys of the history behind which something stands; none where the file cannot be read."""
    try:
        return frozenset(key for key, raw in answers_as_written(history_of(person).opening).items() if raw)
    except FormatError:
        return frozenset()


def write_history(account: Account, person: Person, answers: Mapping[str, Answer]) -> None:
    """Write answers of the history, by their keys; an empty one leaves the question open.

    Where a number of days is among them, ``answered_on`` becomes today, and other numbers of days are written as they
    are today. When the file was changed is kept: days without ``answered_on`` go on counting from there.

    Raises
    ------
    Unread
        An answer would be left out when it is read, or the file cannot be changed. Nothing is kept then.
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, person)
    with transaction.atomic():
        sheet = history_of(person)
        try:
            before = answers_as_written(sheet.opening)
            written = {**_counted(person, before, answers), **answers}
            sheet.opening = with_answers(sheet.opening, written)
            after = answers_as_written(sheet.opening)
            case = read_alone(sheet, ())
        except FormatError as error:
            raise _refused(wording("app_history_file", why=str(error))) from error
        if any(before.get(key) != after.get(key) for key in {*before, *after} - set(written)):
            raise _refused(wording("app_history_file", why=clause("person_yaml_why")))
        found = [problem for problem in case.problems if problem.left_out and problem.field in written]
        if found:
            raise Unread(found)
        sheet.save(update_fields=["opening"])
        person.changed()
        note(account, "history_written", person.pk, person=person)


def _counted(person: Person, before: Mapping[str, Answer], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    """The day on which days are counted, and what was counted before as it is on that day."""
    in_days = [key for key, row in load("history.yaml").items() if row["kind"] == "days"]
    if not any(key in answers for key in in_days):
        return {}
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    known = read_alone(history_of(person), ()).person
    grown = {key: known.number(key) for key in in_days if is_count(before.get(key, ""))}
    return {
        ANSWERED_ON: today.isoformat(),
        **{key: f"{days:g}" for key, days in grown.items() if days is not None},
    }


def _refused(message: str) -> Unread:
    return Unread([Problem(file=FILE, line=0, field="", message=message)])
