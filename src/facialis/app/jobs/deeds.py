"""What can be done with a job."""

from __future__ import annotations

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.jobs.models import Job
from facialis.app.jobs.queue import put_in
from facialis.app.people.deeds import own
from facialis.core.knowledge import spoken

__all__ = ["do_again", "stop"]


def stop(account: Account, job: Job) -> None:
    """Leave a recording unmeasured: at once where it still waits, in a moment where it is being measured."""
    own(account, job.recording.person)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(state=Job.State.STOPPED)
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(stop_asked=True)
        note(account, "job_stopped", job.recording_id, person=job.recording.person)


def do_again(account: Account, job: Job) -> None:
    """Measure a recording that was stopped, or could not be measured, once more.

    One that was measured stays as it is: its result would be gone until there is another, which would be the same.
    """
    own(account, job.recording.person)
    with transaction.atomic():
        if job.state in (Job.State.FAILED, Job.State.STOPPED):
            job.language = spoken()
            put_in(job)
            note(account, "job_begun_again", job.recording_id, person=job.recording.person)
