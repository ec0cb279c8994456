"""A person says of each event whether it is one: kept step by step, undone and redone, counted beside the machine."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from facialis.actions.answer import answer
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.review.added import BY_HAND
from facialis.app.review.content import review_of, session_of
from facialis.app.review.counted import kept_events, reviewed_measures, reviewed_session, without
from facialis.app.review.deeds import judge
from facialis.app.review.models import Step, Verdict
from facialis.app.review.standing import event_keys, standing_of
from facialis.app.watching.misses import misses_in, near_misses
from facialis.app.watching.models import Viewing
from facialis.core.records import Interval, Session
from facialis.files.person import read_person
from facialis.measure.measures import measures_of
from facialis.report.person.answers import course_object
from facialis.report.person.course_words import more_sentences
from facialis.report.session.folder import write_session_folder
from tests.app.house import LogIn
from tests.app.test_folders import files_of
from tests.report import factory

Anna = tuple[Account, Client, Person]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result whose measures are those of its events and signals, without pictures."""
    made = factory.make(duration_s=30.0)
    counted = measures_of(made.motion, made.session.events, made.session.blocks, made.session.limits)
    session = replace(made.session, signals=made.motion, face=made.track, measures=counted)
    return write_session_folder(session, None, tmp_path_factory.mktemp("measured") / "result", faces=False)


@pytest.fixture
def recording(anna: Anna, measured: Path) -> Recording:
    """A recording of anna's person that was measured."""
    account, _, person = anna
    made = Recording.objects.create(
        owner=account, person=person, day=date(2026, 5, 1), name="2026-05-01", measured=True
    )
    made.folder.mkdir(mode=0o700)
    shutil.copytree(measured, made.result)
    return made


def press(anna: Anna, recording: Recording, deed: str, **told: str) -> str:
    answer = anna[1].post(f"/recordings/{recording.pk}/review/{deed}/", told)
    assert answer.status_code == 302, answer.content
    return str(answer.headers["Location"])


def page(anna: Anna, recording: Recording, ask: str = "") -> str:
    return anna[1].get(f"/recordings/{recording.pk}/{ask}").content.decode()


def twitches(session: Session) -> list[str]:
    keys = event_keys(session.events)
    return [key for key, event in zip(keys, session.events, strict=True) if event.trial_type == "twitch"]


def test_a_verdict_is_kept_and_counted_beside_the_machine(anna: Anna, recording: Recording) -> None:
    session = session_of(recording)
    first, second, *_ = twitches(session)
    before = page(anna, recording)
    assert f"0 of {len(session.events)} judged" in before
    assert 'id="counted"' not in before
    place = press(anna, recording, "judge", reject=first)
    assert place == f"/recordings/{recording.pk}/#event-{event_keys(session.events).index(first) + 1}"
    press(anna, recording, "judge", unsure=second)
    standing = standing_of(recording)
    assert standing.verdicts == {first: "reject", second: "unsure"}
    kept = kept_events(session, standing)
    assert len(kept) == len(session.events) - 1
    assert event_keys(kept)[0] != first
    assert second in event_keys(kept)
    assert reviewed_measures(session, standing) == measures_of(session.motion, kept, session.blocks, session.limits)
    line = next(row for row in review_of(recording, by_doubt=False).counts if row.name == "Number of twitches")
    assert line.machine == f"{session.measure('twitch_count').value:.0f}"
    assert line.reviewed == f"{len(twitches(session)) - 1}"
    after = page(anna, recording)
    assert f"2 of {len(session.events)} judged" in after
    assert "Unsure: 1." in after
    assert "Both are kept" in after
    assert [entry.deed for entry in Entry.objects.order_by("pk")][-2:] == ["review_judge", "review_judge"]


def test_the_course_uses_what_was_reviewed_in_the_casebook_and_in_its_folder(
    anna: Anna, recording: Recording, tmp_path: Path
) -> None:
    _, client, person = anna
    machine = casefile_of(person).sessions[0]
    assert not machine.reviewed
    session = session_of(recording)
    for key in twitches(session)[:2]:
        press(anna, recording, "judge", reject=key)
    press(anna, recording, "exclude", start_s="20", stop_s="22", reason="spoke")
    press(anna, recording, "move", event=twitches(session)[2], start_s="8", stop_s="8.5")
    press(anna, recording, "add", start_s="11", stop_s="11.4", kind="twitch", side="left", region="zygomaticus")
    added = Step.objects.get(deed="add").pk
    press(anna, recording, "move", event=f"added {added}", start_s="11", stop_s="11.5")
    reviewed = casefile_of(person).sessions[0]
    assert reviewed.reviewed
    assert reviewed.twitches < machine.twitches
    assert reviewed.usable_min < machine.usable_min
    assert "yes, reviewed" in client.get(f"/people/{person.pk}/course/").content.decode()
    folder = tmp_path / "Anna"
    with laid_out(person, whole=True) as out:
        shutil.copytree(out, folder)
    theirs = read_person(folder)
    assert theirs.sessions == casefile_of(person).sessions
    assert course_object(answer(theirs)) == course_object(answer(casefile_of(person)))
    assert any("one recording were reviewed" in text for text in more_sentences(answer(theirs)))
    again = take_in(anna[0], folder)  # the review comes back with its steps, and can be undone there
    with laid_out(again, whole=True) as out:
        assert files_of(out) == files_of(folder)
    copy = Recording.objects.get(person=again)
    assert standing_of(copy).verdicts == standing_of(recording).verdicts
    assert [item.part for item in standing_of(copy).excluded] == [Interval(start_s=20.0, stop_s=22.0)]
    assert standing_of(copy).moved == standing_of(recording).moved != {}
    assert [(item.part, item.region) for item in standing_of(copy).added] == [
        (Interval(start_s=11.0, stop_s=11.5), "zygomaticus")
    ]
    for _ in range(6):
        press(anna, copy, "undo")
    assert casefile_of(again).sessions == (machine,)


def test_a_review_of_another_measurement_is_named_and_not_used(
    anna: Anna, recording: Recording, tmp_path: Path
) -> None:
    press(anna, recording, "judge", reject=twitches(session_of(recording))[0])
    folder = tmp_path / "Anna"
    with laid_out(anna[2], whole=True) as out:
        shutil.copytree(out, folder)
    place = folder / "sessions" / recording.name
    whole = json.loads((place / "review.json").read_text())
    useless: list[object] = [whole | {"machine_measures": []}, {"format_version": 1}, []]
    for broken in useless:
        (place / "review.json").write_text(json.dumps(broken))
        case = read_person(folder)
        assert [row.reviewed for row in case.sessions] == [False]
        assert any(problem.field == "review" and not problem.left_out for problem in case.problems)


def test_of_what_nothing_may_be_told_nothing_is_told_after_a_review(recording: Recording) -> None:
    nobody = replace(session_of(recording), usable_s=0.0, rest_s=0.0, events=(), measures=())
    assert reviewed_session(nobody, standing_of(recording)) == nobody


def test_the_results_of_the_machine_stay_as_they_are(anna: Anna, recording: Recording) -> None:
    before = {path.name: path.read_bytes() for path in recording.result.iterdir() if path.is_file()}
    press(anna, recording, "judge", reject=twitches(session_of(recording))[0])
    page(anna, recording)
    assert {path.name: path.read_bytes() for path in recording.result.iterdir() if path.is_file()} == before


def test_undo_and_redo_are_steps_that_survive(anna: Anna, recording: Recording) -> None:
    first, second, *_ = twitches(session_of(recording))
    press(anna, recording, "undo")  # there is nothing to undo: no step
    press(anna, recording, "judge", accept=first)
    press(anna, recording, "judge", accept=first)  # the same again says nothing new
    press(anna, recording, "judge", reject=first)
    press(anna, recording, "judge", reject=second)
    assert Step.objects.count() == 3
    press(anna, recording, "undo")
    press(anna, recording, "undo")
    assert standing_of(recording).verdicts == {first: "accept"}
    press(anna, recording, "redo")
    assert standing_of(Recording.objects.get(pk=recording.pk)).verdicts == {first: "reject"}
    assert standing_of(recording).can_redo
    press(anna, recording, "judge", unsure=second)  # a new step: what was undone is gone for good
    assert not standing_of(recording).can_redo
    press(anna, recording, "redo")
    assert standing_of(recording).verdicts == {first: "reject", second: "unsure"}
    deeds = [step.deed for step in Step.objects.all()]
    assert deeds == ["judge", "judge", "judge", "undo", "undo", "redo", "judge"]
    for _ in range(9):
        press(anna, recording, "undo")
    assert (standing_of(recording).verdicts, standing_of(recording).can_undo) == ({}, False)


def test_undo_stays_within_its_recording(anna: Anna, recording: Recording) -> None:
    account, _, person = anna
    other = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 8), name="y", measured=True)
    key = twitches(session_of(recording))[0]
    press(anna, recording, "judge", reject=key)
    Step.objects.create(owner=account, recording=other, deed="judge", event=key, verdict="accept")
    press(anna, recording, "undo")
    assert standing_of(recording).verdicts == {}
    assert standing_of(other).verdicts == {key: "accept"}


@pytest.mark.parametrize("told", [{}, {"accept": "nothing"}, {"perhaps": "1"}, {"accept": "KEY", "reject": "KEY"}])
def test_what_is_no_verdict_is_refused(anna: Anna, recording: Recording, told: dict[str, str]) -> None:
    key = twitches(session_of(recording))[0]
    asked = {name: value.replace("KEY", key) for name, value in told.items()}
    assert anna[1].post(f"/recordings/{recording.pk}/review/judge/", asked).status_code == 422
    assert Step.objects.count() == 0


def test_ends_are_moved_and_undone_and_what_is_counted_follows(anna: Anna, recording: Recording) -> None:
    session = session_of(recording)
    key = twitches(session)[0]
    event = next(item for item in session.events if event_keys([item])[0] == key)
    press(anna, recording, "move", event=key, start_s=f"{event.onset_s - 0.5}", stop_s=f"{event.offset_s + 0.25}")
    moved = next(item for item in kept_events(session, standing_of(recording)) if item.apex_s == event.apex_s)
    assert (moved.onset_s, moved.offset_s) == pytest.approx((event.onset_s - 0.5, event.offset_s + 0.25))
    assert moved.amplitude_iod == event.amplitude_iod
    line = next(row for row in review_of(recording, by_doubt=False).lines if row.key == key)
    assert line.found == (event.onset_s, event.offset_s)
    assert "its ends set by you" in page(anna, recording)
    press(anna, recording, "move", event=key, start_s=f"{event.onset_s - 0.5}", stop_s=f"{event.offset_s + 0.25}")
    assert Step.objects.count() == 1  # the same again says nothing new
    press(anna, recording, "undo")
    assert kept_events(session, standing_of(recording)) == session.events


def test_an_event_is_added_changed_and_removed(anna: Anna, recording: Recording) -> None:
    session = session_of(recording)
    big = max((e for e in session.events if e.trial_type == "twitch"), key=lambda e: e.amplitude_iod)
    told = {"start_s": f"{big.onset_s}", "stop_s": f"{big.offset_s}", "kind": "twitch", "side": big.side}
    place = press(anna, recording, "add", **told, region="several")
    number = Step.objects.get().pk
    assert place == f"/recordings/{recording.pk}/#added-{number}"
    [added] = [e for e in kept_events(session, standing_of(recording)) if e.detector == BY_HAND]
    # Measured in the signals like everything else: about as large as what the machine found there.
    assert added.amplitude_iod == pytest.approx(big.amplitude_iod, rel=0.5)
    assert big.onset_s <= added.apex_s <= big.offset_s
    assert added.probability == 1.0
    count = {row.name: row.value for row in reviewed_measures(session, standing_of(recording)) if row.block == "all"}
    assert count["twitch_count"] == len(twitches(session)) + 1
    press(anna, recording, "move", event=f"added {number}", start_s="7", stop_s="7,4", side="right", region="mentalis")
    [changed] = standing_of(recording).added
    assert (changed.part, changed.side, changed.region) == (Interval(start_s=7.0, stop_s=7.4), "right", "mentalis")
    assert "added by you" in page(anna, recording)
    press(anna, recording, "judge", reject=f"added {number}")
    assert standing_of(recording).added == ()
    press(anna, recording, "undo")
    assert len(standing_of(recording).added) == 1
    assert list(Entry.objects.filter(deed__startswith="review_").order_by("pk").values_list("deed", flat=True)) == [
        "review_add",
        "review_move",
        "review_remove",
        "review_undo",
    ]


@pytest.mark.parametrize(
    "wrong", [{"stop_s": "1"}, {"side": "both"}, {"kind": "blink"}, {"region": "nose"}, {"start_s": "x"}]
)
def test_what_can_be_no_event_is_asked_for_again(anna: Anna, recording: Recording, wrong: dict[str, str]) -> None:
    told = {"start_s": "3", "stop_s": "3.5", "kind": "twitch", "side": "left", "region": ""} | wrong
    answer = anna[1].post(f"/recordings/{recording.pk}/review/add/", told)
    assert answer.status_code == 422
    beside = anna[1].post(f"/recordings/{recording.pk}/review/add/", told, headers={"X-Step": "1"})
    assert (beside.status_code, "wrong" in beside.content.decode()) == (200, True)  # no error for the console
    assert "<form" in answer.content.decode()
    assert anna[1].post(f"/recordings/{recording.pk}/review/move/", {**told, "event": "no such"}).status_code == 422
    assert Step.objects.count() == 0


def test_a_near_miss_becomes_an_event_or_is_put_last(anna: Anna, recording: Recording) -> None:
    assert 'id="misses"' not in page(anna, recording)
    rows = near_misses(session_of(recording))
    told = [(e.onset_s, e.offset_s) for e in session_of(recording).events]
    assert all(not (row["onset_s"] < stop and start < row["offset_s"]) for row in rows for start, stop in told)
    assert [row["probability"] for row in rows] == sorted((row["probability"] for row in rows), reverse=True)
    made = {"side": "left", "amplitude_iod": 0.01, "probability": 0.2, "regions": ["zygomaticus"]}
    kept = [{"onset_s": 3.0, "offset_s": 3.2, **made}, {"onset_s": 9.0, "offset_s": 9.2, **made}]
    Viewing.objects.create(owner=anna[0], recording=recording, misses=kept)
    first, second = (row.key for row in misses_in(kept))
    press(anna, recording, "miss", reject=first)
    assert [(line.key, line.rejected) for line in review_of(recording, by_doubt=False).misses] == [
        (second, False),
        (first, True),
    ]
    press(anna, recording, "miss", accept=second)
    [added] = standing_of(recording).added
    assert (added.part, added.kind, added.region) == (Interval(start_s=9.0, stop_s=9.2), "twitch", "zygomaticus")
    assert [line.key for line in review_of(recording, by_doubt=False).misses] == [first]
    assert anna[1].post(f"/recordings/{recording.pk}/review/miss/", {"accept": "miss 1"}).status_code == 422


def test_only_its_owner_reviews_a_recording(recording: Recording, log_in: LogIn) -> None:
    with pytest.raises(PermissionDenied):
        judge(log_in("bert")[0], recording, "x", Verdict.ACCEPT)
    assert Step.objects.count() == 0


def test_the_most_doubtful_come_first(anna: Anna, recording: Recording) -> None:
    doubts = [line.doubt for line in review_of(recording, by_doubt=True).lines]
    assert doubts == sorted(doubts)
    numbers = re.findall(r'id="event-(\d+)"', page(anna, recording, "?order=doubt"))
    assert sorted(map(int, numbers)) == list(range(1, len(doubts) + 1))
    key = twitches(session_of(recording))[0]
    assert "?order=doubt#event-" in press(anna, recording, "judge", accept=key, order="doubt")


def test_events_at_the_same_moment_are_told_apart(recording: Recording) -> None:
    first = session_of(recording).events[0]
    keys = event_keys([first, first, replace(first, side="right")])
    assert len(set(keys)) == 3


def test_a_stretch_that_was_left_out_does_not_count(anna: Anna, recording: Recording) -> None:
    session = session_of(recording)
    press(anna, recording, "exclude", start_s="2", stop_s="8,5", reason="<somebody> spoke to me")
    standing = standing_of(recording)
    assert [item.part for item in standing.excluded] == [Interval(start_s=2.0, stop_s=8.5)]
    cut = without(session.motion, [item.part for item in standing.excluded])
    inside = (cut.time_s >= 2.0) & (cut.time_s < 8.5)
    assert np.isnan(cut.displacement_iod[inside]).all()
    assert (cut.quality[inside] == 0).all()
    assert np.array_equal(cut.displacement_iod[~inside], session.motion.displacement_iod[~inside], equal_nan=True)
    count = {row.name: row.value for row in reviewed_measures(session, standing) if row.block == "all"}
    outside = [e for e in session.events if e.trial_type == "twitch" and not 2.0 <= e.apex_s < 8.5]
    assert 0 < len(outside) < len(twitches(session))
    assert count["twitch_count"] == len(outside)
    assert "&lt;somebody&gt; spoke to me" in page(anna, recording)
    press(anna, recording, "include", number=str(standing.excluded[0].number))
    assert standing_of(recording).excluded == ()
    press(anna, recording, "undo")
    assert len(standing_of(recording).excluded) == 1


@pytest.mark.parametrize(
    ("start", "stop"), [("8", "2"), ("x", "9"), ("-1", "9"), ("nan", "9"), ("99", "100"), ("", "")]
)
def test_a_stretch_that_cannot_be_is_asked_for_again(anna: Anna, recording: Recording, start: str, stop: str) -> None:
    answer = anna[1].post(f"/recordings/{recording.pk}/review/exclude/", {"start_s": start, "stop_s": stop})
    assert answer.status_code == 422
    assert "within the film" in answer.content.decode()
    assert Step.objects.count() == 0


def test_the_review_speaks_german(anna: Anna, recording: Recording) -> None:
    press(anna, recording, "judge", reject=twitches(session_of(recording))[0])
    german = anna[1].get(f"/recordings/{recording.pk}/", headers={"accept-language": "de"}).content.decode()
    assert f"1 von {len(session_of(recording).events)} beurteilt" in german
    assert "Nach Ihrer Durchsicht" in german
