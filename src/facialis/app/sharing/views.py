"""Sharing in the page, for the owner: who sees what, inviting somebody, changing and stopping it."""

from __future__ import annotations

from base64 import b64encode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.bundle.content import sent_of
from facialis.app.people.access import account_of, person_of
from facialis.app.sharing.content import issued_of, offers_of, scope_words, seers_of, trail_of
from facialis.app.sharing.deeds import change_share, stop_share
from facialis.app.sharing.forms import ShareForm
from facialis.app.sharing.models import Offer, Share
from facialis.app.sharing.offers import make_offer, revoke_offer
from facialis.report.drawing.code import code_svg

__all__ = ["change", "new_share", "revoke", "sharing", "stop"]


@require_GET
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sees the data of a person, until when, and what they looked at."""
    person = person_of(request, pk)
    page = {
        "person": person,
        "seers": seers_of(person),
        "offers": offers_of(person),
        "lines": trail_of(person),
        "issued": issued_of(person),
        "sent": sent_of(person),
        "done": request.GET.get("done", ""),
    }
    return render(request, "casebook/sharing.html", page)


@require_http_methods(["GET", "POST"])
def new_share(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose what to share and for how long; the invitation is shown this once."""
    person, form = person_of(request, pk), ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        offer, secret = make_offer(account_of(request), person, form.cleaned_data["scopes"], form.lasts_days)
        link = request.build_absolute_uri(reverse("offered", args=[secret]))
        code = b64encode(code_svg(link).encode()).decode()
        page = {"person": person, "offer": offer, "what": scope_words(offer.scopes), "link": link, "code": code}
        return render(request, "casebook/share_link.html", page)
    return render(
        request, "casebook/share_new.html", {"person": person, "form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Share other parts, or until another day."""
    share = _share(request, pk)
    form = ShareForm(request.POST or None, share=share)
    if request.method == "POST" and form.is_valid():
        change_share(account_of(request), share, form.cleaned_data["scopes"], form.ends_at)
        return _back(share.person_id, "changed")
    page = {"person": share.person, "share": share, "form": form}
    return render(request, "casebook/share_change.html", page, status=422 if form.errors else 200)


@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop sharing, at once."""
    share = _share(request, pk)
    stop_share(account_of(request), share)
    return _back(share.person_id, "stopped")


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    offer = get_object_or_404(Offer.objects.owned_by(request.user).select_related("person"), pk=pk)
    revoke_offer(account_of(request), offer)
    return _back(offer.person_id, "revoked")


def _share(request: HttpRequest, pk: int) -> Share:
    return get_object_or_404(
        Share.objects.owned_by(request.user).filter(revoked_at=None).select_related("person", "clinician"), pk=pk
    )


def _back(person: int, done: str) -> HttpResponse:
    return redirect(f"{reverse('sharing', args=[person])}?done={done}")
