"""All tables of the casebook, where Django looks for them; each stands with its noun."""

from __future__ import annotations

from facialis.app.accounts.models import Account, Authenticator, FailedLogin, Invitation, Passkey, RecoveryCode
from facialis.app.api.models import ReadToken
from facialis.app.audit.models import Entry
from facialis.app.bin.models import Binned
from facialis.app.bundle.models import Arrival, BundleAddress, Received, Sent
from facialis.app.comments.models import Comment, Report, Unread
from facialis.app.course.models import Answering, KeptAnswer
from facialis.app.filming.models import Camera
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person, RemovedRow, Row, Sheet
from facialis.app.phone.models import PhoneLink
from facialis.app.rating.models import Film, Rater, RatingSet, Turn
from facialis.app.recordings.models import Recording, Upload
from facialis.app.review.models import Step
from facialis.app.sharing.models import Issued, Offer, Share
from facialis.app.vault.models import FileKey, PersonKey
from facialis.app.watching.models import Viewing

__all__ = [
    "Account",
    "Answering",
    "Arrival",
    "Authenticator",
    "Binned",
    "BundleAddress",
    "Camera",
    "Comment",
    "Entry",
    "FailedLogin",
    "FileKey",
    "Film",
    "Invitation",
    "Issued",
    "Job",
    "KeptAnswer",
    "Offer",
    "Passkey",
    "Person",
    "PersonKey",
    "PhoneLink",
    "Rater",
    "RatingSet",
    "ReadToken",
    "Received",
    "Recording",
    "RecoveryCode",
    "RemovedRow",
    "Report",
    "Row",
    "Sent",
    "Share",
    "Sheet",
    "Step",
    "Turn",
    "Unread",
    "Upload",
    "Viewing",
]
