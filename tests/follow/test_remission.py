"""Words of quiet follow rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from facialis.core.person.casefile import SessionRow
from facialis.follow.remission import Quiet, find_quiet
from tests.follow.cases import on, session

LOUD = [session(7 * k) for k in range(10)]  # 3 a minute until day 63


def quiet(
    days: list[int],
    as_of: int | None = None,
    upper: float = 0.05,
    share: float = 1.0,
    minutes: float = 5.0,
    free_from: int | None = None,
) -> Quiet:
    rows = [*LOUD, *(session(d, 0, usable_min=minutes) for d in days)]
    shares = [1.0] * len(LOUD) + [share] * len(days)
    until = on(as_of if as_of is not None else max([63, *days]))
    free = None if free_from is None else on(free_from)
    return find_quiet(rows, shares, as_of=until, free_from=free, upper_per_min=upper)


def test_no_quiet_no_remission() -> None:
    assert quiet([]).remission == "none"


@pytest.mark.parametrize(
    ("last", "word"),
    [
        (77, "none"),
        (84, "quiet_so_far"),
        (154, "quiet_so_far"),
        (161, "possible"),
        (434, "possible"),
        (441, "sustained"),
    ],
)
def test_words_by_length(last: int, word: str) -> None:
    found = quiet(list(range(70, last + 1, 7)))
    assert found.remission == word
    assert found.days == (last - 70 if word != "none" else 0)
    assert found.earlier_per_min == pytest.approx(3.0)


def test_a_single_twitch_ends_it() -> None:
    rows = [*LOUD, *(session(d, int(d == 434)) for d in range(70, 435, 7))]
    assert find_quiet(rows, [1.0] * len(rows), as_of=on(434), free_from=None, upper_per_min=0.01).remission == "none"


def test_a_gap_of_more_than_four_months_starts_anew() -> None:
    assert quiet([*range(70, 200, 14), *range(200, 470, 14)]).remission == "sustained"
    assert quiet([*range(70, 200, 14), *range(330, 470, 14)]).days == 466 - 330 - (466 - 330) % 14


def test_sustained_needs_a_low_upper_end_and_a_recent_session() -> None:
    days = list(range(70, 450, 14))
    assert quiet(days).remission == "sustained"
    assert quiet(days, upper=0.25).remission == "possible"
    assert quiet(days, as_of=540).remission == "possible"


def test_sessions_that_could_not_see_do_not_count() -> None:
    blind = quiet(list(range(70, 450, 14)), share=0.01)
    assert (blind.remission, blind.days, blind.too_coarse) == ("none", 0, True)
    short = quiet([70], minutes=0.5)
    assert (short.remission, short.too_coarse) == ("none", False)


def test_short_sessions_count_together() -> None:
    assert quiet(list(range(70, 200, 7)), minutes=0.4).remission == "possible"


def test_quiet_under_toxin_does_not_count() -> None:
    assert quiet(list(range(70, 450, 14)), free_from=400).remission == "quiet_so_far"
    assert quiet(list(range(70, 300, 14)), free_from=400).remission == "none"


def test_what_was_never_there_is_no_remission() -> None:
    rows = [session(d, 0) for d in range(0, 500, 14)]
    found = find_quiet(rows, [1.0] * len(rows), as_of=on(490), free_from=None, upper_per_min=0.01)
    assert (found.remission, found.earlier_per_min, found.too_coarse) == ("none", None, False)
    rows = [session(d, 0, limit_iod=0.05) for d in range(0, 500, 14)]
    assert find_quiet(rows, [1.0] * len(rows), as_of=on(490), free_from=None, upper_per_min=0.01).too_coarse


@pytest.mark.parametrize("changes", [{"burden_share": 0.9, "tonic_share": 0.9}, {"twitches": 0.4}])
def test_a_spasm_that_is_held_and_a_part_of_a_twitch_are_not_quiet(changes: dict[str, float]) -> None:
    rows = [session(7 * k) for k in range(10)]
    rows += [session(70 + 7 * k, **{"twitches": 0.0, "burden_share": 0.0, **changes}) for k in range(60)]
    found = find_quiet(rows, [1.0] * len(rows), as_of=on(490), free_from=None, upper_per_min=0.01)
    assert found.remission == "none"
    rows[10:] = [replace(row, twitches=0.0, burden_share=0.0, tonic_share=None) for row in rows[10:]]
    found = find_quiet(rows, [1.0] * len(rows), as_of=on(490), free_from=None, upper_per_min=0.01)
    assert found.remission == "sustained"


def find(rows: list[SessionRow], aside: list[SessionRow] | None = None) -> Quiet:
    rows = [*LOUD, *rows]
    return find_quiet(
        rows, [1.0] * len(rows), as_of=rows[-1].day, free_from=None, upper_per_min=0.01, aside=aside or []
    )


@pytest.mark.parametrize("blind", [{"able": False}, {"limit_iod": None}, {"limit_iod": 0.06}])
def test_what_could_not_see_or_nobody_knows_what_it_could_is_no_quiet(blind: dict[str, Any]) -> None:
    found = find([session(d, 0, **blind) for d in range(70, 500, 7)])
    assert (found.remission, found.days) == ("none", 0)
    assert found.limit_unknown is (blind.get("limit_iod", 1) is None)
    assert found.too_coarse is (not found.limit_unknown)
    some = find([session(d, 0, **(blind if d % 2 else {})) for d in range(70, 500, 7)])
    assert some.remission == "sustained"


def test_a_blind_recording_does_not_end_a_quiet_spell() -> None:
    rows = [session(d, 0, able=d != 203) for d in range(70, 500, 7)]
    assert find(rows) == find([row for row in rows if row.able])


@pytest.mark.parametrize("day", [300, 497])
def test_a_spasm_in_another_part_of_a_recording_ends_a_quiet_spell(day: int) -> None:
    quiet_rows = [session(d, 0) for d in range(70, 500, 7)]
    assert find(quiet_rows).remission == "sustained"
    caught = [session(day, 4, filmed="caught"), session(day - 1, 0, block="speech")]
    assert find(quiet_rows, caught).days <= max(497 - day, 0)
    spoke = [session(d, 0, elsewhere=float(d == 294)) for d in range(70, 500, 7)]
    assert find(spoke).days == 497 - 301


def test_a_course_that_comes_and_goes_is_no_remission_when_it_was_filmed_in_the_quiet_weeks() -> None:
    bouts = [session(d, 0 if d // 42 % 2 else 15) for d in range(70, 490, 7)]
    seldom = [session(d, 0) for d in range(510, 900, 84)]
    assert find([*bouts, *seldom]).remission in ("none", "quiet_so_far")
    # Filmed often enough that no bout could hide, and for longer than ever before, it is.
    often = find([*bouts, *(session(d, 0) for d in range(510, 900, 14))])
    assert (often.remission, often.comes_and_goes) == ("sustained", False)
    as_long = find([*bouts[:-1], session(490, 0), *(session(d, 0) for d in range(497, 560, 7))])
    assert as_long.comes_and_goes
