"""Scales: paraphrased, cited, in both languages; an answer is one of theirs, or a sentence says why it is none."""

from __future__ import annotations

import pytest

from facialis.core.errors import RecordError
from facialis.core.knowledge import language, sentences, wording
from facialis.core.rating.ratings import Rating
from facialis.core.rating.scales import TOTAL, question, scales


def test_tunc_style_comes_first_and_each_says_that_it_is_a_paraphrase() -> None:
    assert next(iter(scales())) == "tunc"
    for scale in scales().values():
        if scale.key == "tapping":
            continue
        assert "-style" in wording(scale.name)
        assert "clinician" in wording(scale.name)
        assert "not the official instrument" in wording(scale.licence)
        assert scale.references != ("facialis",)


def test_every_word_of_a_scale_is_there_in_german() -> None:
    for scale in scales().values():
        asked = [p.ask for p in scale.parts.values()]
        words = [
            scale.name,
            scale.how,
            scale.licence,
            *asked,
            *(w for p in scale.parts.values() for w in p.answers.values()),
        ]
        with language("de"):
            assert all(wording(key) != sentences()[key]["text"] for key in words)


def test_totals() -> None:
    assert scales()["tunc"].total_range == (0, 20)
    assert scales()["jrs"].total_range == (0, 8)
    assert scales()["smc"].total_range is None
    assert question(scales()["tunc"], TOTAL) == "all areas together"


@pytest.mark.parametrize(
    ("scale", "part", "value", "said"),
    [
        ("tunc", "eye", 4.0, ""),
        ("tunc", "eye", None, ""),
        ("tunc", "eye", 2.5, "2.5 is no answer to eye: there are 0, 1, 2, 3, 4."),
        ("tunc", "eye", 5.0, "5 is no answer to eye"),
        ("tunc", "eye", float("nan"), "nan is no answer"),
        ("tunc", "side", "left", ""),
        ("tunc", "side", "links", "links is no answer to side: there are right, left, both, none."),
        ("tunc", "ear", 1.0, "The scale tunc has no part ear"),
        ("tunc", "total", 1.0, "has no part total"),
        ("housebrackmann", "grade", 0.0, "0 is no answer to grade"),
        ("tapping", "count", 0.0, ""),
        ("tapping", "count", 1.5, "must be a whole number"),
        ("tapping", "count", -1.0, "must be a whole number"),
        ("tapping", "tap", 1.0, "is a moment and has no value"),
    ],
)
def test_an_answer_is_one_of_the_scale(scale: str, part: str, value: float | str | None, said: str) -> None:
    problem = scales()[scale].problem(part, value)
    assert (problem == "") is (said == "")
    assert said in problem


def test_a_rating_that_cannot_be_is_refused() -> None:
    Rating(set_name="s", item="1", rater="a", scale="tunc", part="eye", unrateable=True)
    Rating(set_name="s", item="1", rater="a", scale="tapping", part="tap", onset_s=1.0)
    for wrong in (
        {"part": "eye"},
        {"part": "eye", "value": 1.0, "unrateable": True},
        {"part": "eye", "value": 9.0},
        {"part": "eye", "value": 1.0, "onset_s": 1.0},
        {"part": "eye", "value": 1.0, "repeat": 0},
        {"scale": "tapping", "part": "tap"},
        {"scale": "tapping", "part": "tap", "onset_s": 2.0, "offset_s": 1.0},
        {"scale": "other", "part": "eye", "value": 1.0},
    ):
        fields: dict[str, object] = {"set_name": "s", "item": "1", "rater": "a", "scale": "tunc", **wrong}
        with pytest.raises(RecordError):
            Rating(**fields)  # type: ignore[arg-type]
