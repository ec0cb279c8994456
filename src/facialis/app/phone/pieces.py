"""How a film comes in from a phone, piece by piece: the one place where phones meet the uploads of the casebook."""

from __future__ import annotations

from typing import Protocol

from facialis.app.accounts.models import Account
from facialis.app.recordings.deeds import add_recording
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import discard, here_bytes, take_piece
from facialis.core.errors import FacialisError, OutputError

__all__ = ["Reading", "arrived_bytes", "receive"]


class Reading(Protocol):
    """What a piece is read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes, none at the end."""
        ...


def receive(account: Account, upload: Upload, offset: int, piece: Reading) -> int | Recording:
    """Put a piece behind what is here.

    Returns
    -------
    int or Recording
        How much is here now; or the recording, if the film is whole.

    Raises
    ------
    WrongOffset
        The piece begins elsewhere.
    Busy
        An earlier piece is still being taken.
    FacialisError
        The film is refused. Nothing of it is left.
    """
    try:
        here = take_piece(upload, offset, piece)  # type: ignore[arg-type]
        return here if here < (upload.size_bytes or 0) else add_recording(account, upload)
    except OutputError:  # the disk is full: what has arrived stays
        raise
    except FacialisError:
        discard(upload)
        raise


def arrived_bytes(upload: Upload) -> int:
    """How much of a film is here."""
    return here_bytes(upload)
