"""Progress says stage, share and time left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.cli.progress import Bars, Lines, Silence, TimeLeft, choose_display, spoken_duration


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_what_is_only_prepared_says_nothing_of_the_time_left() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    clock.now_s = 8.0
    assert left.seconds(0.0) is None
    clock.now_s = 10.0
    assert left.seconds(0.1) == pytest.approx(18.0)


def test_time_left_follows_the_pace() -> None:
    clock = Clock()
    left = TimeLeft(clock)
    assert left.seconds(0.5) is None
    clock.now_s = 10.0
    assert left.seconds(0.01) is None
    assert left.seconds(0.25) == pytest.approx(30.0)
    assert left.seconds(1.0) == 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")],
)
def test_durations_are_spoken(seconds: float, words: str) -> None:
    assert spoken_duration(seconds) == words


@given(st.floats(0, 1e6))
def test_no_duration_has_sixty_seconds(seconds: float) -> None:
    assert "60" not in spoken_duration(seconds).split(" h ")[-1] or seconds >= 3600


def test_lines_come_at_new_stages_and_every_few_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with Lines(clock) as lines:
        for step in range(100):
            clock.now_s = step * 0.2
            lines.update("x.mp4", "finding the face" if step < 50 else "measuring", step / 100)
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "x.mp4: finding the face, 0% done"
    assert 4 <= len(said) <= 5
    assert said[-1] == "x.mp4: measuring, 75% done, about 5 s left"


def test_bars_go_to_standard_error_and_come_and_go(capsys: pytest.CaptureFixture[str]) -> None:
    with Bars() as bars:
        bars.update("[red]x.mp4", "measuring", 0.5)
        bars.end("[red]x.mp4")
        bars.end("never begun")
    assert capsys.readouterr().out == ""


def test_quiet_is_silent_and_a_pipe_gets_lines() -> None:
    assert type(choose_display(quiet=True)) is Silence
    assert type(choose_display(quiet=False)) is Lines
