"""A session comes back as it was written; another format is refused, and nothing is ever NaN."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import facialis
from facialis.core.errors import FormatError
from facialis.core.occasion import Occasion
from facialis.core.records import Measure, Provenance, Session
from facialis.files.session import (
    read_session_json,
    read_session_object,
    session_object,
    session_revision,
    write_session,
)
from tests.report import factory

names = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=30)


def test_session_comes_back_and_holds_what_the_interface_asks(tmp_path: Path) -> None:
    session = factory.make().session
    write_session(session, tmp_path / "session.json")
    assert read_session_json(tmp_path / "session.json", session.events) == session
    content = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert content["format_version"] == 1
    assert content["recording"]["sha256"] == session.recording.sha256
    assert content["events"]["count"] == len(session.events)
    assert {(row["region"], row["side"]) for row in content["limits"]} == {(x.region, x.side) for x in session.limits}
    assert all("interval_kind" in row and "why_not" in row for row in content["measures"])


def test_a_session_from_before_revisions_is_read(tmp_path: Path) -> None:
    session = factory.make(duration_s=5.0).session
    content = session_object(session)
    del content["provenance"]["revision"], content["provenance"]["data_sha256"]
    (tmp_path / "session.json").write_text(json.dumps(content))
    made = read_session_json(tmp_path / "session.json").provenance
    assert (made.revision, made.data_sha256) == (0, "")
    assert session_revision(read_session_object(tmp_path / "session.json")) == 0


def test_what_could_not_be_measured_is_null() -> None:
    session = factory.make(unmeasurable_sides=("right",)).session
    limits = session_object(session)["limits"]
    assert {row["limit_iod"] for row in limits if row["side"] == "right"} == {None}
    assert all(row["limit_iod"] is not None for row in limits if row["side"] == "left")


@given(st.floats(), st.dictionaries(names, st.floats() | st.lists(st.floats(), max_size=3) | names, max_size=4))
def test_json_never_holds_nan(value: float, settings: dict[str, object]) -> None:
    session = factory.make(duration_s=5.0).session
    odd = Session(
        recording=session.recording,
        usable_s=session.usable_s,
        rest_s=value,
        events=(),
        measures=(Measure(name="odd", value=value, unit=""),),
        limits=(),
        findings=(),
        blocks=(),
        provenance=Provenance(facialis_version="0", settings_fingerprint="0", model_sha256="0", settings=settings),
    )
    content = session_object(odd)
    json.dumps(content, allow_nan=False)
    assert content["measures"][0]["value"] == (value if math.isfinite(value) else None)


@pytest.mark.parametrize(
    "occasion",
    [
        Occasion(),
        Occasion(date=date(2026, 5, 31), date_from="given", mirrored=True, filmed="caught", alone=False),
        Occasion(date=date(2026, 5, 31), date_from="film_utc", utc_offset="-07:00", time_zone="America/Los_Angeles"),
    ],
)
def test_when_and_how_it_was_filmed_is_kept(tmp_path: Path, occasion: Occasion) -> None:
    session = replace(factory.make(duration_s=5.0).session, occasion=occasion)
    write_session(session, tmp_path / "session.json")
    assert read_session_json(tmp_path / "session.json").occasion == occasion
    stored = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert stored["date"] == (None if occasion.date is None else "2026-05-31")
    assert (stored["filmed"], stored["mirrored"]) == (occasion.filmed, occasion.mirrored)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[]", ""),
        ("{", ""),
        ("[" * 100_000, ""),
        ("{}", ""),
        ('{"format_version": 0}', ""),
        ('{"format_version": true}', ""),
        ('{"format_version": "2"}', ""),
        ('{"format_version": 99}', "newer"),
    ],
)
def test_a_file_of_another_format_is_refused_and_says_what_to_do(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "session.json").write_text(text)
    for read in (read_session_json, read_session_object):
        with pytest.raises(FormatError, match=r"session\.json") as caught:
            read(tmp_path / "session.json")
        assert caught.value.code == code
        assert caught.value.advice.startswith("Update facialis" if code else "Analyse the recording again")


def test_a_session_that_breaks_its_schema_is_refused(tmp_path: Path) -> None:
    (tmp_path / "session.json").write_text('{"format_version": 1, "recording": {}}')
    assert read_session_object(tmp_path / "session.json")["recording"] == {}
    with pytest.raises(FormatError, match="schema"):
        read_session_json(tmp_path / "session.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("provenance", []),
        ("provenance", None),
        ("measures", [1]),
        ("limits", ["a"]),
        ("blocks", [[1]]),
        ("findings", {"a": 1}),
        ("usable_s", "abc"),
        ("usable_s", None),
        ("usable_s", True),
        ("rest_s", [1]),
        ("rest_s", -1.0),
    ],
)
def test_whatever_breaks_the_schema_is_refused_in_a_sentence(tmp_path: Path, key: str, value: object) -> None:
    content = session_object(factory.make().session) | {key: value}
    (tmp_path / "session.json").write_text(json.dumps(content))
    with pytest.raises(FormatError):
        read_session_json(tmp_path / "session.json")


def test_session_json_has_one_reader_and_events_tsv_one_writer() -> None:
    """Whoever parses JSON or names the columns of the events elsewhere would be a second one."""
    sources = {path: path.read_text(encoding="utf-8") for path in Path(facialis.__file__).parent.rglob("*.py")}

    def those_with(pattern: str) -> set[str]:
        return {f"{path.parent.name}/{path.stem}" for path, text in sources.items() if re.search(pattern, text)}

    # The decoder and its parent speak JSON through a pipe; films have their own index; the demo reads course.json; a
    # worker of the casebook says how far it is. Kept answers, backups and what browsers tell are JSON of their own.
    others = {"film/child", "film/decoder", "files/clips", "cli/demo", "jobs/progress", "course/writing"}
    others |= {f"backup/{name}" for name in ("archive", "automatic", "doctor", "reading")}
    others |= {f"bundle/{name}" for name in ("contents", "manifest")}  # a manifest, and what a course reads of a result
    others |= {"accounts/passkeys", "filming/capture", "watching/curves", "watching/loops"}
    assert those_with(r"\bjson\.loads?\b") - others == {"files/session"}
    assert those_with(r"trial_type\W+side\W+regions\W+apex") == {"files/events"}
