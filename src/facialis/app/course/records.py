"""Every record of the casebook that belongs to a person, as rows: found by the tables themselves, so none is missed.

What is left out by name: keys of encryption, names that open something, and what is worked out from the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models

from facialis.app.people.models import Person

__all__ = ["LEFT_OUT", "Records", "as_text", "records_of"]

LEFT_OUT = frozenset({"PersonKey", "FileKey", "KeptAnswer", "Answering", "Turn"})
"""Tables that belong to a person and are not handed out: keys, the answer, which stands in ``data/``, and what somebody
rates blind, which is theirs."""

_SECRET = ("token", "secret", "key", "password")
_WORDS = {
    "id": "number of the record in the casebook",
    "made_at": "when it was written, in UTC",
    "name": "what it is called",
    "revision": "how often something about the person changed",
    "file": "file of the folder that it belongs to",
    "opening": "everything up to the header of the table; of other files the whole",
    "coding": "coding of the characters of the file",
    "written_at": "when the file was last changed, in UTC",
    "place": "place of the row in its file, from 0",
    "written": "the row, exactly as it was written",
    "day": "day on which it was filmed",
    "mirrored": "whether left and right were said to be swapped",
    "filmed": "planned, or caught because it was bad just then",
    "shown_name": "name of the file that was chosen",
    "container": "form of the film; empty: there is no film",
    "sha256": "hash of the film",
    "size_bytes": "size of the film",
    "measured": "whether it was measured",
    "state": "what became of the measurement",
    "language": "language of its report",
    "attempts": "how often it was begun",
    "error_code": "why it could not be done: a code",
    "error_message": "why it could not be done, in words",
    "error_advice": "what to do about it",
    "deed": "what was done",
    "event": "which event: onset in seconds, kind and side",
    "verdict": "accept, reject or unsure",
    "start_s": "beginning of a stretch, or new edge of an event",
    "stop_s": "end of a stretch, or new edge of an event",
    "reason": "why, in the person's words",
}
_UNITS = {"_s": "s", "_ms": "ms", "_bytes": "bytes", "_hz": "Hz", "_px": "px"}


@dataclass(frozen=True, kw_only=True)
class Records:
    """The records of one table. ``columns``: name, type (of a Frictionless field), unit, and what it is."""

    name: str
    about: str
    columns: tuple[tuple[str, str, str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


def records_of(person: Person) -> Iterator[Records]:
    """All tables that belong to people, each with the records of this one, in the order in which they were written."""
    for model in apps.get_app_config("casebook").get_models():
        way = "pk" if model is Person else _way(model, frozenset())
        if way is None or model.__name__ in LEFT_OUT:
            continue
        kept = [field for field in model._meta.concrete_fields if _is_told(field)]
        names = [field.attname for field in kept]
        yield Records(
            name=model.__name__.lower(),
            about=" ".join((model.__doc__ or "").split()).partition(". ")[0].rstrip("."),
            columns=tuple((field.attname, _type(field), _unit(field.name), _words(field)) for field in kept),
            rows=tuple(
                map(tuple, model._default_manager.filter(**{way: person.pk}).order_by("pk").values_list(*names))
            ),
        )


def _way(model: type[models.Model], seen: frozenset[type[models.Model]]) -> str | None:
    """The names that lead from a record to its person; None where there are none."""
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(field, models.ForeignKey) or not isinstance(target, type) or target in seen:
            continue
        further = "" if target is Person else _way(target, seen | {model})
        if further is not None:
            return f"{field.name}__{further}".rstrip("_")
    return None


def _is_told(field: models.Field[Any, Any]) -> bool:
    return not isinstance(field, models.BinaryField) and not any(word in field.name for word in _SECRET)


def _type(field: models.Field[Any, Any]) -> str:
    kinds = {
        models.BooleanField: "boolean",
        models.DateTimeField: "datetime",
        models.DateField: "date",
        models.FloatField: "number",
        models.IntegerField: "integer",
        models.ForeignKey: "integer",
    }
    return next((name for kind, name in kinds.items() if isinstance(field, kind)), "string")


def _unit(name: str) -> str:
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


def _words(field: models.Field[Any, Any]) -> str:
    if isinstance(field, models.ForeignKey):
        return f"number of its {field.name}"
    return _WORDS.get(field.name, field.name.replace("_", " "))


def as_text(value: object) -> str:
    """A cell: days and moments in the form of ISO 8601, true and false, nothing where nothing is known."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
