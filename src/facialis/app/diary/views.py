"""The diary in the page: a day in three taps, any day with all that is followed, and one more thing to follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.course.answers import standing_of
from facialis.app.course.content import shown_of
from facialis.app.diary.deeds import add_diary_day, columns_of, follow_more
from facialis.app.diary.forms import Column, ColumnForm, DayForm, foremost, unit_in_words
from facialis.app.diary.rows import removed_of
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread
from facialis.app.people.models import Person
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.core.knowledge import plain_name
from facialis.files.columns import DIARY

__all__ = ["add_column", "diary", "note_day", "quick_form"]

_SHOWN_DAYS = 60  # chosen: as many as are looked through; all are in the table that can be taken away; 14 - 365


@require_http_methods(["GET", "POST"])
def diary(request: HttpRequest, pk: int) -> HttpResponse:
    """A day of the diary to write, and the days before it."""
    person = person_of(request, pk)
    columns = columns_of(person)
    form = DayForm(columns, request.POST or None, initial=_noted(person, columns, request.GET.get("day", "")))
    if request.method == "POST" and form.is_valid():
        try:
            add_diary_day(account_of(request), person, form.cells())
            return redirect(f"{request.path}?saved=1")
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    return _diary_page(request, person, columns, form, ColumnForm())


@require_POST
def add_column(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow one more thing."""
    person = person_of(request, pk)
    form = ColumnForm(request.POST)
    if form.is_valid():
        try:
            follow_more(account_of(request), person, form.label())
            return redirect("diary", pk)
        except Unread as error:
            form.add_error("name", [problem.message for problem in error.problems])
    columns = columns_of(person)
    return _diary_page(request, person, columns, DayForm(columns, initial=_noted(person, columns, "")), form)


def _diary_page(
    request: HttpRequest, person: Person, columns: tuple[Column, ...], form: DayForm, more: ColumnForm
) -> HttpResponse:
    rows = cells_of(sheet_for(person, DIARY), last=_SHOWN_DAYS)
    lines = [(row, cells.get("date", ""), [cells.get(c.label, "") for c in columns]) for row, cells in reversed(rows)]
    heads = [(plain_name(column.name), unit_in_words(column.unit)) for column in columns]
    page = {
        "person": person,
        "form": form,
        "more": more,
        "heads": heads,
        "rows": lines,
        "saved": "saved" in request.GET,
        "removed": removed_of(request, person),
    }
    return render(request, "casebook/diary.html", page, status=422 if form.errors or more.errors else 200)


def _noted(person: Person, columns: tuple[Column, ...], asked: str) -> dict[str, Any]:
    """What was noted on the day that is asked for, or on today."""
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    try:
        day = min(date.fromisoformat(asked), today) if asked else today
    except ValueError:
        day = today
    there = cells_of(sheet_for(person, DIARY), holding=[str(day)])
    noted = next((cells for _, cells in there if cells.get("date") == str(day)), {})
    values = {f"value_{number}": noted.get(column.label, "") for number, column in enumerate(columns)}
    return {"day": day, "yesterday": day - timedelta(days=1), **values, "note": noted.get("note", "")}


# ---- in three taps, on the home page ---------------------------------------------------------------------------


def quick_form(person: Person, data: Any = None) -> DayForm:
    """The form for today: what is followed first, one thing more, and all else folded away."""
    columns = foremost(columns_of(person))
    return DayForm(columns, data, initial=_noted(person, columns, ""))


@require_POST
def note_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what was tapped on the home page; what was left open there stays as it was."""
    person = person_of(request, pk)
    form = quick_form(person, request.POST)
    saved = False
    if form.is_valid():
        try:
            add_diary_day(account_of(request), person, {key: text for key, text in form.cells().items() if text})
            saved = True
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    if "HX-Request" not in request.headers:
        if saved:
            return redirect(reverse("person", args=[pk]) + "?noted=1#note-day")
        return _diary_page(request, person, columns_of(person), form, ColumnForm())
    standing = standing_of(person)
    page = {
        "person": person,
        "quick": quick_form(person) if saved else form,
        "noted": saved,
        "standing": standing,
        "shown": standing.shown(shown_of),
        "beside": saved,
    }
    return render(request, "casebook/today_diary.html", page)  # also what was wrong: the console knows no errors
