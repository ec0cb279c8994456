"""The demo's comparison counts what it says it counts."""

from __future__ import annotations

from facialis.actions.demo import compare
from facialis.core.records import Event, Kind, Side


def event(onset_s: float, kind: Kind, side: Side = "left", duration_s: float = 0.2) -> Event:
    return Event(
        onset_s=onset_s,
        duration_s=duration_s,
        trial_type=kind,
        side=side,
        regions=(),
        apex_s=onset_s,
        amplitude_iod=0.01,
        probability=1.0,
        detector="test",
    )


def test_hits_misses_sides_and_false_ones_are_told_apart() -> None:
    truth = [event(1, "twitch"), event(2, "twitch"), event(3, "twitch"), event(4, "blink", "both")]
    wrong_side, invented = event(2.05, "tonic_spasm", "right"), event(8, "twitch")
    found = [event(1.05, "twitch"), wrong_side, event(4.05, "blink", "both"), invented]
    result = compare(truth, found)
    assert (result.put_in, result.found, result.side_right) == (3, 2, 1)
    assert [match for _, match in result.pairs] == [found[0], wrong_side, None, found[2]]
    assert result.false == (invented,)


def test_a_blink_called_a_twitch_is_false_and_not_found() -> None:
    called = event(4.05, "twitch")
    result = compare([event(4, "blink", "both")], [called])
    assert result.pairs[0][1] is None
    assert result.false == (called,)


def test_one_found_event_may_cover_a_train() -> None:
    train = [event(1.0, "twitch"), event(1.3, "twitch")]
    result = compare(train, [event(1.0, "twitch", duration_s=0.6)])
    assert (result.found, result.side_right, result.false) == (2, 2, ())


def test_nothing_put_in_and_nothing_found() -> None:
    result = compare([], [])
    assert (result.put_in, result.found, result.pairs, result.false) == (0, 0, (), ())
