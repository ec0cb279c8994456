"""How a film was filmed, in the page: what was said, saying it anew, and the way back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.people.access import account_of
from facialis.app.recordings.asked import CorrectionForm, as_asked
from facialis.app.recordings.corrections import correct, put_back_said, said_of, until_of
from facialis.app.recordings.models import Recording
from facialis.core.errors import FacialisError

__all__ = ["how_filmed", "put_back"]


def _recording(request: HttpRequest, pk: int) -> Recording:
    return get_object_or_404(Recording.objects.visible_to(request.user).select_related("person"), pk=pk)


@require_http_methods(["GET", "POST"])
def how_filmed(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was said of how a film was filmed, to be corrected."""
    recording = _recording(request, pk)
    form = CorrectionForm(
        request.POST if request.method == "POST" else None,
        initial={n: v if n in ("day", "time") else as_asked(n, v) for n, v in said_of(recording).items()},
        can_swap=recording.film.is_file(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = correct(account_of(request), recording, form.cleaned_data)
            return redirect(f"{reverse('how_filmed', args=[pk])}?{'said' if changed else 'same'}=1")
        except FacialisError as error:
            form.add_error(None, str(error))
    earlier = [until_of(kept) for kept in recording.said_before][-1:]
    page = {"recording": recording, "person": recording.person, "form": form, "earlier": earlier}
    page |= {key: key in request.GET for key in ("said", "same", "back")}
    return render(request, "casebook/how_filmed.html", page, status=422 if form.errors else 200)


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Say again what was said before the last correction."""
    put_back_said(account_of(request), _recording(request, pk))
    return redirect(f"{reverse('how_filmed', args=[pk])}?back=1")
