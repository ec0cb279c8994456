"""The documentation is held to the program, and the program to its own rules."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import facialis
from facialis.cli import app
from facialis.core.knowledge import load
from scripts.generate_docs import CLI_PAGE
from scripts.generate_docs import PAGES as PAGES_MADE

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FOLDERS = ("src", "tests", "scripts", "docs", "benchmarks", "validation", "examples", ".ci")
SUFFIXES = {".py", ".md", ".yaml", ".html", ".css", ".js", ".txt", ".toml", ""}
IN_FOLDERS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
TEXTS = [
    *(path for path in IN_FOLDERS if path.is_file()),
    *ROOT.glob("*.md"),
    *(ROOT / name for name in ("Makefile", "pyproject.toml", "NOTICE")),
]

MODULES = ["facialis", *(info.name for info in pkgutil.walk_packages(facialis.__path__, "facialis."))]
MOST_LINES = 400
HEAVY = {"ai_edge_litert", "av", "cv2", "jinja2", "matplotlib", "numpy", "pyarrow", "rich", "scipy", "typer", "yaml"}


def defined_here(module: ModuleType) -> dict[str, Any]:
    """Functions and classes that the module itself makes and does not hide."""
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


@pytest.mark.parametrize("name", MODULES)
def test_all_names_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__doc__, f"{name} has no docstring"
    is_empty_package = hasattr(module, "__path__") and not defined_here(module) and not hasattr(module, "__all__")
    if is_empty_package:
        return
    listed = list(module.__all__)
    assert listed == sorted(set(listed), key=listed.index), f"{name}.__all__ names something twice"
    assert [item for item in listed if not hasattr(module, item)] == []
    assert sorted(set(defined_here(module)) - set(listed)) == [], f"public, but not in {name}.__all__"


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_has_a_docstring(name: str) -> None:
    missing = []
    for label, value in defined_here(importlib.import_module(name)).items():
        # dataclasses and protocols get a docstring of their own making; it is no documentation
        made_up = f"{label}(" if inspect.isclass(value) else "\0"
        if not value.__doc__ or value.__doc__.startswith(made_up):
            missing.append(label)
        if inspect.isclass(value):
            for part, member in vars(value).items():
                inner = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if inspect.isfunction(inner) and not part.startswith("_") and not inner.__doc__:
                    missing.append(f"{label}.{part}")
    assert missing == []


@pytest.mark.parametrize("path", PAGES_MADE, ids=lambda path: path.name)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES_MADE[path](), "type: make docs"


def test_the_example_of_a_phantom_is_one() -> None:
    from facialis.measure.specification import parse_spec

    page = next(path for path in PAGES_MADE if path.name == "phantom.md").read_text(encoding="utf-8")
    spec = parse_spec(page.split("```yaml\n")[1].split("```")[0], "phantom.md", "example")
    assert len(spec.acts) == 4


def test_every_command_and_option_is_documented() -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    root: Any = typer.main.get_command(app)
    assert set(root.commands) == {"analyse", "demo", "phantom", "info"}
    for name, command in root.commands.items():
        section = page.split(f"## facialis {name}\n")[1].split("\n## ")[0]
        assert command.help
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name} has no help"
            for option in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert option in section


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_files_have_one_noun_and_bearable_length(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_names_a_place_on_somebodys_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"(?<![\w.~-])/(?:home|root|work|tmp|Users|mnt)/[A-Za-z.]\S*", text)
    assert found == []


@pytest.mark.parametrize("heavy", ["facialis", "facialis.cli"])
def test_importing_loads_no_heavy_library(heavy: str) -> None:
    allowed = {"typer"} if heavy == "facialis.cli" else set()
    code = f"import sys, {heavy}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stderr == ""
    assert set(child.stdout.split()) & HEAVY <= allowed


def tables(text: str) -> Iterator[tuple[str, str]]:
    """Each table of a page with the section that it stands in."""
    for section in re.split(r"^#+ ", text, flags=re.MULTILINE):
        for table in re.findall(r"(?:^\|.*\|[ ]*\n?)+", section, flags=re.MULTILINE):
            yield table, section


def holds_figures(table: str) -> bool:
    """True if a cell of the table's body is a number, bare or with a unit."""
    body = table.splitlines()[2:]
    cells = [cell.strip() for row in body for cell in row.strip().strip("|").split("|")]
    return any(re.match(r"[≤≥<>~±−-]?\s*\d+([.,]\d+)?\s*(%|[a-zµ/²]+)?( .*)?$", cell) for cell in cells)


def test_tables_of_figures_are_told_from_others() -> None:
    assert holds_figures("| what | figure |\n|---|---|\n| speed | 61 frames/s |\n")
    assert holds_figures("| a | b |\n|---|---|\n| x | ≥ 0.95 |\n")
    assert not holds_figures("| code | means |\n|---|---|\n| `0` | done |\n")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_tables_of_figures_name_the_command_that_made_them(path: Path) -> None:
    for table, section in tables(path.read_text(encoding="utf-8")):
        if holds_figures(table):
            assert re.search(r"`(make|facialis|\.venv/bin/\S+|python) [^`]+`", section), table


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        place, _, anchor = target.partition("#")
        linked = (path.parent / place).resolve() if place else path
        assert linked.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", linked.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head).strip().lower().replace(" ", "-") for head in heads}, target


def test_the_readme_carries_the_fixed_wording() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace(">", " ").split())
    rows = load("wording.yaml")
    for key, row in rows.items():
        if key.startswith(("emergency_", "disclaimer")):
            words = re.sub(r"[^\w ]", "", " ".join(str(row["text"]).split()))
            assert words in re.sub(r"[^\w ]", "", readme), key
