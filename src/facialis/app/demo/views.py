"""The door of the demo: a link with a key, so that nobody has to make up a password for made-up people."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person

__all__ = ["change_sides", "door"]


@login_not_required
@require_GET
def door(request: HttpRequest, key: str) -> HttpResponse:
    """Let whoever has the demo's key in, and begin with the tour; of any other casebook there is no such page."""
    return redirect(f"{_as_the_person(request, key)}?tour=1")


@login_not_required
@require_POST
def change_sides(request: HttpRequest, key: str) -> HttpResponse:
    """Look as the clinician, or as the person again; of any other casebook there is no such page."""
    if request.POST.get("as") != "clinician":
        return redirect(_as_the_person(request, key))
    _check(key)
    first = _first()
    _let_in(request, get_object_or_404(Account.objects.filter(clinician=True).exclude(pk=first.pk).order_by("pk")[:1]))
    return redirect("shared_with_me")


def _as_the_person(request: HttpRequest, key: str) -> str:
    """The address of the demo's own person, whose owner is let in."""
    _check(key)
    account = _first()
    _let_in(request, account)
    person = Person.objects.owned_by(account).order_by("pk").first()
    return reverse("home") if person is None else reverse("person", args=[person.pk])


def _check(key: str) -> None:
    known = settings.PLACE.demo_key
    if not known or not compare_digest(key.encode(), known.encode()):
        raise Http404


def _first() -> Account:
    return get_object_or_404(Account.objects.order_by("pk")[:1])


def _let_in(request: HttpRequest, account: Account) -> None:
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
