"""What errors say: rows in every language, raised through one door, whole when they cross processes."""

from __future__ import annotations

import ast
import errno
import pickle
import string
from datetime import date
from pathlib import Path

import pytest

import facialis
from facialis.core.errors import FormatError, KnowledgeError, VideoError
from facialis.core.knowledge import language, load, sentences, translation
from facialis.core.messages import OddFile, as_error, reason, said
from facialis.core.reading import read_bytes
from facialis.files.person import read_person

PACKAGE = Path(facialis.__file__).parent
# Errors that people meet; those of programmers are in English.
SPOKEN = {
    "EstimateError",
    "FaceError",
    "FacialisError",
    "FormatError",
    "InputError",
    "MissingExtra",
    "OutputError",
    "SettingsError",
    "VideoError",
}
# Rooms whose doors have no language: phantoms are made by programmers, and no command that makes one speaks German.
ENGLISH = ("phantom", "actions/phantom.py", "cli/demo.py", "report/person/visit.py", "report/session/clips.py")


def raised_in_english(path: Path) -> list[str]:
    """Where an error that people meet is made of a literal: ``file:line``."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPOKEN:
            given = [*node.args, *(k.value for k in node.keywords if k.arg in ("message", "advice"))]
            if any(isinstance(value, (ast.Constant, ast.JoinedStr, ast.BoolOp, ast.IfExp)) for value in given):
                found.append(f"{path.relative_to(PACKAGE)}:{node.lineno}")
    return found


def test_errors_that_people_meet_are_rows() -> None:
    literal = [
        place
        for path in sorted(PACKAGE.rglob("*.py"))
        if not path.relative_to(PACKAGE).as_posix().startswith(ENGLISH)
        for place in raised_in_english(path)
    ]
    assert literal == []


def test_literals_are_seen() -> None:
    path = PACKAGE / "phantom" / "specification.py"
    assert raised_in_english(path)


def used_keys() -> set[str]:
    """First arguments of ``said`` in the code, and the texts in it that may become one."""
    texts = {"system_ENOENT", "a_name"}
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    return texts


def errors() -> dict[str, dict[str, str]]:
    """All rows of errors: most in a file of their own, those of the casebook beside its other words."""
    return {key: row for key, row in sentences().items() if key.startswith("error_")}


def test_every_row_is_said_and_every_advice_has_its_message() -> None:
    rows = set(errors())
    assert rows > set(load("wording_errors.yaml"))
    messages = {key for key in rows if not key.endswith("_advice")}
    assert {key.removesuffix("_advice") for key in rows} == messages
    used = used_keys()
    names = {key.removeprefix("error_") for key in messages}
    unsaid = {n for n in names if n not in used and n.removeprefix("system_") not in used}
    assert {n for n in unsaid if n.removeprefix("refused_") not in used} == set()


def test_every_row_is_there_in_german() -> None:
    assert set(translation("wording_errors.yaml", "de")) == set(load("wording_errors.yaml"))


def test_a_message_and_its_advice_are_spoken() -> None:
    assert str(VideoError(**said("no_film", name="x.mp4"), code="not_found")) == (
        "There is no file x.mp4. Check its name and folder."
    )
    with language("de"):
        error = VideoError(**said("no_film", name="x.mp4"), code="not_found")
    assert str(error) == "Es gibt keine Datei x.mp4. Prüfen Sie Namen und Ordner."
    # A worker speaks German, its parent need not: what was said is kept as it was said.
    other = pickle.loads(pickle.dumps(error))
    assert (str(other), other.code, other.exit_code) == (str(error), "not_found", 3)


def test_advice_that_knows_more_comes_first_and_none_is_none() -> None:
    assert said("no_film", name="x", advice="Ask Anna.")["advice"] == "Ask Anna."
    assert said("side_file", name="x", why="it is")["advice"] == ""


def test_a_row_that_is_not_there_or_not_filled_is_our_own_fault() -> None:
    with pytest.raises(KnowledgeError):
        said("what nobody says")
    with pytest.raises(KnowledgeError):
        said("no_film")


def test_the_system_is_said_in_german_too(tmp_path: Path) -> None:
    with language("de"):
        assert reason(OSError(errno.ENOSPC, "No space left on device"))[0].startswith("das Laufwerk ist voll")
        assert as_error(MemoryError()).message == "Der Arbeitsspeicher reicht nicht."
        assert as_error(RuntimeError("odd")).message.startswith("Das ist ein Fehler von facialis")
        with pytest.raises(OddFile) as caught:
            read_bytes(tmp_path, 10)
        assert reason(caught.value)[0] == "es ist ein Ordner und keine gewöhnliche Datei"
    with pytest.raises(FileNotFoundError, match="there can be no file of this name"):
        read_bytes("a\0b", 10)
    assert isinstance(as_error(FormatError("x")), FormatError)


def test_what_is_wrong_in_a_table_is_said_in_german(tmp_path: Path) -> None:
    (tmp_path / "diary.csv").write_text("date,stress (0-10)\n2026-05-01,11\nyesterday,3\n")
    with language("de"):
        problems = read_person(tmp_path, today=date(2026, 5, 31)).problems
        assert [str(problem) for problem in problems] == [
            (
                "diary.csv, Zeile 2, stress (0-10): 11 kann nicht sein: Es muss zwischen 0 und 10 liegen. "
                "Geben Sie eine Zahl von 0 bis 10 an. Der Wert wird ausgelassen."
            ),
            (
                "diary.csv, Zeile 3, date: 'yesterday' ist kein Datum: Schreiben Sie Jahr, Monat und Tag, "
                "etwa 2026-05-31. Die Zeile wird ausgelassen."
            ),
        ]


def calls_of_rows() -> list[tuple[str, str, set[str]]]:
    """(place, row, what fills its places) of each row that is said by its name."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("said", "clause")
            )
            if (
                not named
                or not isinstance(node, ast.Call)
                or not node.args
                or not isinstance(node.args[0], ast.Constant)
            ):
                continue
            if all(keyword.arg is not None for keyword in node.keywords):
                filled = {str(keyword.arg) for keyword in node.keywords}
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno}", str(node.args[0].value), filled))
    return found


def test_every_place_of_a_row_is_filled_where_it_is_said() -> None:
    rows = errors()
    calls = calls_of_rows()
    assert len(calls) > 100
    for place, key, filled in calls:
        parts = [rows[f"error_{key}"]["text"], rows.get(f"error_{key}_advice", {"text": ""})["text"]]
        names = {name for text in parts for _, name, _, _ in string.Formatter().parse(text) if name}
        assert names <= filled - {"advice"}, f"{place}: {key}"
        assert not names & {"advice", "key"}, f"{key}: a place of this name cannot be filled"
