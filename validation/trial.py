"""What all trials share: their options, the cache of made clips, and how a result is printed and kept."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import facialis
from facialis.core.settings import Settings

if TYPE_CHECKING:
    from validation.outcome import Outcome

__all__ = ["ROOT", "Trial", "begin", "code_key", "number", "print_table", "share"]

ROOT = Path(__file__).resolve().parent.parent
_SOURCE = Path(facialis.__file__).parent


class Trial:
    """Options of one run and what came of it: ``note`` collects what ``--json`` writes."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.footage: Path = options.footage
        self.cache: Path = options.cache
        self.seeds: int = options.seeds
        self.quick: bool = options.quick
        self._rows: dict[str, object] = {}
        self.cache.mkdir(parents=True, exist_ok=True)

    def note(self, name: str, value: object) -> None:
        """Keep a result for ``--json``."""
        self._rows[name] = value

    def say(self, text: str = "") -> None:
        """Progress, to standard error."""
        print(text, file=sys.stderr, flush=True)

    def command(self, part: str) -> str:
        """What to type for one part as it is run here."""
        words = ["python -m", f"validation.{part}", f"--seeds {self.seeds}", *(["--quick"] if self.quick else [])]
        return " ".join(words)

    def end(self, outcomes: Sequence[Outcome] = ()) -> None:
        """Print what came out and what made it; write it if ``--json`` asked for it."""
        for outcome in outcomes:
            outcome.show()
            self.note(outcome.name, outcome.plain())
        facts = {
            "command": " ".join(["python", "-m", *self.options.command]),
            "date": datetime.now(UTC).date().isoformat(),
            "facialis": facialis.__version__,
            "settings": Settings().fingerprint(),
            "code": code_key(),
            "python": platform.python_version(),
        }
        print("\n" + " · ".join(f"{key} {value}" for key, value in facts.items()))
        if self.options.json is not None:
            text = json.dumps(facts | self._rows, indent=1, default=_plain)
            self.options.json.write_text(text + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return str(value)


def begin(
    name: str, description: str | None, *, needs_footage: bool = True, seeds: int = 2, **extra: float | str
) -> Trial:
    """A trial from the command line; ends the process with a sentence if the footage is not there.

    Each of ``extra`` becomes an option of that name with that default.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m {name}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = Path(os.environ.get("FACIALIS_FOOTAGE") or ROOT.parent / "shared" / "footage")
    parser.add_argument("--footage", type=Path, default=usual, help="folder of real recordings (%(default)s)")
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "facialis-validation",
        help="folder for clips made on the way (%(default)s)",
    )
    parser.add_argument("--seeds", type=int, default=seeds, help="how often all is repeated (%(default)s)")
    parser.add_argument("--quick", action="store_true", help="a small part of the trial, to see that it runs")
    parser.add_argument("--json", type=Path, help="write the result into this file as well")
    for key, default in extra.items():
        name_ = f"--{key.replace('_', '-')}"
        if isinstance(default, bool):
            parser.add_argument(name_, action="store_true")
        else:
            parser.add_argument(name_, type=type(default), default=default, help="(%(default)s)")
    options = parser.parse_args()
    options.command = [name, *sys.argv[1:]]
    if needs_footage and not options.footage.is_dir():
        parser.exit(3, f"The footage is not at {options.footage}: say where with --footage.\n")
    return Trial(options)


def code_key(*parts: str) -> str:
    """Eight digits that change with the code of the measurement, so that no cached result outlives it.

    ``parts`` name modules below ``facialis`` without suffix; all of ``measure``, ``numeric`` and ``data`` without any.
    """
    files = [_SOURCE / f"{part}.py" for part in parts]
    if not parts:
        files = sorted(p for room in ("measure", "numeric") for p in (_SOURCE / room).rglob("*.py"))
        files += sorted((_SOURCE / "data").glob("*.yaml"))
        files += sorted((_SOURCE / "data").glob("*.npz"))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:8]


def number(value: float | None, digits: int = 2) -> str:
    """A number for a table, a dash where there is none."""
    return "–" if value is None or not np.isfinite(value) else f"{value:.{digits}f}"


def share(part: int, whole: int) -> str:
    """A share for a table with its numbers, e.g. ``0.93 (26/28)``."""
    return f"{part / whole:.2f} ({part}/{whole})" if whole else "–"


def print_table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table: first column to the left, the others to the right."""
    cells = [list(head), *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[k]) for row in cells) for k in range(len(head))]
    print(f"\n{title}")
    for row in cells:
        first = row[0].ljust(widths[0])
        rest = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join([first, *rest]).rstrip())
    sys.stdout.flush()
