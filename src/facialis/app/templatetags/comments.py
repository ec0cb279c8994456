"""Comments on a page: those on an article or a recording, and how many have not been read."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from facialis.app.accounts.models import Account
from facialis.app.comments.content import Talk, talk_of
from facialis.app.comments.marks import unread_of
from facialis.app.comments.subjects import Subject, are_there
from facialis.app.recordings.models import Recording

__all__ = ["article_talk", "comments_are_there", "comments_way", "recording_talk", "register"]

register = template.Library()
_COUNTED = "unread_comments"


@register.simple_tag(takes_context=True)
def article_talk(context: RequestContext, key: str) -> Talk | None:
    """The comments below an article; None for whoever has not logged in, and where one account is the only one."""
    user = context["request"].user
    return talk_of(user, Subject(article=key)) if isinstance(user, Account) else None


@register.simple_tag(takes_context=True)
def recording_talk(context: RequestContext, recording: Recording) -> Talk | None:
    """The comments on a recording; None where one account is the only one."""
    user = context["request"].user
    return talk_of(user, Subject(recording=recording)) if isinstance(user, Account) else None


@register.simple_tag
def comments_are_there() -> bool:
    """Whether whoever logs in could write a comment."""
    return are_there()


@register.inclusion_tag("casebook/comments_way.html", takes_context=True)
def comments_way(context: RequestContext, *, icon: str = "", badge: bool = False) -> dict[str, Any]:
    """The way to what has not been read, with how much that is; nothing where there are no comments.

    Parameters
    ----------
    context
        That of the page.
    icon
        The drawing beside it (``casebook/icon.html``); empty: none.
    badge
        How much it is alone, for whatever hides the way.
    """
    request = context["request"]
    kept = vars(request)
    if _COUNTED not in kept:
        kept[_COUNTED] = unread_of(request.user).count() if are_there() else None
    match = request.resolver_match
    here = match is not None and match.url_name == "my_comments"
    return {"count": kept[_COUNTED], "current": here, "icon": icon, "badge": badge}
