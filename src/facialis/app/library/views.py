"""The library in the page: which articles there are, and one of them; for a person, and for whoever comes by."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from facialis.app.comments.subjects import Subject
from facialis.app.comments.views import write
from facialis.app.course.answers import standing_of
from facialis.app.library.content import read
from facialis.app.people.access import person_of
from facialis.core.person.articles import Article
from facialis.guide.library import articles

__all__ = ["article", "library", "open_article", "open_library"]


@require_GET
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """All articles, those for this person first."""
    person = person_of(request, pk)
    standing = standing_of(person)
    said = standing.said
    reading = articles() if said is None else said.reading
    first = set() if said is None else {*said.pathway.articles, *said.guidance.articles}
    page = {
        "person": person,
        "standing": standing,
        "first": [item for item in reading if item.key in first],
        "others": [item for item in reading if item.key not in first],
    }
    return render(request, "casebook/library.html", page)


@require_GET
def article(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One article."""
    person = person_of(request, pk)
    return render(request, "casebook/article.html", {"person": person, "article": read(_article(key)), "key": key})


@login_not_required
@require_GET
def open_library(request: HttpRequest) -> HttpResponse:
    """All articles, for whoever comes by: there is nothing of anybody in them."""
    return render(request, "casebook/library.html", {"others": articles()})


@login_not_required
@require_http_methods(["GET", "POST"])
def open_article(request: HttpRequest, key: str) -> HttpResponse:
    """One article, for whoever comes by; those who have logged in see its comments and can write one."""
    found = _article(key)
    if request.method == "GET":
        return render(request, "casebook/article.html", {"article": read(found), "key": key})
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    return write(request, Subject(article=key))


def _article(key: str) -> Article:
    found = next((item for item in articles() if item.key == key), None)
    if found is None:
        raise Http404
    return found
