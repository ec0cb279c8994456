"""The help and the glossary in the page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from facialis.app.help.glossary import words_used
from facialis.app.people.access import person_of

__all__ = ["about", "glossary"]


@require_GET
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """How to begin, the keys, where everything lies and who can see it."""
    page = {"person": person_of(request, pk), "folder": settings.PLACE.root}
    return render(request, "casebook/help.html", page)


@require_GET
def glossary(request: HttpRequest, pk: int) -> HttpResponse:
    """What the words mean."""
    return render(request, "casebook/glossary.html", {"person": person_of(request, pk), "words": words_used()})
