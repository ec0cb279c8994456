"""Patterns: what a textbook says leads, nothing is called by name as an illness that somebody has."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings

from facialis.core.knowledge import load, sentences, wording
from facialis.core.person.casefile import Casefile, Person, Reply, SessionRow
from facialis.core.person.guidance import Resemblance
from facialis.guide.conditions import facts_of
from facialis.guide.guidance import find_guidance
from tests.guide.test_triage import ANSWERS
from validation.triage import AS_OF

TEXTBOOK: dict[str, dict[str, Reply]] = {
    "hemifacial_spasm": {
        "birth_year": 1960.0,
        "onset": date(2021, 1, 1),
        "side": "left",
        "first_region": "eye",
        "regions": ("eye", "mouth"),
        "suppressible": False,
        "in_sleep": True,
        "brow_up_with_eye_closing": True,
    },
    "eyelid_myokymia": {"one_lid_only": True, "duration_days": 9.0, "caffeine_high": True, "sleep_poor": True},
    "blepharospasm": {"both_eyes_close": True, "side": "both", "birth_year": 1955.0, "onset": date(2020, 1, 1)},
    "synkinesis": {
        "previous_palsy": date(2020, 1, 1),
        "only_with_voluntary_movement": True,
        "first_region": "both",
        "side": "right",
        "suppressible": False,
    },
    "facial_myokymia": {"continuous_wormlike": True, "multiple_sclerosis": True, "side": "right"},
    "tic": {"suppressible": True, "side": "alternating", "tonic_only": False, "birth_year": 2000.0},
    "hemimasticatory_spasm": {"jaw": True, "painful": True, "side": "left", "regions": ("jaw",)},
    "functional_spasm": {"tonic_only": True, "side": "alternating", "first_region": "mouth", "birth_year": 1988.0},
    "focal_seizure": {"spreads_to_hand": True, "seizure_or_unconscious": True, "side": "left", "confusion": True},
    "meige_syndrome": {
        "both_eyes_close": True,
        "side": "both",
        "regions": ("eye", "mouth", "jaw"),
        "neuroleptic": False,
    },
    "tardive_dyskinesia": {"neuroleptic": True, "regions": ("tongue", "mouth", "jaw"), "side": "both"},
}


def resembles(answers: dict[str, Reply]) -> tuple[Resemblance, ...]:
    return find_guidance(Casefile(name="made up", as_of=AS_OF, person=Person(replies=answers)), None, ()).resembles


def test_every_pattern_has_a_textbook_case() -> None:
    assert set(TEXTBOOK) == set(load("patterns.yaml"))


@pytest.mark.parametrize("pattern", TEXTBOOK)
def test_the_textbook_case_leads(pattern: str) -> None:
    found = resembles(TEXTBOOK[pattern])
    assert found[0].pattern == pattern
    assert found[0].leaning > found[1].leaning if len(found) > 1 else True


@given(ANSWERS)
@settings(deadline=None)
def test_the_order_is_by_evidence_and_each_piece_has_its_source(answers: dict[str, Reply]) -> None:
    found = resembles(answers)
    assert [row.leaning for row in found] == sorted((row.leaning for row in found), reverse=True)
    assert found == resembles(dict(reversed(answers.items())))
    for row in found:
        assert -1 <= row.leaning <= 1
        assert row.for_ or row.against
        assert not set(row.ask) & set(answers)
        for reason in (*row.for_, *row.against):
            assert reason.references
            assert 0 < reason.weight <= 1


def test_a_seizure_that_stays_in_the_face_is_known() -> None:
    face_only: dict[str, Reply] = {
        "rhythmic_jerks": True,
        "spreads_to_hand": False,
        "seizure_or_unconscious": False,
        "weak_after_attack": True,
        "side": "left",
        "first_region": "mouth",
    }
    assert resembles(face_only)[0].pattern == "focal_seizure"


def recorded(**shown: object) -> tuple[Resemblance, ...]:
    """What two alike recordings of one person resemble, of whom nothing was said."""
    row = SessionRow(day=AS_OF, name="one", usable_min=3.0, twitches=10.0, **shown)  # type: ignore[arg-type]
    return find_guidance(
        Casefile(name="made up", as_of=AS_OF, sessions=(row, replace(row, name="two"))), None, ()
    ).resembles


def reasons(found: tuple[Resemblance, ...], pattern: str) -> tuple[set[str], set[str]]:
    row = next(item for item in found if item.pattern == pattern)
    return {reason.text for reason in row.for_}, {reason.text for reason in row.against}


def test_what_was_measured_counts_as_what_was_said() -> None:
    spasm = recorded(side="left", synchrony_share=0.8, other_babinski_events=4.0)
    assert spasm[0].pattern == "hemifacial_spasm"
    assert reasons(spasm, "hemifacial_spasm")[0] == {"pattern_brow_lift", "pattern_together", "pattern_one_side"}
    assert "pattern_brow_lift" in reasons(spasm, "blepharospasm")[1]
    assert "pattern_two_sides" in reasons(recorded(side="both"), "hemifacial_spasm")[1]
    assert "pattern_apart" in reasons(recorded(side="left", synchrony_share=0.0), "hemifacial_spasm")[1]


def test_a_brow_that_was_not_seen_to_rise_speaks_for_nothing() -> None:
    said, unseen = recorded(side="left", other_babinski_events=0.0), recorded(side="left")
    assert said == unseen
    once = recorded(side="left", other_babinski_events=1.0)
    assert once == unseen


def test_what_was_said_and_measured_counts_once() -> None:
    row = SessionRow(day=AS_OF, name="one", usable_min=3.0, twitches=10.0, side="left", other_babinski_events=3.0)
    case = Casefile(
        name="made up",
        as_of=AS_OF,
        person=Person(replies={"brow_up_with_eye_closing": True, "side": "left"}),
        sessions=(row, replace(row, name="two")),
    )
    told = replace(case, sessions=())
    assert find_guidance(case, None, ()).resembles == find_guidance(told, None, ()).resembles


def test_nothing_known_resembles_nothing() -> None:
    assert resembles({}) == ()


def test_what_would_tell_apart_can_be_asked() -> None:
    asked = load("history.yaml")
    for row in resembles({"side": "left"}):
        assert row.ask
        for key in row.ask:
            assert asked[key]["ask"] if key in asked else wording(key)


def test_the_best_question_comes_first() -> None:
    spasm = next(row for row in resembles({"side": "left", "suppressible": False}) if row.pattern == "hemifacial_spasm")
    assert "brow_up_with_eye_closing" in spasm.ask[:3]


def test_patterns_use_known_facts_and_have_words() -> None:
    for name, pattern in load("patterns.yaml").items():
        assert wording(f"pattern_{name}_name")
        for row in (*pattern["for"], *pattern["against"]):
            assert wording(row["text"])
            assert list(facts_of(row["when"]))


@pytest.mark.parametrize("prefix", ["triage_", "pattern_", "ask_"])
def test_nobody_is_told_what_they_have(prefix: str) -> None:
    texts = {key: row["text"].lower() for key, row in sentences().items() if key.startswith(prefix)}
    assert texts
    for key, text in texts.items():
        for word in ("diagnos", "you have", "you suffer", "cured", "heals", "%", "probab"):
            assert word not in text, key
