"""The local time that a phone writes goes before the moment in UTC; a clock that was never set says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from facialis.film.moment import Moment, moment_of
from facialis.film.video import VideoFile
from tests.film import media

UTC = {"creation_time": "2026-06-01T05:30:00.000000Z"}
APPLE = {"com.apple.quicktime.creationdate": "2026-05-31T22:30:00-0700"}
LOCAL = Moment("2026-05-31T22:30:00-07:00", local=True)


@pytest.mark.parametrize(
    ("tags", "moment"),
    [
        ({}, Moment()),
        (UTC, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | APPLE, LOCAL),
        (APPLE, LOCAL),
        (UTC | {"date": "2026-05-31T22:30:00-0700"}, LOCAL),
        (UTC | {"date": "2026"}, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | {"date": "2026-05-31"}, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | {"com.samsung.android.utc_offset": "-0700"}, LOCAL),
        (UTC | {"com.samsung.android.utc_offset": "home"}, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | {"com.samsung.android.utc_offset": "+9900"}, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | {"com.apple.quicktime.creationdate": "yesterday"}, Moment("2026-06-01T05:30:00+00:00")),
        (UTC | {"com.apple.quicktime.creationdate": "1904-01-01T00:00:00+0000"}, Moment("2026-06-01T05:30:00+00:00")),
        ({"creation_time": "2026-05-31 22:30:00"}, Moment("2026-05-31T22:30:00", local=True)),
        ({"creation_time": "1970-01-01T00:00:00Z"}, Moment()),
        ({"creation_time": "9999-12-31T23:59:59Z"}, Moment()),
    ],
)
def test_the_moment_of_a_film(tags: dict[str, str], moment: Moment) -> None:
    assert moment_of(lambda name: tags.get(name, "")) == moment


def test_a_film_of_a_late_evening_keeps_its_local_time(tmp_path: Path) -> None:
    path = media.make(tmp_path / "evening.mov", "libx264", tags={"creation_time": "2026-06-01T05:30:00Z"})
    with VideoFile(path) as video:
        assert video.declared.recorded_at == "2026-06-01T05:30:00+00:00"
    media.with_tags(path, dict(APPLE))
    with VideoFile(path) as video:
        list(video.frames())
        assert (video.recording.recorded_at, video.recording.recorded_local) == (LOCAL.iso, True)
