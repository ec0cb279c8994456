"""A recording belongs to the person's own calendar day, whatever zone the file counts in."""

from __future__ import annotations

import time
from datetime import date

import pytest

from facialis.core.errors import SettingsError
from facialis.core.occasion import Occasion, Told, occasion_of

EVENING = "2026-06-01T05:30:00+00:00"  # half past ten on 31 May at seven hours from UTC


@pytest.mark.parametrize(
    ("zone", "day", "offset"),
    [
        ("America/Los_Angeles", date(2026, 5, 31), "-07:00"),
        ("-07:00", date(2026, 5, 31), "-07:00"),
        ("-0700", date(2026, 5, 31), "-07:00"),
        ("Europe/Berlin", date(2026, 6, 1), "+02:00"),
        ("+00:00", date(2026, 6, 1), "+00:00"),
        ("Asia/Kolkata", date(2026, 6, 1), "+05:30"),
    ],
)
def test_a_moment_in_utc_becomes_a_day_where_it_was_filmed(zone: str, day: date, offset: str) -> None:
    made = occasion_of(Told(time_zone=zone), EVENING, local=False)
    assert made == Occasion(date=day, date_from="film_utc", utc_offset=offset, time_zone=zone)


@pytest.mark.parametrize(("zone", "day"), [("Asia/Tokyo", date(2026, 6, 1)), ("America/Denver", date(2026, 5, 31))])
def test_without_a_zone_that_of_this_computer_counts(monkeypatch: pytest.MonkeyPatch, zone: str, day: date) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        made = occasion_of(Told(), EVENING, local=False)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (made.date, made.date_from, made.time_zone) == (day, "film_utc", None)


@pytest.mark.parametrize("moment", ["2026-05-31T22:30:00-07:00", "2026-05-31T22:30:00", "2026-05-31T23:59:59+14:00"])
def test_local_time_is_taken_as_it_is(moment: str) -> None:
    for zone in (None, "Asia/Tokyo", "-11:00"):
        made = occasion_of(Told(time_zone=zone), moment, local=True)
        assert (made.date, made.date_from, made.utc_offset) == (date(2026, 5, 31), "film", None)


def test_what_the_person_says_goes_first_and_is_kept() -> None:
    told = Told(day=date(2026, 5, 30), mirrored=True, filmed="caught")
    made = occasion_of(told, EVENING, local=False)
    assert made == Occasion(date=date(2026, 5, 30), date_from="given", mirrored=True, filmed="caught")
    assert occasion_of(Told(filmed="caught"), None, local=False) == Occasion(filmed="caught")


@pytest.mark.parametrize("zone", ["Nowhere/Land", "", "+25:00", "+2", "../../etc/passwd", "2026"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match="time zone"):
        Told(time_zone=zone)


def test_another_reason_to_film_is_refused() -> None:
    with pytest.raises(SettingsError, match="filmed"):
        Told(filmed="sometimes")  # type: ignore[arg-type]
