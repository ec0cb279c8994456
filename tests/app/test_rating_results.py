"""What comes of a blind rating: shown when all are done, as on the command line, and kept when a share ends."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.actions.agree import agree
from facialis.agree.agreement import agreement_object
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.people.models import Person
from facialis.app.rating.deeds import Stretch, close_set, finish_rating, make_set
from facialis.app.rating.models import Film, RatingSet, Turn
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import keep_result
from facialis.app.sharing.models import Share
from facialis.files.ratings import read_ratings
from tests.app.house import LogIn
from tests.app.test_rating import recorded, shared

Anna = tuple[Account, Client, Person]
CARLA = "Dr Carla"


@pytest.fixture
def measured(anna: Anna, session_folder: Path) -> Recording:
    """A recording that was measured."""
    facts = json.loads((session_folder / "session.json").read_text())["recording"]
    made = recorded(anna[2], sha256=facts["sha256"], measured=True)
    keep_result(made, session_folder)
    return made


@pytest.fixture
def rated(anna: Anna, log_in: LogIn, measured: Recording) -> tuple[RatingSet, Account, Client]:
    """A set of six stretches that two have rated by tapping along, one of them with an answer too few."""
    carla, client = log_in(CARLA)
    shared(anna[2], carla, "recordings")
    parts = [Stretch(measured, 5.0 * n, 5.0 * (n + 1)) for n in range(6)]
    made = make_set(carla, "kitchen", "tapping", parts, [carla, anna[0]], 0.2)
    Film.objects.update(ready=True)
    rng = np.random.default_rng(4)
    for turn in Turn.objects.filter(rater__rating_set=made):
        count = int(turn.number + rng.integers(0, 2))
        turn.answers, turn.taps_s = {"count": float(count)}, [round(0.4 * n + 0.1, 3) for n in range(count)]
        turn.took_s = 12.0
        turn.finish()
        turn.save()
    return made, carla, client


def test_nobody_sees_what_others_answered_before_all_are_done(
    rated: tuple[RatingSet, Account, Client], anna: Anna
) -> None:
    made, carla, client = rated
    routes = ("rating_results", "ratings_tsv", "agreement_json")
    for browser in (client, anna[1]):
        assert {browser.get(reverse(route, args=[made.pk])).status_code for route in routes} == {404}
    finish_rating(carla, made.raters.get(owner=carla))
    assert client.get(reverse("rating_results", args=[made.pk])).status_code == 404
    assert "Results are shown when" in client.get(reverse("rating_set", args=[made.pk])).content.decode()
    finish_rating(anna[0], made.raters.get(owner=anna[0]))
    for browser in (client, anna[1]):
        assert {browser.get(reverse(route, args=[made.pk])).status_code for route in routes} == {200}
    assert Entry.objects.filter(deed="read_rating_results", owner=carla, person=anna[2].pk).count() == 3


def test_the_page_says_what_the_command_line_says_of_the_same_files(
    rated: tuple[RatingSet, Account, Client], session_folder: Path, tmp_path: Path
) -> None:
    made, carla, client = rated
    close_set(carla, made)
    table = tmp_path / "ratings.tsv"
    table.write_bytes(client.get(reverse("ratings_tsv", args=[made.pk])).content)
    rows = read_ratings(table)
    assert (rows.problems, len(rows.items), set(rows.raters)) == ((), 6, {CARLA, "anna"})
    assert {row.repeat for row in rows.rows} == {1, 2}
    assert min(row.onset_s for row in rows.rows if row.item == "film-03" and row.onset_s is not None) == 10.1
    told = client.get(reverse("agreement_json", args=[made.pk])).json()
    assert told == json.loads(json.dumps(agreement_object(agree(table, [session_folder]))))
    assert told["detector"]["items"] == 6
    page = client.get(reverse("rating_results", args=[made.pk])).content.decode()
    for said in (
        "Raters: 2. Films: 6.",
        "of how answers differ comes from the films",
        "whoever saw a film again",
        "twitches fewer than raters counted on average",
        "Dr Carla – anna",
        'class="chart differences wide"',
        'class="chart moments narrow"',
        "These figures hold for these items",
    ):
        assert said in page, said


def test_what_was_rated_stays_when_the_share_has_ended_but_not_what_was_measured(
    rated: tuple[RatingSet, Account, Client], measured: Recording
) -> None:
    made, carla, client = rated
    close_set(carla, made)
    Share.objects.update(revoked_at=timezone.now())
    told = client.get(reverse("agreement_json", args=[made.pk])).json()
    assert (told["items"], told["detector"]) == (6, None)
    text = client.get(reverse("ratings_tsv", args=[made.pk])).content.decode()
    assert measured.sha256 not in text
    assert text.count("film-") > 12
    assert "no longer shared or were deleted: 6" in client.get(reverse("rating_set", args=[made.pk])).content.decode()


def test_a_set_that_nobody_rated_says_so(anna: Anna) -> None:
    account, client, person = anna
    made = make_set(account, "empty", "smc", [Stretch(recorded(person))], [account], 0.2)
    close_set(account, made)
    assert client.get(reverse("agreement_json", args=[made.pk])).status_code == 404
    page = client.get(reverse("rating_results", args=[made.pk]))
    assert (page.status_code, "Nothing was rated." in page.content.decode()) == (200, True)
