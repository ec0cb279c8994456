"""Films and results in the vault: put in place whole, read by whoever shows or measures them, and no stray is left.

The one way to what lies in a recording's folder. Names in it are ``film``, ``result/…`` and whatever else is kept.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings

from facialis.actions.outputs import file_sha256
from facialis.app.bin.models import Binned
from facialis.app.recordings.models import FILM, RESULT, Recording, Upload
from facialis.app.recordings.uploads import coming_in
from facialis.app.recordings.whereabouts import WithoutPlace
from facialis.app.vault.folders import Folder
from facialis.app.vault.keys import forget_key, key_of, make_key
from facialis.app.vault.models import FileKey
from facialis.app.vault.plain import plain_copy
from facialis.core.errors import InputError
from facialis.core.messages import said
from facialis.film.container import HEAD_BYTES
from facialis.film.video import VideoFile, check_kind

__all__ = [
    "admit",
    "film_reader",
    "film_to_hand_out",
    "folder_of",
    "forget_stray",
    "forget_strays",
    "keep",
    "keep_film",
    "keep_result",
    "plain_film",
    "plain_result",
    "result_reader",
    "result_stamp",
]


def folder_of(recording: Recording) -> Folder:
    """All that lies in a recording's folder.

    Raises
    ------
    FormatError
        The key of the installation is missing or another one. So says each function here.
    """
    return Folder(recording.folder, key_of(recording.token))


def film_reader(recording: Recording) -> BinaryIO:
    """The film as a binary file that can be read from any place; FileNotFoundError where it is not here."""
    return folder_of(recording).reader(FILM)


def film_to_hand_out(recording: Recording) -> BinaryIO:
    """The film for a player or a ZIP: as `film_reader`, but with blanks where it says where it was taken."""
    return cast(BinaryIO, WithoutPlace(film_reader(recording), recording.container))


def result_reader(recording: Recording, name: str) -> BinaryIO:
    """A file of the result, as `film_reader`."""
    return folder_of(recording).reader(f"{RESULT}/{name}")


def plain_film(recording: Recording) -> AbstractContextManager[Path]:
    """A path under which the film can be read, for the time of the block: what a decoder is given."""
    return folder_of(recording).plain(FILM)


def plain_result(recording: Recording) -> AbstractContextManager[Path]:
    """The result as a folder that ``facialis analyse`` wrote, for the time of the block; changes in it are not kept."""
    return folder_of(recording).plain_folder(RESULT)


def result_stamp(recording: Recording) -> int:
    """What changes when the result does; 0 where there is none."""
    facts = recording.result / "session.json"
    return facts.stat().st_mtime_ns if facts.is_file() else 0


def keep(recording: Recording, name: str, source: Path | BinaryIO) -> None:
    """Keep a file with a recording, in the place of an earlier one of that name; whole or not at all.

    Raises
    ------
    OSError
        The disk is full, or the source cannot be read. What was there is still there.
    """
    _to_write(recording).keep(name, source)


def keep_result(recording: Recording, source: Path) -> None:
    """Keep all files of a folder as the result, in the place of an earlier one; OSError as `keep`."""
    _to_write(recording).keep_all(RESULT, source)


def _to_write(recording: Recording) -> Folder:
    new = not recording.folder.exists()
    return Folder(recording.folder, make_key(recording.token, recording.person_id, sealed=new))


def admit(upload: Upload) -> Recording:
    """Make a recording of an upload that is whole: looked at by content, then put in place by a second name.

    Nothing is decided by the name or by what the sender says of the file. The row is not saved yet; the upload stays
    as it is until the row is, so that nothing is lost if the program is killed.

    Raises
    ------
    VideoError
        It is no film, or lies outside the limits.
    InputError
        The person has this very film already.
    """
    with _whole_plain(upload) as path:
        with VideoFile(path, name=upload.shown_name or None, look=True) as film:
            container = film.declared.container
        sha256 = file_sha256(path)
    known = Recording.objects.filter(person_id=upload.person_id, sha256=sha256).first()
    if known is not None:
        raise InputError(**said("upload_known", day=known.day.isoformat()))
    recording = Recording(
        **{key: getattr(upload, key) for key in Upload.KEPT},
        name=f"{upload.day.isoformat()}-{upload.token[:6]}",
        shown_name=upload.shown_name,
        container=container,
        sha256=sha256,
        size_bytes=coming_in(upload).size,
    )
    shutil.rmtree(recording.folder, ignore_errors=True)  # of an attempt that was killed
    recording.folder.mkdir(mode=0o700)
    try:
        _second_name(upload.path, recording.film)
    except OSError:
        recording.folder.rmdir()
        raise
    return recording


@contextmanager
def _whole_plain(upload: Upload) -> Iterator[Path]:
    """What came in, to be read by a decoder; its kind is looked at before anything is copied or started for it."""
    with coming_in(upload).finish() as source:
        check_kind(source.read(HEAD_BYTES), upload.shown_name)
        with plain_copy(source) as path:
            yield path


def _second_name(path: Path, target: Path) -> None:
    try:
        os.link(path, target)
    except OSError:  # the file system knows one name for each file
        shutil.copyfile(path, target)
        target.chmod(0o600)


def keep_film(recording: Recording, path: Path) -> None:
    """Keep the film of a result that came without one.

    Raises
    ------
    VideoError
        It is no film, or lies outside the limits.
    """
    with VideoFile(path, look=True) as film:
        recording.container = film.declared.container
    keep(recording, FILM, path)
    recording.size_bytes = path.stat().st_size
    recording.sha256 = recording.sha256 or file_sha256(path)
    recording.save()


def forget_strays() -> None:
    """Remove what has no record: a program that was killed may have left it."""
    known = _known()
    for folder in settings.PLACE.recordings.iterdir():
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    for token in set(FileKey.objects.values_list("token", flat=True)) - known:
        forget_key(token)


def forget_stray(token: str) -> None:
    """Remove a folder if it has no record: one that was deleted while something was still written into it."""
    if token not in _known():
        forget_key(token)
        shutil.rmtree(settings.PLACE.recordings / token, ignore_errors=True)


def _known() -> set[str]:
    """Tokens of recordings, of uploads, and of what is in the bin."""
    binned = (token for tokens in Binned.objects.values_list("tokens", flat=True) for token in tokens)
    rows = (kind.objects.values_list("token", flat=True) for kind in (Recording, Upload))
    return {*chain.from_iterable(rows), *binned}
