"""The map of ARCHITECTURE.md: every room and module by the first sentence of its docstring, in the room's own order."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "facialis"
PAGE = ROOT / "ARCHITECTURE.md"
MAP = re.compile(r"<!-- map -->\n.*<!-- end of map -->\n", re.DOTALL)
ORDER = re.compile(r"Modules, in the order of the flow: (.+?)\.(?:\n|$)", re.DOTALL)

# The way through the product; what all of it rests on comes last.
ROOMS = (
    *("film", "measure", "phantom", "follow", "guide", "agree", "report", "files", "actions", "app", "cli"),
    *("numeric", "core"),
)


def docstring(path: Path) -> str:
    """The docstring of a module, without importing it."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def first_lines(path: Path) -> str:
    """The first paragraph of a module's docstring as one line."""
    return " ".join(docstring(path).split("\n\n")[0].split()).replace("``", "`").rstrip(".")


def order_of(room: Path) -> list[str]:
    """Names of the modules and rooms in a room, as its docstring orders them.

    Raises
    ------
    ValueError
        The docstring names no order, or not just what is there.
    """
    found = ORDER.search(docstring(room / "__init__.py"))
    if found is None:
        raise ValueError(f"{room.name}/__init__.py does not say in which order its modules stand")
    named = [name.strip() for name in found.group(1).split(",")]
    there = {path.stem for path in room.glob("*.py")} - {"__init__"}
    there |= {path.parent.name for path in room.glob("*/__init__.py")}
    if sorted(named) != sorted(there):
        odd = sorted(set(named) ^ there)
        raise ValueError(f"{room.name}/__init__.py and its folder do not agree about {', '.join(odd)}")
    return named


def _room(room: Path) -> list[str]:
    place = room.relative_to(PACKAGE).as_posix()
    lines = [f"### `{place}/`", "", f"{first_lines(room / '__init__.py')}.", ""]
    names = order_of(room)
    modules = [name for name in names if (room / f"{name}.py").exists()]
    if modules:
        lines += ["| module | holds |", "|---|---|"]
        lines += [f"| `{place}/{name}` | {first_lines(room / f'{name}.py')} |" for name in modules]
        lines.append("")
    for name in names:
        if (room / name / "__init__.py").exists():
            lines += _room(room / name)
    return lines


def architecture_page() -> str:
    """ARCHITECTURE.md with its map made from the code."""
    lines = [line for name in ROOMS for line in _room(PACKAGE / name)]
    made = "\n".join(["<!-- map -->", "", *lines, "<!-- end of map -->", ""])
    return MAP.sub(lambda _: made, PAGE.read_text(encoding="utf-8"))
