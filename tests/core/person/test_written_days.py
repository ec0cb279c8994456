"""Days as people write them: one day, the days of a month, or a sentence; never a guess."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.person.written_days import day_of, order_of, span_of

TODAY = date(2026, 11, 30)
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}


@pytest.mark.parametrize(
    "text",
    [
        *("2026-09-15", "2026/9/15", "2026.09.15", "2026-09-15T22:10:00+02:00", "2026-09-15 22:10", " 2026-09-15 "),
        *("15.9.2026", "15.09.26", "15. 9. 2026", "15/09/2026", "15-09-26", "9/15/2026", "09/15/26", "15.9.2026 8:00"),
        *("15 September 2026", "15. September 2026", "15 Sept 2026", "September 15, 2026", "Sep 15th 2026"),
    ],
)
def test_what_can_mean_only_one_day_is_read(text: str) -> None:
    assert day_of(text, today=TODAY) == date(2026, 9, 15)
    assert span_of(text, today=TODAY) == (date(2026, 9, 15), date(2026, 9, 15))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone of a process can be set on POSIX only")
@pytest.mark.parametrize(
    ("zone", "text", "day"),
    [
        ("PST8PDT", "2026-06-01T05:30:00Z", 31),
        ("PST8PDT", "2026-06-01 05:30:00.120 UTC", 31),
        ("PST8PDT", "2026-06-01T05:30+00:00", 31),
        ("PST8PDT", "2026-06-01T05:30:00", 1),
        ("PST8PDT", "2026-06-01T05:30:00+02:00", 1),
        ("PST8PDT", "2026-06-01T00:00:00.000Z", 1),
        ("CET-1CEST", "2026-05-31T22:00:00.000Z", 1),
    ],
)
def test_a_moment_in_utc_is_a_day_of_the_person(
    monkeypatch: pytest.MonkeyPatch, zone: str, text: str, day: int
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert day_of(text).day == day
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.dates(date(1950, 1, 1), date(2030, 12, 31)), st.sampled_from(["en", "de"]))
def test_names_of_months_are_known_in_both_languages(day: date, language: str) -> None:
    name = MONTHS[language].split()[day.month - 1]
    for text in (f"{day.day}. {name}", f"{day.day} {name.upper()}", f"{name} {day.day},"):
        assert day_of(f"{text} {day.year}") == day
    assert span_of(f"{name} {day.year}")[0] == day.replace(day=1)


@pytest.mark.parametrize("text", ["3/4/2026", "03-04-26", "12/11/2026"])
def test_what_can_mean_two_days_is_refused_unless_its_column_tells(text: str) -> None:
    with pytest.raises(ValueError, match="two days"):
        day_of(text)
    first, second = (int(part) for part in text.replace("-", "/").split("/")[:2])
    assert day_of(text, order_of(["1/2/2026", "25/12/2025"])) == date(2026, second, first)
    assert day_of(text, order_of(["12/25/2025", "1/2/2026"])) == date(2026, first, second)
    with pytest.raises(ValueError, match="two days"):
        day_of(text, order_of(["12/25/2025", "25/12/2025"]))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        *(
            (text, date(2026, 5, 1), date(2026, 5, 31))
            for text in ("2026-05", "05/2026", "5.2026", "Mai 2026", "2026 May")
        ),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_month_and_a_year_are_spans_and_no_day(text: str, first: date, last: date) -> None:
    assert span_of(text) == (first, last)
    with pytest.raises(ValueError, match="the day itself"):
        day_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "32.1.2026",
        "2026-13",
        "2026-00",
        "2026-02-30",
        "15/9",
        "1/2/3/4",
        "5.5",
        "45",
        "Mittwoch 5 2026",
        "0005-05-05",
        "2026-05 ?",
    ],
)
def test_what_is_no_day_is_refused_in_a_sentence(text: str) -> None:
    for read in (day_of, span_of):
        with pytest.raises(ValueError, match=r"^(There|').*\.$"):
            read(text)


def test_years_of_two_figures_are_of_this_century_unless_that_lies_far_ahead() -> None:
    assert day_of("5.5.26", today=TODAY) == date(2026, 5, 5)
    assert day_of("5.5.36", today=TODAY).year == 2036
    assert day_of("5.5.85", today=TODAY).year == 1985
