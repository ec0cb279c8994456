"""Self-experiments in the page."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.course.keeping import today
from facialis.app.experiment.content import Standing, arm_words, standing_of
from facialis.app.experiment.deeds import draw, earlier_sheets, note_day, put_aside, sheet_of, take_up
from facialis.app.experiment.forms import DayForm, PlanForm
from facialis.app.people.access import account_of, person_of
from facialis.app.people.models import Person
from facialis.core.errors import FacialisError
from facialis.core.knowledge import figure, wording
from facialis.core.person.experiment import ExperimentPlan

__all__ = ["day_forms", "experiment", "note_experiment", "plan_words", "put_experiment_aside", "take_experiment_up"]


@require_http_methods(["GET", "POST"])
def experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """The experiment that goes on, or the form to plan one; and those that were put aside."""
    person, plan, made = person_of(request, pk), PlanForm(request.POST or None), None
    if request.method == "POST" and plan.is_valid():
        try:
            written = draw(account_of(request), person, today=today(), **plan.cleaned_data)
            made, plan = written.plan, PlanForm()
        except FacialisError as error:
            plan.add_error(None, str(error))
    return _page(request, person, plan, planned=() if made is None else plan_words(made))


@require_POST
def note_experiment(request: HttpRequest, pk: int) -> HttpResponse:
    """Note a day of the experiment."""
    person = person_of(request, pk)
    sheet = sheet_of(person)
    if sheet is None:
        return redirect("experiment", pk)
    form = DayForm(_days(standing_of(sheet, today())), request.POST)
    if form.is_valid():
        try:
            note_day(account_of(request), sheet, form.cleaned_data.pop("day"), **form.cleaned_data)
            home = request.POST.get("from") == "home"
            return redirect(reverse("person" if home else "experiment", args=[pk]) + "?noted_experiment=1#experiment")
        except FacialisError as error:
            form.add_error(None, str(error))
    return _page(request, person, PlanForm(), wrong=form)


@require_POST
def put_experiment_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """End the experiment that goes on; it is kept."""
    person = person_of(request, pk)
    sheet = sheet_of(person)
    if sheet is not None and not standing_of(sheet, today()).broken:
        put_aside(account_of(request), sheet, today())
    return redirect("experiment", pk)


@require_POST
def take_experiment_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with an experiment that was put aside."""
    person = person_of(request, pk)
    sheet = get_object_or_404(person.sheets, file=request.POST.get("file", ""), file__startswith="experiment-")
    take_up(account_of(request), sheet)
    return redirect("experiment", pk)


def _page(
    request: HttpRequest,
    person: Person,
    plan: PlanForm,
    *,
    wrong: DayForm | None = None,
    planned: tuple[str, ...] = (),
) -> HttpResponse:
    sheet, now = sheet_of(person), today()
    standing = None if sheet is None else standing_of(sheet, now, look="look" in request.GET)
    page = {
        "person": person,
        "plan": plan,
        "planned": planned,
        "standing": standing,
        "forms": () if standing is None else day_forms(standing, now),
        "wrong": wrong,
        "noted": "noted_experiment" in request.GET,
        "earlier": [standing_of(other, now, look=True) for other in earlier_sheets(person)],
    }
    status = 422 if plan.errors or (wrong is not None and wrong.errors) else 200
    return render(request, "casebook/experiment.html", page, status=status)


def _days(standing: Standing) -> tuple[date, ...]:
    return tuple(row.day for row in standing.open_days if row.day is not None)


def day_forms(standing: Standing, now: date) -> list[tuple[bool, str, DayForm]]:
    """For today, and for yesterday where nothing was noted: whether it is today, what the lot says, and the form."""
    made = []
    for row in reversed(standing.open_days):
        if row.day is None or (row.day != now and (row.done is not None or row.rating is not None)):
            continue
        done = "" if row.done is None else "yes" if row.done else "no"
        noted = {"day": row.day, "done": done, "rating": "" if row.rating is None else f"{row.rating:g}"}
        words = arm_words(row, standing.factor)
        made.append((row.day == now, words, DayForm(_days(standing), initial=noted, auto_id=f"{row.day}_%s")))
    return made


def plan_words(made: ExperimentPlan) -> tuple[str, ...]:
    """What is said of a plan that was just drawn, as on the command line."""
    given = sum(day.given for day in made.days)
    scatter = "trigger_plan_own_scatter" if made.from_diary else "trigger_plan_usual_scatter"
    balanced = {"days": len(made.days), "given": given, "factor": made.factor, "without": len(made.days) - given}
    return (
        wording("trigger_plan_balanced", **balanced),
        wording("trigger_plan_how"),
        wording("trigger_plan_needed", points=figure(f"{made.worth_knowing:g}"), needed=made.needed_days),
        wording("trigger_plan_smallest", points=figure(f"{made.smallest_difference:.1f}")),
        wording(scatter, scatter=figure(f"{made.scatter:.1f}")),
        wording("trigger_plan_safe"),
    )
