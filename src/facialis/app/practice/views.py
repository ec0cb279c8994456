"""Practice in the page: films of a made face before the first one that counts, and what was put in after each answer.

Recommended, never forced. Only the rater sees what they answered, and nothing of it is a rating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from facialis.app.people.access import account_of
from facialis.app.practice.painting import ask_again, ask_for_films, film_of, films, given_up, how_far, ready, truth_of
from facialis.app.practice.strips import draw_strip
from facialis.app.practice.truths import truth_shown
from facialis.app.rating.content import parts_of
from facialis.app.rating.deeds import practise
from facialis.app.rating.forms import answers_in
from facialis.app.rating.models import Rater
from facialis.app.rating.raters import rater_of
from facialis.app.recordings.media import ranged
from facialis.core.rating.scales import scales
from facialis.phantom.anchors import Anchor

__all__ = ["film", "play", "practice", "progress", "truth"]


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A film in the list: its number, whether it is painted, and whether the rater answered it."""

    number: int
    painted: bool
    answered: bool


def _anchor(number: int) -> Anchor:
    every = films()
    if not 1 <= number <= len(every):
        raise Http404
    return every[number - 1]


def _state(rater: Rater) -> dict[str, Any]:
    """How far the films are, and which of them the rater answered."""
    rows = [
        _Row(number=number, painted=ready(one), answered=one.key in rater.practised)
        for number, one in enumerate(films(), start=1)
    ]
    following = next((row for row in rows if not row.answered), rows[0])
    painted = sum(row.painted for row in rows)
    return {
        "rater": rater,
        "rows": rows,
        "next": following.number if following.painted else None,
        "over": all(row.answered for row in rows),
        "painted": painted,
        "ready": painted == len(rows),
        "failed": given_up(),
        "progress": how_far(),
    }


@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest, token: str) -> HttpResponse:
    """The films for practice, or how far they are; POST: try again to paint them."""
    rater = rater_of(request, token)
    if request.method == "POST":
        ask_again()
        return redirect("practice", token)
    ask_for_films()
    return render(request, "casebook/rating_practice.html", _state(rater))


@require_GET
def progress(request: HttpRequest, token: str) -> HttpResponse:
    """How far painting is; the whole page is asked for again when there is a film more than ``painted``, or an end."""
    state = _state(rater_of(request, token))
    answer = render(request, "casebook/rating_painting.html", state)
    if state["ready"] or state["failed"] or request.GET.get("painted", "0") != str(state["painted"]):
        answer["HX-Refresh"] = "true"
    return answer


@require_http_methods(["GET", "POST"])
def film(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """A film and the scale of the set; what was answered before is not shown."""
    rater, anchor = rater_of(request, token), _anchor(number)
    if not ready(anchor):
        return redirect("practice", token)
    scale = scales()[rater.rating_set.scale]
    answers = answers_in(scale, request.POST)
    if request.method == "POST" and not answers.missing and not answers.wrong:
        practise(account_of(request), rater, anchor.key, answers.values, answers.taps_s)
        return redirect("practice_truth", token, number)
    refused = request.method == "POST"
    page = {
        "rater": rater,
        "number": number,
        "total": len(films()),
        "scale": scale,
        "parts": parts_of(scale, answers.values, answers.missing if refused else ()),
        "taps_s": answers.taps_s,
        "tapping": any(part.level == "moments" for part in scale.parts.values()),
        "wrong": answers.wrong if refused else (),
        "missing": refused and bool(answers.missing),
    }
    return render(request, "casebook/rate_practice.html", page, status=422 if refused else 200)


@require_GET
def truth(request: HttpRequest, token: str, number: int) -> HttpResponse:
    """What was put into a film, once it was answered, and how the answer compares."""
    rater, anchor = rater_of(request, token), _anchor(number)
    told = rater.practised.get(anchor.key)
    if told is None or not ready(anchor):
        return redirect("practice_film", token, number)
    events, scale, taps_s = truth_of(anchor), scales()[rater.rating_set.scale], told["taps_s"]
    length_s = anchor.spec.duration_s
    page = {
        "rater": rater,
        "number": number,
        "total": len(films()),
        "next": number + 1 if number < len(films()) else None,
        "truth": truth_shown(anchor, events, scale, told["answers"], taps_s),
        "strips": [draw_strip(events, taps_s, length_s, narrow=narrow).markup() for narrow in (False, True)],
        "going": rater.done_at is None and rater.rating_set.closed_at is None,
    }
    return render(request, "casebook/rating_truth.html", page)


@require_safe
def play(request: HttpRequest, token: str, number: int) -> HttpResponseBase:
    """What is played, in whatever part a player asks for."""
    rater_of(request, token)
    anchor = _anchor(number)
    if not ready(anchor):
        raise Http404
    return ranged(request, film_of(anchor).open("rb"), anchor.spec.fingerprint()[:8], "video/mp4")
