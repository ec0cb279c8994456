"""The library in the page: which articles there are, and one of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from facialis.app.course.answers import answer_about
from facialis.app.library.content import read
from facialis.app.people.access import person_of

__all__ = ["article", "library"]


@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """All articles, those for this person first."""
    person = person_of(request, pk)
    said = answer_about(person)
    first = {*said.pathway.articles, *said.guidance.articles}
    page = {
        "person": person,
        "first": [item for item in said.reading if item.key in first],
        "others": [item for item in said.reading if item.key not in first],
    }
    return render(request, "casebook/library.html", page)


@require_GET
def article(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One article."""
    person = person_of(request, pk)
    found = next((item for item in answer_about(person).reading if item.key == key), None)
    if found is None:
        raise Http404
    return render(request, "casebook/article.html", {"person": person, "article": read(found)})
