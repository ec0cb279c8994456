"""What the "?" beside a field says."""

from __future__ import annotations

from django.forms import BoundField

from facialis.core.knowledge import load, wording

__all__ = ["meaning"]


def meaning(field: BoundField) -> str:
    """What a field means and how to fill it in, in the language spoken; empty where its label says it all.

    Fields that are numbered, as those of a diary's columns, share one text.
    """
    known = load("field_help.yaml")
    name = field.name.rstrip("0123456789").removesuffix("_")
    for form in type(field.form).__mro__:  # a form that another is made of says the same of its fields
        key = known.get(form.__name__, {}).get(name)
        if key:
            return wording(str(key))
    return ""
