"""A bundle comes in: in pieces, still encrypted, and is looked at whole before anybody is asked about it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.bundle.addresses import address_of, identity_of
from facialis.app.bundle.manifest import ANSWER, Manifest
from facialis.app.bundle.models import Arrival, Received, Sent
from facialis.app.bundle.reading import check_bundle
from facialis.app.recordings.uploads import MOST_BYTES, WrongOffset
from facialis.core.errors import FacialisError, InputError, OutputError
from facialis.core.messages import as_error, said

__all__ = ["begin", "check_wanted", "discard", "forget_arrivals", "here_bytes", "look", "take", "take_whole"]

_SPARE_BYTES = 1_000_000_000  # as films: what results and everything else on the disk still need
_MOST_AT_ONCE = 5  # chosen: nobody chooses among more; 2 - 20
_BUFFER_BYTES = 1 << 18
_KEPT = timedelta(days=2)  # as films: somebody goes on the next day, or never
_DOOR = threading.Lock()


def begin(account: Account, size_bytes: int) -> Arrival:
    """Announce a bundle of this size; what waits longest is given up for it.

    Raises
    ------
    InputError
        It is empty, or larger than a bundle may be.
    OutputError
        There is not enough room.
    """
    if size_bytes <= 0:
        raise InputError(**said("bundle_is_none"))
    if size_bytes > MOST_BYTES:
        raise InputError(**said("bundle_too_large", most=MOST_BYTES // 10**9))
    free, needed = shutil.disk_usage(settings.PLACE.bundles).free, 3 * size_bytes + _SPARE_BYTES
    if free < needed:
        raise OutputError(**said("bundle_no_room", free=f"{free / 1e9:.1f}", needed=f"{needed / 1e9:.1f}"))
    for old in Arrival.objects.filter(owner=account).order_by("-pk")[_MOST_AT_ONCE - 1 :]:
        discard(old)
    arrival = Arrival.objects.create(owner=account, size_bytes=size_bytes)
    arrival.path.touch(mode=0o600)
    return arrival


def here_bytes(arrival: Arrival) -> int:
    """How much of it has arrived."""
    return arrival.path.stat().st_size if arrival.path.is_file() else 0


def take(arrival: Arrival, offset: int, request: HttpRequest) -> int:
    """Write the piece that a request carries behind what is here; returns how much is here then.

    Raises
    ------
    WrongOffset
        The piece begins elsewhere.
    InputError
        It is more than was announced.
    OutputError
        The disk is full.
    """
    return _append(arrival, offset, iter(lambda: request.read(_BUFFER_BYTES), b""))


def take_whole(account: Account, size_bytes: int, chunks: Iterable[bytes]) -> Arrival:
    """A bundle that came in one request; errors as `begin` and `take`, and nothing of it is left then."""
    arrival = begin(account, size_bytes)
    try:
        _append(arrival, 0, iter(chunks))
    except BaseException:
        discard(arrival)
        raise
    return arrival


def _append(arrival: Arrival, offset: int, chunks: Iterator[bytes]) -> int:
    with _DOOR:
        here = here_bytes(arrival)
        if offset != here:
            raise WrongOffset
        try:
            with arrival.path.open("ab") as file:
                for chunk in chunks:
                    here += len(chunk)
                    if here > arrival.size_bytes:
                        raise InputError(**said("bundle_refused"))
                    file.write(chunk)
        except OSError as error:
            raise as_error(error) from error
    return here


def look(account: Account, arrival: Arrival) -> Manifest:
    """What a bundle that is whole says of itself, once all of it was found to be as it was sent.

    Raises
    ------
    FacialisError
        It is refused. Nothing of it is left then.
    """
    try:
        manifest = check_bundle(arrival.path, identity_of(address_of(account)))
        check_wanted(account, manifest)
    except FacialisError:
        discard(arrival)
        raise
    arrival.facts = {**manifest.facts(), "size": manifest.size, "counts": _counts(manifest)}
    arrival.save(update_fields=["facts"])
    return manifest


def check_wanted(account: Account, manifest: Manifest) -> None:
    """Hold a bundle against what is here, when it is looked at and again when it is taken in.

    Raises
    ------
    InputError
        Its day is over, a later one of the same person was taken in before, or it answers what nobody here has sent.
    """
    if manifest.until < date.today():  # noqa: DTZ011 - a person's own calendar day
        raise InputError(**said("bundle_over", day=manifest.until.isoformat()))
    if manifest.kind == ANSWER:
        if not Sent.objects.filter(owner=account, secret=manifest.secret).exists():
            raise InputError(**said("bundle_of_nobody"))
        return
    earlier = Received.objects.filter(owner=account, secret=manifest.secret).first()
    if earlier is not None and manifest.made_on < earlier.made_on:
        raise InputError(**said("bundle_older", day=earlier.made_on.isoformat()))


def _counts(manifest: Manifest) -> dict[str, int]:
    names = [item.name.split("/") for item in manifest.files]
    return {
        "recordings": len({parts[2] for parts in names if parts[1] == "sessions"}),
        "films": sum(parts[1] == "films" for parts in names),
        "tables": sum(len(parts) == 2 for parts in names),
    }


def discard(arrival: Arrival) -> None:
    """Leave nothing of it."""
    with transaction.atomic():
        Arrival.objects.filter(pk=arrival.pk).delete()
    arrival.path.unlink(missing_ok=True)


def forget_arrivals() -> None:
    """Leave nothing of bundles that nobody goes on with."""
    for arrival in Arrival.objects.filter(made_at__lt=timezone.now() - _KEPT):
        discard(arrival)
    known = set(Arrival.objects.values_list("token", flat=True))
    for path in settings.PLACE.bundles.iterdir():
        if path.name not in known:
            path.unlink(missing_ok=True)
