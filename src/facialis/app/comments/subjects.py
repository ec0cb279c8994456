"""What comments are about: who may see them, whom they may name, and who may remove any of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import Q
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.comments.models import Comment
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.sharing.access import may
from facialis.app.sharing.models import Share

__all__ = ["SCOPE", "Subject", "are_there", "subject_of"]

SCOPE = "recordings"
"""What has to be shared of a person for the comments on their recordings."""


def are_there() -> bool:
    """Whether there are comments at all: not where one account is the only one, and would talk to itself."""
    return len(Account.objects.open().order_by().values_list("pk")[:2]) > 1


@dataclass(frozen=True)
class Subject:
    """An article of the library, by its key, or a recording: one of the two."""

    article: str = ""
    recording: Recording | None = None

    @property
    def person(self) -> Person | None:
        """Whose recording it is; None: an article is nobody's."""
        return None if self.recording is None else self.recording.person

    @property
    def address(self) -> str:
        """Where it can be read."""
        if self.recording is None:
            return reverse("open_article", args=[self.article])
        return reverse("recording", args=[self.recording.pk])

    @property
    def post_address(self) -> str:
        """Where a comment is sent to."""
        return self.address if self.recording is None else reverse("recording_comments", args=[self.recording.pk])

    def comments(self) -> models.QuerySet[Comment]:
        """All comments, the oldest first."""
        if self.recording is None:
            return Comment.objects.filter(article=self.article, recording=None)
        return Comment.objects.filter(recording=self.recording)

    def seen_by(self, account: Account) -> bool:
        """Whether an account may see it."""
        return self.recording is None or may(account, self.recording.person, SCOPE)

    def seers(self) -> models.QuerySet[Account]:
        """All accounts that may see it."""
        found = Account.objects.open().order_by("name")
        if self.recording is None:
            return found
        person = self.recording.person
        shared = Share.objects.now(scope=SCOPE).filter(person=person).order_by().values("clinician")
        return found.filter(Q(pk=person.owner_id) | Q(pk__in=shared))

    def named(self) -> models.QuerySet[Account]:
        """Those who can be mentioned.

        Of those who may see an article only they who have written below one, and administrators: whoever only reads
        has not told anybody here that they have an account.
        """
        if self.recording is not None:
            return self.seers()
        wrote = Comment.objects.filter(recording=None, gone="").order_by().values("owner")
        return self.seers().filter(Q(administrator=True) | Q(pk__in=wrote))

    def keepers(self) -> set[int]:
        """Numbers of the accounts that may remove any comment: administrators, or the owner of the recording."""
        if self.recording is not None:
            return {self.recording.person.owner_id}
        return set(Account.objects.open().filter(administrator=True).values_list("pk", flat=True))


def subject_of(comment: Comment) -> Subject:
    """What a comment is about."""
    return Subject(article=comment.article, recording=comment.recording)
