"""The queue: jobs are taken under a lease, kept while they are worked on, and given back when a worker is gone."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from facialis.app.jobs.models import Job
from facialis.core.errors import FacialisError
from facialis.core.messages import said

__all__ = ["LEASE", "MOST_ATTEMPTS", "end", "fail", "give_back", "put_in", "renew", "return_unharmed", "take"]

LEASE = timedelta(seconds=30)
"""Chosen: a worker renews it every few seconds; a computer that stood still for longer lost its work; 15 - 120 s."""
MOST_ATTEMPTS = 3
"""Chosen: a recording whose worker died thrice will kill the next one as well; 2 - 5."""


def put_in(job: Job) -> None:
    """Let a job be done, for the first time or again."""
    job.state, job.attempts, job.stop_asked, job.leased_until, job.worker = Job.State.WAITING, 0, False, None, ""
    job.error_code = job.error_message = job.error_advice = ""
    job.save()


def take(worker: str) -> Job | None:
    """The job that has waited longest, now this worker's; None where there is none."""
    with transaction.atomic():
        give_back(expired=True)
        job = Job.objects.filter(state=Job.State.WAITING).order_by("pk").first()
        if job is None:
            return None
        job.state, job.worker, job.leased_until = Job.State.RUNNING, worker, timezone.now() + LEASE
        job.attempts += 1
        job.save()
        return job


def renew(job: Job, worker: str) -> bool:
    """Keep a job for another while; False where it has been taken away or shall be stopped."""
    held = Job.objects.filter(pk=job.pk, worker=worker, state=Job.State.RUNNING)
    return held.filter(stop_asked=False).update(leased_until=timezone.now() + LEASE) == 1


def end(job: Job, worker: str, state: Job.State) -> bool:
    """Say how a job ended; False where it is no longer this worker's, whose result then does not count."""
    held = Job.objects.filter(pk=job.pk, worker=worker, state=Job.State.RUNNING)
    return held.update(state=state, leased_until=None, worker="") == 1


def fail(job: Job, worker: str, error: FacialisError) -> None:
    """Say why a job cannot be done."""
    with transaction.atomic():
        if end(job, worker, Job.State.FAILED):
            Job.objects.filter(pk=job.pk).update(
                error_code=error.code or type(error).__name__, error_message=error.message, error_advice=error.advice
            )


def give_back(*, worker: str = "", expired: bool = False, unharmed: bool = False) -> None:
    """Let others have the jobs of a worker that is gone, or those whose lease has run out.

    ``unharmed``: the program is being ended and the worker was made to leave, which does not count as an attempt.
    """
    gone = Job.objects.filter(state=Job.State.RUNNING)
    gone = gone.filter(leased_until__lt=timezone.now()) if expired else gone.filter(worker=worker)
    words = said("job_died", attempts=MOST_ATTEMPTS)
    gone.filter(stop_asked=True).update(state=Job.State.STOPPED, leased_until=None, worker="")
    if unharmed:
        gone.update(state=Job.State.WAITING, leased_until=None, worker="", attempts=F("attempts") - 1)
        return
    gone.filter(attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED,
        leased_until=None,
        worker="",
        error_code="worker_died",
        error_message=words["message"],
        error_advice=words["advice"],
    )
    gone.update(state=Job.State.WAITING, leased_until=None, worker="")


def return_unharmed(job: Job, worker: str) -> None:
    """Give a job back that nothing is wrong with: the program is being ended. It does not count as an attempt."""
    held = Job.objects.filter(pk=job.pk, worker=worker, state=Job.State.RUNNING)
    held.update(state=Job.State.WAITING, leased_until=None, worker="", attempts=F("attempts") - 1)
