"""The key of the installation: a file in the casebook's folder that only its user can read.

It wraps the keys of people. It protects what was copied without it: a folder of films in a cloud, a disk that is thrown
away, a database that is sent for help. Who can read the whole folder of the casebook can read it as well.
"""

from __future__ import annotations

import os
import secrets
from functools import lru_cache
from pathlib import Path

from facialis.core.errors import FormatError
from facialis.core.messages import said

__all__ = ["KEY_BYTES", "installation_key", "make_installation_key"]

KEY_BYTES = 32
"""AES-256."""


def make_installation_key(path: Path) -> None:
    """Make the key where there is none; one that is there is never written over.

    Raises
    ------
    OSError
        The place cannot be written.
    """
    if path.exists():
        return
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_bytes(KEY_BYTES).hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def installation_key(path: Path) -> bytes:
    """The key.

    Raises
    ------
    FormatError
        The file is missing, or holds no key.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise FormatError(**said("vault_no_key", file=path.name), code="vault_no_key") from error


@lru_cache(maxsize=4)
def _read(path: Path, _stamp: int) -> bytes:
    key = bytes.fromhex(path.read_text(encoding="ascii"))
    if len(key) != KEY_BYTES:
        raise ValueError(path)
    return key
