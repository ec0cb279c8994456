"""The form of a bundle: a tar under age that begins with ``manifest.json``; each further file stands in that.

``age --decrypt`` and ``tar`` open it as well; ``facialis course`` reads the folder ``record``. A bundle of kind
``answer`` has ``answer`` in its place: what a clinician issued and wrote.
"""

from __future__ import annotations

import hashlib
import json
import re
import tarfile
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from facialis.app.bundle.addresses import checked
from facialis.core.errors import FacialisError, FormatError
from facialis.core.messages import said
from facialis.core.person.written_days import FIRST_YEAR
from facialis.files.clips import CLIP_FILES

__all__ = [
    "ANSWER",
    "BLOCK",
    "ENDING",
    "FORMAT",
    "LARGE",
    "MANIFEST",
    "MOST_MANIFEST_BYTES",
    "PARTS",
    "RECORD",
    "TABLES",
    "VERSION",
    "Item",
    "Manifest",
    "header",
    "is_allowed",
    "is_result",
    "manifest_in",
    "short_name",
]

FORMAT: Final = "facialis bundle"
VERSION: Final = 1
ENDING: Final = ".facialis"
MANIFEST: Final = "manifest.json"
RECORD, ANSWER = "record", "answer"
PARTS: Final = ("recordings", "course", "diary", "questionnaires")
"""What can be sent, each apart: the parts that can be shared and that show something."""
TABLES: Final = {
    "person.yaml": "course",
    "questions.txt": "course",
    "treatments.csv": "course",
    "sessions.csv": "course",
    "diary.csv": "diary",
    "questionnaires.csv": "questionnaires",
}
"""Files of a person's folder that can be sent, and to which part each belongs. What is not here never leaves."""
BLOCK: Final = 512  # tar: POSIX.1-1988
MOST_MANIFEST_BYTES: Final = 20_000_000  # chosen: a hundred thousand files; 5 - 100 MB
_MOST_FILES: Final = 100_000
LARGE: Final = 500_000_000
"""Chosen: the largest file but a film; curves of an hour have a fifth of it; 200 MB - 2 GB."""
_RESULT: Final = frozenset({"session.json", "review.json", "events.tsv", "signals.parquet", "clips/clips.json"})
_CLIP: Final = re.compile(r"clips/event-[0-9]{3,6}\.(jpg|png)", re.ASCII)
_ISSUED: Final = re.compile(r"answer/([0-9]{1,4}\.pdf|comments\.txt)", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MARK: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MOST_NAME_BYTES: Final = 150  # chosen: an old tar splits a path at 155 and 100; 100 - 155
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.ASCII | re.IGNORECASE)
_FORBIDDEN: Final = set('/\\:*?"<>|')
assert all(pattern.startswith("clips/event-") for pattern in CLIP_FILES)


@dataclass(frozen=True)
class Item:
    """A file of a bundle."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a bundle says of itself. ``secret`` is the same whenever the same is sent anew to the same address.

    ``until`` is the last day on which it may be used, ``reply_to`` the address of whoever sent it.
    """

    kind: str
    secret: str
    made_on: date
    until: date
    sender: str
    person: str
    scopes: tuple[str, ...]
    reply_to: str
    facialis: str
    files: tuple[Item, ...]

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(item.size for item in self.files)

    def written(self) -> bytes:
        """As it stands in the bundle."""
        content = {
            "format": FORMAT,
            "version": VERSION,
            **self.facts(),
            "files": [[item.name, item.size, item.sha256] for item in self.files],
        }
        return json.dumps(content, ensure_ascii=False, indent=1).encode()

    def facts(self) -> dict[str, Any]:
        """All but the files."""
        return {
            "facialis": self.facialis,
            "kind": self.kind,
            "secret": self.secret,
            "made_on": self.made_on.isoformat(),
            "until": self.until.isoformat(),
            "sender": self.sender,
            "person": self.person,
            "scopes": list(self.scopes),
            "reply_to": self.reply_to,
        }


def manifest_in(raw: bytes) -> Manifest:
    """What a bundle says of itself, and nothing else than a bundle may say.

    Raises
    ------
    FormatError
        It is of a later form, none, or names files that no casebook puts into a bundle.
    """
    try:
        told = json.loads(raw)
        if told["format"] != FORMAT:
            raise FormatError(**said("bundle_is_none"), code="bundle_is_none")
        if not isinstance(told["version"], int) or told["version"] > VERSION:
            raise FormatError(**said("bundle_newer", version=_line(told.get("facialis", ""))), code="newer")
        return _checked(told)
    except FacialisError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise FormatError(**said("bundle_refused"), code="bundle_refused") from error


def _checked(told: Any) -> Manifest:
    files = tuple(Item(str(name), _size(size), str(digest)) for name, size, digest in told["files"])
    scopes, kind = tuple(map(str, told["scopes"])), str(told["kind"])
    seen = {item.name.casefold() for item in files}
    if len(files) > _MOST_FILES or len(seen) != len(files) or kind not in (RECORD, ANSWER):
        raise ValueError(kind)
    if not set(scopes) <= set(PARTS) or (kind == RECORD and not scopes) or not _MARK.fullmatch(str(told["secret"])):
        raise ValueError(scopes)
    for item in files:
        if not is_allowed(item, kind, scopes) or not _HEX.fullmatch(item.sha256):
            raise ValueError(item.name)
    return Manifest(
        kind=kind,
        secret=str(told["secret"]),
        made_on=_day(told["made_on"]),
        until=_day(told["until"]),
        sender=_line(told["sender"]),
        person=_line(told["person"]) or "–",
        scopes=tuple(part for part in PARTS if part in scopes),
        reply_to=checked(str(told["reply_to"])),
        facialis=_line(told["facialis"]),
        files=files,
    )


def _size(size: object) -> int:
    if type(size) is not int or size < 0:
        raise ValueError(size)
    return size


def _day(text: object) -> date:
    day = date.fromisoformat(str(text))
    if not FIRST_YEAR <= day.year < 3000:
        raise ValueError(text)
    return day


def _line(text: object) -> str:
    """A name as one line that can be shown."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(text))[:80].strip()


def is_allowed(item: Item, kind: str, scopes: tuple[str, ...]) -> bool:
    """Whether a file may stand in a bundle of this kind, with these parts."""
    parts = item.name.split("/")
    if kind == ANSWER:
        return _ISSUED.fullmatch(item.name) is not None and item.size <= LARGE
    if len(parts) < 2 or parts[0] != RECORD or not all(map(_is_name, parts)):
        return False
    if len(parts) == 2:
        return TABLES.get(parts[1]) in scopes and item.size <= LARGE
    if parts[1] == "films":
        return "recordings" in scopes and len(parts) == 3
    inside = "/".join(parts[3:])
    if "recordings" not in scopes:
        return parts[1] == "sessions" and inside == "session.json" and "course" in scopes and item.size <= LARGE
    return parts[1] == "sessions" and is_result(inside) and item.size <= LARGE


def is_result(name: str) -> bool:
    """Whether a file of a result is sent: what is measured and shown, and no page that a browser would run."""
    return name in _RESULT or _CLIP.fullmatch(name) is not None


def _is_name(name: str) -> bool:
    """Whether every system can take it for the name of one file."""
    return (
        0 < len(name.encode("utf-8", "replace")) <= _MOST_NAME_BYTES
        and name.isprintable()
        and not set(name) & _FORBIDDEN
        and not name.startswith((".", " ", "~"))
        and not name.endswith((".", " "))
        and not _DEVICES.fullmatch(name)
    )


def short_name(name: str) -> str:
    """What a recording's folder is called in a bundle: its own name where that is possible everywhere."""
    if _is_name(name) and len(name.encode()) <= _MOST_NAME_BYTES - 30:
        return name
    return f"recording-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:12]}"


def header(name: str, size: int, changed_s: float = 0.0) -> bytes:
    """What stands before a file in a tar."""
    facts = tarfile.TarInfo(name)
    facts.size, facts.mode, facts.mtime = size, 0o600, int(changed_s)
    return facts.tobuf(tarfile.GNU_FORMAT if size >= 8**11 else tarfile.USTAR_FORMAT, "utf-8", "strict")
