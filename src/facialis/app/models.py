"""All tables of the casebook, where Django looks for them; each stands with its noun."""

from __future__ import annotations

from facialis.app.accounts.models import Account, FailedLogin
from facialis.app.audit.models import Entry
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person, Row, Sheet
from facialis.app.recordings.models import Recording, Upload
from facialis.app.review.models import Step

__all__ = ["Account", "Entry", "FailedLogin", "Job", "Person", "Recording", "Row", "Sheet", "Step", "Upload"]
