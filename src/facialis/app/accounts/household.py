"""Accounts of a household in the page: its administrator adds and removes them, and sees nothing of their people."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.accounts import deeds
from facialis.app.accounts.forms import SomebodyForm
from facialis.app.accounts.models import Account, Invitation
from facialis.app.people.access import account_of

__all__ = ["accounts", "add_account", "invite_again", "remove_account"]


def _administrator(request: HttpRequest) -> Account:
    account = account_of(request)
    if not account.administrator:
        raise Http404
    return account


def _page(request: HttpRequest, form: SomebodyForm, **more: Any) -> HttpResponse:
    waiting = Exists(Invitation.objects.filter(owner=OuterRef("pk")))
    found = Account.objects.open().annotate(waiting=waiting).order_by("name")
    page = {"accounts": found, "form": form, **more}
    return render(request, "casebook/accounts.html", page, status=422 if form.errors else 200)


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Who has an account."""
    _administrator(request)
    return _page(request, SomebodyForm())


@require_POST
def add_account(request: HttpRequest) -> HttpResponse:
    """An account for somebody else, and the link by which they come in, shown this once."""
    administrator, form = _administrator(request), SomebodyForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    token = deeds.add_account(administrator, form.cleaned_data["name"])
    return _page(request, SomebodyForm(), link=_link(request, token), whose=form.cleaned_data["name"])


@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for somebody who has not come in yet."""
    administrator = _administrator(request)
    account = get_object_or_404(Account.objects.open().filter(pk__in=Invitation.objects.values("owner")), pk=pk)
    token = deeds.invite_again(administrator, account)
    return _page(request, SomebodyForm(), link=_link(request, token), whose=account.name)


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("welcome", args=[token]))


@require_http_methods(["GET", "POST"])
def remove_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether somebody's account shall go, with all of theirs, and let it go."""
    administrator = _administrator(request)
    account = get_object_or_404(Account.objects.open().exclude(pk=administrator.pk), pk=pk)
    if request.method == "POST":
        deeds.remove_account(administrator, account)
        return redirect("accounts")
    return render(request, "casebook/remove_account.html", {"account": account})
