"""A comment, a mark that somebody has not read it, and a report of it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.recordings.models import Recording

__all__ = ["Comment", "CommentQuery", "Report", "Unread"]


class CommentQuery(OwnedQuery["Comment"]):
    """Comments, and those that somebody may see."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> CommentQuery:
        """Those on articles, and those on recordings that the user may see; one's own go with the recording."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(recording=None) | models.Q(recording__in=Recording.objects.visible_to(user)))


class Comment(Owned):
    """What its ``owner`` wrote below an article, named by its key, or on a recording; it goes with the recording.

    ``thread`` is the comment that it answers; None: it begins a thread. ``at_s`` is the first moment of the recording
    that it names. ``gone`` says by what right it was removed; empty: it is there. Its text is kept for a moment then.
    """

    class Gone(models.TextChoices):
        """Why it is not there any more."""

        OWN = "own"
        HIDDEN = "hidden"

    article = models.CharField(max_length=80, blank=True)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, null=True, blank=True, related_name="comments")
    thread = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    text = models.TextField()
    at_s = models.FloatField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gone = models.CharField(max_length=10, choices=Gone, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar[CommentQuery] = CommentQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The oldest first, found by the article."""

        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["article"], name="comment_of_an_article")]


class Unread(Owned):
    """A comment that its ``owner`` has not read yet, and why they should: mention, answer, recording or report."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="unread")
    why = models.CharField(max_length=10)

    objects: ClassVar[OwnedQuery[Unread]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first, one of a comment."""

        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "comment"], name="one_unread_mark")]


class Report(Owned):
    """That its ``owner`` asks for a comment to be looked at."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")

    objects: ClassVar[OwnedQuery[Report]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One of a comment and an account."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "comment"], name="one_report")]
