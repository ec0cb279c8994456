"""The inbox on a person's page: where it lies, and what of it was refused."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from facialis.app.inbox.places import inbox_of, refused_folder, refused_of
from facialis.app.people.models import Person

__all__ = ["inbox", "inbox_folder", "register"]

register = template.Library()


@register.inclusion_tag("casebook/inbox.html", takes_context=True)
def inbox(context: RequestContext, person: Person) -> dict[str, Any]:
    """Where films of a person may be put, and which of them were refused and why."""
    refused = refused_of(person)
    place = refused_folder(person) if refused else inbox_of(person)
    return {"person": person, "refused": refused, "place": place, "csrf_token": context.get("csrf_token")}


@register.simple_tag
def inbox_folder(person: Person) -> str:
    """The folder into which films of a person may be put."""
    return str(inbox_of(person))
