"""Triage: no red flag is missed, and nothing unknown makes it look better."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.core.knowledge import load, wording
from facialis.core.person.casefile import Casefile, Person, Reply
from facialis.core.person.guidance import URGENCIES, Guidance
from facialis.guide.conditions import facts_of
from facialis.guide.facts import ASKED_BY
from facialis.guide.guidance import find_guidance
from validation.triage import AS_OF, Case, answer, main, read_cases

RANK = {urgency: place for place, urgency in enumerate(URGENCIES)}
CASES = read_cases()


@cache
def answered() -> dict[str, Guidance]:
    """What is said of every written case, by its name."""
    return {case.name: answer(case) for case in CASES}


# Each of them alone asks for more than a routine appointment.
FLAGS: dict[str, Reply] = {
    **dict.fromkeys(
        [
            "sudden_droop",
            "speech_slurred",
            "arm_or_leg_weak",
            "vision_loss_sudden",
            "worst_headache",
            "confusion",
            "seizure_or_unconscious",
            "spreads_to_hand",
            "breathing_trouble",
            "swallowing_or_speech_trouble",
            "fluid_from_nose_ear_or_wound",
            "fever_and_stiff_neck",
            "self_harm_thoughts",
            "eye_cannot_close",
            "numbness",
            "double_vision",
            "hearing_change",
            "vertigo",
            "cancer",
            "multiple_sclerosis",
            "continuous_wormlike",
            "tonic_only",
            "jaw",
            "painful",
        ],
        True,
    ),
    "face_weakness": "marked",
}


OLD: set[object] = {"old", "unchanged"}  # only what is old and unchanged lowers a flag


def said_of(answers: dict[str, Reply]) -> Guidance:
    return find_guidance(Casefile(name="made up", as_of=AS_OF, person=Person(replies=answers)), None, ())


def any_answer(rule: dict[str, Any]) -> st.SearchStrategy[Reply]:
    kind = rule["kind"]
    if kind == "yes_no":
        return st.booleans()
    if kind == "date":
        return st.dates(date(1950, 1, 1), AS_OF)
    if kind == "yes_no_date":
        return st.booleans() | st.dates(date(1950, 1, 1), AS_OF)
    if kind in ("number", "days"):
        return st.integers(int(rule["low"]), min(int(rule["high"]), 2100)).map(float)
    if kind == "choice":
        return st.sampled_from(rule["choices"])
    return st.lists(st.sampled_from(rule["choices"]), min_size=1, unique=True).map(tuple)


ANSWERS = st.fixed_dictionaries({}, optional={key: any_answer(rule) for key, rule in load("history.yaml").items()})


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    assert len(CASES) >= 150
    assert min(sum(case.reading == reading for case in CASES) for reading in ("alarm lists", "stories")) >= 75
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_case_is_taken_too_lightly(case: Case) -> None:
    said = answered()[case.name]
    assert RANK[said.urgency] <= RANK[case.expect], case.why
    assert not case.fires or case.fires in {rule.id for rule in said.rules}
    assert said.help_now == case.help_now


def test_few_are_sent_sooner_than_expected() -> None:
    sooner = [case.name for case in CASES if RANK[answered()[case.name].urgency] < RANK[case.expect]]
    assert len(sooner) <= 0.05 * len(CASES), sooner


def test_every_rule_has_a_case_of_its_own() -> None:
    assert set(load("triage.yaml")) == {case.fires for case in CASES if case.fires}


def test_a_rule_has_an_urgency_or_is_a_remark() -> None:
    for name, rule in load("triage.yaml").items():
        assert rule.get("remark") is True or rule["urgency"] in URGENCIES, name
        assert ("remark" in rule) != ("urgency" in rule), name


@pytest.mark.parametrize("remark", [name for name, rule in load("triage.yaml").items() if "remark" in rule])
def test_remarks_come_last_and_raise_nothing(remark: str) -> None:
    (key, value), *_ = load("triage.yaml")[remark]["when"].items()
    lid, both, droop = {"one_lid_only": True, "duration_days": 5.0}, {"side": "both"}, {"sudden_droop": True}
    situations: tuple[dict[str, Reply], ...] = (dict(lid), dict(both), dict(droop))
    for answers in situations:
        said = said_of({**answers, key: value})
        assert said.urgency == said_of(answers).urgency
        assert said.rules[-1].id == remark
        assert said.rules[-1].urgency == said.urgency


def test_rules_ask_only_for_what_can_be_known() -> None:
    measured = {"help_now", "item9_days", "phq9_total", "gad7_total", "two_sides_seen", "tonic_seen", "palsy_before"}
    known = set(load("history.yaml")) | set(ASKED_BY) | measured | {"course_weak", "course_worse", "course_spreads"}
    for name, rule in load("triage.yaml").items():
        for condition in (rule["when"], rule.get("unless", {"all": []})):
            assert set(facts_of(condition)) <= known, name


def test_every_rule_says_why_in_few_words() -> None:
    for rule in load("triage.yaml").values():
        assert rule["references"]
        text = wording(rule["why"])
        assert max(len(part.split()) for part in text.split(".")) <= 32
    for urgency in URGENCIES:
        assert wording(f"visit_urgency_{urgency}")


@given(ANSWERS, st.sampled_from(sorted(FLAGS)))
@settings(deadline=None)
def test_a_red_flag_more_never_lowers_the_urgency(answers: dict[str, Reply], flag: str) -> None:
    before = said_of({key: value for key, value in answers.items() if key != flag})
    after = said_of({**answers, flag: FLAGS[flag]})
    assert RANK[after.urgency] <= RANK[before.urgency]
    if not OLD & set(answers.values()) - {()}:
        assert RANK[after.urgency] <= RANK["soon"]


@given(ANSWERS, st.sampled_from(sorted(FLAGS)))
@settings(deadline=None)
def test_a_harmless_answer_less_never_lowers_the_urgency(answers: dict[str, Reply], key: str) -> None:
    harmless = said_of({**answers, key: "none" if key == "face_weakness" else False})
    unknown = said_of({name: value for name, value in answers.items() if name != key})
    assert RANK[unknown.urgency] <= RANK[harmless.urgency]


@given(ANSWERS)
@settings(deadline=None)
def test_waiting_is_only_said_of_a_lid_alone_or_of_a_tic(answers: dict[str, Reply]) -> None:
    said = said_of(answers)
    if said.urgency == "wait":
        assert answers.get("one_lid_only") is True or answers.get("suppressible") is True
        assert "birth_year" in answers or "birth_year" in said.unknown
        assert not {key for key, value in FLAGS.items() if answers.get(key) == value}


@given(ANSWERS)
@settings(deadline=None)
def test_the_order_of_answers_plays_no_part(answers: dict[str, Reply]) -> None:
    assert said_of(dict(reversed(answers.items()))) == said_of(answers)


@given(ANSWERS)
@settings(deadline=None)
def test_what_is_asked_was_not_answered(answers: dict[str, Reply]) -> None:
    said = said_of(answers)
    assert not set(said.unknown) & set(answers)
    assert set(said.unknown) <= set(load("history.yaml"))
    assert said.urgency != "emergency" or not said.unknown


def test_what_could_be_an_emergency_is_asked_first() -> None:
    said = said_of({})
    unknown = said.unknown
    assert said.alarms == unknown[: len(said.alarms)]
    assert {"weak_all_over", "ear_blisters", "red_wound", "tingling_cramps"} <= set(said.alarms)
    assert not {"cancer", "painful", "side"} & set(said.alarms)
    assert unknown[0] == "sudden_droop"
    assert unknown.index("breathing_trouble") < unknown.index("cancer")
    assert set(FLAGS) <= set(unknown)


@pytest.mark.parametrize(
    ("sign", "began"),
    [
        ({"hearing_change": True}, "hearing_began"),
        ({"double_vision": True}, "double_vision_began"),
        ({"numbness": True}, "numbness_began"),
        ({"vertigo": True}, "vertigo_began"),
        ({"swallowing_or_speech_trouble": True}, "swallowing_began"),
        ({"face_weakness": "marked"}, "weakness_began"),
    ],
)
def test_how_it_began_orders_the_urgency_and_is_asked_only_of_a_sign(sign: dict[str, Reply], began: str) -> None:
    ranks = [RANK[said_of({**sign, began: how}).urgency] for how in ("hours", "days", "slowly", "old")]
    assert ranks == sorted(ranks)
    assert ranks[0] <= RANK["today"]
    assert ranks[-1] == RANK["routine"]
    assert RANK[said_of(sign).urgency] <= ranks[2]  # unknown is no better than slowly
    assert began not in said_of({}).unknown
    assert began in said_of(sign).unknown or said_of(sign).urgency == "emergency"


def test_each_reason_is_said_once() -> None:
    for case in CASES:
        said = answered()[case.name].rules
        assert len({rule.why for rule in said}) == len(said), case.name
    last_week = next(case for case in CASES if case.name == "item nine")
    assert "low_mood_help_old" not in {rule.id for rule in answer(last_week).rules}


def test_men_are_not_asked_whether_they_are_pregnant() -> None:
    fit: dict[str, Reply] = {"seizure_or_unconscious": True, "epilepsy_known": "unchanged"}
    assert "pregnant" in said_of(fit).alarms
    assert "pregnant" not in said_of({**fit, "sex": "male"}).unknown


def test_nobody_waits_of_whom_nothing_is_known() -> None:
    assert said_of({}).urgency == "routine"


def test_an_old_total_says_nothing_of_today_but_item_9_stands_until_it_is_answered() -> None:
    fresh = next(case for case in CASES if case.name == "very low mood")
    row = fresh.file.forms[0]
    old = Case(
        name="old",
        file=Casefile(name="old", as_of=row.day + timedelta(days=91), forms=(row,)),
        course=None,
        expect="routine",
        fires="",
        help_now=False,
        why="",
    )
    assert "mood_severe" in {rule.id for rule in answer(fresh).rules}
    assert "mood_severe" not in {rule.id for rule in answer(old).rules}
    ticked = replace(row, items=(*row.items[:8], 1.0))
    for answered, help_now in ((None, True), (row.day - timedelta(days=1), True), (row.day, False)):
        replies: dict[str, Reply] = {} if answered is None else {"item9_answered": answered}
        file = replace(old.file, forms=(ticked,), person=Person(replies=replies))
        assert answer(replace(old, file=file)).help_now is help_now


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    out = capsys.readouterr().out
    assert "Less urgent than expected: 0 of" in out
    assert "those to wait: 0 of" in out
    assert "By reading" in out
