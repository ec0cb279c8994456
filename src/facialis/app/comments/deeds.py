"""What can be done with comments: write, edit, delete and put back one's own; remove, resolve and report."""

from __future__ import annotations

import math
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import note
from facialis.app.comments.marks import REPORT, mark, mark_read, set_marks
from facialis.app.comments.models import Comment, Report, Unread
from facialis.app.comments.subjects import Subject, are_there, subject_of
from facialis.app.comments.writing import MOST_CHARACTERS, cleaned, first_moment
from facialis.core.knowledge import wording

__all__ = [
    "EDITED_FOR",
    "KEPT_GONE",
    "Refused",
    "delete_comment",
    "dismiss_reports",
    "edit_comment",
    "forget_comments_of",
    "forget_gone",
    "hide_comment",
    "put_comment_back",
    "reopen_thread",
    "report_comment",
    "resolve_thread",
    "resolves",
    "write_comment",
]

EDITED_FOR = timedelta(minutes=15)
"""Chosen: a slip is seen when it stands there; later an answer may rest on it; 5 - 60 minutes."""
KEPT_GONE = timedelta(minutes=10)
"""Chosen: for how long what was removed can be put back; 1 - 60 minutes."""
_HOUR = timedelta(hours=1)
_MOST_AN_HOUR = 10  # chosen: a conversation, and no flood; 5 - 60
_WRITTEN = "comment_written"


class Refused(Exception):
    """A comment cannot be taken as it is, or now: why, in the language spoken."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(wording(key, **values))


def write_comment(account: Account, subject: Subject, text: str, thread: Comment | None = None) -> Comment:
    """Write a comment, or an answer in a thread.

    Raises
    ------
    Refused
        It is empty or too long, there were ten in the last hour, or the thread was resolved or removed meanwhile.
    PermissionDenied
        The account does not see what it is about, or the thread is about something else.
    """
    _sees(account, subject)
    if thread is not None and (thread.thread_id is not None or subject_of(thread) != subject):
        raise PermissionDenied
    with transaction.atomic():
        kept = _kept(text)
        _check_rate(account)
        if thread is not None:
            _check_open(thread)
        comment = Comment.objects.create(
            owner=account,
            article=subject.article,
            recording=subject.recording,
            thread=thread,
            text=kept,
            at_s=None if subject.recording is None else first_moment(kept),
        )
        mark(subject, comment)
        if thread is not None:  # whoever answers has read what was there
            mark_read(account, Comment.objects.filter(models.Q(pk=thread.pk) | models.Q(thread=thread)))
        note(account, _WRITTEN, comment.pk, person=subject.person)
    return comment


def _kept(text: str) -> str:
    kept = cleaned(text)
    if not kept:
        raise Refused("app_comment_empty")
    if len(kept) > MOST_CHARACTERS:
        raise Refused("app_comment_too_long", over=len(kept) - MOST_CHARACTERS, most=MOST_CHARACTERS)
    return kept


def _check_rate(account: Account) -> None:
    """By the trail: whoever deletes a comment has still written it."""
    since = timezone.now() - _HOUR
    times = list(
        Entry.objects.filter(owner=account, deed=_WRITTEN, made_at__gt=since)
        .order_by("-made_at")
        .values_list("made_at", flat=True)[:_MOST_AN_HOUR]
    )
    if len(times) == _MOST_AN_HOUR:
        left = math.ceil((times[-1] + _HOUR - timezone.now()).total_seconds() / 60)
        raise Refused("app_comment_too_many", most=_MOST_AN_HOUR, minutes=max(1, left))


def _check_open(thread: Comment) -> None:
    thread.refresh_from_db()
    if thread.gone:
        raise Refused("app_comment_gone_meanwhile")
    if thread.resolved_at is not None:
        raise Refused("app_comment_resolved_meanwhile")


def edit_comment(account: Account, comment: Comment, text: str) -> None:
    """Write something else in one's own comment; everybody sees that it was edited.

    Raises
    ------
    Refused
        Its time for that is over, or the text is empty or too long.
    PermissionDenied
        It is somebody else's, or not there any more.
    """
    subject = _own(account, comment)
    with transaction.atomic():
        kept = _kept(text)
        if timezone.now() - comment.made_at > EDITED_FOR:
            raise Refused("app_comment_edit_over", minutes=int(EDITED_FOR.total_seconds() // 60))
        if kept == comment.text:
            return
        comment.text, comment.edited_at = kept, timezone.now()
        comment.at_s = None if subject.recording is None else first_moment(kept)
        comment.save(update_fields=["text", "edited_at", "at_s"])
        mark(subject, comment, mentions_only=True)
        note(account, "comment_edited", comment.pk, person=subject.person)


def delete_comment(account: Account, comment: Comment) -> None:
    """Delete one's own comment; for a moment it can be put back. Where answers hang on it, its place stays."""
    subject = _own(account, comment)
    _remove(account, subject, comment, Comment.Gone.OWN)


def hide_comment(account: Account, comment: Comment) -> None:
    """Remove somebody's comment, as an administrator or as the owner of the recording. Its place stays."""
    subject = _kept_by(account, comment)
    if comment.owner_id == account.pk or comment.gone:
        raise PermissionDenied
    _remove(account, subject, comment, Comment.Gone.HIDDEN)


def _remove(account: Account, subject: Subject, comment: Comment, why: Comment.Gone) -> None:
    with transaction.atomic():
        comment.gone, comment.gone_at, comment.gone_by = why, timezone.now(), account
        comment.save(update_fields=["gone", "gone_at", "gone_by"])
        if why == Comment.Gone.HIDDEN:  # so it has been looked at; with one's own they wait, as it may be put back
            Report.objects.filter(comment=comment).delete()
            Unread.objects.filter(comment=comment, why=REPORT).delete()
        note(
            account,
            "comment_deleted" if why == Comment.Gone.OWN else "comment_hidden",
            comment.pk,
            person=subject.person,
        )


def put_comment_back(account: Account, comment: Comment) -> None:
    """Put back what one has just removed.

    Raises
    ------
    Refused
        Its time for that is over, and the text is not there any more.
    """
    subject = subject_of(comment)
    _sees(account, subject)
    if comment.gone_by_id != account.pk:
        raise PermissionDenied
    if not comment.text or comment.gone_at is None or timezone.now() - comment.gone_at > KEPT_GONE:
        raise Refused("app_comment_back_over")
    with transaction.atomic():
        comment.gone, comment.gone_at, comment.gone_by = "", None, None
        comment.save(update_fields=["gone", "gone_at", "gone_by"])
        note(account, "comment_put_back", comment.pk, person=subject.person)


def resolves(account: Account, subject: Subject, thread: Comment, keepers: set[int]) -> bool:
    """Whether an account may resolve and reopen a thread: on a recording all who see it, on an article who began it."""
    return subject.recording is not None or account.pk == thread.owner_id or account.pk in keepers


def resolve_thread(account: Account, thread: Comment) -> None:
    """Say that a thread is settled: it is folded up, and nobody answers in it until it is opened again."""
    _settle(account, thread, resolved=True)


def reopen_thread(account: Account, thread: Comment) -> None:
    """Open a thread again."""
    _settle(account, thread, resolved=False)


def _settle(account: Account, thread: Comment, *, resolved: bool) -> None:
    subject = subject_of(thread)
    _sees(account, subject)
    if thread.thread_id is not None or not resolves(account, subject, thread, subject.keepers()):
        raise PermissionDenied
    if (thread.resolved_at is not None) == resolved:  # somebody else was faster
        return
    with transaction.atomic():
        thread.resolved_at, thread.resolved_by = (timezone.now(), account) if resolved else (None, None)
        thread.save(update_fields=["resolved_at", "resolved_by"])
        note(account, "comment_resolved" if resolved else "comment_reopened", thread.pk, person=subject.person)


def report_comment(account: Account, comment: Comment) -> None:
    """Ask those who may remove a comment to look at it; its author is not told by whom."""
    subject = subject_of(comment)
    _sees(account, subject)
    if comment.owner_id == account.pk or comment.gone:
        raise PermissionDenied
    with transaction.atomic():
        _, new = Report.objects.get_or_create(owner=account, comment=comment)
        if not new:
            return
        keepers = subject.keepers() - {account.pk, comment.owner_id}
        Unread.objects.filter(comment=comment, owner__in=keepers).delete()
        set_marks(comment, dict.fromkeys(keepers, REPORT))
        note(account, "comment_reported", comment.pk, person=subject.person)


def dismiss_reports(account: Account, comment: Comment) -> None:
    """Leave a comment as it is that was reported."""
    subject = _kept_by(account, comment)
    with transaction.atomic():
        Report.objects.filter(comment=comment).delete()
        Unread.objects.filter(comment=comment, why=REPORT).delete()
        note(account, "comment_reports_dismissed", comment.pk, person=subject.person)


def forget_gone() -> None:
    """Let go for good what was removed a while ago: the text of each, and its place where nobody has answered."""
    over = Comment.objects.filter(gone_at__lt=timezone.now() - KEPT_GONE).exclude(gone="")
    over.exclude(text="").update(text="", at_s=None)
    for kind in (Unread, Report):
        kind.objects.filter(comment__in=over).delete()
    over.filter(gone=Comment.Gone.OWN, thread__isnull=False).delete()
    over.filter(gone=Comment.Gone.OWN, thread=None, replies=None).delete()


def forget_comments_of(account: Account) -> None:
    """The account is going: what it wrote below articles goes, what it wrote on somebody's recording stays theirs."""
    written = Comment.objects.filter(owner=account, recording=None)
    written.filter(gone="").update(gone=Comment.Gone.OWN, gone_by=account)
    long_ago = timezone.now() - 2 * KEPT_GONE
    written.update(text="", gone_at=long_ago)
    for kind in (Unread, Report):
        kind.objects.filter(owner=account).delete()
    Unread.objects.filter(comment__in=written).delete()
    forget_gone()


def _sees(account: Account, subject: Subject) -> None:
    if not are_there() or not subject.seen_by(account):
        raise PermissionDenied


def _own(account: Account, comment: Comment) -> Subject:
    subject = subject_of(comment)
    _sees(account, subject)
    if comment.owner_id != account.pk or comment.gone:
        raise PermissionDenied
    return subject


def _kept_by(account: Account, comment: Comment) -> Subject:
    subject = subject_of(comment)
    _sees(account, subject)
    if account.pk not in subject.keepers():
        raise PermissionDenied
    return subject
