"""The diary and the treatments in the page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.diary.deeds import add_diary_day, add_treatment, columns_of, follow_more
from facialis.app.diary.forms import (
    Column,
    ColumnForm,
    DayForm,
    TreatmentForm,
    kind_in_words,
    unit_in_words,
)
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread, delete_row
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.core.knowledge import plain_name
from facialis.files.columns import DIARY, QUESTIONNAIRES, TREATMENTS

__all__ = ["add_column", "diary", "remove_row", "treatments"]

_SHOWN_DAYS = 60  # chosen: as many as are looked through; all are in the table that can be taken away; 14 - 365

_PAGES = {DIARY.file: "diary", TREATMENTS.file: "treatments", QUESTIONNAIRES.file: "questionnaires"}


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
    }
    return render(request, "casebook/diary.html", page, status=422 if form.errors or more.errors else 200)


def _noted(person: Person, columns: tuple[Column, ...], asked: str) -> dict[str, Any]:
    """What was noted on the day that is asked for, or on today."""
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    try:
        day = min(date.fromisoformat(asked), today) if asked else today
    except ValueError:
        day = today
    noted = next((cells for _, cells in cells_of(sheet_for(person, DIARY)) if cells.get("date") == str(day)), {})
    values = {f"value_{number}": noted.get(column.label, "") for number, column in enumerate(columns)}
    return {"day": day, "yesterday": day - timedelta(days=1), **values, "note": noted.get("note", "")}


@require_http_methods(["GET", "POST"])
def treatments(request: HttpRequest, pk: int) -> HttpResponse:
    """Treatments, and one more to write down."""
    person = person_of(request, pk)
    form = TreatmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_treatment(account_of(request), person, form.cells())
            return redirect("treatments", pk)
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    written = reversed(cells_of(sheet_for(person, TREATMENTS)))
    rows = [(row, kind_in_words(cells.get("kind", "")), cells) for row, cells in written]
    page = {"person": person, "form": form, "rows": rows}
    return render(request, "casebook/treatments.html", page, status=422 if form.errors else 200)


@require_POST
def remove_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a day of the diary, a treatment or a questionnaire."""
    row = get_object_or_404(Row.objects.visible_to(request.user).select_related("sheet__person"), pk=pk)
    delete_row(account_of(request), row)
    return redirect(_PAGES.get(row.sheet.file, "person"), row.sheet.person_id)
