"""Keys and sealed files of a casebook that is not open: of a backup, or of one that something is wrong with."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from facialis.app.vault.installation import installation_key
from facialis.app.vault.sealed import HEAD_BYTES, MAGIC, Sealer, is_sealed, pieces_in, place_of
from facialis.app.vault.wrapping import unwrapped
from facialis.core.errors import FormatError
from facialis.core.messages import said

__all__ = ["Keys", "check_sealed", "keys_in"]

Keys = Mapping[str, bytes]
"""Keys of folders of films and results, by their names."""


def keys_in(database: Path, vault: Path) -> Keys:
    """All keys of folders that a database holds; none where it is from before there were keys.

    Raises
    ------
    FormatError
        The installation's key is missing, or opens them not.
    """
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as source:
            people = source.execute("SELECT person_id, wrapped FROM casebook_personkey").fetchall()
            files = source.execute("SELECT token, person_id, wrapped FROM casebook_filekey WHERE sealed").fetchall()
    except sqlite3.OperationalError:
        return {}
    if not people:
        return {}
    master = installation_key(vault)
    own = {person: unwrapped(master, wrapped, f"person {person}") for person, wrapped in people}
    return {token: unwrapped(own[person], wrapped, token) for token, person, wrapped in files}


def check_sealed(source: BinaryIO, size: int, key: bytes, name: str) -> None:
    """Open every piece of a sealed file, from its beginning to its end; FormatError where one is not as it was."""
    head = source.read(HEAD_BYTES)
    count = pieces_in(size)
    if len(head) < HEAD_BYTES or not is_sealed(head) or count < 1:
        raise FormatError(**said("vault_broken", name=name), code="vault_broken")
    sealer, piece_bytes = Sealer(key, name, head[len(MAGIC) :]), place_of(1) - place_of(0)
    for number in range(count):
        sealer.open(_whole(source, min(piece_bytes, size - place_of(number))), number, last=number == count - 1)


def _whole(source: BinaryIO, size: int) -> bytes:
    piece = b""
    while len(piece) < size and (more := source.read(size - len(piece))):
        piece += more
    return piece
