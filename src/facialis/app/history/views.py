"""The history in the page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from facialis.app.history.deeds import history_of, write_history
from facialis.app.history.forms import HistoryForm
from facialis.app.history.written import answers_as_written
from facialis.app.people.access import account_of, person_of
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.deeds import Unread
from facialis.core.errors import FormatError

__all__ = ["history"]


@require_http_methods(["GET", "POST"])
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions about a person, with what was answered."""
    person = person_of(request, pk)
    try:
        case, raw = casefile_of(person), answers_as_written(history_of(person).opening)
    except FormatError as error:  # what is written there stays as it is
        page = {"person": person, "unread": str(error)}
        return render(request, "casebook/history.html", page, status=422 if request.method == "POST" else 200)
    form = HistoryForm(raw, case, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_history(account_of(request), person, form.changed_answers())
            return redirect(f"{request.path}?saved=1")
        except Unread as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, problem.message)
    page = {"person": person, "form": form, "saved": "saved" in request.GET and not form.is_bound}
    return render(request, "casebook/history.html", page, status=422 if form.errors else 200)
