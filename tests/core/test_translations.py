"""Another language says the same: every sentence, the same {placeholders}, none left over, none left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from facialis.core.knowledge import LANGUAGES, language, load, wording

DATA = Path(str(resources.files("facialis"))) / "data"
CODES = [code for code in LANGUAGES if code != "en"]
# What every language must have. Others are held to the same as soon as they are there.
REQUIRED = ("wording.yaml", "articles.yaml", "pathways.yaml", "history.yaml")
SENTENCES = [
    (code, path.name)
    for code in CODES
    for path in sorted([*DATA.glob("wording*.yaml"), DATA / "history.yaml"])
    if (DATA / code / path.name).is_file()
]
# The same in both languages: short names of instruments, and words.
SAME = re.compile(r"[A-Z]{2,}-?\d*|Stress|Film|Phantom|Code|Passphrase|Passkeys")
ENGLISH = re.compile(r"\b(the|and|of|with|were|which|your|face|eye|twitches?|not|is|are)\b")


def said(row: Any) -> str:
    """What an English row says: sentences have a text, questions an ask."""
    return str(row.get("text", row.get("ask", ""))) if isinstance(row, Mapping) else ""


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from leaves(value, f"{path}/{key}")
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from leaves(value, f"{path}/{i}")
    else:
        yield path, str(node)


def read(code: str, name: str) -> Mapping[str, Any]:
    content = yaml.safe_load((DATA / code / name).read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def keys_of(path: Path) -> list[str]:
    return re.findall(r"^(\w+):", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", REQUIRED)
def test_what_every_language_must_have_is_there(name: str, code: str) -> None:
    assert (DATA / code / name).is_file()


@pytest.mark.parametrize("code", CODES)
def test_no_file_translates_what_there_is_not(code: str) -> None:
    assert {path.name for path in (DATA / code).iterdir()} <= {path.name for path in DATA.glob("*.yaml")}


@pytest.mark.parametrize(("code", "name"), SENTENCES)
def test_every_sentence_is_translated_and_none_is_left_over(code: str, name: str) -> None:
    english = {key for key, row in load(name).items() if said(row)}
    assert set(read(code, name)) - english == set()
    assert english - set(read(code, name)) == set()


@pytest.mark.parametrize(("code", "name"), SENTENCES)
def test_no_key_stands_twice(code: str, name: str) -> None:
    keys = keys_of(DATA / code / name)
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize(("code", "name"), SENTENCES)
def test_placeholders_are_the_same(code: str, name: str) -> None:
    english = load(name)
    differ = [key for key, text in read(code, name).items() if placeholders(text) != placeholders(said(english[key]))]
    assert differ == []


@pytest.mark.parametrize(("code", "name"), SENTENCES)
def test_nothing_is_left_in_english(code: str, name: str) -> None:
    english = load(name)
    rows = read(code, name)
    assert all(isinstance(text, str) and text.strip() for text in rows.values())
    worded = {key: text for key, text in rows.items() if re.search(r"[^\W\d_]", re.sub(r"\{\w+\}", "", text))}
    assert [key for key, text in worded.items() if text == said(english[key]) and not SAME.fullmatch(text)] == []
    # Two such words, as one may be a name or a German word of its own.
    assert [key for key, text in rows.items() if len(ENGLISH.findall(text)) > 1] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["articles.yaml", "pathways.yaml"])
def test_articles_and_pathways_are_translated_row_by_row(name: str, code: str) -> None:
    kept = re.compile(
        r"/(references|claims|worked_out|about|reviewed|reviewed_by|written|checked|next_check|articles)(/|$)"
    )
    english = {re.sub(r"/text$", "", path): text for path, text in leaves(load(name)) if not kept.search(path)}
    other = dict(leaves(read(code, name)))
    assert set(other) == set(english)
    assert [path for path in other if other[path] == english[path] or len(ENGLISH.findall(other[path])) > 1] == []


def test_the_check_for_english_sees_english() -> None:
    assert len(ENGLISH.findall("The brow of the face is up.")) > 1
    assert len(ENGLISH.findall("Die Braue im Gesicht war oben, was in Ordnung ist.")) <= 1


def test_placeholders_are_found() -> None:
    assert placeholders("{b} of {a}, {a}") == ["a", "b"]


def test_german_is_spoken() -> None:
    assert wording("kind_twitch") == "twitch"
    with language("de"):
        assert wording("kind_twitch") == "Zuckung"
        assert wording("events_more", count=3) == "3 weitere, kleinere oder weniger sichere"
    assert wording("kind_twitch") == "twitch"
