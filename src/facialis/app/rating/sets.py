"""Sets in the page, for whoever makes them: all of them, a new one, one of them, its end, and what came of it."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.agree.agreement import agreement_object
from facialis.app.accounts.models import Account
from facialis.app.audit.reading import note_look
from facialis.app.people.access import account_of
from facialis.app.people.models import Person
from facialis.app.rating.access import films_of
from facialis.app.rating.content import asked_of, sets_of, shown_set
from facialis.app.rating.deeds import close_set, delete_set, make_set
from facialis.app.rating.forms import SetForm
from facialis.app.rating.given import agreement_in, ratings_in
from facialis.app.rating.models import RatingSet
from facialis.app.rating.results import result_of
from facialis.core.errors import FormatError
from facialis.core.knowledge import wording
from facialis.files.ratings import ratings_text

__all__ = ["agreement_json", "close", "delete", "new_set", "one_set", "ratings_tsv", "results", "sets"]


@require_GET
def sets(request: HttpRequest) -> HttpResponse:
    """What one is asked to rate, and the sets that one made."""
    account = account_of(request)
    return render(request, "casebook/rating_sets.html", {"asked": asked_of(account), "sets": sets_of(account)})


@require_http_methods(["GET", "POST"])
def new_set(request: HttpRequest) -> HttpResponse:
    """Choose films, a scale and raters."""
    account = account_of(request)
    form = SetForm(account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        share = float(told["repeats"])
        made = make_set(account, told["name"], told["scale"], told["stretches"], form.raters_chosen, share)
        return redirect("rating_set", made.pk)
    return render(request, "casebook/rating_new.html", {"form": form}, status=422 if form.errors else 200)


def _owned(request: HttpRequest, pk: int) -> RatingSet:
    return get_object_or_404(RatingSet.objects.owned_by(request.user).select_related("owner"), pk=pk)


@require_GET
def one_set(request: HttpRequest, pk: int) -> HttpResponse:
    """A set: how far its raters are, and what is in it."""
    shown, account = shown_set(_owned(request, pk)), account_of(request)
    _note_looks(account, shown.rating_set, "rating_set")
    mine = shown.rating_set.raters.filter(owner=account).first()
    return render(request, "casebook/rating_set.html", {"shown": shown, "set": shown.rating_set, "mine": mine})


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the ratings of a set."""
    close_set(account_of(request), _owned(request, pk))
    return redirect("rating_set", pk)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a set with what was rated in it."""
    delete_set(account_of(request), _owned(request, pk))
    return redirect("rating_sets")


def _ended(request: HttpRequest, pk: int) -> RatingSet:
    """A set that one made or rated, when nobody rates it any more: before, nobody sees what others answered."""
    account = account_of(request)
    mine = RatingSet.objects.filter(Q(owner=account) | Q(raters__owner=account)).distinct()
    found = get_object_or_404(mine.select_related("owner"), pk=pk)
    if found.is_open:
        raise Http404
    _note_looks(account, found, "rating_results")
    return found


def _note_looks(account: Account, found: RatingSet, kind: str) -> None:
    """Write that an account was shown something of each of the people in a set."""
    for person in Person.objects.filter(recordings__rated__in=films_of(found)).distinct():
        note_look(account, person, kind, found.pk)


@require_GET
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """What came of a set."""
    found = _ended(request, pk)
    page = {"set": found, "own": found.owner_id == account_of(request).pk}
    try:
        if not ratings_in(found):
            return render(request, "casebook/rating_results.html", {**page, "error": wording("app_result_nothing")})
        return render(request, "casebook/rating_results.html", {**page, "result": result_of(found)})
    except (FormatError, OSError) as error:
        return render(request, "casebook/rating_results.html", {**page, "error": str(error)})


@require_GET
def ratings_tsv(request: HttpRequest, pk: int) -> HttpResponse:
    """What was rated, as a table that the command line reads."""
    found = _ended(request, pk)
    named = {"Content-Disposition": f'attachment; filename="ratings-{found.pk}.tsv"'}
    return HttpResponse(ratings_text(ratings_in(found)), "text/tab-separated-values; charset=utf-8", headers=named)


@require_GET
def agreement_json(request: HttpRequest, pk: int) -> HttpResponse:
    """All figures: the JSON of ``facialis agree``."""
    found = _ended(request, pk)
    try:
        content = agreement_object(agreement_in(found))
    except (FormatError, OSError) as error:
        raise Http404 from error
    return JsonResponse(content, json_dumps_params={"indent": 1, "ensure_ascii": False})
