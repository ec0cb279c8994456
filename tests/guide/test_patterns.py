"""What findings resemble: textbook cases lead, evidence is cited, nothing is called a diagnosis."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.casefile import Casefile, Person, SessionRow
from facialis.core.knowledge import load, sentences, wording
from facialis.guide.facts import facts_of
from facialis.guide.patterns import find_patterns

AS_OF = date(2026, 11, 1)
TEXTBOOK = {
    "hemifacial_spasm": {"side": "left", "first_region": "eye", "regions": ("eye", "cheek", "mouth"), "in_sleep": True,
                         "brow_up_with_eye_closing": True, "suppressible": False},
    "eyelid_myokymia": {"one_lid_only": True, "duration_days": 12.0, "caffeine_high": True, "side": "right"},
    "blepharospasm": {"both_eyes_close": True, "side": "both"},
    "synkinesis": {"previous_palsy": date(2024, 1, 1), "only_with_voluntary_movement": True, "side": "left"},
    "facial_myokymia": {"continuous_wormlike": True, "multiple_sclerosis": True, "side": "left"},
    "tic": {"suppressible": True, "birth_year": 2010.0, "onset": date(2020, 1, 1)},
    "hemimasticatory_spasm": {"jaw": True, "painful": True, "side": "left"},
    "functional_spasm": {"side": "alternating", "tonic_only": True, "first_region": "mouth"},
    "focal_seizure": {"spreads_to_hand": True, "seizure_or_unconscious": True, "side": "left"},
}  # fmt: skip


def found(says: dict[str, object], *rows: SessionRow) -> tuple:  # type: ignore[type-arg]
    case = Casefile(name="c", as_of=AS_OF, person=Person(answers=says), sessions=rows)  # type: ignore[arg-type]
    return find_patterns(facts_of(case, None, ()))


@pytest.mark.parametrize("pattern", TEXTBOOK)
def test_the_textbook_case_leads(pattern: str) -> None:
    assert found(TEXTBOOK[pattern])[0].pattern == pattern


def test_every_pattern_has_its_textbook_case_and_its_words() -> None:
    assert set(TEXTBOOK) == set(load("patterns.yaml"))
    for name, row in load("patterns.yaml").items():
        assert f"pattern_{name}" in sentences()
        for item in row["evidence"]:
            assert item["text"] in sentences()
            assert 0 < item["weight"] <= 1
            assert set(item["references"]) - {"facialis"}
        assert all(f"ask_{key}" in sentences() for key in row["ask"])


def test_nothing_known_resembles_nothing() -> None:
    assert found({}) == ()


def test_recordings_speak_as_well() -> None:
    row = SessionRow(day=AS_OF, name="a", usable_min=1, twitches=8, side="left",
                     regions=("orbicularis_oculi", "zygomaticus"))  # fmt: skip
    first = found({}, row)[0]
    assert first.pattern == "hemifacial_spasm"
    assert any(wording(reason.text).startswith("It has spread") for reason in first.for_)


def test_what_would_tell_is_asked_only_while_it_is_unknown() -> None:
    asked = found({"side": "left"})[0].ask
    assert "ask_brow_up_with_eye_closing" in asked
    assert "ask_brow_up_with_eye_closing" not in found({"side": "left", "brow_up_with_eye_closing": False})[0].ask


@given(st.permutations(sorted(TEXTBOOK["hemifacial_spasm"])))
def test_the_order_of_answers_does_not_matter(order: list[str]) -> None:
    says = TEXTBOOK["hemifacial_spasm"]
    assert found({key: says[key] for key in order}) == found(says)


def test_nothing_is_called_a_diagnosis() -> None:
    for key, row in sentences().items():
        if key.startswith(("pattern_", "triage_", "ask_")):
            assert not re.search(r"diagnos|\byou have (?!a seizure)|cure", row["text"].lower()), key
