"""A bundle is read from its beginning to its end: nothing is taken that does not stand in its manifest as it is."""

from __future__ import annotations

import hashlib
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyrage

from facialis.app.bundle.manifest import BLOCK, MANIFEST, MOST_MANIFEST_BYTES, Item, Manifest, manifest_in
from facialis.app.vault.aged import decrypted
from facialis.core.errors import FormatError, InputError
from facialis.core.messages import reason, said
from facialis.core.reading import open_ordinary

__all__ = ["check_bundle", "unpack_bundle"]

_AGE: Final = b"age-encryption.org/v1\n"
_CHUNK_BYTES: Final = 1 << 20


def check_bundle(path: Path, identity: pyrage.x25519.Identity) -> Manifest:
    """Read a bundle to its end and write nothing; what it says of itself.

    Raises
    ------
    FormatError
        It is none, for another address, damaged or cut off, of a newer facialis, or holds what none may hold.
    InputError
        The file cannot be read.
    """
    with _opened(path, identity) as plain:
        manifest = _manifest(plain)
        for item in manifest.files:
            _pass(plain, item, lambda _: None)
        _ended(plain)
    return manifest


def unpack_bundle(path: Path, identity: pyrage.x25519.Identity, folder: Path) -> Manifest:
    """Write the files of a bundle into an empty folder that only its user can enter; errors as `check_bundle`.

    Whoever calls throws the folder away where it fails: its files are whole only when all are.
    """
    with _opened(path, identity) as plain:
        manifest = _manifest(plain)
        for item in manifest.files:
            target = folder.joinpath(*item.name.split("/"))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with target.open("xb") as file:
                changed_s = _pass(plain, item, file.write)
            os.utime(target, (changed_s, changed_s))
        _ended(plain)
    return manifest


@contextmanager
def _opened(path: Path, identity: pyrage.x25519.Identity) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(open_ordinary(path), "rb") as file:
            if file.read(len(_AGE)) != _AGE:
                raise FormatError(**said("bundle_is_none"), code="bundle_is_none")
            file.seek(0)
            with decrypted(file, identity, _locked_or_broken) as plain:
                yield plain
    except OSError as error:
        why, advice = reason(error)
        raise InputError(**said("backup_not_read", file=path.name, why=why, advice=advice)) from error


def _locked_or_broken(other_key: bool) -> FormatError:
    key = "bundle_other_address" if other_key else "bundle_broken"
    return FormatError(**said(key), code=key)


def _refused(key: str = "bundle_refused") -> FormatError:
    return FormatError(**said(key), code=key)


def _whole(plain: BinaryIO, size: int) -> bytes:
    raw = plain.read(size)
    if len(raw) != size:
        raise _refused("bundle_broken")
    return raw


def _header(plain: BinaryIO) -> tarfile.TarInfo:
    """The header of an ordinary file, in the simplest form of a tar: no links, no long names, no holes."""
    try:
        facts = tarfile.TarInfo.frombuf(_whole(plain, BLOCK), "utf-8", "strict")
    except (tarfile.TarError, ValueError) as error:
        raise _refused() from error
    if facts.type != tarfile.REGTYPE or facts.linkname or facts.size < 0:
        raise _refused()
    return facts


def _manifest(plain: BinaryIO) -> Manifest:
    facts = _header(plain)
    if facts.name != MANIFEST or facts.size > MOST_MANIFEST_BYTES:
        raise _refused("bundle_is_none" if facts.name != MANIFEST else "bundle_refused")
    raw = _whole(plain, facts.size)
    _padding(plain, facts.size)
    return manifest_in(raw)


def _pass(plain: BinaryIO, item: Item, write: Callable[[bytes], object]) -> float:
    """One file, in the order and with the size and hash of the manifest; returns when it was changed, in seconds."""
    facts = _header(plain)
    if (facts.name, facts.size) != (item.name, item.size):
        raise _refused()
    digest, left = hashlib.sha256(), item.size
    while left:
        chunk = _whole(plain, min(_CHUNK_BYTES, left))
        digest.update(chunk)
        write(chunk)
        left -= len(chunk)
    _padding(plain, item.size)
    if digest.hexdigest() != item.sha256:
        raise _refused("bundle_broken")
    return float(min(max(facts.mtime, 0), 4_000_000_000))


def _padding(plain: BinaryIO, size: int) -> None:
    if any(_whole(plain, -size % BLOCK)):
        raise _refused()


def _ended(plain: BinaryIO) -> None:
    if any(_whole(plain, 2 * BLOCK)) or plain.read(1):
        raise _refused()
