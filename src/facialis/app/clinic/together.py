"""Two recordings of one person side by side: the page, for the owner and for whom recordings are shared with."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from facialis.app.clinic.aligned import shared_blocks
from facialis.app.clinic.compared import compared, treated_between
from facialis.app.course.answers import standing_of
from facialis.app.people.access import person_of
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.review.content import review_of
from facialis.app.sharing.access import guest_of
from facialis.app.sharing.limited import limited_standing
from facialis.app.watching.playback import played_of
from facialis.core.errors import FormatError

__all__ = ["side_by_side"]

_MOST = 500  # chosen: ten years of weeks; 100 - 2,000


@require_GET
def side_by_side(request: HttpRequest, pk: int) -> HttpResponse:
    """Two recordings under one cursor, and what may be said of both."""
    person = person_of(request, pk)
    films = list(person.recordings.filter(measured=True)[:_MOST])
    left, right = _chosen(request, films)
    page: dict[str, Any] = {"person": person, "films": films, "left": left, "right": right}
    if left is not None and right is not None:
        try:
            page |= _shown(request, person, left, right)
        except (FormatError, OSError) as error:
            page["broken"] = str(error)
    return render(request, "casebook/side_by_side.html", page)


def _chosen(request: HttpRequest, films: list[Recording]) -> tuple[Recording | None, Recording | None]:
    """The two that were asked for; else the one before the last, and the last."""
    known = {str(film.pk): film for film in films}
    usual = dict(zip(("right", "left"), films, strict=False))
    left, right = (known.get(request.GET.get(side, "")) or usual.get(side) for side in ("left", "right"))
    return left, right


def _shown(request: HttpRequest, person: Person, left: Recording, right: Recording) -> dict[str, Any]:
    blocks = shared_blocks(left, right)
    sides = [
        {"key": key, "recording": film, "played": played_of(film), "review": review_of(film, by_doubt=False)}
        for key, film in (("left", left), ("right", right))
    ]
    page: dict[str, Any] = {
        "sides": sides,
        "blocks": blocks,
        "pairs": json.dumps([[row.left_s, row.right_s] for row in blocks] or [[0.0, 0.0]]),
        "same": left.pk == right.pk,
        "compared": None if left.pk == right.pk else compared(left, right),
    }
    share = guest_of(request)
    if share is None or share.course:
        said = limited_standing(share, standing_of(person)).said
        page["treated"] = () if said is None else treated_between(said, left, right)
    return page
