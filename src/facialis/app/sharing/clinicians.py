"""Sharing in the page, for the clinician: an invitation, what one issued, and the end of a share."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.accounts.deeds import new_codes
from facialis.app.accounts.door import by_password, let_in
from facialis.app.accounts.forms import FirstRunForm
from facialis.app.accounts.models import Account
from facialis.app.audit.reading import note_look
from facialis.app.course.answers import NoAnswer
from facialis.app.people.access import account_of, person_of
from facialis.app.people.models import Person
from facialis.app.sharing.deeds import leave_share
from facialis.app.sharing.issuing import issue_sheet, read_issued
from facialis.app.sharing.models import Issued, Offer, Share
from facialis.app.sharing.offers import accept, accept_as_new, find_offer, made_by, refuse
from facialis.core.knowledge import wording

__all__ = ["issue", "issued_file", "leave", "offered", "still_shared"]

_ENDINGS = {"application/pdf": ".pdf", "text/plain; charset=utf-8": ".txt"}


@login_not_required
@require_http_methods(["GET", "POST"])
def offered(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation: whose it is and what it shows; taken up, with an account or a new one, or declined."""
    offer = find_offer(token)
    with suppress(PermissionDenied):  # of two at once the other was faster
        if offer is not None:
            return _opened(request, offer)
    account = _just_made(request, token)
    if account is not None:
        return _first_time(request, account)
    return render(request, "casebook/offer_over.html", status=404)


def _opened(request: HttpRequest, offer: Offer) -> HttpResponse:
    account = request.user if isinstance(request.user, Account) else None
    if request.method == "POST" and "refuse" in request.POST:
        refuse(offer, account)
        return render(request, "casebook/offer_refused.html", {"whose": offer.person.name})
    if account is None:
        return _offered_to_somebody(request, offer)
    if request.method == "POST" and account.pk != offer.person.owner_id:
        return redirect("shared_person", accept(account, offer).person_id)
    return _offer_page(request, offer, own=account.pk == offer.person.owner_id)


def _offered_to_somebody(request: HttpRequest, offer: Offer) -> HttpResponse:
    """To somebody who has not logged in: they can make an account, which sees this and nothing else."""
    form = FirstRunForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["password"]:
        account, _ = accept_as_new(offer, form.cleaned_data["name"], form.cleaned_data["password"])
        return _first_time(request, account)
    return _offer_page(request, offer, form=form)


def _first_time(request: HttpRequest, account: Account) -> HttpResponse:
    let_in(request, account, "password")
    return render(request, "casebook/codes.html", {"codes": new_codes(account), "first": True})


def _just_made(request: HttpRequest, token: str) -> Account | None:
    """Who has made an account by this invitation a moment ago and sends the form again, as by a double click.

    Of two answers a browser shows the last: it has to be the codes, and not that the invitation is over.
    """
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    if not (name and password and made_by(token, " ".join(name.split()))):
        return None
    return by_password(request, " ".join(name.split()), password)


def _offer_page(
    request: HttpRequest, offer: Offer, form: FirstRunForm | None = None, *, own: bool = False
) -> HttpResponse:
    lasts = wording("app_share_until_stopped")
    if offer.lasts_days is not None:
        lasts = wording("app_offer_days", days=offer.lasts_days)
    page = {
        "offer": offer,
        "whose": offer.person.name,
        "scopes": offer.scopes,
        "lasts": lasts,
        "form": form,
        "own": own,
    }
    return render(request, "casebook/offered.html", page, status=422 if form is not None and form.errors else 200)


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue the sheet, and lead to where it is kept: a file alone would leave the page as if nothing had been done."""
    person = person_of(request, pk)
    try:
        issue_sheet(account_of(request), person)
    except NoAnswer as error:
        return render(request, "casebook/no_sheet.html", {"person": person, "error": error}, status=503)
    return redirect(f"{reverse('shared_person', args=[pk])}?just_issued=1#issued")


@require_GET
def issued_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What was issued, as it was: for whoever issued it, and for the person it is about."""
    account, issued = account_of(request), get_object_or_404(Issued, pk=pk)
    person = Person.objects.filter(pk=issued.person_id).first()
    if issued.owner_id != account.pk and (person is None or person.owner_id != account.pk):
        raise Http404
    # Of somebody who has been deleted the look is still about their data.
    note_look(account, person or Person(pk=issued.person_id, owner_id=issued.data_of), "issued_file", issued.pk)
    ending = _ENDINGS.get(issued.mime, "")
    name = f"{issued.whose} {wording(f'app_issued_{issued.kind}')} {issued.made_at.astimezone():%Y-%m-%d}{ending}"
    shown = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(read_issued(issued), content_type=issued.mime, headers={"Content-Disposition": shown})


@require_GET
def still_shared(request: HttpRequest, pk: int) -> HttpResponse:
    """Pages of a guest ask for it all the time: nothing while the share holds; away from there when it does not."""
    share = get_object_or_404(Share.objects.filter(clinician=account_of(request)), pk=pk)
    if not share.holds:
        return HttpResponse(headers={"HX-Redirect": f"{reverse('shared_with_me')}?over=1"})
    if not set(request.GET.getlist("of")) <= set(share.scopes):  # other parts are shared now
        return HttpResponse(headers={"HX-Redirect": reverse("shared_person", args=[share.person_id])})
    return HttpResponse(status=204)


@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give back, as the clinician, what somebody shared."""
    share = get_object_or_404(Share.objects.now(account_of(request)).select_related("person"), pk=pk)
    leave_share(account_of(request), share)
    return redirect("shared_with_me")
