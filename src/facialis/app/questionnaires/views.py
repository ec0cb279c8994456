"""Questionnaires in the page: which there are, and one to fill in."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.course.keeping import today
from facialis.app.diary.rows import removed_of
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread
from facialis.app.people.models import Person
from facialis.app.questionnaires.content import filled_in
from facialis.app.questionnaires.deeds import fill_in, written_on
from facialis.app.questionnaires.due import dates_of, not_now
from facialis.app.questionnaires.forms import QuestionnaireForm
from facialis.app.questionnaires.instruments import Instrument, instrument, instruments

__all__ = ["later", "questionnaire", "questionnaires"]


def _day(asked: str) -> date:
    """The day that is asked for, or today."""
    try:
        return min(date.fromisoformat(asked), today())
    except ValueError:
        return today()


@require_GET
def questionnaires(request: HttpRequest, pk: int) -> HttpResponse:
    """Which questionnaires there are, and what was filled in."""
    person, known = person_of(request, pk), instruments()
    page = {
        "person": person,
        "own": [item for item in known if item.items and not item.clinician],
        "totals": [item for item in known if not item.items],
        "clinicians": [item for item in known if item.clinician],
        "filled": filled_in(person),
        "dates": dates_of(person, today()),
        "removed": removed_of(request, person),
    }
    return render(request, "casebook/questionnaires.html", page)


@require_POST
def later(request: HttpRequest, pk: int) -> HttpResponse:
    """Say nothing of questionnaires that are due for a while."""
    not_now(account_of(request), person_of(request, pk), today())
    return redirect("person", pk)


@require_http_methods(["GET", "POST"])
def questionnaire(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One questionnaire to fill in, and its score as soon as it is."""
    person, asked = person_of(request, pk), instrument(key)
    if asked is None:
        raise Http404
    day = _day(request.GET.get("day", ""))
    form = QuestionnaireForm(asked, written_on(person, day, key), request.POST or None, initial={"day": day})
    if request.method == "POST" and form.is_valid():
        try:
            fill_in(account_of(request), person, form.cells())
            return redirect(f"{request.path}?saved={form.cleaned_data['day']}&day={form.cleaned_data['day']}")
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    return _questionnaire_page(request, person, asked, form)


def _questionnaire_page(
    request: HttpRequest, person: Person, asked: Instrument, form: QuestionnaireForm
) -> HttpResponse:
    filled = [item for item in filled_in(person) if item.instrument == asked.key]
    saved = next((item for item in filled if str(item.day) == request.GET.get("saved") and not form.is_bound), None)
    page = {"person": person, "asked": asked, "form": form, "filled": filled, "saved": saved, "shown": saved}
    return render(request, "casebook/questionnaire.html", page, status=422 if form.errors else 200)
