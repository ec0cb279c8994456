"""Blind rating: who may be asked what, what a rater sees of a film, what is kept, and what stays when a share ends."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import check
from facialis.app.bin.deeds import bin_recording, bring_back, delete_person, delete_recording
from facialis.app.course.records import records_of
from facialis.app.people.models import Person
from facialis.app.rating.access import raters_for, turns_of
from facialis.app.rating.deeds import Stretch, make_set
from facialis.app.rating.films import make_one_film, played
from facialis.app.rating.models import Film, Rater, RatingSet, Turn
from facialis.app.rating.orders import order_of, repeats_in
from facialis.app.recordings.models import FILM, Recording
from facialis.app.recordings.store import folder_of, keep
from facialis.app.sharing.models import SCOPE_KEYS, Share
from facialis.film.video import VideoFile
from tests.app.films import barred
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
CANARIES = ("Annabella", "Quillfeather", "zanzibar-film", "2026-05-01", "1 May 2026", "20260501", "cuckoo", "rejected")


def shared(person: Person, clinician: Account, *scopes: str) -> Share:
    chosen = {key: key in (scopes or SCOPE_KEYS) for key in SCOPE_KEYS}
    Account.objects.filter(pk=clinician.pk).update(clinician=True)
    return Share.objects.create(owner=person.owner, person=person, clinician=clinician, **chosen)


def recorded(person: Person, number: int = 0, **more: object) -> Recording:
    """A recording whose film is not looked at."""
    told = {"day": date(2026, 5, 1), "container": "mov", "name": f"zanzibar-film-{number}", "sha256": f"{number:064x}"}
    return Recording.objects.create(owner=person.owner, person=person, **(told | more))


def asked(account: Account, *films: Recording, scale: str = "smc", raters: tuple[Account, ...] = ()) -> RatingSet:
    made = make_set(account, "Quillfeather", scale, [Stretch(film) for film in films], raters or (account,), 0.2)
    Film.objects.update(ready=True)
    return made


def turns(made: RatingSet, account: Account) -> list[Turn]:
    return list(turns_of(made.raters.get(owner=account)))


def rate(client: Client, turn: Turn, **told: object) -> int:
    return int(client.post(reverse("rate", args=[turn.token]), told or {"part-grade": "2"}).status_code)


def test_each_rater_has_an_order_of_their_own_with_repeats_far_from_the_first_look() -> None:
    films = list(range(1, 21))
    orders = [order_of(films, 0.2, seed=5, rater=rater) for rater in range(8)]
    assert len({tuple(order) for order in orders}) == 8
    assert orders == [order_of(films, 0.2, seed=5, rater=rater) for rater in range(8)], "the seed says it all"
    for order in orders:
        assert len(order) == 24
        assert sorted(film for film, look in order if look == 1) == films
        for film, _ in [one for one in order if one[1] == 2]:
            assert order.index((film, 2)) - order.index((film, 1)) > 5
    assert [repeats_in(films, 0.2) for films in (1, 2, 5, 10, 24)] == [1, 2, 2, 2, 5]
    assert [look for _, look in order_of([1], 0.2, seed=1, rater=0)] == [1, 2]
    assert [film for film, _ in order_of([1, 2], 0.5, seed=1, rater=0)][:2] in ([1, 2], [2, 1])


def test_only_whoever_sees_all_of_it_is_asked(anna: Anna, log_in: LogIn) -> None:
    account, client, person = anna
    bert, _ = log_in("bert")
    carla, _ = log_in("carla")
    theirs = Person.objects.create(owner=bert, name="Otto")
    film, other = recorded(person), recorded(theirs, 1)
    with pytest.raises(PermissionDenied):
        make_set(account, "s", "smc", [Stretch(other)], [account], 0.2)
    with pytest.raises(PermissionDenied):
        make_set(account, "s", "smc", [Stretch(film)], [carla], 0.2)
    shared(person, carla, "course")
    assert raters_for(account) == [], "the course is not the films"
    shared(person, carla, "recordings")
    shared(theirs, account, "recordings")
    assert raters_for(account) == [carla]
    told = {"name": "n", "scale": "smc", "repeats": "0.2", "raters": [str(carla.pk)], "film": [film.pk, other.pk]}
    answer = client.post(reverse("new_rating_set"), told)
    assert answer.status_code == 422
    assert "Not all of these films are shared with carla" in answer.content.decode()
    told |= {"film": [film.pk], f"part-{film.pk}": "0:10-0:40, 1:15.5-1:45", "raters": [str(carla.pk), str(account.pk)]}
    assert client.post(reverse("new_rating_set"), told).status_code == 302
    assert [(one.start_s, one.stop_s) for one in Film.objects.all()] == [(10.0, 40.0), (75.5, 105.0)]
    assert Rater.objects.count() == 2
    assert Entry.objects.filter(deed="rating_set_made", person=person.pk).count() == 1
    for wrong in ("soon", "40-10", "0:10"):
        assert client.post(reverse("new_rating_set"), told | {f"part-{film.pk}": wrong}).status_code == 422
    assert client.post(reverse("new_rating_set"), told | {"film": []}).status_code == 422


def test_what_is_chosen_is_kept_at_once_and_the_last_one_can_be_changed(anna: Anna, log_in: LogIn) -> None:
    account, client, person = anna
    made = asked(account, *(recorded(person, n) for n in range(5)), scale="tunc")
    first, second, third = turns(made, account)[:3]
    page = client.get(reverse("rate", args=[first.token])).content.decode()
    assert "Film 1 of 7" in page
    assert rate(client, first, keep="1", **{"part-eye": "3", "part-side": "left", "took_s": "12.5"}) == 204
    page = client.get(reverse("rate", args=[first.token])).content.decode()
    assert re.search(r'name="part-eye" value="3"[^>]*checked', page)
    assert 'data-took="12.500"' in page
    assert rate(client, first, **{"part-eye": "3"}) == 422, "something is missing"
    assert rate(client, second) == 302, "none is left out"
    assert Turn.objects.get(pk=second.pk).answers == {}
    whole = {f"part-{key}": "1" for key in ("forehead", "eye", "cheek", "mouth", "neck")} | {"part-side": "unrateable"}
    assert rate(client, first, took_s="9", **(whole | {"part-neck": "9"})) == 422, "no such answer"
    assert rate(client, first, took_s="9", **whole) == 302
    kept = Turn.objects.get(pk=first.pk)
    assert (kept.took_s, kept.answers["side"], kept.answers["eye"]) == (12.5, "unrateable", 1.0)
    assert rate(client, second, took_s="20", **whole) == 302
    assert client.get(reverse("rate", args=[first.token])).status_code == 302, "only the last one"
    assert rate(client, second, **(whole | {"part-eye": "4"})) == 302
    assert Turn.objects.get(pk=second.pk).answers["eye"] == 4.0
    assert "3 of 7 · about 2 minutes left" in client.get(reverse("rate", args=[third.token])).content.decode()
    _, other = log_in("bert")
    assert rate(other, third, **whole) == 404
    assert Entry.objects.filter(deed="film_rated", owner=account, person=person.pk).count() == 3


def test_taps_are_kept_with_the_times_of_the_film(anna: Anna) -> None:
    account, client, person = anna
    made = asked(account, recorded(person), scale="tapping")
    turn = turns(made, account)[0]
    page = client.get(reverse("rate", args=[turn.token])).content.decode()
    assert "Tapping along needs JavaScript" in page
    told = {"tap": ["2.5", "1.25", "nan", "-1", "x", "2.5"], "part-count": "2"}
    assert rate(client, turn, keep="1", **told) == 204
    assert Turn.objects.get(pk=turn.pk).taps_s == [1.25, 2.5]
    assert rate(client, turn, **{"part-count": "1.5"}) == 422
    assert rate(client, turn, **{"not-count": "1"}) == 302
    assert Turn.objects.get(pk=turn.pk).answers == {"count": "unrateable"}


def test_nothing_that_a_rater_is_given_says_whose_it_is(anna: Anna, log_in: LogIn, tmp_path: Path) -> None:
    account, _, person = anna
    Person.objects.filter(pk=person.pk).update(name="Annabella")
    carla, client = log_in("carla")
    shared(person, carla)
    film = recorded(person, shown_name="cuckoo.mp4", mirrored=True)
    path = barred(tmp_path / "zanzibar-film.mp4", [n / 30 for n in range(60)])
    hidden = b"zanzibar-film Annabella 2026-05-01 cuckoo"
    path.write_bytes(path.read_bytes() + (8 + len(hidden)).to_bytes(4, "big") + b"free" + hidden)
    keep(film, FILM, path)
    made = make_set(carla, "Quillfeather", "tunc", [Stretch(film, 0.5, 1.5)], [carla], 0.2)
    (rater,) = made.raters.all()
    assert make_one_film(lambda: False)
    assert not make_one_film(lambda: False)
    numbers = {str(one) for one in (film.pk, person.pk)}
    whole = {f"part-{key}": "1" for key in ("forehead", "eye", "cheek", "mouth", "neck")} | {"part-side": "left"}
    for turn in turns(made, carla):
        answers = [
            client.get(reverse("rating", args=[rater.token])),
            client.get(reverse("rate", args=[turn.token])),
            client.post(reverse("rate", args=[turn.token]), {"keep": "1", "part-eye": "2"}),
            client.post(reverse("rate", args=[turn.token]), {"part-eye": "7"}),
            client.get(reverse("rate_film", args=[turn.token])),
            client.get(reverse("rate_film", args=[turn.token]), headers={"range": "bytes=0-99"}),
            client.head(reverse("rate_film", args=[turn.token])),
        ]
        for answer in answers:
            body = b"".join(answer) if answer.streaming else answer.content
            said = str(dict(answer.headers)) + body.decode("latin-1")
            assert [word for word in CANARIES if word in said] == []
            for address in re.findall(r'(?:href|src|action|hx-get)="([^"]*)"', said):
                assert not numbers & set(address.split("/")), "no number in an address"
            assert film.token not in said
            assert "Last-Modified" not in answer.headers
        assert client.post(reverse("rate", args=[turn.token]), whole).status_code == 302
    looks = Entry.objects.filter(owner=carla, deed="read_rate_film", person=person.pk, data_of=account.pk)
    assert looks.count() == 2 * 3
    with played(Film.objects.get()) as file:  # type: ignore[union-attr]
        whole_film = file.read()
    assert (whole_film[4:8], b"soun" in whole_film) == (b"ftyp", False)
    at = whole_film.index(b"mvhd")
    assert whole_film[at + 8 : at + 16] == bytes(8), "no day on which it was made"
    (tmp_path / "played.mp4").write_bytes(whole_film)
    with VideoFile(tmp_path / "played.mp4") as video:
        times_s = [frame.time_s for frame in video.frames()]
        assert (len(times_s), times_s[0], video.declared.recorded_at) == (30, 0.0, None)
    assert check() == []


def test_when_a_share_ends_its_films_leave_at_once_and_what_was_rated_stays(anna: Anna, log_in: LogIn) -> None:
    person = anna[2]
    carla, client = log_in("carla")
    dora, other = log_in("dora")
    theirs = Person.objects.create(owner=dora, name="Otto")
    mine, hers = [shared(person, one, "recordings") for one in (carla, dora)]
    shared(theirs, carla, "recordings")
    made = asked(carla, recorded(person), recorded(theirs, 1), raters=(carla, dora))
    assert len(turns(made, carla)) == 4
    first = turns(made, carla)[0]
    while first.film.recording.person_id != person.pk:
        assert rate(client, first) == 302
        first = next(turn for turn in turns(made, carla) if turn.done_at is None)
    assert rate(client, first) == 302
    rest = [turn for turn in turns(made, carla) if turn.film_id == first.film_id and turn.done_at is None]

    Share.objects.filter(pk=hers.pk).update(revoked_at=timezone.now())
    assert (len(turns(made, carla)), len(turns(made, dora))) == (4, 2), "one rater sees it no more"
    Share.objects.filter(pk=mine.pk).update(revoked_at=timezone.now())
    assert {turn.film.recording.person_id for turn in turns(made, carla)} == {theirs.pk}
    for turn in rest:
        assert client.get(reverse("rate", args=[turn.token])).status_code == 404
        assert client.get(reverse("rate_film", args=[turn.token])).status_code == 404
    assert rate(client, first) == 404
    assert Turn.objects.get(pk=first.pk).answers == {"grade": 2.0}
    page = client.get(reverse("rating_set", args=[made.pk])).content.decode()
    assert "no longer shared or were deleted: 1" in page
    assert "Anna" not in page
    assert other.get(reverse("rating_set", args=[made.pk])).status_code == 404, "raters do not see the set"


def test_with_a_recording_go_its_film_and_its_place_in_sets(anna: Anna) -> None:
    account, client, person = anna
    films = [recorded(person, n) for n in range(3)]
    for film in films:
        film.folder.mkdir()
    made = asked(account, *films)
    assert all(rate(client, turn) == 302 for turn in turns(made, account))
    binned = bin_recording(account, films[0])
    assert {turn.number for turn in turns(made, account)} == {2, 3}
    bring_back(account, binned)
    assert {turn.number for turn in turns(made, account)} == {1, 2, 3}
    delete_recording(account, Recording.objects.get(pk=films[1].pk))
    assert (Film.objects.count(), Turn.objects.exclude(done_at=None).count()) == (2, 5)
    assert "turn" not in {table.name for table in records_of(person)}
    assert rate(client, turns(made, account)[0]) in (302, 404)
    delete_person(account, person)
    assert (Film.objects.count(), turns(made, account)) == (0, [])
    assert client.get(reverse("rating", args=[made.raters.get().token])).status_code == 200
    assert client.post(reverse("delete_rating_set", args=[made.pk])).status_code == 302
    assert not Turn.objects.exists()


def test_a_film_is_made_again_when_it_was_corrected_and_left_out_when_it_cannot_be(anna: Anna, tmp_path: Path) -> None:
    account, client, person = anna
    film = recorded(person)
    keep(film, FILM, barred(tmp_path / "film.mp4", [n / 30 for n in range(60)]))
    broken = recorded(person, 1)
    keep(broken, FILM, tmp_path / "film.mp4")
    folder_of(broken).keep(FILM, Path(__file__))
    made = make_set(account, "s", "smc", [Stretch(film), Stretch(broken)], [account], 0.2)
    assert make_one_film(lambda: True), "what is more urgent is done first"
    assert [(one.ready, one.tries) for one in Film.objects.all()] == [(False, 0), (False, 0)]
    while make_one_film(lambda: False):
        pass
    assert [turn.number for turn in turns(made, account)] == [1, 1]
    assert "left out: 1" in client.get(reverse("rating_set", args=[made.pk])).content.decode()
    token = turns(made, account)[0].token
    assert b"".join(client.get(reverse("rate_film", args=[token])))[4:8] == b"ftyp"
    Recording.objects.filter(pk=film.pk).update(mirrored=True)
    assert client.get(reverse("rate_film", args=[token])).status_code == 404
    assert "still being prepared" in client.get(reverse("rate", args=[token])).content.decode()
    assert make_one_film(lambda: False)
    assert client.get(reverse("rate_film", args=[token])).status_code == 200
