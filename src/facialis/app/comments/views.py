"""Comments in the page: writing one, everything that can be done with one, and what has not been read."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.accounts.models import Account
from facialis.app.comments import deeds
from facialis.app.comments.content import Draft, lines_of, talk_of
from facialis.app.comments.forms import CommentForm
from facialis.app.comments.marks import mark_read
from facialis.app.comments.models import Comment
from facialis.app.comments.subjects import Subject, are_there, subject_of
from facialis.app.people.access import account_of
from facialis.app.recordings.models import Recording
from facialis.core.knowledge import wording

__all__ = [
    "delete",
    "dismiss",
    "edit",
    "hide",
    "my_comments",
    "put_back",
    "read",
    "read_all",
    "recording_comments",
    "reopen",
    "report",
    "resolve",
    "write",
]


@require_http_methods(["GET", "POST"])
def recording_comments(request: HttpRequest, pk: int) -> HttpResponse:
    """The comments on a recording, on a page of their own; and one more."""
    recording = get_object_or_404(Recording.objects.visible_to(request.user).select_related("person"), pk=pk)
    subject = Subject(recording=recording)
    return write(request, subject) if request.method == "POST" else _page(request, subject)


def write(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Take a comment, or say why not beside what was written."""
    if not are_there():
        raise Http404
    text, answered = _told(request)
    thread = get_object_or_404(subject.comments(), pk=answered) if answered else None
    try:
        with transaction.atomic():  # what is not taken opens nothing either
            if thread is not None and "reopen" in request.POST:
                deeds.reopen_thread(account_of(request), thread)
            made = deeds.write_comment(account_of(request), subject, text, thread)
    except deeds.Refused as refused:
        return _page(request, subject, Draft(text, str(refused), thread=answered))
    return _answer(request, subject, made.pk, "app_comment_said_posted")


@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write something else in one's own comment."""
    comment, (text, _) = _comment(request, pk), _told(request)
    subject = subject_of(comment)
    try:
        deeds.edit_comment(account_of(request), comment, text)
    except deeds.Refused as refused:
        return _page(request, subject, Draft(text, str(refused), edit=pk))
    return _answer(request, subject, pk, "app_comment_said_edited")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete one's own comment."""
    return _do(request, pk, deeds.delete_comment, "app_comment_said_deleted")


@require_POST
def put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put back what one has just removed."""
    return _do(request, pk, deeds.put_comment_back, "app_comment_said_back")


@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove somebody's comment, as an administrator or the owner of the recording."""
    return _do(request, pk, deeds.hide_comment, "app_comment_said_hidden")


@require_POST
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a thread as settled."""
    return _do(request, pk, deeds.resolve_thread, "app_comment_said_resolved")


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a settled thread again."""
    return _do(request, pk, deeds.reopen_thread, "app_comment_said_reopened")


@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask those who may remove a comment to look at it."""
    return _do(request, pk, deeds.report_comment, "app_comment_said_reported")


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a comment as it is that was reported."""
    return _do(request, pk, deeds.dismiss_reports, "app_comment_said_dismissed")


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Have read a comment."""
    return _do(request, pk, lambda account, comment: mark_read(account, [comment]), "app_comment_said_read")


def _do(request: HttpRequest, pk: int, does: Callable[[Account, Comment], None], said: str) -> HttpResponse:
    """Do something with a comment, and show it where it stands."""
    comment = _comment(request, pk)
    subject = subject_of(comment)
    try:
        does(account_of(request), comment)
    except deeds.Refused as refused:
        return _page(request, subject, Draft("", str(refused)))
    return _answer(request, subject, pk, said)


@require_GET
def my_comments(request: HttpRequest) -> HttpResponse:
    """What one has not read."""
    return render(
        request, "casebook/my_comments.html", {"lines": lines_of(account_of(request)), "alone": not are_there()}
    )


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Have read everything."""
    mark_read(account_of(request))
    return redirect("my_comments")


def _comment(request: HttpRequest, pk: int) -> Comment:
    found = Comment.objects.visible_to(request.user).select_related("recording__person", "thread", "owner")
    return get_object_or_404(found, pk=pk)


def _told(request: HttpRequest) -> tuple[str, int]:
    """What was written, and the number of the thread that it answers; 0: of none."""
    form = CommentForm(request.POST)
    form.is_valid()
    return form.cleaned_data.get("text", ""), form.cleaned_data.get("thread") or 0


def _is_part(request: HttpRequest) -> bool:
    """Whether the page's script asks, which puts the answer in the place of what was there."""
    return "HX-Request" in request.headers


def _page(
    request: HttpRequest, subject: Subject, draft: Draft | None = None, *, focus: int = 0, said: str = ""
) -> HttpResponse:
    account = account_of(request)
    talk = talk_of(account, subject, draft)
    if talk is None:
        raise Http404
    page = {"talk": talk, "person": subject.person, "recording": subject.recording, "focus": focus, "said": said}
    page["back"] = _next(request, subject)
    name = "casebook/talk.html" if _is_part(request) else "casebook/comments.html"
    return render(request, name, page, status=200 if draft is None else 422)


def _answer(request: HttpRequest, subject: Subject, focus: int, said: str) -> HttpResponse:
    if _is_part(request):
        return _page(request, subject, focus=focus, said=wording(said))
    return redirect(f"{_next(request, subject)}#comment-{focus}")


def _next(request: HttpRequest, subject: Subject) -> str:
    """The page from which it was sent, where that is one of the casebook's."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else subject.address
