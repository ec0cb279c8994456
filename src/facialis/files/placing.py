"""A folder of results that is there as a whole or not at all, and never takes other people's files away."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path

from facialis.core.errors import OutputError
from facialis.core.messages import clause, reason, said
from facialis.core.temporary import REPLACED, remove_leftovers, temporary_folder

__all__ = ["whole_folder"]


@contextmanager
def whole_folder(
    out: Path, *, is_ours: Callable[[list[str]], bool], made: frozenset[str], keep_others: bool
) -> Iterator[Path]:
    """A place to write results into; left without an error they are put into ``out`` by renaming.

    What was written is synced to the disk first. Whatever goes wrong, nothing half-written is left and what was there
    stays.

    Parameters
    ----------
    is_ours
        Whether a folder with these names in it is a result that may be replaced.
    made
        Names that the results have, in folders too (``clips/clips.json``); ``*`` and ``[0-9]`` stand for others.
    keep_others
        Whether other files of an earlier folder are carried over.

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out`` exists and is no such result.
    """
    target = Path(os.path.realpath(out))
    parents: list[Path] = []
    try:
        remove_leftovers(target.parent)
        _check_free(target, is_ours)
        parents = _make_parents(target.parent)
        with temporary_folder(target.parent) as work:
            yield work
            for path in work.rglob("*"):
                _sync(path)
            _sync(work)
            _put_in_place(work, target, made if keep_others else None)
            _sync(target.parent)
    except BaseException as error:
        for folder in reversed(parents):
            _remove_if_empty(folder)
        if isinstance(error, OSError):
            why, advice = reason(error)
            if advice:
                advice = clause("another_out", first=advice)
            raise OutputError(**said("results_not_written", out=out, why=why, advice=advice)) from error
        raise


def _check_free(target: Path, is_ours: Callable[[list[str]], bool]) -> None:
    """OutputError unless the target is absent, empty, or one of ours: other people's files are never replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(**said("target_file", target=target))
    found = [path.name for path in target.iterdir()]
    if found and not is_ours(found):
        raise OutputError(**said("target_others", target=target))


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what is missing above it; returns what was made, outermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    missing.reverse()
    for path in missing:
        path.mkdir(exist_ok=True)
    return missing


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # someone else has put something in it meanwhile


def _sync(path: Path) -> None:
    """Wait until a file or folder is on the disk; links, pipes and devices that were carried over are let be."""
    mode = path.lstat().st_mode
    if not (stat.S_ISREG(mode) or (stat.S_ISDIR(mode) and os.name != "nt")):
        return  # Windows cannot open folders; its renames are synced with the journal
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in_place(work: Path, target: Path, made: frozenset[str] | None) -> None:
    """``made``: what else an earlier folder holds is carried over; None: it goes."""
    if not target.exists():
        work.rename(target)
        return
    if made is not None:
        _carry_others(target, work, made)
    with temporary_folder(target.parent, holding=target.name) as old:
        target.rename(old / target.name)
        try:
            work.rename(target)
        except BaseException:
            (old / target.name).rename(target)
            raise
        (old / target.name).rename(old / REPLACED)


def _carry_others(target: Path, work: Path, made: frozenset[str], within: str = "") -> None:
    """Carry over all but ``made``; in a folder that the new results have too, what else is in it."""
    for path in target.iterdir():
        name, place = within + path.name, work / path.name
        if any(fnmatchcase(name, pattern) for pattern in made):
            continue
        if place.is_dir() and path.is_dir() and not path.is_symlink():
            _carry_others(path, place, made, f"{name}/")
        else:
            _carry_over(path, place)


def _carry_over(path: Path, place: Path) -> None:
    """The same file or folder at another place of the disk, without copying its bytes where that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, place, symlinks=True, copy_function=_link_or_copy)
    else:
        _link_or_copy(path, place)


def _link_or_copy(path: str | Path, place: str | Path) -> None:
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, place, follow_symlinks=False)
