"""What can be done while filming, and with what is known of a camera."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.filming.models import Camera
from facialis.app.people.deeds import own
from facialis.app.recordings.corrections import correct
from facialis.app.recordings.models import Recording, Upload

__all__ = ["know_camera", "set_mirrored", "tell"]


def tell(account: Account, upload: Upload, *, blocks: list[dict[str, Any]], capture: dict[str, Any]) -> None:
    """Say what is known by now of a film that is being made: its blocks, and how it is recorded."""
    own(account, upload.person)
    Upload.objects.filter(pk=upload.pk).update(blocks=blocks, capture=capture)


def know_camera(account: Account, *, key: str, name: str, mirrored: bool) -> Camera:
    """Keep whether a camera gives pictures as in a mirror."""
    with transaction.atomic():
        camera, _ = Camera.objects.update_or_create(
            owner=account, key=key, defaults={"name": name, "mirrored": mirrored}
        )
        note(account, "camera_known", camera.pk)
    return camera


def set_mirrored(account: Account, recording: Recording, *, mirrored: bool) -> None:
    """Say that left and right of a film are swapped, or are not; it is measured again with them."""
    correct(account, recording, {"mirrored": mirrored})
