"""What came in before there were keys is sealed where it lies, file by file, so that it goes on where it stopped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import coming_in
from facialis.app.vault.folders import PART, Folder
from facialis.app.vault.keys import make_key
from facialis.app.vault.models import FileKey
from facialis.app.vault.sealed import MAGIC, is_sealed

__all__ = ["move_in"]

_PLAIN = ".plain"
_BUFFER_BYTES = 1 << 20


def move_in(report: Callable[[float], None] | None = None) -> int:
    """Seal every recording and upload that is not; returns how many files were sealed.

    Nobody else may have the casebook open. ``report`` is called with the share (0-1) that is done.

    Raises
    ------
    OSError
        The disk is full, or a file cannot be read. What was sealed so far stays sealed; the rest is as it was.
    """
    tell = report or _say_nothing
    sealed = set(FileKey.objects.filter(sealed=True).values_list("token", flat=True))
    waiting = [recording for recording in Recording.objects.all() if recording.token not in sealed]
    files = [(recording, path) for recording in waiting for path in _plain_files(recording.folder)]
    whole, done = sum(path.stat().st_size for _, path in files), 0
    for recording, path in files:
        size = path.stat().st_size
        opened = make_key(recording.token, recording.person_id, sealed=False)
        Folder(recording.folder, opened).keep(path.relative_to(recording.folder).as_posix(), path)
        done += size
        tell(done / whole if whole else 1.0)
    for recording in waiting:
        make_key(recording.token, recording.person_id, sealed=True)
        FileKey.objects.filter(token=recording.token).update(sealed=True)
    return len(files) + _move_uploads()


def _say_nothing(_share: float) -> None:
    """For whoever does not ask."""


def _plain_files(folder: Path) -> list[Path]:
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if path.name.endswith(PART):  # what an earlier attempt was writing
            path.unlink()
        elif not _begins_sealed(path):
            found.append(path)
    return found


def _begins_sealed(path: Path) -> bool:
    with path.open("rb") as file:
        return is_sealed(file.read(len(MAGIC)))


def _move_uploads() -> int:
    """Uploads that were under way: what is here of each is sealed, and its sender goes on where it was."""
    moved = 0
    for upload in Upload.objects.all():
        plain = upload.path.with_name(upload.path.name + _PLAIN)
        if not plain.exists():
            if not upload.path.exists() or _begins_sealed(upload.path):
                continue
            upload.path.replace(plain)
        coming_in(upload).discard()
        with plain.open("rb") as file:
            coming_in(upload).append(iter(lambda file=file: file.read(_BUFFER_BYTES), b""))  # type: ignore[misc]
        plain.unlink()
        moved += 1
    return moved
