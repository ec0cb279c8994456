"""The bin in the page: what is in it, how long it stays, bringing it back, and letting it go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from facialis.app.bin.deeds import bring_back, empty
from facialis.app.bin.models import Binned
from facialis.app.people.access import account_of
from facialis.app.people.models import Person
from facialis.core.errors import FacialisError

__all__ = ["bin_page", "empty_bin", "out_of_bin"]


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    waiting = Binned.objects.visible_to(request.user).select_related("person")
    page = {"waiting": waiting, "problem": problem}
    return render(request, "casebook/bin.html", page, status=422 if problem else 200)


@require_GET
def bin_page(request: HttpRequest) -> HttpResponse:
    """What was deleted and can still be brought back."""
    return _page(request)


@require_POST
def out_of_bin(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring something back, and show it."""
    binned = get_object_or_404(Binned.objects.visible_to(request.user), pk=pk)
    try:
        back = bring_back(account_of(request), binned)
    except FacialisError as error:
        return _page(request, f"{error.message} {error.advice}")
    return redirect("person" if isinstance(back, Person) else "recording", back.pk)


@require_POST
def empty_bin(request: HttpRequest, pk: int) -> HttpResponse:
    """Let something in the bin go for good."""
    empty(account_of(request), get_object_or_404(Binned.objects.visible_to(request.user), pk=pk))
    return redirect("bin")
