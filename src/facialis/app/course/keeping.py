"""Working answers out and keeping them: one in each language, of one reading of all that is known of a person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from facialis.actions.answer import answer
from facialis.app.course.glances import glances_of
from facialis.app.course.models import KeptAnswer
from facialis.app.course.writing import answer_as_bytes
from facialis.app.people.folders import laid_out
from facialis.app.people.models import Person
from facialis.core.errors import FacialisError
from facialis.core.knowledge import LANGUAGES, language
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Casefile
from facialis.core.revision import data_sha256
from facialis.core.version import __version__
from facialis.files.person import read_person

__all__ = ["is_current", "keep_error", "program", "today", "work_out"]


def today() -> date:
    """The day where the casebook is: a person's own calendar day."""
    return date.today()  # noqa: DTZ011


def program() -> str:
    """Which facialis: answers of another one are worked out again."""
    return f"{__version__} {data_sha256()}"


def is_current(kept: KeptAnswer, person: Person) -> bool:
    """Whether nothing has changed since."""
    return (kept.revision, kept.day, kept.program) == (person.revision, today(), program())


def work_out(person: Person, first: str, progress: Callable[[str, float], None] | None = None) -> None:
    """Work out the answer about a person, and keep it in every language, in that of ``first`` soonest.

    Where nothing that it rests on has changed, the kept one is current again.
    """
    revision, day = Person.objects.values_list("revision", flat=True).get(pk=person.pk), today()
    with laid_out(person, whole=False) as folder:
        inputs = _hash(folder)
        same = KeptAnswer.objects.filter(person=person, inputs=inputs, day=day, program=program())
        if same.count() == len(LANGUAGES):
            same.update(revision=revision)
            return
        like: Answer | None = None
        case: Casefile | None = None
        for code in sorted(LANGUAGES, key=lambda code: code != first):
            with language(code):
                try:
                    # Of all that is read only what is said of problems is in a language.
                    if case is None or case.problems:
                        case = read_person(folder, today=day)
                    made = answer(case, progress=progress, like=like)
                    like, content, error = made, answer_as_bytes(made), ""
                    glance = glances_of(made, _glance(person, code), timezone.now())
                except FacialisError as failed:
                    content, error, glance = b"", str(failed), {}
            _keep(person, code, revision, day, inputs, content, error, glance)


def keep_error(person: Person, code: str, error: str) -> None:
    """Say that nothing can be said about a person as they are now; what was said before stays with it."""
    _keep(person, code, person.revision, today(), "", None, error, _glance(person, code))


def _glance(person: Person, code: str) -> dict[str, Any]:
    """What was said at a glance until now."""
    return KeptAnswer.objects.filter(person=person, language=code).values_list("glance", flat=True).first() or {}


def _keep(
    person: Person,
    code: str,
    revision: int,
    day: date,
    inputs: str,
    content: bytes | None,
    error: str,
    glance: dict[str, Any],
) -> None:
    values: dict[str, object] = {
        "owner_id": person.owner_id,
        "revision": revision,
        "day": day,
        "program": program(),
        "inputs": inputs,
        "error": error,
        "glance": glance,
        "worked_out_at": timezone.now(),
    }
    with transaction.atomic():
        if not Person.objects.filter(pk=person.pk).exists():  # deleted meanwhile
            return
        kept = KeptAnswer.objects.filter(person=person, language=code)
        if content is not None:
            values["content"] = content
        if not kept.update(**values):
            KeptAnswer.objects.create(person=person, language=code, **{"content": b"", **values})


def _hash(folder: Path) -> str:
    """Of all that is read of a folder: names, contents, and the day of a file by which days are counted."""
    found = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        changed = date.fromtimestamp(path.stat().st_mtime) if path.parent == folder else ""  # noqa: DTZ012
        found.update(f"{path.relative_to(folder)} {len(raw)} {changed}\n".encode())
        found.update(raw)
    return found.hexdigest()
