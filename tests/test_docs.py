"""The documentation is held to the program, and the program to its own rules."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

import facialis
from facialis.cli import app
from facialis.core.knowledge import sentences
from facialis.core.records import KINDS, Block, DetectionLimit, Finding, Measure, Provenance, Recording
from facialis.core.revision import MEASUREMENT_REVISION
from facialis.core.settings import EventSettings
from scripts.architecture_map import order_of
from scripts.generate_docs import BLOCK, CLI_PAGE, commands, constant
from scripts.generate_docs import PAGES as PAGES_MADE
from tests.app.house import set_up
from tests.docstrings import left_out
from tests.measure.factory import Face, recording

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REFERENCE = ROOT / "docs" / "reference"
GUIDES = ROOT / "docs" / "guides"
SECTIONS = [
    "Definition",
    "Unit and interval",
    "Assumptions",
    "When it is not measurable",
    "Frame rate",
    "What it does not mean",
    "References",
]
FOLDERS = ("src", "frontend/src", "tests", "scripts", "docs", "benchmarks", "validation", "examples", ".ci")
SUFFIXES = {".py", ".md", ".yaml", ".html", ".css", ".js", ".ts", ".txt", ".toml", ""}
IN_FOLDERS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
TEXTS = [
    *(path for path in IN_FOLDERS if path.is_file()),
    *ROOT.glob("*.md"),
    *(ROOT / name for name in ("Makefile", "pyproject.toml", "NOTICE")),
]

MODULES = ["facialis", *(info.name for info in pkgutil.walk_packages(facialis.__path__, "facialis."))]
STEPS = (
    "measure.session.measure_source",
    "measure.face.motion.track_motion",
    "measure.events.evidence.stretches",
    "measure.events.evidence.collect",
    "measure.events.evidence.evidence_for",
    "numeric.signals.detection.weigh",
    "numeric.images.registration.measure_shift",
    "measure.events.candidates.find_candidates",
    "measure.events.shape.shape_of",
    "measure.events.kinds.twitch_probability",
    "measure.events.kinds.probability_in_company",
    "measure.events.kinds.least_probability",
    "measure.events.kinds.found_at_deviate",
    "measure.events.neighbours.probabilities",
    "measure.events.lids.closed_share",
    "measure.events.lids.find_closures",
    "measure.events.holds.find_holds",
    "measure.events.ripples.find_ripples",
    "measure.events.expressions.find_expressions",
    "measure.events.decision.detect",
    "measure.events.threshold.noise_threshold",
    "measure.limits.detection_limits",
    "measure.limits.evidence_limits",
    "measure.measures.session_measures",
    "measure.measures.rest_intervals",
    "measure.quality.quality_findings",
    "measure.quality.usable_s",
)
"""The detector's main steps: whoever reads one learns the shape and unit of all that goes in and comes out."""
MOST_LINES = 400
HEAVY = {"ai_edge_litert", "av", "cv2", "django", "jinja2", "numpy", "pyarrow", "rich", "scipy", "typer", "yaml"}


def imported(name: str) -> ModuleType:
    """A module; those of the app need Django to be set up."""
    if name.startswith("facialis.app"):
        set_up()
    return importlib.import_module(name)


def defined_here(module: ModuleType) -> dict[str, Any]:
    """Functions and classes that the module itself makes and does not hide."""
    return {
        name: value
        for name, value in vars(module).items()
        if (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


def test_all_names_what_is_public() -> None:
    for name in MODULES:
        module = imported(name)
        assert module.__doc__, f"{name} has no docstring"
        is_empty_package = hasattr(module, "__path__") and not defined_here(module) and not hasattr(module, "__all__")
        if is_empty_package:
            continue
        listed = list(module.__all__)
        assert listed == sorted(set(listed), key=listed.index), f"{name}.__all__ names something twice"
        assert [item for item in listed if not hasattr(module, item)] == [], f"not there, but in {name}.__all__"
        assert sorted(set(defined_here(module)) - set(listed)) == [], f"public, but not in {name}.__all__"


def test_every_public_name_has_a_docstring() -> None:
    assert {name: missing for name in MODULES if (missing := undocumented(name))} == {}


def undocumented(name: str) -> list[str]:
    """Public names of a module that have no docstring of their own."""
    missing = []
    for label, value in defined_here(imported(name)).items():
        # dataclasses and protocols get a docstring of their own making; it is no documentation
        made_up = f"{label}(" if inspect.isclass(value) else "\0"
        if not value.__doc__ or value.__doc__.startswith(made_up):
            missing.append(label)
        if inspect.isclass(value):
            for part, member in vars(value).items():
                inner = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if not inspect.isfunction(inner) or inner.__module__ != name:  # what a metaclass put there is not ours
                    continue
                if not part.startswith("_") and not inner.__doc__:
                    missing.append(f"{label}.{part}")
    return missing


@pytest.mark.parametrize("name", STEPS)
def test_each_step_says_what_goes_in_and_what_comes_out(name: str) -> None:
    module, _, step = name.rpartition(".")
    value = getattr(importlib.import_module(f"facialis.{module}"), step)
    assert left_out(value, ("Parameters", "Returns", "Notes", "Source", "Examples")) == []


@pytest.mark.parametrize("path", PAGES_MADE, ids=lambda path: path.name)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES_MADE[path](), "type: make docs"


def test_the_example_of_a_phantom_is_one() -> None:
    from facialis.phantom.specification import parse_spec

    page = next(path for path in PAGES_MADE if path.name == "phantom.md").read_text(encoding="utf-8")
    spec = parse_spec(page.split("```yaml\n")[1].split("```")[0], "phantom.md", "example")
    assert len(spec.acts) == 4


def test_every_command_and_option_is_documented() -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    root: Any = typer.main.get_command(app)
    found = dict(commands(root, "facialis"))
    assert {path.removeprefix("facialis ") for path in found} == {
        "agree",
        "analyse",
        "backup",
        "casebook",
        "casebook password",
        "casebook receive",
        "casebook send",
        "casebook take-in",
        "course",
        "demo",
        "doctor",
        "experiment",
        "guide",
        "info",
        "person",
        "phantom",
        "report",
        "restore",
        "serve",
    }
    for name, command in found.items():
        section = page.split(f"## {name}\n")[1].split("\n## ")[0]
        assert command.help
        for parameter in command.params:
            assert parameter.help, f"{name}: {parameter.name} has no help"
            for option in parameter.opts if parameter.param_type_name == "option" else [parameter.metavar]:
                assert option in section


def test_files_have_one_noun_and_bearable_length() -> None:
    long = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {path: lines for path, lines in long.items() if lines > MOST_LINES} == {}


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(r"(?<![\w.~-])/(?:home|root|work|tmp|Users|mnt)/[A-Za-z.]\S*")
    found = {path: place.findall(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert {path: places for path, places in found.items() if places} == {}


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
    rows = sentences()
    for key, row in rows.items():
        if key.startswith(("emergency_", "disclaimer")):
            words = re.sub(r"[^\w ]", "", " ".join(str(row["text"]).split()))
            assert words in re.sub(r"[^\w ]", "", readme), key


def cells(page: Path) -> list[list[str]]:
    """Rows of a page's tables whose first cell is a name in backticks, without the blocks that are made."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if "|" in line]
    return [row for row in rows if row[0].startswith(("`", "[`"))]


def named(page: Path) -> set[str]:
    """What stands in backticks in the first cells of a page's tables."""
    return {name for row in cells(page) for name in re.findall(r"`([^`]+)`", row[0])}


def test_the_hand_written_part_of_the_architecture_is_short() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(text.split("<!-- map -->")[0].splitlines()) <= 150


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_name_only_modules_that_are_there(path: Path) -> None:
    if path.name == "CHANGELOG.md":  # tells of what was
        return
    rooms = "core|numeric|film|files|measure|phantom|follow|guide|agree|report|actions|app|cli"
    mentioned = set(re.findall(rf"`((?:{rooms})/[\w/]+)`", path.read_text(encoding="utf-8")))
    sources = ROOT / "src" / "facialis"
    assert [
        name for name in sorted(mentioned) if not ((sources / f"{name}.py").exists() or (sources / name).is_dir())
    ] == []


def test_a_room_that_does_not_name_what_is_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text('"""A room.\n\nModules, in the order of the flow: there, gone.\n"""\n')
    (tmp_path / "there.py").write_text('"""Is there."""\n')
    with pytest.raises(ValueError, match="gone"):
        order_of(tmp_path)


_ROOMS = sorted({path.parent for path in SOURCES if path.parent.name != "migrations"})  # a history only grows


@pytest.mark.parametrize("room", _ROOMS, ids=lambda room: room.name)
def test_no_room_has_more_than_fourteen_modules(room: Path) -> None:
    assert len([path for path in room.glob("*.py") if path.name != "__init__.py"]) <= 14


@cache
def measured() -> tuple[Measure, ...]:
    """The measures of a face that twitches and blinks."""
    from facialis.measure.events.decision import detect
    from facialis.measure.measures import session_measures

    face = Face(30.0).blink(4.0).blink(9.0)
    for at_s in (7.0, 12.0, 17.0, 22.0):
        face.twitch(at_s, "left", 0.04)
    found = detect(face.motion(), EventSettings(), "test")
    return session_measures(found, [Block(name="task", start_s=10.0, stop_s=25.0)])


def test_the_index_of_measures_is_that_of_the_code() -> None:
    def time_meant(row: Measure) -> str:
        return "each block" if row.block == "task" else row.block

    made: dict[str, tuple[str, bool, list[str]]] = {}
    for row in measured():
        made.setdefault(row.name, (row.unit, row.low is not None, []))[2].append(time_meant(row))
    said = {
        re.findall(r"`(\w+)`", name)[0]: (unit.strip("`") if "`" in unit else "", bounds != "none", times.split(", "))
        for name, unit, bounds, times in cells(REFERENCE / "measures" / "README.md")
    }
    assert said == made


def test_every_measure_has_its_page_and_its_words() -> None:
    names = {row.name for row in measured()}
    assert {f"measure_{name}" for name in names} <= set(sentences())
    for name in names | {"detection_limit", "rest", "usable_time"}:
        text = (REFERENCE / "measures" / f"{name}.md").read_text(encoding="utf-8")
        assert re.findall(r"^## (.*)$", text, flags=re.MULTILINE) == SECTIONS, name
        assert "<!-- sources: " in text, f"{name}: name the sources"


def test_every_kind_of_event_has_its_section() -> None:
    text = (REFERENCE / "events.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `(\w+)`$", text, flags=re.MULTILINE) == list(KINDS)
    for kind in KINDS:
        assert {f"kind_{kind}", f"kind_{kind}_many"} <= set(sentences())


def finding_codes() -> set[str]:
    """What `measure/quality` can say, read from its calls."""
    tree = ast.parse((ROOT / "src" / "facialis" / "measure" / "quality.py").read_text(encoding="utf-8"))
    codes = set()
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_finding", "_below"):
            code = call.args[0 if call.func.id == "_finding" else 1]
            codes |= {code.value} if isinstance(code, ast.Constant) else set()
    return {str(code) for code in codes}


def test_every_finding_has_words_and_is_documented() -> None:
    codes = finding_codes()
    assert {"too_dark", "short", "gaps"} <= codes, "the codes are no longer where this test looks for them"
    assert {f"{part}_{code}" for part in ("finding", "advice") for code in codes} <= set(sentences())
    assert named(REFERENCE / "findings.md") == codes


def test_every_key_of_the_result_files_is_documented(tmp_path: Path) -> None:
    from facialis.files.events import EVENT_COLUMNS
    from facialis.files.signals import write_motion

    text = (REFERENCE / "files.md").read_text(encoding="utf-8")
    sections = {part.split("\n")[0].strip("`"): part for part in re.split(r"^###? ", text, flags=re.MULTILINE)}
    assert re.findall(r"^\| `(\w+)` \|", sections["events.tsv"], flags=re.MULTILINE) == list(EVENT_COLUMNS)
    for section, kind in (("recording", Recording), ("A measure", Measure)):
        rows = re.findall(r"^\| ([^|]+) \|", sections[section], flags=re.MULTILINE)
        assert set(re.findall(r"`(\w+)`", " ".join(rows))) == {field.name for field in fields(kind)}
    for part in (DetectionLimit, Finding, Block, Provenance):
        for field in fields(part):
            assert f"`{field.name}`" in sections["session.json"]

    import pyarrow.parquet as pq

    face = Face(2.0)
    write_motion(face.motion(), tmp_path / "signals.parquet")
    said = re.findall(r"`([\w<>]+)`", sections["signals.parquet"])
    for column in pq.read_schema(tmp_path / "signals.parquet").names:
        general = re.sub(r"^(right|left)_(\w+?)_(lateral|up|error)_iod$", r"<side>_<region>_\3_iod", column)
        assert re.sub(r"^(right|left)_aperture", "<side>_aperture", general) in said


def test_every_key_of_the_index_of_films_is_documented(tmp_path: Path) -> None:
    from facialis.files.clips import INDEX, Clip, write_clips

    clip = Clip(
        event=0,
        image=b"",
        mime="image/png",
        tiles=1,
        tile_width_px=1,
        tile_height_px=1,
        start_s=0.0,
        stop_s=0.0,
        onset_tile=0,
        apex_tile=0,
        offset_tile=0,
        factor=1,
        faces=False,
    )
    write_clips([clip], tmp_path)
    index = json.loads((tmp_path / INDEX).read_text(encoding="utf-8"))
    section = (REFERENCE / "files.md").read_text(encoding="utf-8").split("## `clips/`\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", section, flags=re.MULTILINE)
    assert re.findall(r"`(\w+)`", " ".join(rows)) == list(index["clips"][0])
    assert all(f"`{key}`" in section for key in index)


def test_every_top_level_key_of_a_session_is_documented() -> None:
    from facialis.core.records import Session
    from facialis.files.session import session_object
    from facialis.measure.events.decision import detect

    motion = Face(2.0).motion()
    made = Provenance(facialis_version="0", settings_fingerprint="0", model_sha256="0")
    events = detect(motion, EventSettings(), "test").events
    session = Session(
        recording=recording(motion),
        usable_s=2.0,
        rest_s=2.0,
        events=events,
        measures=(),
        limits=(),
        findings=(),
        blocks=(),
        provenance=made,
    )
    assert set(session_object(session)) <= named(REFERENCE / "files.md")


def test_every_feature_of_the_rule_is_described() -> None:
    from facialis.measure.events.features import feature_names
    from facialis.measure.events.kinds import COMPANY

    assert named(REFERENCE / "method.md") == {*feature_names(), *COMPANY}


def numbers(value: object) -> list[float]:
    """The numbers of a constant."""
    if isinstance(value, tuple):
        return [number for part in value for number in numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_words_name_the_constants_that_the_code_has(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # Pages of many parts table constants where they act; others table all of them at the end.
    parts = re.split(r"^## ", text, flags=re.MULTILINE) if path.name in ("method.md", "events.md") else [text]
    for section in parts:
        words = BLOCK.sub("", section)
        for block in BLOCK.finditer(section):
            for name in block.group(2).split() if block.group(1) == "constants" else []:
                for number in numbers(constant(name)[0]):
                    found = re.search(rf"(?<![\w.]){re.escape(f'{number:g}')}(?!\w|\.\d)", words)
                    assert found, f"{name} is {number:g}, which its section does not say: it may tell an old value"


def test_the_second_look_of_the_guide_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from facialis.files.signals import write_motion

    code = (GUIDES / "why-not-seen.md").read_text(encoding="utf-8").split("```python\n")[1].split("```")[0]
    place = "facialis-out/my-face/signals.parquet"
    assert place in code
    signals = tmp_path / "signals.parquet"
    write_motion(Face(16.0).twitch(12.3, "left", 0.05).motion(), signals)
    exec(compile(code.replace(place, str(signals)), "why-not-seen.md", "exec"), {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("a twitch must reach ")
    assert any(re.fullmatch(r"12\.\d\d s left: evidence \d+\.\d, twitch [01]\.\d\d", line) for line in lines[1:])


def test_the_phantom_of_the_guide_can_be_made() -> None:
    from facialis.phantom.specification import parse_spec

    text = (GUIDES / "make-a-phantom.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert len(parse_spec(inspect.cleandoc("\n" + text), "make-a-phantom.md", "my").acts) == 5


def test_the_blocks_of_the_guide_can_be_read(tmp_path: Path) -> None:
    from facialis.files.blocks import read_blocks

    page = ROOT / "docs" / "start" / "how-to-record.md"
    table = next(part for part in page.read_text(encoding="utf-8").split("```\n") if part.startswith("block,"))
    (tmp_path / "blocks.csv").write_text(table, encoding="utf-8")
    blocks = read_blocks(tmp_path / "blocks.csv")
    assert {block.name for block in blocks}.isdisjoint({"rest", "all"})
    assert len({block.name for block in blocks}) == len(blocks) == 3


def test_the_version_is_the_same_wherever_it_is_written() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$", changes, flags=re.MULTILINE)
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert released[0][0] == facialis.__version__
    assert f"version: {released[0][0]}\n" in cited
    assert f"date-released: {released[0][1]}\n" in cited


def test_the_newest_change_to_numbers_has_the_revision_that_results_carry() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+\.\d+\.\d+ \| (\d+) \|", changes, flags=re.MULTILINE)
    assert max(map(int, rows)) == MEASUREMENT_REVISION
