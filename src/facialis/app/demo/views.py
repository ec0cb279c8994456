"""The door of the demo: a link with a key, so that nobody has to make up a password for a made-up person."""

from __future__ import annotations

from secrets import compare_digest

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person

__all__ = ["door"]


@login_not_required
@require_GET
def door(request: HttpRequest, key: str) -> HttpResponse:
    """Let whoever has the demo's key in, and begin with the tour; of any other casebook there is no such page."""
    known = settings.PLACE.demo_key
    if not known or not compare_digest(key.encode(), known.encode()):
        raise Http404
    account = get_object_or_404(Account.objects.order_by("pk")[:1])
    login(request, account, backend=settings.AUTHENTICATION_BACKENDS[0])
    person = Person.objects.owned_by(account).order_by("pk").first()
    return redirect("home" if person is None else f"{reverse('person', args=[person.pk])}?tour=1")
