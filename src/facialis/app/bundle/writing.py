"""A bundle is written: its manifest first, then each file, encrypted as it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Final

import pyrage

from facialis.app.bundle.contents import Source
from facialis.app.bundle.manifest import BLOCK, MANIFEST, Item, Manifest, header
from facialis.app.vault.aged import Pulled
from facialis.core.errors import OutputError
from facialis.core.messages import said

__all__ = ["write_bundle"]

_CHUNK_BYTES: Final = 1 << 20


def write_bundle(target: BinaryIO, recipient: str, manifest: Manifest, sources: Iterable[Source]) -> Manifest:
    """Write a bundle for an address; returns its manifest with all files.

    Raises
    ------
    OutputError
        A file changed while it was read.
    """
    there = list(sources)
    whole = replace(manifest, files=tuple(map(_item, there)))
    failed: list[Exception] = []
    try:
        pieces = Pulled(_told(_tar(whole, there), failed))
        pyrage.encrypt_io(pieces, target, [pyrage.x25519.Recipient.from_str(recipient)])
    except Exception as error:
        raise (failed[0] if failed else error) from error
    if failed:  # what went wrong while it was read must not pass for a whole file
        raise failed[0]
    return whole


def _told(pieces: Iterator[bytes], failed: list[Exception]) -> Iterator[bytes]:
    """Pieces, and what went wrong with them: the library would say it in words of its own."""
    try:
        yield from pieces
    except Exception as error:
        failed.append(error)
        raise


def _item(source: Source) -> Item:
    digest, size = hashlib.sha256(), 0
    with source.opened() as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Item(source.name, size, digest.hexdigest())


def _tar(manifest: Manifest, sources: list[Source]) -> Iterator[bytes]:
    content = manifest.written()
    yield header(MANIFEST, len(content)) + content + bytes(-len(content) % BLOCK)
    for item, source in zip(manifest.files, sources, strict=True):
        yield header(item.name, item.size, source.changed_s)
        digest, size = hashlib.sha256(), 0
        with source.opened() as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
        if (size, digest.hexdigest()) != (item.size, item.sha256):
            raise OutputError(**said("bundle_changed"))
        yield bytes(-size % BLOCK)
    yield bytes(2 * BLOCK)
