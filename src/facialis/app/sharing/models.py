"""What is shared with whom: an invitation, a share that came of it, and what a clinician issued."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person

__all__ = ["ENTRIES", "SCOPE_KEYS", "Issued", "Offer", "Share", "ShareQuery"]

ENTRIES = "entries"
SCOPE_KEYS = ("recordings", "course", "diary", "questionnaires", ENTRIES)
"""What can be shared, each apart; what belongs to each is in `facialis.app.sharing.scopes`.

The last lets a clinician enter treatments, and shows nothing.
"""


class _Scoped(Owned):
    """Parts of what is kept of a person, chosen by their ``owner``."""

    recordings = models.BooleanField(default=False)
    course = models.BooleanField(default=False)
    diary = models.BooleanField(default=False)
    questionnaires = models.BooleanField(default=False)
    entries = models.BooleanField(default=False)

    class Meta:
        """No table of its own."""

        abstract = True

    @property
    def scopes(self) -> tuple[str, ...]:
        """What is shared."""
        return tuple(key for key in SCOPE_KEYS if getattr(self, key))


class Offer(_Scoped):
    """An invitation that opens once; only a hash of its word is kept.

    ``until`` is when it ends by itself, ``lasts_days`` how long the share shall last that comes of it; None: until it
    is stopped.
    """

    class State(models.TextChoices):
        """What has become of it."""

        OPEN = "open"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        REVOKED = "revoked"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="offers")
    secret_sha256 = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField()
    lasts_days = models.PositiveIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)

    objects: ClassVar[OwnedQuery[Offer]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-pk"]

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.state == self.State.OPEN and timezone.now() < self.until


class ShareQuery(OwnedQuery["Share"]):
    """Shares, and those that hold now."""

    def now(self, clinician: Any = None, scope: str = "") -> ShareQuery:
        """Those that hold now; with this clinician, and of this scope where one is named."""
        found = self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=timezone.now()), revoked_at=None)
        if clinician is not None:
            found = found.filter(clinician_id=clinician.pk)
        return found.filter(**{scope: True}) if scope else found


class Share(_Scoped):
    """What a clinician may see of a person; ``made_at`` is when it began.

    ``ends_at`` None: until it is stopped. ``revoked_at``: when it was, by whichever of the two.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="shares")
    clinician = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ends_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ShareQuery] = ShareQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first; found by whom it is shared with, on every page that they ask for."""

        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [models.Index(fields=["clinician", "person"], name="share_of_a_clinician")]

    @property
    def holds(self) -> bool:
        """Whether it holds now."""
        return self.revoked_at is None and (self.ends_at is None or timezone.now() < self.ends_at)


class Issued(Owned):
    """What a clinician, its ``owner``, issued of a person, as it was on that day. It stays when the share has ended.

    It names the person as they were called then, and outlives them; ``data_of`` is the number of the account that the
    person belongs to. ``content`` is sealed with a key of its own, ``wrapped`` by that of the installation. ``sender``:
    who it says issued it, where it came from another computer and ``owner`` only keeps it; ``secret`` is its bundle's.
    """

    person = models.ForeignKey(Person, on_delete=models.DO_NOTHING, db_constraint=False, related_name="issued")
    data_of = models.PositiveBigIntegerField(db_index=True)
    whose = models.CharField(max_length=80)
    kind = models.CharField(max_length=40)
    mime = models.CharField(max_length=100, default="application/pdf")
    mark = models.CharField(max_length=32, unique=True)
    sender = models.CharField(max_length=80, blank=True, default="")
    secret = models.CharField(max_length=32, blank=True, default="")
    wrapped = models.BinaryField()
    content = models.BinaryField()

    objects: ClassVar[OwnedQuery[Issued]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-pk"]
