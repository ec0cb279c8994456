"""A folder of the vault: a film, its result and whatever belongs to it, each file sealed under its name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from facialis.app.vault.keys import Opened
from facialis.app.vault.plain import make_private, plain_copy, private_folder
from facialis.app.vault.sealed import MAGIC, is_sealed, reader_of, seal, synced

__all__ = ["PART", "Folder"]

PART = ".sealing"
"""What a file or folder that is being written is called until it is whole."""


class Folder:
    """What lies in one folder of the vault.

    Parameters
    ----------
    path
        Where it is; need not exist.
    opened
        Its key; None: it has none, and all in it is plain.
    """

    def __init__(self, path: Path, opened: Opened | None) -> None:
        self.path = path
        self._opened = opened

    def reader(self, name: str) -> BinaryIO:
        """A file of it as a binary file that can be read from any place.

        Raises
        ------
        FormatError
            It is broken, or none that was written here (``vault_broken``).
        OSError
            It is not there, or cannot be read.
        """
        path = self.path / name
        if self._opened is None or not (self._opened.sealed or _looks_sealed(path)):
            return path.open("rb")
        return reader_of(path, self._opened.key, name)

    def read(self, name: str) -> bytes:
        """A file of it whole; errors as `reader`."""
        with self.reader(name) as file:
            return file.read()

    def keep(self, name: str, source: Path | BinaryIO) -> None:
        """Put a file into it, in the place of an earlier one; as a whole or not at all.

        Raises
        ------
        OSError
            The disk is full, or the source cannot be read. What was there is still there.
        """
        path = self.path / name
        make_private(path.parent)
        part = path.with_name(path.name + PART)
        try:
            self._write(part, name, source)
            part.replace(path)
        except BaseException:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        synced(path.parent)

    def _write(self, part: Path, name: str, source: Path | BinaryIO) -> None:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            with source.open("rb") if isinstance(source, Path) else _left_open(source) as file:
                if self._opened is None:
                    shutil.copyfileobj(file, target)
                else:
                    seal(file, target, self._opened.key, name)
            target.flush()
            os.fsync(target.fileno())

    def keep_all(self, under: str, source: Path) -> None:
        """Put all files of a folder into it, in the place of what is under that name; as a whole or not at all.

        Raises
        ------
        OSError
            The disk is full, or the source cannot be read. What was there is still there.
        """
        place, part = self.path / under, self.path / (under + PART)
        shutil.rmtree(part, ignore_errors=True)
        try:
            make_private(part)
            for path in sorted(source.rglob("*")):
                name = path.relative_to(source)
                if path.is_symlink() or not path.is_file():  # links lead out of the folder, pipes never end
                    continue
                make_private((part / name).parent)
                self._write(part / name, f"{under}/{name.as_posix()}", path)
            shutil.rmtree(place, ignore_errors=True)
            part.replace(place)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        synced(self.path)

    def names(self, under: str) -> list[str]:
        """All files under a name, by their place in the folder."""
        place = self.path / under
        found = [path for path in sorted(place.rglob("*")) if path.is_file() and not path.name.endswith(PART)]
        return [path.relative_to(self.path).as_posix() for path in found]

    def lay_out(self, names: Sequence[str], under: str, target: Path) -> None:
        """Write plain copies of files under a name into a folder that only its user can enter; errors as `reader`."""
        for name in names:
            place = target / Path(name).relative_to(under)
            make_private(place.parent)
            with self.reader(name) as source, place.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)

    @contextmanager
    def plain(self, name: str) -> Iterator[Path]:
        """A path under which a file of it can be read plain, for the time of the block; errors as `reader`."""
        with self.reader(name) as source, plain_copy(source) as path:
            yield path

    @contextmanager
    def plain_folder(self, under: str) -> Iterator[Path]:
        """All files under a name plain in a folder, for the time of the block; errors as `reader`."""
        names = self.names(under)
        room = sum((self.path / name).stat().st_size for name in names)
        with private_folder(room) as folder:
            self.lay_out(names, under, folder)
            yield folder


def _looks_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return is_sealed(file.read(len(MAGIC)))


@contextmanager
def _left_open(source: BinaryIO) -> Iterator[BinaryIO]:
    yield source
