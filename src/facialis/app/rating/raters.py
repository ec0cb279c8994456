"""Rating in the page: what one is asked, one film after the other, and what is played of each.

Addresses are tokens: they say nothing of recording, person or order.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from facialis.app.audit.reading import note_look
from facialis.app.people.access import account_of
from facialis.app.practice.painting import ask_for_films, films
from facialis.app.rating.access import turns_of
from facialis.app.rating.content import Progress, name_of, parts_of, progress_of
from facialis.app.rating.deeds import finish_rating, finish_turn, keep_answers, may_change
from facialis.app.rating.films import played
from facialis.app.rating.forms import Answers, answers_in
from facialis.app.rating.models import Film, Rater, Turn
from facialis.app.recordings.media import ranged
from facialis.app.sharing.access import end_with, share_with
from facialis.core.rating.scales import scales

__all__ = ["film", "finish", "rate", "rater_of", "rating"]


def rater_of(request: HttpRequest, token: str) -> Rater:
    """The rater of this token, if it is who asks."""
    mine = Rater.objects.owned_by(request.user).select_related("rating_set__owner", "owner")
    return get_object_or_404(mine, token=token)


@require_GET
def rating(request: HttpRequest, token: str) -> HttpResponse:
    """What one is asked to rate and how, how far one is, and the way on."""
    rater = rater_of(request, token)
    turns = turns_of(rater)
    following = turns.filter(done_at=None).first()
    if following is not None:
        ask_for_films()  # practice is offered: they are painted while this is read
    progress = progress_of(rater)
    page = {
        "rater": rater,
        "scale": scales()[rater.rating_set.scale],
        "who": name_of(rater.rating_set.owner),
        "own": rater.rating_set.owner_id == rater.owner_id,
        "closed": rater.rating_set.closed_at is not None,
        "progress": progress,
        "next": following,
        "films": len(films()),
        "first": not progress.done and not rater.practised,
        "last": turns.exclude(done_at=None).order_by("done_at").last(),
        "making": Film.objects.filter(pk__in=turns.values("film"), ready=False).count(),
    }
    return render(request, "casebook/rating.html", page)


@require_POST
def finish(request: HttpRequest, token: str) -> HttpResponse:
    """Say that all has been rated."""
    finish_rating(account_of(request), rater_of(request, token))
    return redirect("rating", token)


def _turn(request: HttpRequest, token: str) -> Turn:
    """The film of this token, if whoever asks rates it and still sees it."""
    mine = Turn.objects.owned_by(request.user).select_related("rater__rating_set__owner", "rater__owner")
    turn = get_object_or_404(mine, token=token)
    if not turns_of(turn.rater).filter(pk=turn.pk).exists():
        raise Http404
    return turn


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """A film and the scale; what is chosen is kept at once, and the next one follows."""
    turn, account = _turn(request, token), account_of(request)
    if not may_change(turn):
        return redirect("rating", turn.rater.token)
    if request.method == "GET":
        return _page(request, turn, None)
    answers = answers_in(scales()[turn.rater.rating_set.scale], request.POST)
    whole = not answers.missing and not answers.wrong
    if "keep" in request.POST or not whole:
        keep_answers(account, turn, answers.values, answers.taps_s, answers.took_s)
        return HttpResponse(status=204) if "keep" in request.POST else _page(request, turn, answers)
    finish_turn(account, turn, answers.values, answers.taps_s, answers.took_s)
    following = turns_of(turn.rater).filter(done_at=None).first()
    if following is None or "pause" in request.POST:
        return redirect("rating", turn.rater.token)
    return redirect("rate", following.token)


def _page(request: HttpRequest, turn: Turn, answers: Answers | None) -> HttpResponse:
    rater, scale = turn.rater, scales()[turn.rater.rating_set.scale]
    progress: Progress = progress_of(rater, turn)
    before = turns_of(rater).exclude(done_at=None).exclude(pk=turn.pk).order_by("done_at").last()
    page = {
        "turn": turn,
        "rater": rater,
        "scale": scale,
        "parts": parts_of(scale, turn.answers, () if answers is None else answers.missing),
        "tapping": any(part.level == "moments" for part in scale.parts.values()),
        "progress": progress,
        "before": before if turn.done_at is None else None,
        "wrong": () if answers is None else answers.wrong,
        "missing": answers is not None and bool(answers.missing),
        "ready": Film.objects.filter(pk=turn.film_id, ready=True).exists(),
    }
    return render(request, "casebook/rate.html", page, status=200 if answers is None else 422)


@require_safe
def film(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is played of a film, in whatever part a player asks for; it ends with the share."""
    turn, account = _turn(request, token), account_of(request)
    shown = Film.objects.select_related("recording__person").get(pk=turn.film_id)
    source, person = played(shown), shown.recording.person
    if source is None:
        raise Http404
    share = share_with(account, person, "recordings")
    if share is not None:
        end_with(request, share)
    if not request.headers.get("Range", "").strip() or request.headers["Range"].startswith("bytes=0-"):
        note_look(account, person, "rate_film", shown.recording_id)
    return ranged(request, source, token[:8], "video/mp4")
