"""Where a recording's results go, and whether they are there already.

A result is finished when its ``session.json`` names the same recording (SHA-256), settings, revision of the measurement
and data files, the same blocks, the same choice about faces, and the same that the person said of the recording, and
its films have their index. Recordings of one name never overwrite each other: the first keeps ``<stem>``, another gets
``<stem>-<first 8 digits of its SHA-256>``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time
from itertools import chain, count
from pathlib import Path
from typing import Any

from facialis.core.errors import FacialisError, FormatError, VideoError
from facialis.core.knowledge import spoken, wording
from facialis.core.messages import reason, said
from facialis.core.occasion import Told
from facialis.core.reading import reading
from facialis.core.records import Block
from facialis.core.revision import MEASUREMENT_REVISION, data_sha256
from facialis.core.settings import Settings
from facialis.files.clips import INDEX
from facialis.files.session import given_day, read_session_object, session_revision

__all__ = ["Folders", "Place", "file_sha256", "folder_name"]

CHUNK_BYTES = 1 << 20  # chosen: large enough that the disk is the limit; 64 kB - 16 MB changes nothing
MOST_BYTES = 10**12  # chosen: six hours at 300 Mbit/s, more than a phone or camera writes; 0.2 - 5 TB
NAME_BYTES = 180  # chosen: file systems allow 255 bytes, and temporary siblings add to the name; 100-200 does as well

_NEEDED = ("events.tsv", "signals.parquet", INDEX)  # beside session.json; a page may be thrown away

# Names that Windows keeps for devices, with or without an extension.
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits; VideoError where it is missing or cannot be read."""
    digest = hashlib.sha256()
    try:
        with reading(path, MOST_BYTES) as file:
            left_bytes = os.fstat(file.fileno()).st_size  # not what is added meanwhile: that may never end
            while chunk := file.read(min(CHUNK_BYTES, left_bytes)):
                digest.update(chunk)
                left_bytes -= len(chunk)
    except FileNotFoundError as error:
        raise VideoError(**said("recording_not_there", path=path), code="not_found") from error
    except OSError as error:
        why, advice = reason(error)
        raise VideoError(
            **said("recording_not_read", path=path, why=why, advice=advice), code="not_readable"
        ) from error
    return digest.hexdigest()


def folder_name(video: Path) -> str:
    """The stem of the file as a folder name that is safe on every system and stays inside its parent."""
    name = "".join(char if char.isprintable() and char not in '<>:"/\\|?*' else "_" for char in video.stem)
    name = name.encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore").rstrip(" .")
    if not name or name.startswith("."):
        name = "_" + name.lstrip(".")
    return "_" + name if name.split(".")[0].casefold() in RESERVED else name


@dataclass(frozen=True, kw_only=True)
class Place:
    """The folder of one recording's results; ``finished`` holds its ``session.json`` where that is up to date.

    ``other_language``: the page of that result speaks another language than the one spoken now. ``remark`` says why a
    result that is there does not count as done; empty where there is none, or by force. ``day``: the day that the
    person gave of this recording before, in the result that is there; it stays until another is given.
    """

    folder: Path
    finished: dict[str, Any] | None = None
    other_language: bool = False
    remark: str = ""
    day: date | None = None


class Folders:
    """Hands out a folder for each recording of a run.

    Parameters
    ----------
    parent
        The folder of all results; need not exist.
    videos
        All recordings of the run, to see which share a name.
    settings, blocks, faces, told
        What a finished result must have been made with.
    force
        Nothing counts as finished.
    """

    def __init__(
        self,
        parent: Path,
        videos: Sequence[Path],
        *,
        settings: Settings,
        blocks: tuple[Block, ...],
        faces: bool,
        told: Told | None = None,
        force: bool,
    ) -> None:
        self._parent = parent
        self._settings = settings
        self._blocks = [asdict(block) for block in blocks]
        self._faces = faces
        self._told = told or Told()
        self._force = force
        self._claimed: set[str] = set()
        names = [folder_name(video).casefold() for video in videos]
        self._shared = {name for name in names if names.count(name) > 1}

    def place(self, video: Path) -> Place:
        """The recording's folder, and its result if it is there already. VideoError if the recording cannot be read.

        The recording is only read (to know its SHA-256) where its name alone does not settle the matter. A result that
        a newer facialis made is not overwritten: the recording gets another folder, with a remark. Where its numbers
        are newer but its form is known, force does overwrite it.
        """
        name = folder_name(video)
        if name.casefold() not in self._shared | self._claimed and not _is_there(self._parent / name):
            return self._claim(name)
        sha256 = file_sha256(video)
        digits = f"{name}-{sha256[:8]}"
        remark = ""
        for candidate in chain((name, digits), (f"{digits}-{n}" for n in count(2))):
            folder = self._parent / candidate
            if candidate.casefold() in self._claimed:
                continue
            if not _is_there(folder):
                return self._claim(candidate, remark=remark)
            try:
                stored = read_session_object(folder / "session.json")
                revision = session_revision(stored)
            except FormatError as error:
                if self._force and error.code != "newer":  # a result of ours that broke: it is made again in its place
                    return self._claim(candidate)
                what_to_do = error.advice if error.code == "newer" else wording("result_replace")
                remark = wording("result_broken", folder=folder, message=error.message, advice=what_to_do)
                continue
            except OSError:
                continue
            if _entry(stored, "recording", "sha256") != sha256:
                continue
            day = given_day(stored)
            if self._force:
                return self._claim(candidate, day=day)
            if revision > MEASUREMENT_REVISION:
                remark = wording("result_newer", folder=folder, revision=revision, own=MEASUREMENT_REVISION)
                continue
            why = self._why_again(stored, revision)
            lost = [name for name in _NEEDED if not (folder / name).is_file()]
            if not why and lost:
                why = _lost_words(lost)
            again = wording("result_again", why=why) if why else ""
            return self._claim(candidate, None if why else stored, again, day)
        raise AssertionError("the names do not end")

    def _claim(
        self, name: str, finished: dict[str, Any] | None = None, remark: str = "", day: date | None = None
    ) -> Place:
        self._claimed.add(name.casefold())
        other = finished is not None and (_entry(finished, "report", "language") or "en") != spoken()
        return Place(folder=self._parent / name, finished=finished, other_language=other, remark=remark, day=day)

    def _why_again(self, stored: dict[str, Any], revision: int) -> str:
        """Why a result of the same recording does not count as done; empty if it does."""
        if revision == 0:
            return wording("again_no_revision")
        if revision != MEASUREMENT_REVISION:
            return wording("again_revision", before=revision, now=MEASUREMENT_REVISION)
        if _entry(stored, "provenance", "data_sha256") != data_sha256():
            return wording("again_data")
        if _entry(stored, "provenance", "settings_fingerprint") != self._settings.fingerprint():
            return wording("again_settings")
        if stored.get("blocks") != self._blocks:
            return wording("again_blocks")
        if _entry(stored, "report", "faces") != self._faces:
            return wording("again_faceless" if self._faces else "again_faces")
        before = _told_before(stored)
        if before is None or before != replace(self._told, day=self._told.day or before.day):
            return wording("again_told")
        return ""


def _lost_words(names: Sequence[str]) -> str:
    """Which files of a result are missing, as a clause."""
    said = names[0]
    for name in names[1:]:
        said = wording("again_and", first=said, last=name)
    return wording("again_lost_one" if len(names) == 1 else "again_lost_many", names=said)


def _told_before(stored: dict[str, Any]) -> Told | None:
    """What the person said of a recording when it was measured; None where that makes no sense."""
    given = stored.get("date") if stored.get("date_from") == "given" else None
    try:
        return Told(
            day=None if given is None else date.fromisoformat(given),
            mirrored=stored.get("mirrored", False),
            filmed=stored.get("filmed", "planned"),
            alone=stored.get("alone"),
            as_filmed=stored.get("as_filmed"),
            time=None if stored.get("time") is None else time.fromisoformat(stored["time"]),
            time_zone=stored.get("time_zone"),
        )
    except (TypeError, ValueError, FacialisError):
        return None


def _is_there(folder: Path) -> bool:
    return folder.exists() or folder.is_symlink()


def _entry(content: dict[str, Any], group: str, key: str) -> object:
    part = content.get(group)
    return part.get(key) if isinstance(part, dict) else None
