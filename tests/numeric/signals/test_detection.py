"""One-sided movement stands out, noise does so as often as it may, and sides are treated alike."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from scipy.ndimage import gaussian_filter1d

from facialis.numeric.signals.detection import Evidence, Noise, weigh
from facialis.numeric.signals.filters import pulse_kernel

Floats = NDArray[np.float64]
RATE = 30.0
WINDOWS = 8
GROUPS: Mapping[str, NDArray[np.int64]] = {"all": np.arange(WINDOWS), "eye": np.arange(3)}
TURN = np.linspace(0, 2 * np.pi, WINDOWS, endpoint=False)
PULL = np.stack([np.cos(TURN), np.sin(TURN)], axis=1)  # no sum of head movements looks like it
HEAD = np.stack([np.tile([1.0, 0.0], (2, WINDOWS, 1)), np.tile([0.0, 1.0], (2, WINDOWS, 1))])
HEAD[0, 0] *= -1  # lateral is away from the midline on both sides
PLAIN = Noise(asymmetry=0.0, head_iod=0.0)  # nothing but noise is allowed for
SIZE = 0.001


def noise(count: int, seed: int) -> Floats:
    rng = np.random.Generator(np.random.SFC64(seed))
    loud = np.linspace(0.5, 2.0, WINDOWS)[:, None]
    return np.asarray(SIZE * loud * rng.standard_normal((count, 2, WINDOWS, 2)))


def evidence(
    moved: Floats,
    *,
    duration: float = 0.12,
    taken_for: Noise | None = None,
    hidden: NDArray[np.bool_] | None = None,
    doubt: Floats | None = None,
    error: Floats | None = None,
    templates: Mapping[str, Floats] | None = None,
) -> Evidence:
    if hidden is None:
        hidden = np.zeros(moved.shape[:3], bool)
    if error is None:
        error = np.full(moved.shape[:3], SIZE)
    return weigh(
        moved,
        hidden,
        error,
        pulse_kernel(duration, RATE),
        RATE,
        head=HEAD,
        groups=GROUPS,
        pull=PULL,
        templates=templates or {"all": PULL.copy()},
        noise=taken_for or Noise(),
        doubt=doubt,
    )


def pulse(moved: Floats, at: int, side: int, size: float, which: slice = slice(None)) -> Floats:
    out = moved.copy()
    out[at - 1 : at + 2, side, which] += size * np.array([0.5, 1.0, 0.5])[:, None, None] * PULL[which]
    return out


@pytest.mark.parametrize("duration", [0.034, 0.12])
def test_noise_has_about_unit_energy_and_false_positives_near_nominal(duration: float) -> None:
    found = evidence(noise(2500, 1), duration=duration, taken_for=PLAIN)
    for name, index in GROUPS.items():
        energy = found.energy[name]
        freedom = 2 * len(index)
        assert energy.mean() == pytest.approx(1.0, abs=0.2)
        assert (energy > stats.chi2.ppf(0.99, freedom) / freedom).mean() < 0.02
        assert (energy > stats.chi2.ppf(0.9, freedom) / freedom).mean() > 0.03  # it is no dead number either
    assert found.matched["all"].std() == pytest.approx(1.0, abs=0.2)
    assert abs(found.matched["all"].mean()) < 0.1


def test_allowing_for_asymmetry_and_head_only_lowers_the_evidence() -> None:
    moved = noise(600, 2)
    plain, cautious = evidence(moved, taken_for=PLAIN), evidence(moved)
    assert (cautious.energy["all"] <= plain.energy["all"] + 1e-9).all()


def test_correlated_windows_do_not_count_twice() -> None:
    """Noise that all windows of a side share is whitened: it exceeds the bounds as seldom as any noise."""
    moved = noise(2500, 3)
    rng = np.random.Generator(np.random.SFC64(4))
    moved = 0.5 * moved + 0.001 * rng.standard_normal((2500, 2, 1, 2))
    found = evidence(moved, taken_for=PLAIN)
    freedom = 2 * WINDOWS
    assert 0.3 < found.energy["all"].mean() < 1.2
    assert (found.energy["all"] > stats.chi2.ppf(0.99, freedom) / freedom).mean() < 0.03


def test_a_change_of_unit_changes_nothing_but_the_unit() -> None:
    moved = pulse(noise(500, 5), 250, 1, 0.01)
    tiny = Noise(asymmetry=0.35, head_iod=0.02, floor_iod=1e-7, hidden_iod=0.05)
    scaled = Noise(asymmetry=0.35, head_iod=0.2, floor_iod=1e-6, usual_error_iod=0.02, hidden_iod=0.5)
    one, ten = (
        evidence(moved, taken_for=tiny),
        evidence(10 * moved, taken_for=scaled, error=np.full((500, 2, WINDOWS), 0.01)),
    )
    assert ten.energy["all"] == pytest.approx(one.energy["all"], rel=1e-4)
    assert ten.moved == pytest.approx(10 * one.moved)


PART = PULL * (np.arange(WINDOWS) < 3)[:, None]  # in the eye's windows the same as the whole
ASKEW = PULL[:, ::-1] * (np.arange(WINDOWS) % 2)[:, None]  # in no group, nor any group in it


@pytest.mark.parametrize("at", [0, 137, 300, 599])
@pytest.mark.parametrize("side", [0, 1])
def test_evidence_is_what_plain_solving_gives(at: int, side: int) -> None:
    """The method's formulas (docs/reference/method.md, part 5), one moment at a time, each set of windows alone."""
    moved = pulse(noise(600, 17), 300, side, 0.008)
    templates = {"all": PULL, "part": PART, "askew": ASKEW}
    taken_for = Noise()
    found = evidence(moved, templates=templates)
    answer, level = (values.reshape(600, 2, 2 * WINDOWS) for values in (found.moved, found.level))
    both, *power = (
        gaussian_filter1d(values, taken_for.level_s * RATE, axis=0)[at]
        for values in (answer[:, 0] * answer[:, 1], answer[:, 0] ** 2, answer[:, 1] ** 2)
    )
    shared = np.clip(both / np.sqrt(power[0] * power[1] + 1e-18), 0, 1)
    beyond = answer[at, side] - shared * answer[at, 1 - side]
    modes = HEAD.reshape(2, 2, -1)[:, side] - shared * HEAD.reshape(2, 2, -1)[:, 1 - side]
    near = np.abs(answer[max(0, at - 2) : at + 3, 1 - side]).max(0)
    group = np.where(np.arange(2 * WINDOWS) < 6, near[:6].max(), near.max())
    own = taken_for.asymmetry * np.maximum(near, taken_for.neighbour * group)
    covariance = found.correlation * np.outer(level[at, side], level[at, side])
    covariance += taken_for.head_iod**2 * modes.T @ modes + np.diag(own**2)
    for name, windows in GROUPS.items():
        index = np.stack([2 * windows, 2 * windows + 1], 1).ravel()
        weight = np.linalg.solve(covariance[np.ix_(index, index)], beyond[index])
        assert found.energy[name][at, side] == pytest.approx(weight @ beyond[index] / len(index))
        arrows = weight.reshape(-1, 2)
        toward = (arrows * PULL[windows]).sum() / np.linalg.norm(arrows, axis=1).sum()
        assert found.toward[name][at, side] == pytest.approx(toward)
    for name, pattern in templates.items():
        index = np.flatnonzero(np.repeat(pattern.any(1), 2))
        goal = pattern.ravel()[index]
        weight = np.linalg.solve(covariance[np.ix_(index, index)], goal)
        each = (weight * beyond[index]).reshape(-1, 2).sum(1) / np.sqrt(weight @ goal)
        assert found.matched[name][at, side] == pytest.approx(each.sum())
        assert found.matched_but_one[name][at, side] == pytest.approx(each.sum() - each.max())


@pytest.mark.parametrize("side", [0, 1])
def test_a_one_sided_pulse_stands_out_on_its_side(side: int) -> None:
    found = evidence(pulse(noise(600, 6), 300, side, 0.008))
    other = 1 - side
    assert found.energy["all"][300, side] > 3 * np.delete(found.energy["all"], np.r_[285:315], axis=0).max()
    assert found.energy["all"][300, side] > 3 * found.energy["all"][300, other]
    assert found.matched["all"][300, side] > 5
    assert found.toward["all"][300, side] > 0.5
    assert found.raw[300, side] > 4 * found.raw[300, other]
    assert np.abs(found.toward["all"]).max() <= 1 + 1e-9


def test_movement_against_the_pull_is_told_from_movement_with_it() -> None:
    found = evidence(pulse(noise(600, 7), 300, 0, -0.008))
    assert found.energy["all"][300, 0] > 5
    assert found.toward["all"][300, 0] < -0.5
    assert found.matched["all"][300, 0] < -5


def test_a_movement_of_both_sides_is_no_evidence() -> None:
    both = pulse(pulse(noise(600, 8), 300, 0, 0.02), 300, 1, 0.02)
    alone = pulse(noise(600, 8), 300, 0, 0.02)
    assert evidence(both).energy["all"][300].max() < 0.2 * evidence(alone).energy["all"][300, 0]


def test_a_head_movement_is_no_evidence() -> None:
    moved = noise(600, 9)
    moved[298:303] += 0.006 * HEAD[0]
    assert evidence(moved).energy["all"][300].max() < 0.4 * evidence(moved, taken_for=PLAIN).energy["all"][300].max()
    assert evidence(moved).energy["all"][300].max() < 3


def test_swapping_the_sides_swaps_everything() -> None:
    moved = pulse(pulse(noise(500, 10), 200, 1, 0.006), 350, 0, 0.009, slice(0, 3))
    rng = np.random.Generator(np.random.SFC64(11))
    hidden = rng.random((500, 2, WINDOWS)) < 0.02
    error = SIZE * rng.uniform(0.5, 2.5, (500, 2, WINDOWS))
    one = evidence(moved, hidden=hidden, error=error)
    other = evidence(moved[:, ::-1], hidden=hidden[:, ::-1], error=error[:, ::-1])
    for name in GROUPS:
        assert other.energy[name][:, ::-1] == pytest.approx(one.energy[name], rel=1e-9)
        assert other.toward[name][:, ::-1] == pytest.approx(one.toward[name], rel=1e-6, abs=1e-9)
    assert other.matched["all"][:, ::-1] == pytest.approx(one.matched["all"], rel=1e-6, abs=1e-9)
    assert other.raw[:, ::-1] == pytest.approx(one.raw)
    assert other.level[:, ::-1] == pytest.approx(one.level)


def test_a_hidden_window_is_no_evidence() -> None:
    moved = pulse(noise(600, 12), 300, 0, 0.01, slice(3, 8))
    hidden = np.zeros((600, 2, WINDOWS), bool)
    hidden[295:306, 0, 3:] = True
    assert evidence(moved, hidden=hidden).energy["all"][300, 0] < 0.25 * evidence(moved).energy["all"][300, 0]


def test_a_window_that_is_measured_badly_counts_less() -> None:
    moved = pulse(noise(600, 13), 300, 0, 0.01)
    error = np.full((600, 2, WINDOWS), SIZE)
    error[290:311] = 0.01
    assert evidence(moved, error=error).energy["all"][300, 0] < 0.5 * evidence(moved).energy["all"][300, 0]


def test_doubt_about_a_window_takes_its_evidence_when_the_other_side_moves() -> None:
    moved = pulse(pulse(noise(600, 14), 300, 0, 0.02, slice(0, 3)), 300, 1, 0.01, slice(0, 3))
    doubt = np.ones((600, WINDOWS))
    doubt[290:311, :3] = 4.0
    assert evidence(moved, doubt=doubt).energy["eye"][300, 0] < 0.4 * evidence(moved).energy["eye"][300, 0]


def test_noise_is_local() -> None:
    """The same pulse counts less among speech than at rest, and speech does not blind what comes ten seconds later."""
    quiet = noise(1200, 15)
    restless = quiet.copy()
    restless[:600] *= 5
    at_rest = evidence(pulse(quiet, 900, 0, 0.008)).energy["all"][900, 0]
    after = evidence(pulse(restless, 900, 0, 0.008)).energy["all"][900, 0]
    among = evidence(pulse(restless, 300, 0, 0.008)).energy["all"][300, 0]
    assert after > 0.7 * at_rest
    assert among < 0.3 * at_rest


def test_a_side_that_keeps_twitching_does_not_hide_itself() -> None:
    moved = noise(900, 16)
    for at in range(20, 880, 8):
        moved = pulse(moved, at, 1, 0.012)
    found = evidence(moved)
    peaks = found.energy["all"][range(100, 800, 8)]
    assert np.median(peaks[:, 1]) > 4 * np.median(peaks[:, 0])
    assert np.median(peaks[:, 1]) > 3
