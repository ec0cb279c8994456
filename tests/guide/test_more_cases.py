"""Who should be seen and how soon: written cases, no red flag missed, and what never may happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.knowledge import load, wording
from facialis.core.person.casefile import Casefile, FilledForm, Person, Treatment
from facialis.core.person.guidance import URGENCIES, Guidance
from facialis.files.person import read_person
from facialis.follow.course import find_course
from facialis.follow.questionnaires import score_all
from facialis.guide.guidance import find_guidance

AS_OF = date(2026, 11, 1)
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "more_cases.yaml").read_text(encoding="utf-8"))
FLAGS = [
    "sudden_droop",
    "arm_or_leg_weak",
    "speech_slurred",
    "vision_loss_sudden",
    "worst_headache",
    "confusion",
    "seizure_or_unconscious",
    "spreads_to_hand",
    "fever_and_stiff_neck",
    "fluid_from_nose_ear_or_wound",
    "breathing_trouble",
    "self_harm_thoughts",
    "numbness",
    "hearing_change",
    "vertigo",
    "double_vision",
    "cancer",
    "multiple_sclerosis",
    "tonic_only",
    "continuous_wormlike",
    "jaw",
    "painful",
    "head_or_face_injury",
    "eye_cannot_close",
    "swallowing_or_speech_trouble",
]
YES_NO = sorted(key for key, row in load("history.yaml").items() if row["kind"] == "yes_no")


def case_of(row: dict[str, Any], place: Path) -> Casefile:
    """The case as it would be read from a person's folder."""
    place.mkdir(exist_ok=True)
    (place / "person.yaml").write_text(yaml.safe_dump(row["says"]), encoding="utf-8")
    read = read_person(place, today=AS_OF)
    assert read.problems == (), [str(p) for p in read.problems]
    given = [
        Treatment(day=AS_OF - timedelta(days=row[f"{kind}_days"]), kind=kind)
        for kind in ("toxin", "decompression")
        if f"{kind}_days" in row
    ]
    answers: tuple[FilledForm, ...] = ()
    if "phq9" in row:
        answers = (FilledForm(day=AS_OF, instrument="phq9", items=tuple(float(v) for v in row["phq9"])),)
    return Casefile(name="case", as_of=AS_OF, person=read.person, treatments=tuple(given), forms=answers)


def guided(case: Casefile) -> Guidance:
    return find_guidance(case, None, score_all(case))


def person(**says: object) -> Casefile:
    return Casefile(name="case", as_of=AS_OF, person=Person(replies=says))  # type: ignore[arg-type]


@pytest.mark.parametrize("row", CASES, ids=[row["what"] for row in CASES])
def test_written_cases(row: dict[str, Any], tmp_path: Path) -> None:
    found = guided(case_of(row, tmp_path / "p"))
    if row["red"]:  # a red flag may be taken more seriously, never less
        assert URGENCIES.index(found.urgency) <= URGENCIES.index(row["urgency"]), [rule.id for rule in found.rules]
    else:
        assert found.urgency == row["urgency"], [rule.id for rule in found.rules]
    assert found.rules[0].urgency == found.urgency


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 60


@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans(), max_size=12), st.sampled_from(FLAGS))
def test_a_red_flag_never_lowers_the_urgency(says: dict[str, bool], flag: str) -> None:
    before, after = guided(person(**says)), guided(person(**{**says, flag: True}))
    assert URGENCIES.index(after.urgency) <= URGENCIES.index(before.urgency) or flag in says
    assert URGENCIES.index(after.urgency) <= URGENCIES.index("soon")


@given(st.dictionaries(st.sampled_from(YES_NO), st.booleans(), max_size=12), st.data())
def test_what_is_not_known_never_hides_a_flag(says: dict[str, bool], data: st.DataObject) -> None:
    # Forgetting all that is no flag leaves whatever the flags ask for.
    flags = {key: value for key, value in says.items() if key in FLAGS and value}
    if flags:
        least = guided(person(**flags)).urgency
        assert URGENCIES.index(guided(person(**says)).urgency) <= URGENCIES.index(least)
    order = data.draw(st.permutations(sorted(says)))
    assert guided(person(**{key: says[key] for key in order})) == guided(person(**dict(sorted(says.items()))))


def test_help_is_asked_for_at_once() -> None:
    assert guided(person(self_harm_thoughts=True)).help_now
    row = {"says": {}, "phq9": [0, 0, 0, 0, 0, 0, 0, 0, 1]}
    case = Casefile(
        name="c",
        as_of=AS_OF,
        forms=(FilledForm(day=AS_OF, instrument="phq9", items=tuple(float(v) for v in row["phq9"])),),
    )
    assert guided(case).help_now
    assert not guided(person()).help_now


def test_a_total_does_not_take_back_the_answer_about_harming_oneself() -> None:
    asked = FilledForm(day=AS_OF - timedelta(days=20), instrument="phq9", items=(0.0,) * 8 + (2.0,))
    total = FilledForm(day=AS_OF, instrument="phq9", items=(), total=5.0)
    case = Casefile(name="c", as_of=AS_OF, forms=(asked, total))
    assert guided(case).help_now
    taken_back = replace(total, items=(0.0,) * 9, total=None)
    assert not guided(replace(case, forms=(asked, taken_back))).help_now


def test_weakness_that_was_told_is_not_put_down_to_recordings_or_to_toxin() -> None:
    case = person(face_weakness="slight")
    said = find_guidance(case, find_course(case), ())
    assert said.urgency == "soon"
    assert "weakness_after_toxin" not in {rule.id for rule in said.rules}
    with_toxin = person(face_weakness="slight", toxin_days_ago=20.0)
    said = find_guidance(with_toxin, find_course(with_toxin), ())
    assert "weakness_after_toxin" in {rule.id for rule in said.rules}
    assert not any("recording" in wording(rule.why) for rule in said.rules)
