"""Bundles in the page, for whoever sends: choosing, seeing what goes in, and the file."""

from __future__ import annotations

from datetime import date
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from facialis.app.bundle.addresses import fingerprint
from facialis.app.bundle.answering import send_back, written_of
from facialis.app.bundle.content import chosen_lines, size_words
from facialis.app.bundle.contents import counted
from facialis.app.bundle.forms import SenderForm, SendForm
from facialis.app.bundle.manifest import ENDING
from facialis.app.bundle.models import Received
from facialis.app.bundle.sending import send
from facialis.app.people.access import account_of, person_of
from facialis.app.people.folders import folder_of
from facialis.app.people.models import Person
from facialis.core.errors import FacialisError

__all__ = ["send_answer", "send_bundle"]


@require_http_methods(["GET", "POST"])
def send_bundle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose what to send, see what goes in, and get the file."""
    account, person = account_of(request), person_of(request, pk)
    form = SendForm(request.POST or None, account=account)
    page = {"person": person, "form": form}
    if request.method != "POST" or not form.is_valid() or "change" in request.POST:
        return _form(request, page, wrong=bool(form.errors))
    told, films = form.cleaned_data, form.with_films
    chosen = counted(person, told["scopes"], films=films)
    if "make" in request.POST:
        try:
            file = send(
                account,
                person,
                told["recipient"],
                told["scopes"],
                films=films,
                lasts_days=int(told["lasts"]),
                sender=told["sender"],
                whom=told["whom"],
            )
            return _handed_out(file, person)
        except FacialisError as error:
            form.add_error(None, str(error))
            return _form(request, page, wrong=True)
    page |= {
        "lines": chosen_lines(chosen),
        "empty": chosen.is_empty,
        "size": size_words(chosen.size),
        "fingerprint": fingerprint(told["recipient"]),
        "films": films and chosen.films,
        "told": told,
        "lasts": dict(form.fields["lasts"].choices)[told["lasts"]],  # type: ignore[attr-defined]
    }
    return render(request, "casebook/bundle_check.html", page)


def _form(request: HttpRequest, page: dict[str, object], *, wrong: bool) -> HttpResponse:
    return render(request, "casebook/bundle_send.html", page, status=422 if wrong else 200)


def _handed_out(file: IO[bytes], person: Person) -> HttpResponseBase:
    name = f"{folder_of(person)}-{date.today():%Y-%m-%d}{ENDING}"  # noqa: DTZ011 - a person's own calendar day
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")


@require_http_methods(["GET", "POST"])
def send_answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send back, as the clinician, what was issued and written of somebody who was received."""
    account = account_of(request)
    received = get_object_or_404(Received.objects.owned_by(account).select_related("person"), pk=pk)
    form = SenderForm(request.POST or None, account=account)
    if request.method == "POST" and form.is_valid():
        try:
            return _handed_out(send_back(account, received, form.cleaned_data["sender"]), received.person)
        except FacialisError as error:
            form.add_error(None, str(error))
    issued, comments = written_of(account, received)
    page = {
        "received": received,
        "form": form,
        "sheets": len(issued),
        "comments": len(comments),
        "fingerprint": fingerprint(received.reply_to),
    }
    return render(request, "casebook/bundle_answer.html", page, status=422 if form.errors else 200)
