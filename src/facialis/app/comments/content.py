"""What is shown of comments: threads with what may be done in them, and what somebody has not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.reading import note_look
from facialis.app.comments.deeds import EDITED_FOR, KEPT_GONE, resolves
from facialis.app.comments.marks import unread_of
from facialis.app.comments.models import Comment, Report, Unread
from facialis.app.comments.subjects import Subject, are_there, subject_of
from facialis.app.comments.writing import Part, parts_of
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.guide.library import articles

__all__ = ["Draft", "Line", "Said", "Talk", "Thread", "lines_of", "talk_of"]

_EXCERPT = 160  # chosen: two lines on a phone; 80 - 300
_MOST_LINES = 100  # chosen: whoever has more unread reads the latest first; 20 - 500


@dataclass(frozen=True)
class Draft:
    """What was written and not taken, and why. ``edit`` and ``thread``: the comment that it was to change or answer."""

    text: str
    problem: str
    edit: int = 0
    thread: int = 0


@dataclass(frozen=True, kw_only=True)
class Said:
    """One comment. ``gone``: what stands in its place; ``deeds``: routes of what may be done with it, and their words.

    ``reports``: by how many it was reported, for who may remove it; ``reported``: whoever looks has reported it.
    """

    pk: int
    who: str
    when: datetime
    edited: bool
    parts: tuple[Part, ...]
    text: str
    gone: str
    reports: int
    reported: bool
    unread: bool
    can_edit: bool
    deeds: tuple[tuple[str, str], ...]

    @property
    def box(self) -> str:
        """What the box for editing it is called in the page."""
        return f"edit-{self.pk}"


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A comment with its answers. ``resolved``: who settled it and when; empty: it is open."""

    first: Said
    replies: tuple[Said, ...]
    resolved: str
    may_resolve: bool

    @property
    def box(self) -> str:
        """What the box for an answer is called in the page."""
        return f"answer-{self.first.pk}"

    @property
    def reopens(self) -> bool:
        """Whether whoever looks can open it again and answer at once."""
        return bool(self.resolved) and self.may_resolve

    @property
    def answered(self) -> bool:
        """Whether anybody can answer in it now."""
        return not self.resolved and not self.first.gone


@dataclass(frozen=True, kw_only=True)
class Talk:
    """All comments of a subject, for whoever looks. ``moments``: it has some; ``names``: who can be mentioned."""

    post: str
    page: str
    moments: bool
    me: str
    names: tuple[str, ...]
    threads: tuple[Thread, ...]
    draft: Draft | None

    @property
    def open(self) -> tuple[Thread, ...]:
        """What is not settled."""
        return tuple(thread for thread in self.threads if not thread.resolved)

    @property
    def settled(self) -> tuple[Thread, ...]:
        """What is."""
        return tuple(thread for thread in self.threads if thread.resolved)

    @property
    def draft_settled(self) -> bool:
        """Whether what was not taken belongs to something that is settled."""
        return self.draft is not None and any(self.draft.thread == thread.first.pk for thread in self.settled)


@dataclass(frozen=True, kw_only=True)
class _Eyes:
    """Who looks at a subject, and what is known of it for all its comments at once."""

    account: Account
    subject: Subject
    keepers: frozenset[int]
    names: tuple[str, ...]
    unread: frozenset[int]
    reports: Counter[int]
    reported: frozenset[int]


def talk_of(account: Account, subject: Subject, draft: Draft | None = None) -> Talk | None:
    """The comments of a subject; None: there are none in a casebook of one account."""
    if not are_there() or not subject.seen_by(account):
        return None
    found = list(subject.comments().select_related("owner", "resolved_by", "gone_by"))
    told = list(Report.objects.filter(comment__in=found).values_list("comment", "owner")) if found else []
    names = tuple(subject.named().values_list("name", flat=True))
    eyes = _Eyes(
        account=account,
        subject=subject,
        keepers=frozenset(subject.keepers()),
        names=names,
        unread=frozenset(unread_of(account).filter(comment__in=found).values_list("comment", flat=True)),
        reports=Counter(comment for comment, _ in told),
        reported=frozenset(comment for comment, who in told if who == account.pk),
    )
    replies: dict[int, list[Comment]] = {}
    for comment in found:
        if comment.thread_id is not None and _stays(comment, account, answered=False):
            replies.setdefault(comment.thread_id, []).append(comment)
    threads = tuple(
        _thread(first, replies.get(first.pk, []), eyes)
        for first in found
        if first.thread_id is None and _stays(first, account, answered=first.pk in replies)
    )
    if draft is not None and draft.thread not in {thread.first.pk for thread in threads}:
        draft = replace(draft, thread=0)  # it is not there any more; what was written is
    return Talk(
        post=subject.post_address,
        page=subject.address,
        moments=subject.recording is not None,
        me=account.name,
        names=tuple(name for name in names if name != account.name),
        threads=threads,
        draft=draft,
    )


def _stays(comment: Comment, account: Account, *, answered: bool) -> bool:
    """Whether anything is shown in the place of a comment."""
    return comment.gone != Comment.Gone.OWN or answered or _can_be_back(comment, account)


def _can_be_back(comment: Comment, account: Account) -> bool:
    mine = bool(comment.gone) and comment.gone_by_id == account.pk and bool(comment.text)
    return mine and comment.gone_at is not None and timezone.now() - comment.gone_at <= KEPT_GONE


def _thread(first: Comment, replies: list[Comment], eyes: _Eyes) -> Thread:
    resolved = ""
    if first.resolved_at is not None:
        resolved = wording("app_comment_resolved_by", who=_name(first.resolved_by))
    may_resolve = not first.gone and resolves(eyes.account, eyes.subject, first, set(eyes.keepers))
    shown = tuple(_said(reply, eyes) for reply in replies)
    return Thread(first=_said(first, eyes), replies=shown, resolved=resolved, may_resolve=may_resolve)


def _said(comment: Comment, eyes: _Eyes) -> Said:
    text, mine = "" if comment.gone else comment.text, comment.owner_id == eyes.account.pk
    return Said(
        pk=comment.pk,
        who=_name(comment.owner),
        when=comment.made_at,
        edited=comment.edited_at is not None,
        parts=parts_of(text, eyes.names, moments=eyes.subject.recording is not None),
        text=text,
        gone=_gone(comment, eyes.account),
        reports=eyes.reports[comment.pk] if eyes.account.pk in eyes.keepers else 0,
        reported=comment.pk in eyes.reported,
        unread=comment.pk in eyes.unread,
        can_edit=mine and not comment.gone and timezone.now() - comment.made_at <= EDITED_FOR,
        deeds=tuple((route, wording(f"app_comment_do_{route}")) for route in _deeds(comment, eyes)),
    )


def _deeds(comment: Comment, eyes: _Eyes) -> Iterator[str]:
    """What whoever looks may do with a comment; editing has a box of its own."""
    me = eyes.account.pk
    if comment.gone:
        if _can_be_back(comment, eyes.account):
            yield "put_comment_back"
        return
    if comment.pk in eyes.unread:
        yield "read_comment"
    if comment.owner_id == me:
        yield "delete_comment"
    elif me in eyes.keepers:
        yield "hide_comment"
        if eyes.reports[comment.pk]:
            yield "dismiss_reports"
    elif comment.pk not in eyes.reported and eyes.keepers - {comment.owner_id}:
        yield "report_comment"


def _gone(comment: Comment, account: Account) -> str:
    if not comment.gone:
        return ""
    if comment.gone_by_id == account.pk and _can_be_back(comment, account):
        return wording("app_comment_gone_mine")
    return wording("app_comment_gone_by", who=_name(comment.gone_by))


def _name(account: object) -> str:
    """Whose it is; an account that was deleted has no name."""
    if not isinstance(account, Account) or account.closed_at is not None:
        return wording("app_comment_nobody")
    return account.name


@dataclass(frozen=True, kw_only=True)
class Line:
    """A comment that has not been read: why, where, from whom, how it begins, and where it stands."""

    pk: int
    why: str
    where: str
    who: str
    when: datetime
    excerpt: str
    address: str


def lines_of(account: Account) -> tuple[Line, ...]:
    """What an account has not read. That it was shown something of somebody else's is written into the trail."""
    if not are_there():
        return ()
    marks = unread_of(account).select_related("comment__owner", "comment__recording__person")[:_MOST_LINES]
    titles = {item.key: item.title for item in articles()}
    shown = [item for item in marks if item.comment.recording is not None or item.comment.article in titles]
    theirs = {item.comment.recording.person for item in shown if item.comment.recording is not None}
    for person in theirs:
        if person.owner_id != account.pk:
            note_look(account, person, "comments")
    return tuple(_line(item, titles) for item in shown)


def _line(item: Unread, titles: dict[str, str]) -> Line:
    comment = item.comment
    recording = comment.recording
    where = titles.get(comment.article, "")
    if recording is not None:
        where = wording("app_comment_on_recording", day=spoken_day(recording.day), whose=recording.person.name)
    text = "".join(part.text for part in parts_of(comment.text, (), moments=recording is not None))
    short = text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()} …"
    return Line(
        pk=comment.pk,
        why=wording(f"app_comment_why_{item.why}"),
        where=where,
        who=_name(comment.owner),
        when=comment.made_at,
        excerpt=short,
        address=f"{subject_of(comment).address}#comment-{comment.pk}",
    )
