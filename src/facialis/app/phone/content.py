"""What the desk shows of a link: its code while it is open, how far the film is, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from facialis.app.people.models import Person
from facialis.app.phone.door import DOOR
from facialis.app.phone.models import PhoneLink
from facialis.app.phone.pieces import arrived_bytes
from facialis.report.session.verdict import duration_words

__all__ = ["Standing", "open_link_of", "standing_of"]

_EARLY = 0.03  # chosen: before this share of a film nobody can say how long the rest takes; 0.02 - 0.1


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A link as it stands.

    ``url`` is empty where no phone can come by it. ``percent`` of a film is here, None where none is on its way.
    ``left``: how long the rest takes, in words, empty where it is too early to say. ``ends``: how long the link lasts.
    """

    link: PhoneLink | None = None
    url: str = ""
    percent: int | None = None
    left: str = ""
    ends: str = ""


def open_link_of(person: Person) -> PhoneLink | None:
    """The link by which a film of a person may come just now."""
    link = PhoneLink.objects.filter(person=person).select_related("upload").first()
    return link if link is not None and link.is_open and DOOR.url(link) else None


def standing_of(person: Person) -> Standing:
    """How the latest link of a person stands."""
    link = PhoneLink.objects.filter(person=person).select_related("upload").first()
    if link is None or not link.is_open:
        return Standing(link=link)
    percent, left = None, ""
    if link.upload is not None:
        share = min(1.0, arrived_bytes(link.upload) / max(1, link.upload.size_bytes or 0))
        percent = min(99, int(100 * share))
        if share >= _EARLY:
            spent_s = (timezone.now() - link.upload.made_at).total_seconds()
            left = duration_words(max(1.0, spent_s * (1 - share) / share))
    ends = duration_words(max(1.0, (link.until - timezone.now()).total_seconds()))
    return Standing(link=link, url=DOOR.url(link), percent=percent, left=left, ends=ends)
