"""The history in the page."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from facialis.app.history.deeds import history_of, write_history
from facialis.app.history.forms import HistoryForm
from facialis.app.history.groups import GROUPS, group_of, groups_of
from facialis.app.history.written import Answer, answers_as_written
from facialis.app.people.access import account_of, person_of
from facialis.app.people.casefiles import read_alone
from facialis.app.people.deeds import Unread
from facialis.app.people.models import Person
from facialis.app.sharing.access import guest_of
from facialis.core.errors import FormatError
from facialis.core.person.casefile import Casefile

__all__ = ["history"]


@require_http_methods(["GET", "POST"])
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions about a person, with what was answered."""
    person = person_of(request, pk)
    try:
        sheet = history_of(person)
        case, raw = read_alone(sheet, ()), answers_as_written(sheet.opening)
    except FormatError as error:  # what is written there stays as it is
        page = {"person": person, "unread": str(error)}
        return render(request, "casebook/history.html", page, status=422 if request.method == "POST" else 200)
    sent = request.POST.get("group", "") if request.method == "POST" else ""
    only = GROUPS.get(sent)
    form = HistoryForm(raw, case, request.POST or None, only=only)
    saved = False
    if guest_of(request) is not None:
        return render(request, "casebook/shared_history.html", {"person": person, "answers": form.answers_in_words()})
    if request.method == "POST" and form.is_valid():
        try:
            write_history(account_of(request), person, form.changed_answers())
            saved = True
        except Unread as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, problem.message)
    if "HX-Request" in request.headers and only is not None:
        return _beside(request, person, sent, form, saved=saved)
    if saved:
        return redirect(f"{request.path}?saved={sent or 1}{f'#group-{sent}' if sent else ''}")
    groups = groups_of(raw, case)
    if form.errors:
        wrong = {key: _sent(form, raw, case, key) for key in GROUPS if sent in ("", key)}
        groups = [group_of(group.key, raw, case, wrong.get(group.key)) for group in groups]
    page = {
        "person": person,
        "form": form,
        "groups": groups,
        "follow_ups": HistoryForm(raw, case).open_follow_ups,
        "saved": request.GET.get("saved", "") if not form.is_bound else "",
    }
    return render(request, "casebook/history.html", page, status=422 if form.errors else 200)


def _sent(form: HistoryForm, raw: Mapping[str, Answer], case: Casefile, key: str) -> HistoryForm:
    """A group as it was sent, with what is wrong with it."""
    part = HistoryForm(raw, case, form.data, only=GROUPS[key])
    for name, errors in form.errors.items():
        if name in part.fields and name not in part.errors:
            part.add_error(name, [str(error) for error in errors])
    return part


def _beside(request: HttpRequest, person: Person, key: str, form: HistoryForm, *, saved: bool) -> HttpResponse:
    """What is said beside a group that was saved as somebody went on: the fields stay as they are.

    That an answer was not saved is said in words as well; as an error of the address it would stand in the console.
    """
    sheet = history_of(person)
    case, raw = read_alone(sheet, ()), answers_as_written(sheet.opening)
    groups = groups_of(raw, case)
    now = next(group for group in groups if group.key == key)
    page = {
        "person": person,
        "group": now,
        "groups": groups,
        "form": form,
        "saved": saved,
        "further": saved and set(now.form.fields) != set(form.fields),
    }
    return render(request, "casebook/history_saved.html", page)
