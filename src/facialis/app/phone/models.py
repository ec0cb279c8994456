"""A link by which a phone may send one film."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording, Upload

__all__ = ["AFTERWARDS", "LASTS", "MOST", "PhoneLink", "hashed", "new_secret"]

LASTS = timedelta(minutes=10)
"""Chosen: time to fetch a phone and film a minute; 5 - 30 minutes."""
MOST = timedelta(hours=2)
"""Chosen: a film that is on its way may arrive, 8 GB over a slow Wi-Fi; 1 - 6 h."""
AFTERWARDS = timedelta(minutes=1)
"""Chosen: a phone to which the answer to its last piece was lost asks again by then; 0.5 - 5 minutes."""


def new_secret() -> str:
    """What stands in the address of a link: 192 bits that nobody can guess."""
    return secrets.token_urlsafe(24)


def hashed(secret: str) -> str:
    """What is kept of it. It is random and long, so that one round of a plain hash cannot be undone by trying."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class PhoneLink(Owned):
    """A link that takes one film for one person. Its secret is not kept, only a hash of it.

    ``until``: when it ends by itself; a film that is on its way moves it on, to two hours at most. ``opened``: a phone
    has asked for its page. ``refused``: why the last film was not taken, in the language of the phone.
    """

    class State(models.TextChoices):
        """What has become of it."""

        OPEN = "open"
        USED = "used"
        REVOKED = "revoked"
        EXPIRED = "expired"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="phone_links")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN, db_index=True)
    opened = models.BooleanField(default=False)
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recording = models.ForeignKey(Recording, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    refused = models.TextField(blank=True)

    objects: ClassVar[OwnedQuery[PhoneLink]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-pk"]

    @property
    def is_open(self) -> bool:
        """Whether a film may still come by it."""
        return self.state == self.State.OPEN and timezone.now() < self.until

    @property
    def is_known(self) -> bool:
        """Whether a phone is still answered: while it is open, and for a moment after a film has come by it."""
        return self.state in (self.State.OPEN, self.State.USED) and timezone.now() < self.until

    def use_up(self, recording: Recording) -> None:
        """A film has come by it."""
        self.state, self.recording, self.upload = self.State.USED, recording, None
        self.until = timezone.now() + AFTERWARDS
        self.save(update_fields=["state", "recording", "upload", "until"])

    def lasts_on(self) -> None:
        """A film is on its way: do not end before it has arrived."""
        self.until = min(max(self.until, timezone.now() + LASTS), self.made_at + MOST)
        self.save(update_fields=["until"])
