"""The report reads answers and sessions; whatever is to be found was found before."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import facialis.report

ROOM = Path(facialis.report.__path__[0])


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix())
def test_the_report_takes_no_finder_from_another_room(path: Path) -> None:
    imports = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    foreign = [node for node in imports if not (node.module or "").startswith("facialis.report")]
    assert [name.name for node in foreign for name in node.names if name.name.startswith("find_")] == []
