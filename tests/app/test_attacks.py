"""What somebody could try who sees a part of a casebook, or saw one: each was tried, and some had a way once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.template import engines
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.comments import deeds
from facialis.app.comments.content import lines_of
from facialis.app.comments.models import Comment, Report, Unread
from facialis.app.comments.writing import named_in
from facialis.app.help.linking import link_words
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.sharing import access, clinicians
from facialis.app.sharing.models import SCOPE_KEYS, Offer, Share
from facialis.app.sharing.offers import find_offer, make_offer
from tests.app.house import LogIn
from tests.app.test_comments import Clinic, clinic, later  # noqa: F401 - a fixture

Anna = tuple[Account, Client, Person]
PASSWORD = "cherry boat lamp"
LIKE = ("mıra", "MİRA", "mira")  # a dotless and a dotted i: alike where capitals do not matter, and other letters


def filmed(clinic: Clinic, name: str) -> Recording:  # noqa: F811
    """One more recording that has a film."""
    made = Recording.objects.create(
        owner=clinic.anna, person=clinic.person, day=date(2026, 5, 1), name=name, token=name, container="mov"
    )
    made.folder.mkdir()
    made.film.write_bytes(b"film" * 500_000)
    return made


# ---- letters ----


@pytest.mark.parametrize("said", LIKE)
def test_letters_that_are_nearly_those_of_a_name_break_nothing(clinic: Clinic, said: str) -> None:  # noqa: F811
    Account.objects.filter(pk=clinic.carla.pk).update(name="Mira")
    assert clinic.browser.post(clinic.post, {"text": f"@{said} hello"}).status_code == 302
    assert clinic.browser.get(clinic.page).status_code == 200
    assert named_in(f"@{said}", {"Mira": 1, "Otto": 2}) == {1}


@pytest.mark.parametrize("said", ["twıtch", "TWİTCH", "hemıfacıal ſpasm"])
def test_letters_that_are_nearly_those_of_a_word_break_nothing(said: str) -> None:
    assert "clonic</a>" in link_words(f"<p>{said}, clonic</p>", "/glossary/")


def test_nobody_takes_a_name_that_looks_like_somebody_elses(anna: Anna, client: Client) -> None:
    link = reverse("offered", args=[make_offer(anna[0], anna[2], ["course"], None)[1]])
    told = {"password": PASSWORD, "again": PASSWORD}
    for name in ("ANNA", "an\u200bna", "\u202eanna", "ａｎｎａ", "\u200b", "\u200d", "a\0b", "x" * 4000):
        assert client.post(link, {"name": name, **told}).status_code == 422, repr(name)
    assert client.post(link, {"name": " \u202eDr\u00a0 Carla\n", **told}).status_code == 200
    assert Account.objects.latest("pk").name == "Dr Carla"
    client.logout()
    entered = client.post("/login/", {"name": "Dr\u200b  Carla", "password": PASSWORD})
    assert entered.status_code == 302


# ---- comments ----


def test_deleting_a_comment_and_putting_it_back_keeps_its_reports_and_marks(clinic: Clinic, log_in: LogIn) -> None:  # noqa: F811
    dora, _ = log_in("dora")
    Share.objects.create(owner=clinic.anna, person=clinic.person, clinician=dora, recordings=True)
    made = deeds.write_comment(clinic.carla, clinic.on, "unkind")
    deeds.report_comment(dora, made)
    clinic.carlas.post(f"/comments/{made.pk}/delete/")
    assert lines_of(clinic.anna) == ()
    clinic.carlas.post(f"/comments/{made.pk}/back/")
    assert (Report.objects.count(), len(lines_of(clinic.anna))) == (1, 1)
    deeds.delete_comment(clinic.carla, Comment.objects.get(pk=made.pk))
    Comment.objects.update(gone_at=later(made, hours=1).made_at)
    deeds.forget_gone()
    assert not Report.objects.exists()
    assert not Unread.objects.exists()


def test_an_answer_that_is_not_taken_opens_nothing(clinic: Clinic) -> None:  # noqa: F811
    made = deeds.write_comment(clinic.anna, clinic.on, "settled")
    deeds.resolve_thread(clinic.anna, made)
    sent = {"text": "  ", "thread": made.pk, "reopen": "1"}
    assert clinic.carlas.post(clinic.post, sent).status_code == 422
    made.refresh_from_db()
    assert made.resolved_at is not None
    assert clinic.carlas.post(clinic.post, {**sent, "text": "again"}).status_code == 302
    made.refresh_from_db()
    assert made.resolved_at is None


# ---- looks that left no line ----


def test_what_a_form_answers_with_is_a_look_as_well(clinic: Clinic) -> None:  # noqa: F811
    made = deeds.write_comment(clinic.anna, clinic.on, "only for eyes that are written down")
    seen = Entry.objects.filter(owner=clinic.carla, person=clinic.person.pk, deed__startswith="read_")
    for number, (address, told) in enumerate(((clinic.post, {"text": ""}), (f"/comments/{made.pk}/read/", {})), 1):
        page = clinic.carlas.post(address, told, headers={"HX-Request": "true"})
        assert "only for eyes" in page.content.decode()
        assert seen.count() == number, address
    assert clinic.browser.post(clinic.post, {"text": ""}).status_code == 422
    assert not Entry.objects.filter(owner=clinic.anna, deed__startswith="read_").exists()


def test_each_film_leaves_its_own_line_wherever_one_begins_to_watch(clinic: Clinic) -> None:  # noqa: F811
    films = [filmed(clinic, name) for name in ("a", "b")]
    for film in films:
        for part in ("bytes=7-", "bytes=9-"):
            list(pieces(clinic.carlas.get(reverse("film", args=[film.pk]), headers={"Range": part})))
    lines = Entry.objects.filter(owner=clinic.carla, deed="read_film").order_by("pk").values_list("thing", flat=True)
    assert list(lines) == [str(film.pk) for film in films]


def pieces(answer: object) -> Iterator[bytes]:
    """What is sent, as it is sent."""
    return iter(answer.streaming_content)  # type: ignore[attr-defined]


# ---- what a guest is led to, and what ends ----


def test_what_is_not_there_is_said_to_a_guest_too(clinic: Clinic) -> None:  # noqa: F811
    for address in ("progress/", "film/", "files/none", "clips/7"):
        assert clinic.carlas.get(f"{clinic.page}{address}").status_code == 404, address


def test_words_lead_a_guest_nowhere(anna: Anna, log_in: LogIn) -> None:
    _, owner, person = anna
    clinician, browser = log_in("carla")
    Share.objects.create(owner=anna[0], person=person, clinician=clinician, **dict.fromkeys(SCOPE_KEYS, True))
    part = engines["django"].from_string("{% linked %}<p>a twitch</p>{% endlinked %}")
    for client, links in ((owner, True), (browser, False)):
        asked = client.get(reverse("course", args=[person.pk])).wsgi_request
        assert ("/glossary/#word-twitch" in part.render({"person": person}, asked)) == links


def test_a_part_that_is_shared_no_more_ends_at_once_while_others_are(
    clinic: Clinic,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    film = filmed(clinic, "a")
    Share.objects.update(course=True)
    page = clinic.carlas.get(reverse("recording", args=[film.pk])).content.decode()
    asks = f"{reverse('still_shared', args=[clinic.share.pk])}?of=recordings"
    assert f'hx-get="{asks}"' in page
    assert clinic.carlas.get(asks).status_code == 204
    monkeypatch.setattr(access, "_AGAIN_S", 0.0)
    cut = pieces(clinic.carlas.get(reverse("film", args=[film.pk])))
    got = len(next(cut))
    told = {"scopes": ["course"], "lasts": "same"}
    assert clinic.browser.post(reverse("change_share", args=[clinic.share.pk]), told).status_code == 302
    assert got + sum(map(len, cut)) < 1_000_000
    assert clinic.carlas.get(asks).headers["HX-Redirect"] == reverse("shared_person", args=[clinic.person.pk])


def test_of_two_who_accept_at_once_the_second_is_told_that_it_is_over(
    anna: Anna, log_in: LogIn, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer, word = make_offer(anna[0], anna[2], ["course"], None)
    found = find_offer(word)
    monkeypatch.setattr(clinicians, "find_offer", lambda _: found)  # both have looked before either accepts
    link = reverse("offered", args=[word])
    assert log_in("carla")[1].post(link).status_code == 302
    told = {"name": "dora", "password": PASSWORD, "again": PASSWORD}
    for answer in (log_in("bert")[1].post(link), client.post(link, told)):
        assert answer.status_code == 404
        assert "/shared/" not in answer.headers.get("Location", "")
    assert Share.objects.get().clinician.name == "carla"
    assert not Account.objects.filter(name="dora").exists()
    assert Offer.objects.get(pk=offer.pk).state == Offer.State.ACCEPTED
