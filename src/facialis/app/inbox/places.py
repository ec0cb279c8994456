"""Where the inbox lies: a folder for each person, and one for what was refused, with a sentence beside each file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from facialis.app.people.folders import folder_of_name
from facialis.app.people.models import Person

__all__ = [
    "REFUSED",
    "SENTENCE",
    "Refused",
    "free_name",
    "inbox_of",
    "inboxes",
    "printable",
    "refused_folder",
    "refused_of",
]

REFUSED = "refused"
SENTENCE = ".why.txt"
"""What the name of a refused file ends in with its sentence."""
_MOST_SENTENCE_BYTES = 10_000
_MOST_NAME_BYTES = 200


@dataclass(frozen=True)
class Refused:
    """A file that was not taken, and why."""

    name: str
    why: str


def inboxes() -> dict[int, Path]:
    """The folder of each person, by their number; two of one name, or one of the name ``refused``, get the number."""
    found: dict[int, Path] = {}
    taken = {REFUSED}
    inbox = Path(settings.PLACE.inbox)
    for number, whose in Person.objects.filter(received_at=None).order_by("pk").values_list("pk", "name"):
        name = folder_of_name(whose)
        name = name if name.casefold() not in taken else f"{name}-{number}"
        taken.add(name.casefold())
        found[number] = inbox / name
    return found


def inbox_of(person: Person) -> Path:
    """The folder into which films of a person are put."""
    return inboxes()[person.pk]


def refused_folder(person: Person) -> Path:
    """Where files lie that were not taken."""
    return Path(settings.PLACE.inbox) / REFUSED / inbox_of(person).name


def refused_of(person: Person) -> list[Refused]:
    """Files of a person that were not taken, the latest first."""
    folder = refused_folder(person)
    if not folder.is_dir():
        return []
    found = []
    for sentence in sorted(folder.glob(f"*{SENTENCE}"), key=lambda path: -path.lstat().st_mtime):
        name = sentence.name.removesuffix(SENTENCE)
        if (folder / name).is_file() and sentence.is_file() and not sentence.is_symlink():
            with sentence.open("rb") as file:
                why = file.read(_MOST_SENTENCE_BYTES).decode("utf-8", "replace")
            found.append(Refused(printable(name), why.strip()))
    return found


def free_name(folder: Path, name: str) -> Path:
    """A path in a folder at which nothing lies yet: the name itself, or with a number before its ending."""
    name = _shortened(name)
    path, number = folder / name, 2
    while path.exists() or path.is_symlink() or (folder / f"{path.name}{SENTENCE}").exists():
        path = folder / f"{Path(name).stem}-{number}{Path(name).suffix}"
        number += 1
    return path


def _shortened(name: str) -> str:
    """The name, short enough to be lengthened: file systems allow 255 bytes."""
    ending = os.fsencode(Path(name).suffix)[-20:]
    stem = os.fsencode(Path(name).stem)[: _MOST_NAME_BYTES - len(ending)]
    return name if len(os.fsencode(name)) <= _MOST_NAME_BYTES else os.fsdecode(stem + ending)


def printable(name: str) -> str:
    """A file's name as it can be shown: files may be called anything."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
