"""Marks of what has not been read: set by a comment, taken away by its reader. There is no mail."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from facialis.app.accounts.models import Account
from facialis.app.comments.models import Comment, Unread
from facialis.app.comments.subjects import Subject
from facialis.app.comments.writing import named_in

__all__ = ["MENTION", "REPORT", "mark", "mark_read", "set_marks", "unread_of"]

MENTION, ANSWER, RECORDING, REPORT = "mention", "answer", "recording", "report"


def mark(subject: Subject, comment: Comment, *, mentions_only: bool = False) -> None:
    """Set marks for those whom a comment concerns: whom it names, whom it answers, and whose recording it is on.

    Parameters
    ----------
    subject
        What it is about.
    comment
        The comment, which has been saved.
    mentions_only
        It was edited: who was told of it before is not told again.
    """
    names = {account.name: account.pk for account in subject.named()}
    whys = dict.fromkeys(named_in(comment.text, names), MENTION)
    if not mentions_only:
        if comment.thread is not None:
            others = comment.thread.replies.filter(gone="").values_list("owner", flat=True)
            for number in {comment.thread.owner_id, *others}:
                whys.setdefault(number, ANSWER)
        if subject.person is not None:
            whys.setdefault(subject.person.owner_id, RECORDING)
    whys.pop(comment.owner_id, None)
    seers = set(subject.seers().filter(pk__in=whys).values_list("pk", flat=True))
    set_marks(comment, {number: why for number, why in whys.items() if number in seers})


def set_marks(comment: Comment, whys: dict[int, str]) -> None:
    """Set marks of a comment, by the numbers of those who are to read it; those that are there stay."""
    made = [Unread(owner_id=number, comment=comment, why=why) for number, why in whys.items()]
    Unread.objects.bulk_create(made, ignore_conflicts=True)


def unread_of(account: Account) -> models.QuerySet[Unread]:
    """What an account has not read yet, of what it may still see; the latest first."""
    seen = Comment.objects.visible_to(account)
    return Unread.objects.filter(owner=account, comment__in=seen, comment__gone="")


def mark_read(account: Account, comments: Iterable[Comment] | None = None) -> None:
    """Take marks away: of some comments, or of all."""
    found = Unread.objects.filter(owner=account)
    (found if comments is None else found.filter(comment__in=list(comments))).delete()
