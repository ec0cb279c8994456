"""The front door for Python: eight names, quick to import, documented, and each used by an example that runs."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow.csv
import pytest

import facialis
from facialis.actions.made_up import write_made_up
from scripts.python_page import EXAMPLES, PAGE
from tests.docstrings import left_out

NAMES = [name for name in facialis.__all__ if name != "__version__"]
FILES = sorted(EXAMPLES.glob("*.py"))


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_eight_names_and_the_page_has_just_these() -> None:
    assert len(NAMES) == 8
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)$", page, flags=re.MULTILINE) == [*NAMES, "Examples"]
    assert set(NAMES) <= set(dir(facialis))


def test_another_name_is_said_not_to_be_there() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = facialis.nothing_of_the_kind


def test_importing_is_quick_and_loads_no_library() -> None:
    code = (
        "import sys, time; before = set(sys.modules); began_s = time.process_time(); import facialis; "
        "took_s = time.process_time() - began_s; "
        "print(took_s, *{name.split('.')[0] for name in set(sys.modules) - before})"
    )
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    took_s, *loaded = child.stdout.split()
    assert float(took_s) <= 0.1
    assert set(loaded) & {"numpy", "scipy", "cv2", "av", "numba", "pyarrow", "yaml", "typer", "rich", "jinja2"} == set()


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_typed_and_its_docstring_says_what_a_caller_needs(name: str) -> None:
    value: Any = getattr(facialis, name)
    signature = inspect.signature(value)
    assert signature.return_annotation is not inspect.Signature.empty
    assert left_out(value, ("Parameters", "Returns", "Raises", "Notes", "Examples")) == []
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


def test_every_name_is_used_by_an_example_and_examples_are_short() -> None:
    used = set()
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"facialis\.(\w+)\(", text))
        assert 10 <= len(text.splitlines()) <= 36
        assert ast.get_docstring(ast.parse(text))
    assert set(NAMES) - used == {"read_session"}, "read_session is shown in its own docstring"


def test_one_recording(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example("one_recording").main(str(clips / "face.mp4"))
    said = capsys.readouterr().out
    assert "could be used" in said
    assert "120 frames of signals" in said


def test_a_folder_of_recordings_becomes_one_table(
    clips: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("face.mp4", "text.mp4"):
        (tmp_path / name).write_bytes((clips / name).read_bytes())
    example("folder_to_table").main(str(tmp_path), str(tmp_path / "measures.csv"))
    assert "text.mp4" in capsys.readouterr().err
    table = pyarrow.csv.read_csv(tmp_path / "measures.csv").to_pylist()
    assert {row["recording"] for row in table} == {"face.mp4"}
    assert "twitch_rate_per_min" in {row["name"] for row in table}


def test_a_year_of_a_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example("year_of_a_person").main(str(write_made_up(tmp_path / "her")), str(tmp_path / "report"))
    said = capsys.readouterr().out
    assert "worsening" in said
    assert "could not be used" not in said
    assert (tmp_path / "report" / "visit.pdf").is_file()


def test_a_phantom_with_known_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example("phantom_with_truth").main(str(tmp_path / "made.mp4"))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("blink at")
    assert [line for line in lines if line.startswith("twitch at") and line.endswith("twitch left")]
    assert lines[-1] == "twitches after a correction by hand: 2"
