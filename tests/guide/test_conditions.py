"""Conditions: three answers, and none that is guessed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from facialis.core.errors import KnowledgeError
from facialis.core.person.casefile import Reply
from facialis.core.person.treatments import day_limit
from facialis.guide.conditions import facts_of, holds, unknown_facts

FACTS: dict[str, Reply] = {"a": True, "b": False, "age": 50.0, "side": "left", "regions": ("eye", "mouth")}
FACTS["toxin_days"] = float(day_limit("toxin.free_after_days"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"a": True}, True),
        ({"a": False}, False),
        ({"unknown": True}, None),
        ({"unknown": False}, None),
        ({"side": ["left", "right"]}, True),
        ({"side": ["both"]}, False),
        ({"age": {"below": 50}}, False),
        ({"age": {"at_least": 50}}, True),
        ({"age": {"at_most": 50}}, True),
        ({"age": {"above": 50}}, False),
        ({"age": {"above": 49}}, True),
        ({"toxin_days": {"below": "toxin.free_after_days"}}, False),
        ({"toxin_days": {"at_most": "toxin.free_after_days"}}, True),
        ({"unknown": {"below": "toxin.free_after_days"}}, None),
        ({"regions": {"has": ["mouth", "jaw"]}}, True),
        ({"regions": {"has": ["jaw"]}}, False),
        ({"side": {"has": ["left"]}}, True),
        ({"not": {"a": True}}, False),
        ({"not": {"unknown": True}}, None),
        ({"all": [{"a": True}, {"unknown": True}]}, None),
        ({"all": [{"b": True}, {"unknown": True}]}, False),
        ({"all": []}, True),
        ({"any": [{"b": True}, {"unknown": True}]}, None),
        ({"any": [{"a": True}, {"unknown": True}]}, True),
        ({"any": []}, False),
        ({"at_least": {"count": 2, "of": [{"a": True}, {"b": False}, {"unknown": True}]}}, True),
        ({"at_least": {"count": 3, "of": [{"a": True}, {"b": False}, {"unknown": True}]}}, None),
        ({"at_least": {"count": 3, "of": [{"a": True}, {"b": True}, {"unknown": True}]}}, False),
    ],
)
def test_unknown_is_a_third_answer(condition: dict[str, Any], expected: bool | None) -> None:
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"a": True, "b": True},
        {"age": {"over": 5}},
        {"side": {"below": 3}},
        {"a": {"below": 3}},
        {"age": {"below": "nothing"}},
    ],
)
def test_broken_conditions_are_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(KnowledgeError):
        holds(broken, FACTS)


def test_days_can_be_compared_for_being_the_same() -> None:
    assert holds({"day": date(2026, 1, 1)}, {"day": date(2026, 1, 1)}) is True


def test_what_could_settle_it_is_named() -> None:
    condition = {"all": [{"any": [{"x": True}, {"a": False}]}, {"y": {"below": 3}}, {"a": True}]}
    assert list(unknown_facts(condition, FACTS)) == ["x", "y"]
    assert list(unknown_facts({"all": [{"b": True}, {"x": True}]}, FACTS)) == []
    assert list(unknown_facts(condition, FACTS, in_turn=True)) == ["x"]
    assert list(unknown_facts({"all": [{"a": True}, {"y": True}, {"x": True}]}, FACTS, in_turn=True)) == ["y"]
    assert list(unknown_facts({"any": [{"x": True}, {"y": True}]}, FACTS, in_turn=True)) == ["x", "y"]
    assert list(facts_of({"not": condition})) == ["x", "a", "y", "a"]
