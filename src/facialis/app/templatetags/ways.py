"""A way of the navigation: one line of a template, which knows by itself whether one is there."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from facialis.app.help.tour import step_of
from facialis.app.people.models import Person

__all__ = ["register", "tour", "way"]

register = template.Library()


@register.inclusion_tag("casebook/way.html", takes_context=True)
def way(context: RequestContext, name: str, key: str, *within: str, icon: str = "") -> dict[str, Any]:
    """A link to the page of the route ``name``: the person's, where there is one.

    Parameters
    ----------
    context
        That of the page; its ``person`` is whom the link is about, None or missing: nobody.
    name
        The route.
    key
        The sentence that says where it leads.
    within
        Routes of pages that belong to it: on them it is marked as the place where one is.
    icon
        The drawing beside it (``casebook/icon.html``); empty: none.
    """
    person = context.get("person")
    match = getattr(context.get("request"), "resolver_match", None)
    here = match.url_name if match else ""
    current = "page" if here == name else "true" if here in within else ""
    address = reverse(name, args=[person.pk] if person is not None and name not in _NOBODYS else [])
    return {"address": address, "key": key, "current": current, "icon": icon}


@register.inclusion_tag("casebook/tour.html", takes_context=True)
def tour(context: RequestContext) -> dict[str, Any]:
    """The step of the tour that the page was asked for with; nothing where it was asked for without."""
    person, request = context.get("person"), context.get("request")
    asked = request.GET.get("tour", "") if request is not None else ""
    step = step_of(person, asked) if asked and isinstance(person, Person) else None
    return {"step": step, "here": request.path if request is not None else ""}


_NOBODYS = ("home", "add_person", "my_account", "backup", "bin", "shared_with_me", "open_library", "rating_sets")
"""Routes that are nobody's: they have no person's number."""
