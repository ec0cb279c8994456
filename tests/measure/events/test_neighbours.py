"""What the peaks around one say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.measure.events.candidates import Candidate
from facialis.measure.events.evidence import DURATIONS_S
from facialis.measure.events.features import feature_names
from facialis.measure.events.kinds import COMPANY, probability_in_company
from facialis.measure.events.neighbours import company_of, probabilities
from facialis.measure.events.shape import Shape
from tests.measure.factory import NAMES

LID, MOUTH = NAMES.index("lower_lid"), NAMES.index("mouth_corner")


def peak(time_s: float, *, window: int = LID, side: int = 0, size_iod: float = 0.02, shaped: bool = True) -> Candidate:
    """A peak at which one window moved."""
    moved = np.zeros((len(NAMES), 2))
    moved[window, 1] = size_iod
    shape = Shape(
        onset_s=time_s - 0.05,
        apex_s=time_s,
        offset_s=time_s + 0.1,
        amplitude_iod=size_iod,
        muscles=("orbicularis_oculi",),
        windows=(NAMES[window],),
        moved_iod=moved,
    )
    return Candidate(
        index=round(30 * time_s),
        time_s=time_s,
        side=side,
        scale=2,
        deviate=5.0,
        above_noise=9.0,
        features=np.zeros(len(feature_names())),
        shape=shape if shaped else None,
    )


def told(peaks: Sequence[Candidate], alone: Sequence[float], which: int = 0) -> dict[str, float]:
    """What is known of one peak, by name."""
    return dict(zip(COMPANY, company_of(peaks, np.array(alone))[which].tolist(), strict=True))


def odds(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def test_nobody_has_no_company() -> None:
    assert company_of([], np.zeros(0)).shape == (0, len(COMPANY))
    assert probabilities([]).shape == (0,)


def test_a_peak_by_itself_is_known_by_its_own_odds_size_and_duration() -> None:
    row = told([peak(1.0)], [0.8])
    assert row["alone"] == pytest.approx(odds(0.8))
    assert row["size"] == pytest.approx(np.log(0.02), abs=0.01)
    assert row["duration"] == pytest.approx(np.log(DURATIONS_S[2]))
    assert row["count"] == row["alike_count"] == row["mirrored_count"] == 0
    assert len({row[name] for name in ("alike_1", "alike_3", "akin_2", "unlike", "other_side", "alike_afar")}) == 1


def test_pulses_of_a_train_are_alike_and_the_surest_come_first() -> None:
    row = told([peak(1.0), peak(1.3), peak(1.6), peak(1.9)], [0.5, 0.6, 0.9, 0.7])
    assert row["alike_count"] == row["count"] == 3
    assert [row["alike_1"], row["alike_2"], row["alike_3"]] == pytest.approx([odds(p) for p in (0.9, 0.7, 0.6)])
    assert row["akin_1"] == pytest.approx(odds(0.9))


def test_what_is_other_skin_of_another_size_far_away_or_unseen_is_not_alike() -> None:
    others = [peak(1.3, window=MOUTH), peak(1.5, size_iod=0.08), peak(9.0), peak(40.0), peak(1.7, shaped=False)]
    row = told([peak(1.0), *others], [0.5, 0.6, 0.7, 0.8, 0.9, 0.95])
    assert row["alike_count"] == 0
    assert row["unlike"] == pytest.approx(odds(0.6))
    assert row["akin_1"] == pytest.approx(odds(0.7))
    assert row["alike_afar"] == pytest.approx(odds(0.8))
    assert row["count"] == 3


def test_the_jaw_where_the_background_comes_in_makes_nobody_alike_or_unlike() -> None:
    def with_jaw(candidate: Candidate, lateral_iod: float) -> Candidate:
        assert candidate.shape is not None
        moved = candidate.shape.moved_iod.copy()
        moved[NAMES.index("jaw"), 0] = lateral_iod
        return replace(candidate, shape=replace(candidate.shape, moved_iod=moved))

    one, same, other = peak(1.0), peak(1.3), peak(1.6, window=MOUTH)
    plain = company_of([one, same, other], np.full(3, 0.6))
    shaken = [with_jaw(one, 0.3), with_jaw(same, -0.3), with_jaw(other, 0.3)]
    np.testing.assert_array_equal(company_of(shaken, np.full(3, 0.6)), plain)
    assert plain[0][COMPANY.index("alike_count")] == 1


def test_the_other_side_is_told_apart_and_counted_where_it_does_the_same() -> None:
    row = told([peak(1.0), peak(1.1, side=1), peak(1.2, side=1, window=MOUTH)], [0.5, 0.6, 0.9])
    assert row["other_side"] == pytest.approx(odds(0.9))
    assert row["mirrored_count"] == 1
    assert row["alike_count"] == 0


@st.composite
def crowds(draw: st.DrawFn) -> tuple[list[Candidate], NDArray[np.float64]]:
    count = draw(st.integers(1, 8))
    # Quarters of a second: whoever is two seconds away stays so when all of it comes later.
    times = [k / 4 for k in draw(st.lists(st.integers(0, 120), min_size=count, max_size=count))]
    peaks = [
        peak(
            t,
            window=draw(st.sampled_from([LID, MOUTH])),
            side=draw(st.integers(0, 1)),
            size_iod=draw(st.floats(0.0, 0.2)),
            shaped=draw(st.booleans()),
        )
        for t in times
    ]
    return peaks, np.array(draw(st.lists(st.floats(0.0, 1.0), min_size=count, max_size=count)))


@given(crowd=crowds())
def test_company_is_finite_whoever_it_is(crowd: tuple[list[Candidate], NDArray[np.float64]]) -> None:
    assert np.isfinite(company_of(*crowd)).all()


@given(crowd=crowds(), later_s=st.integers(0, 100))
def test_neither_the_side_nor_the_hour_nor_the_order_matters(
    crowd: tuple[list[Candidate], NDArray[np.float64]], later_s: int
) -> None:
    peaks, alone = crowd
    rows = company_of(peaks, alone)
    mirrored = [replace(p, side=1 - p.side) for p in peaks]
    later = [replace(p, time_s=p.time_s + later_s) for p in peaks]
    np.testing.assert_array_equal(company_of(mirrored, alone), rows)
    np.testing.assert_array_equal(company_of(later, alone), rows)
    np.testing.assert_array_equal(company_of(peaks[::-1], alone[::-1]), rows[::-1])


@pytest.mark.parametrize("alone", [0.4, 0.6, 0.8])
def test_the_same_pulse_is_more_probable_among_sure_ones_like_it_than_by_itself_or_in_a_lively_face(
    alone: float,
) -> None:
    def probability(others: Sequence[Candidate], odds_: float) -> float:
        peaks = [peak(5.0), *others]
        return probability_in_company(company_of(peaks, np.array([alone] + [odds_] * len(others)))[0])

    train = probability([peak(5.0 + k) for k in (-0.8, -0.4, 0.4, 0.8)], 0.97)
    assert train > probability([], 0.0) + 0.05
    lively = [peak(5.0 + k, side=round(k * 10) % 2, window=MOUTH, size_iod=0.06) for k in (-0.8, -0.5, 0.5, 0.8)]
    assert train > probability(lively, 0.3) + 0.1
