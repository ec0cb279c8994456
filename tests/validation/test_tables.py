"""Curves, intervals, calibration, bounds and tables are right where the answer is known."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from facialis.core.records import Event, Kind, Side
from validation.__main__ import PARTS
from validation.bound import bound_iod
from validation.coverage import Process, covered
from validation.curves import Curve, fit_curve, middle_of, size_interval
from validation.false_alarms import ASKED_PER_MIN, Count, together
from validation.hindsight import Case, best_f1, methods, size_found
from validation.kinds import reported_for
from validation.ladder import FACTORS, SIZES_IOD, Trialled, films, is_found, where_it_matters
from validation.limit_trials import RECORDINGS
from validation.numbers import calibration
from validation.outcome import Goal, Outcome, Table
from validation.proof_page import PAGE, replaced, write_page
from validation.psychometric import fit_levels, sizes_by_level
from validation.trial import ROOT
from validation.twitches import Twitch


def test_a_known_curve_is_found_again() -> None:
    rng = np.random.default_rng(0)
    curve = Curve(middle=0.01, slope=4.0)
    size = np.exp(rng.uniform(np.log(0.001), np.log(0.1), 3000))
    found = rng.random(3000) < [curve.at(s) for s in size]
    again = fit_curve(size, found)
    assert again.middle == pytest.approx(0.01, rel=0.08)
    assert again.size() == pytest.approx(curve.size(), rel=0.12)
    value, low, high = size_interval(size[:300], found[:300], np.arange(300) // 10, draws=40)
    assert low < value < high
    assert low < curve.size() < high


def test_few_observations_give_the_size_where_the_slope_is_known() -> None:
    rng = np.random.default_rng(1)
    curve = Curve(middle=1.2, slope=6.0)
    size = np.exp(rng.uniform(np.log(0.5), np.log(3), 400))
    found = rng.random(400) < [curve.at(s) for s in size]
    ratios = [middle_of(size[k::20], found[k::20], 6.0).size() / curve.size() for k in range(20)]
    assert np.median(ratios) == pytest.approx(1, rel=0.1)
    assert middle_of(size, found, 6.0).size() == pytest.approx(curve.size(), rel=0.07)


def test_no_person_who_sets_the_limit_judges_it() -> None:
    sets = {r.person for r in RECORDINGS if r.sets}
    judges = {r.person for r in RECORDINGS if not r.sets}
    assert not sets & judges
    for moves, least in ((False, 4), (True, 2)):
        assert len({r.person for r in RECORDINGS if r.moves is moves and r.sets}) >= least
        assert len({r.person for r in RECORDINGS if r.moves is moves and not r.sets}) >= least
    assert {r.person for r in RECORDINGS if r.film is not None and r.person != r.film.face} == set()


def test_all_or_nothing_stays_finite() -> None:
    size = np.array([0.001, 0.002, 0.004, 0.02, 0.04, 0.08])
    curve = fit_curve(size, size > 0.01)
    assert 0.004 < curve.middle < 0.02
    assert np.isfinite(curve.size())


def test_size_found_lies_between_the_sizes_tried() -> None:
    assert size_found([(0.01, 0.8), (0.02, 1.0)]) == pytest.approx(np.sqrt(0.01 * 0.02))
    assert size_found([(0.01, 1.0), (0.02, 1.0)]) == 0.01
    assert size_found([(0.01, 0.1), (0.02, 0.5)]) == np.inf


def test_the_bound_of_a_wave_is_the_formula() -> None:
    y, x = np.mgrid[0:200, 0:200].astype(float)
    amplitude, step, noise = 40.0, 0.7, 2.0
    picture = amplitude * (np.sin(step * x) + np.sin(step * y))
    sigma = np.array([12.0, 12.0])
    # Gradients of variance (amplitude step)² / 2 each; Σ w = 2 π s², Σ w² = π s².
    slope2 = (amplitude * np.sin(step)) ** 2 / 2  # np.gradient takes central differences
    total = 2 * np.pi * sigma.prod()
    wanted = noise * np.sqrt(total / 2 * slope2) / (total * slope2)
    assert bound_iod(picture, np.array([100.0, 100.0]), sigma, noise, 50.0) == pytest.approx(wanted / 50.0, rel=0.05)


@pytest.mark.parametrize("longest", [1, 4])
def test_coverage_is_near_what_is_asked(longest: int) -> None:
    process = Process(name="any", trains_per_min=20, longest=longest)
    for probability in (0.5, 0.95):
        for held, count in covered(process, 60.0, 120, probability=probability).values():
            assert count == 120
            assert held == pytest.approx(probability, abs=0.14)


def test_the_time_a_train_fills_is_that_of_its_twitches() -> None:
    assert Process(name="one", trains_per_min=1).union_s() == pytest.approx(0.3, abs=0.002)
    # Two twitches, 0.4 s apart, of 0.1 to 0.5 s: they meet now and then, by a twelfth of a tenth of a second.
    both = Process(name="two", trains_per_min=1, longest=2).union_s()
    assert both == pytest.approx(0.3 + 0.5 * (0.3 - 0.0125), abs=0.004)


def test_a_model_of_conditions_finds_what_each_adds() -> None:
    rng = np.random.default_rng(3)
    levels = [
        {"light": str(rng.choice(["good", "bad"])), "side": str(rng.choice(["left", "right"]))} for _ in range(3000)
    ]
    size = np.exp(rng.uniform(np.log(0.001), np.log(0.1), 3000))
    middle = np.array([0.02 if row["light"] == "bad" else 0.01 for row in levels])
    found = rng.random(3000) < 1 / (1 + (middle / size) ** 3)
    asked = [{"light": "good"}, {"light": "bad"}, {"light": "good", "side": "left"}]
    rows = sizes_by_level(size, found, levels, np.arange(3000) // 10, asked, draws=40)
    true = 0.01 * 9 ** (1 / 3)
    assert rows[0][0] == pytest.approx(true, rel=0.15)
    assert rows[1][0] / rows[0][0] == pytest.approx(2.0, rel=0.15)
    assert rows[2][0] == pytest.approx(rows[0][0], rel=0.15)
    assert all(low < value < high for value, low, high in rows)


def test_a_condition_in_which_all_is_found_stays_finite() -> None:
    model = fit_levels(
        np.array([0.01, 0.02, 0.01, 0.02]),
        np.array([True, True, False, False]),
        [{"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}],
    )
    assert 0 < model.size({"a": 1}) < model.size({"a": 2}) < 10


def test_quiet_signals_are_counted_by_the_rate_asked_for() -> None:
    few = {asked: Count(minutes=2.0, evidence=k, twitches=0) for k, asked in enumerate(ASKED_PER_MIN)}
    both = together([few, few])
    assert [both[a].evidence for a in ASKED_PER_MIN] == [0, 2, 4]
    assert both[ASKED_PER_MIN[0]].minutes == 4.0


def test_every_part_has_a_place_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in PARTS:
        assert replaced(text, name, "x") != text, name


def test_calibration_knows_right_from_wrong() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.3, 1.0, 4000)
    good, rows = calibration(p.tolist(), (rng.random(4000) < p).tolist())
    bad, _ = calibration(p.tolist(), (rng.random(4000) < 0.5 * p).tolist())
    assert good < 0.03 < 0.2 < bad
    assert sum(int(row[1]) for row in rows) == 4000


def _event(kind: Kind, start_s: float, stop_s: float, side: Side = "left") -> Event:
    return Event(
        onset_s=start_s,
        duration_s=stop_s - start_s,
        trial_type=kind,
        side=side,
        regions=(),
        apex_s=(start_s + stop_s) / 2,
        amplitude_iod=0.02,
        probability=0.9,
        detector="test",
    )


def test_what_is_reported_for_an_act() -> None:
    events = [_event("blink", 1.0, 1.3, "both"), _event("twitch", 1.1, 1.2), _event("expression", 5.0, 7.0, "both")]
    assert reported_for(1.0, 1.3, events) == "twitch"
    assert reported_for(5.2, 6.8, events) == "expression"
    assert reported_for(3.0, 3.5, events) == "nothing"
    assert is_found(_event("tonic_spasm", 1.0, 3.0), [_event("tonic_spasm", 1.1, 2.5)])
    assert not is_found(_event("twitch", 1.0, 1.2), [_event("twitch", 1.0, 1.2, "right")])


def test_the_design_uses_every_level_evenly() -> None:
    rows = films(0)
    assert len({film.face for film, _ in rows}) == len(FACTORS["face"])
    for name in ("side", "crf", "tone", "glasses drawn on"):
        counts = [sum(levels[0][name] == v for _, levels in rows if levels) for v in FACTORS[name]]
        assert max(counts) - min(counts) <= 1
    assert repr(films(0)) == repr(rows)
    assert repr(films(0, half=1)) != repr(rows)
    assert all(t.offset_s < film.duration_s for film, _ in rows for t in film.twitches)
    assert all(len(levels) == len(film.twitches) for film, levels in rows)
    assert all(SIZES_IOD[0] <= t.size_iod <= SIZES_IOD[1] for film, _ in rows for t in film.twitches)


def test_the_second_half_is_put_where_some_are_found() -> None:
    first = films(0, 8)
    rows = [
        Trialled(event=t.truth, film=k, level=level, found=t.size_iod > 0.01)
        for k, (film, levels) in enumerate(first)
        for t, level in zip(film.twitches, levels, strict=True)
    ]
    sizes = [t.size_iod for film, _ in films(0, 8, where_it_matters(rows), half=1) for t in film.twitches]
    assert 0.004 < np.median(sizes) < 0.025
    assert np.std(np.log(sizes)) < np.std(np.log([t.size_iod for film, _ in first for t in film.twitches]))


def _case(seed: int) -> Case:
    """Both eyes blink now and then; now and then one closes alone, and a landmark goes up with it."""
    rng = np.random.default_rng(seed)
    time = np.arange(0, 20, 1 / 30)
    right, left = (0.3 + rng.normal(0, 0.002, len(time)) for _ in range(2))
    lid = rng.normal(0, 0.002, len(time))
    truth = []
    for at in np.arange(1.5, 19, 2.0):
        twitch = Twitch(
            onset_s=float(at), duration_s=0.2, side="left" if rng.random() < 0.5 else "right", size_iod=0.05
        )
        course = np.array([twitch.at(t) for t in time])
        if twitch.side == "left":
            left -= 0.2 * course
        else:
            right -= 0.2 * course
        lid += (0.05 if twitch.side == "right" else -0.05) * course
        truth.append(twitch.truth)
        blink = np.array([Twitch(onset_s=float(at) + 1, duration_s=0.25, side="left", size_iod=1).at(t) for t in time])
        right, left = right - 0.25 * blink, left - 0.25 * blink
    signals = {"time_s": time, "ear right": right, "ear left": left}
    for name in (
        "blendshape eyeBlink",
        "blendshape eyeSquint",
        "blendshape mouthSmile",
        "landmark lower lid, height",
        "landmark mouth corner, height",
        "flow eye up, 0.2 s",
    ):
        signals[name] = lid
    signals["landmark eye aperture"] = right - left
    return Case(signals=signals, truth=tuple(truth), duration_s=20.0)


def test_rivals_find_what_is_plain_to_see() -> None:
    cases = [_case(0), _case(1)]
    for name, settings in methods(sorted(cases[0].signals)).items():
        assert best_f1(cases, settings).score.f1 > 0.9, name


def test_goals_say_when_they_are_not_reached() -> None:
    assert Goal(what="a", value=0.95, least=0.9).reached
    assert not Goal(what="a", value=0.85, least=0.9).reached
    assert not Goal(what="a", value=float("nan"), least=0.9).reached
    table = Table(title="T.", head=("x", "y"), rows=(("a", "1"),))
    outcome = Outcome(
        name="n",
        title="N",
        about="How.",
        command="python -m validation.n",
        tables=[table],
        goals=[Goal(what="f", value=0.1, least=0.9)],
    )
    text = outcome.markdown()
    assert "**not reached**" in text
    assert "| a | 1 |" in text
    with pytest.raises(AssertionError):
        Table(title="T", head=("x", "y"), rows=(("a",),))


def test_only_the_named_part_of_the_page_is_written(tmp_path: Path) -> None:
    page = tmp_path / "proof.md"
    page.write_text("# P\n<!-- proof: a -->\nold a\n<!-- end proof -->\n<!-- proof: b -->\nold b\n<!-- end proof -->\n")
    write_page([Outcome(name="a", title="A", about="How.", command="python -m validation.a")], page)
    text = page.read_text()
    assert "old a" not in text
    assert "### A" in text
    assert "old b" in text
    with pytest.raises(ValueError, match="no place"):
        replaced(text, "c", "x")


def test_every_module_whose_code_names_a_cached_result_is_there() -> None:
    named = {
        part
        for path in (ROOT / "validation").glob("*.py")
        for part in re.findall(r"[\"']((?:film|measure|numeric|phantom)/[\w/]+)[\"']", path.read_text(encoding="utf-8"))
    }
    assert len(named) > 10
    assert [part for part in sorted(named) if not (ROOT / "src" / "facialis" / f"{part}.py").is_file()] == []
