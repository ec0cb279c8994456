"""The address of an account for bundles, what was sent and received, and what is just coming in."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person
from facialis.app.recordings.models import new_token

__all__ = ["Arrival", "BundleAddress", "Received", "Sent"]


class BundleAddress(Owned):
    """Where bundles for an account are sent: an age recipient. Its secret is ``wrapped`` by the installation's key."""

    recipient = models.CharField(max_length=100, unique=True)
    wrapped = models.BinaryField()

    objects: ClassVar[OwnedQuery[BundleAddress]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One of an account."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner"], name="one_address_of_an_account")]


class Sent(Owned):
    """What of a person was last sent to one address; by ``secret`` its receiver knows a later one for the same."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sent")
    recipient = models.CharField(max_length=100)
    whom = models.CharField(max_length=80)
    secret = models.CharField(max_length=32, unique=True, default=new_token)
    scopes = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    until = models.DateField()

    objects: ClassVar[OwnedQuery[Sent]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first, one for each address."""

        ordering: ClassVar = ["-sent_at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "recipient"], name="one_sent_to_an_address")]


class Arrival(Owned):
    """A bundle that is coming in, or that waits for a yes: still encrypted, as it was sent. ``facts``: its manifest."""

    token = models.CharField(max_length=32, unique=True, default=new_token)
    size_bytes = models.PositiveBigIntegerField()
    facts = models.JSONField(null=True)

    objects: ClassVar[OwnedQuery[Arrival]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    @property
    def path(self) -> Path:
        """Where it comes in."""
        return Path(settings.PLACE.bundles) / self.token


class Received(Owned):
    """Where a person came from who was received: by whom it says it is, of which day, until when, and where to answer.

    ``until`` is the last day on which the copy is kept.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="received")
    secret = models.CharField(max_length=32)
    sender = models.CharField(max_length=80)
    made_on = models.DateField()
    until = models.DateField()
    reply_to = models.CharField(max_length=100)

    objects: ClassVar[OwnedQuery[Received]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One of each, for each account."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "secret"], name="one_received_of_a_secret")]
