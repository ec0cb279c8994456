"""Every row of a data file names its sources, and every source exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

from facialis.core import knowledge
from facialis.core.errors import KnowledgeError

DATA = Path(str(resources.files("facialis"))) / "data"
# Files whose rows are statements, numbers or sentences that somebody will be shown or measured by.
# What stands where in a page says nothing that needs a source; the sentences that it names have theirs.
PLACES = ("field_help.yaml", "history_groups.yaml", "references.yaml")
CITING = sorted(path.name for path in DATA.glob("*.yaml") if path.name not in PLACES)

OPENED = ("doi", "pmid", "pmc", "url")
# Copies, indexes and machine-written pages at which originals were read; a reader is sent to the original.
MIRRORS = (
    "acemap.",
    "alljournals.",
    "bohrium.",
    "curehunter.",
    "droracle.",
    "explore.openaire",
    "herbal-organic.",
    "ilovetranslation.",
    "improvefp.",
    "liquisearch.",
    "litmetric.",
    "mitchmedical.",
    "myneuronews.",
    "natoph.",
    "nursing-notebook.",
    "notinline.",
    "plu.mx",
    "researcher.life",
    "scilit.",
    "scribd.",
    "semanticscholar.",
    "swiftbot",
    "tomesphere.",
    "wikimili.",
    "wilddata.",
    "x-mol.",
    "yumpu.",
    "zanotowane.",
    "zendy.",
)


def uncited(content: Mapping[str, Any]) -> list[str]:
    """Rows (the innermost mappings that hold anything but mappings) without sources of their own or above them."""
    found: list[str] = []

    def walk(node: Mapping[str, Any], path: str, cited: bool) -> None:
        cited = cited or bool(node.get("references"))
        if any(not isinstance(value, Mapping) for key, value in node.items() if key != "references") and not cited:
            found.append(path)
            return
        for key, value in node.items():
            if isinstance(value, Mapping):
                walk(value, f"{path}/{key}", cited)

    for key, value in content.items():
        if isinstance(value, Mapping):
            walk(value, str(key), cited=False)
        elif key != "references" and not content.get("references"):
            found.append(str(key))
    return found


def test_rows_without_sources_are_seen() -> None:
    assert uncited({"a": {"text": "x", "references": ["k"]}, "b": {"c": {"value": 1}}}) == ["b/c"]
    assert uncited({"a": {"b": {"value": 1}, "references": ["k"]}}) == []


@pytest.mark.parametrize("name", CITING)
def test_every_row_names_its_source(name: str) -> None:
    assert uncited(knowledge.load(name)) == []


@pytest.mark.parametrize("name", CITING)
def test_every_named_source_exists(name: str) -> None:
    assert knowledge.load(name)  # load refuses unknown keys


def test_an_unknown_source_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    real = knowledge.data_bytes
    rows = b"row: {text: x, references: [nobody_1900]}"
    monkeypatch.setattr(knowledge, "data_bytes", lambda name: rows if name == "made_up.yaml" else real(name))
    with pytest.raises(KnowledgeError, match="nobody_1900"):
        knowledge.load("made_up.yaml")


@pytest.mark.parametrize("content", [b"a: [", b"- a\n- b\n"])
def test_broken_files_are_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knowledge, "data_bytes", lambda _name: content)
    with pytest.raises(KnowledgeError):
        knowledge.load(f"broken-{len(content)}.yaml")


def test_a_missing_file_says_so() -> None:
    with pytest.raises(KnowledgeError, match=r"no_such\.yaml"):
        knowledge.load("no_such.yaml")


def test_every_source_says_what_it_is() -> None:
    for key, row in knowledge.references().items():
        assert row.get("title"), key
        assert set(row) <= {*OPENED, "title", "authors", "year", "in", "note", "read", "incomplete"}, key


@pytest.mark.parametrize("key", sorted(knowledge.references()))
def test_a_source_can_be_opened_by_whoever_reads(key: str) -> None:
    row = knowledge.references()[key]
    assert row["read"] in ("whole", "abstract", "unknown")
    missing = set(row.get("incomplete", ()))
    assert missing <= {"title", "authors", "year", "journal"}
    assert missing or row.get("authors")
    assert not {"title", "authors"} <= missing or set(OPENED) & set(row) or row.get("in")
    # A paper is opened by its number, its address, or its journal and year; a leaflet and the project by their names.
    named = row.get("in") and row.get("year")
    assert set(OPENED) & set(row) or named or key in ("facialis", "dysport_leaflet", "gray_anatomy", "malaya_2005")
    for name, form in (
        ("doi", r"10\.\d{4,5}/\S+"),
        ("pmid", r"\d{7,8}"),
        ("pmc", r"PMC\d{6,8}"),
        ("year", r"(19|20)\d\d"),
    ):
        assert name not in row or re.fullmatch(form, str(row[name])), name
    assert not row["title"].endswith(".")


def test_no_mirror_of_a_source_is_named_anywhere() -> None:
    pages = [*DATA.rglob("*.yaml"), *(Path(__file__).parents[2] / "docs").rglob("*.md")]
    for path in pages:
        text = path.read_text(encoding="utf-8").lower()
        assert [host for host in MIRRORS if host in text] == [], path.name


def test_no_source_is_named_twice() -> None:
    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader: Strict, node: yaml.MappingNode) -> dict[Any, Any]:
        keys = [loader.construct_object(key) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"a key stands twice near line {node.start_mark.line}"
        return dict(loader.construct_pairs(node))

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    for path in DATA.glob("*.yaml"):
        yaml.load(path.read_text(encoding="utf-8"), Loader=Strict)


def test_wording_fills_its_places() -> None:
    with pytest.raises(KnowledgeError, match="no_such_sentence"):
        knowledge.wording("no_such_sentence")
    key, row = next((k, r) for k, r in knowledge.load("wording.yaml").items() if "{" in r["text"])
    assert row["text"]
    with pytest.raises(KnowledgeError, match=key):
        knowledge.wording(key)
