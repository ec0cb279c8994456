"""A job in the page: how far it is, and leaving it or doing it again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from facialis.app.accounts.models import Account
from facialis.app.jobs.deeds import do_again, stop
from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import read_progress

__all__ = ["begin_again", "progress", "stop_job"]


def _job(request: HttpRequest, pk: int) -> tuple[Account, Job]:
    account = request.user
    assert isinstance(account, Account)
    return account, get_object_or_404(Job.objects.visible_to(account), recording_id=pk)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the measurement of a recording is; the whole page is asked for again when it has ended."""
    _, job = _job(request, pk)
    answer = render(request, "casebook/progress.html", {"job": job, "progress": read_progress(job.pk)})
    if not job.is_open:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def stop_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a recording unmeasured."""
    stop(*_job(request, pk))
    return redirect("recording", pk)


@require_POST
def begin_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Measure a recording once more."""
    do_again(*_job(request, pk))
    return redirect("recording", pk)
