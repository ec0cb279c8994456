"""Comments: who sees and writes which, what is refused, what stays of what was removed, and what does not."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from facialis.app.accounts.deeds import close_account
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.backup.automatic import make_daily
from facialis.app.backup.keeper import look_after
from facialis.app.bin.deeds import bin_recording, bring_back
from facialis.app.comments import deeds
from facialis.app.comments.content import lines_of, talk_of
from facialis.app.comments.models import Comment, Report, Unread
from facialis.app.comments.subjects import Subject
from facialis.app.comments.writing import MOST_CHARACTERS, cleaned, first_moment, named_in, parts_of
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording
from facialis.app.sharing.models import Share
from tests.app.house import LogIn
from tests.app.test_bin import places_of

Anna = tuple[Account, Client, Person]
ARTICLE = "what_it_is"
AT = f"/library/{ARTICLE}/"
CANARY = "kanarienwort"


class Clinic:
    """Anna with a recording, carla who may see it, bert who may not; each an account and a browser."""

    def __init__(self, anna: Anna, log_in: LogIn) -> None:
        self.anna, self.browser, self.person = anna
        self.carla, self.carlas = log_in("carla")
        self.bert, self.berts = log_in("bert")
        self.recording = Recording.objects.create(owner=self.anna, person=self.person, day=date(2026, 5, 1), name="x")
        self.recording.folder.mkdir()
        self.share = Share.objects.create(owner=self.anna, person=self.person, clinician=self.carla, recordings=True)
        self.on = Subject(recording=self.recording)
        self.page = f"/recordings/{self.recording.pk}/"
        self.post = f"{self.page}comments/"


@pytest.fixture
def clinic(anna: Anna, log_in: LogIn) -> Clinic:
    """Three people in one casebook."""
    return Clinic(anna, log_in)


def text(client: Client, at: str, status: int = 200) -> str:
    answer = client.get(at)
    assert answer.status_code == status, at
    return unescape(answer.content.decode())


def shown(page: str) -> list[str]:
    """Comments as they stand in a page, without marks."""
    return [re.sub(r"<[^>]+>", "", found).strip() for found in re.findall(r'<p class="text">(.*?)</p>', page)]


def later(comment: Comment, **ago: Any) -> Comment:
    """A comment that was written a while ago."""
    Comment.objects.filter(pk=comment.pk).update(made_at=timezone.now() - timedelta(**ago))
    comment.refresh_from_db()
    return comment


# ---- what stands in one ----


def test_what_is_unread_says_its_moment_as_the_page_does(clinic: Clinic) -> None:
    deeds.write_comment(clinic.carla, clinic.on, "@anna at #t=1.500 a blink?")
    (line,) = lines_of(clinic.anna)
    assert line.excerpt == "@anna at 0:01.5 a blink?"


def test_text_is_plain_and_moments_and_names_are_found_in_it() -> None:
    assert cleaned(" a\r\n\r\n\r\n\r\nb\x00\u202e\tc ") == "a\n\nb c"
    assert first_moment("see #t=12.345, then #t=3") == 12.345
    assert [first_moment(text) for text in ("none", "#t=x", "#t=1234567", "#t=-3")] == [None] * 4
    names = {"Anna": 1, "Anna Maria": 2, "Ötzi (Dr.)": 3}
    assert named_in("@anna maria, @ötzi (dr.) and mail@anna @annabel", names) == {2, 3}
    assert named_in("@Anna!", names) == {1}
    parts = parts_of("at #t=12.345 <b>@Anna</b> http://x.example", tuple(names), moments=True)
    assert [(part.text, part.moment, part.name) for part in parts] == [
        ("at ", "", False),
        ("0:12.3", "12.345", False),
        (" <b>", "", False),
        ("@Anna", "", True),
        ("</b> http://x.example", "", False),
    ]
    assert not any(part.moment for part in parts_of("#t=3", (), moments=False))


def test_nothing_in_a_comment_becomes_markup_and_only_its_own_moments_are_links(clinic: Clinic) -> None:
    clinic.browser.post(clinic.post, {"text": "<script>x</script> https://x.example [a](b) #t=12.5 @carla"})
    part = clinic.carlas.get(clinic.page).content.decode().split('<p class="text">')[1].split("</p>")[0]
    assert "&lt;script&gt;" in part
    assert re.findall(r'href="([^"]*)"', part) == [f"{clinic.page}#t=12.5"]
    assert "<strong>@carla</strong>" in part


# ---- who sees and writes ----


def test_comments_on_a_recording_are_its_owners_and_those_it_is_shared_with(clinic: Clinic) -> None:
    answer = clinic.carlas.post(clinic.post, {"text": "at #t=3.2 the eye closes"})
    made = Comment.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{clinic.page}#comment-{made.pk}")
    assert (made.owner, made.at_s) == (clinic.carla, 3.2)
    for browser in (clinic.browser, clinic.carlas):
        assert "the eye closes" in text(browser, clinic.page)
        assert "the eye closes" in text(browser, clinic.post)
    assert clinic.berts.get(clinic.post).status_code == 404
    assert clinic.berts.post(clinic.post, {"text": "me too"}).status_code == 404
    for deed in ("edit", "delete", "back", "hide", "resolve", "reopen", "report", "dismiss", "read"):
        assert clinic.berts.post(f"/comments/{made.pk}/{deed}/", {"text": "x"}).status_code == 404, deed
    with pytest.raises(PermissionDenied):
        deeds.write_comment(clinic.bert, clinic.on, "me too")
    assert Comment.objects.count() == 1


def test_after_the_share_has_ended_a_clinicians_comments_stay_with_the_owner_alone(clinic: Clinic) -> None:
    made = deeds.write_comment(clinic.carla, clinic.on, "the eye closes")
    deeds.write_comment(clinic.anna, clinic.on, "@carla thank you", made)
    assert len(lines_of(clinic.carla)) == 1
    Share.objects.update(revoked_at=timezone.now())
    assert "the eye closes" in text(clinic.browser, clinic.page)
    assert lines_of(clinic.carla) == ()
    assert clinic.carlas.get(clinic.post).status_code == 404
    for deed in ("edit", "delete", "report"):
        assert clinic.carlas.post(f"/comments/{made.pk}/{deed}/", {"text": "x"}).status_code == 404
    for does in (deeds.delete_comment, deeds.resolve_thread):
        with pytest.raises(PermissionDenied):
            does(clinic.carla, made)
    assert talk_of(clinic.carla, clinic.on) is None
    assert "carla" not in talk_of(clinic.anna, clinic.on).names  # type: ignore[union-attr]


def test_articles_can_be_read_by_everybody_and_commented_by_those_who_have_logged_in(
    clinic: Clinic, client: Client
) -> None:
    clinic.berts.post(AT, {"text": "this helped me"})
    assert AT in text(client, "/library/")
    page = text(client, AT)
    assert "this helped me" not in page
    assert f'/login/?next={AT}%23comments"' in page
    assert "<textarea" not in page
    asked = client.post(AT, {"text": "hello"})
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/login/?next={AT}")
    assert client.get("/library/unheard-of/").status_code == 404
    assert clinic.berts.post("/library/unheard-of/", {"text": "x"}).status_code == 404
    for at in (AT, f"/people/{clinic.person.pk}{AT}"):
        assert shown(text(clinic.browser, at)) == ["this helped me"]
    assert text(clinic.browser, AT).count("<textarea") == 2  # an answer, and a comment of one's own
    back = f"/people/{clinic.person.pk}{AT}"
    answer = clinic.browser.post(AT, {"text": "me too", "next": back})
    assert answer.headers["Location"].startswith(f"{back}#comment-")
    elsewhere = clinic.browser.post(AT, {"text": "and so on", "next": "https://x.example/"})
    assert elsewhere.headers["Location"].startswith(f"{AT}#comment-")


def test_where_one_account_is_alone_there_are_no_comments(anna: Anna, client: Client) -> None:
    _, browser, person = anna
    for browser_, at in ((browser, AT), (browser, f"/people/{person.pk}{AT}"), (client, AT)):
        page = text(browser_, at)
        assert 'id="comments"' not in page
        assert "/comments/" not in page
    assert browser.post(AT, {"text": "hello"}).status_code == 404
    assert "second person" in text(browser, "/comments/")
    assert not Comment.objects.exists()


# ---- threads, marks ----


def test_answers_hang_on_a_thread_and_no_deeper(clinic: Clinic) -> None:
    first = deeds.write_comment(clinic.anna, clinic.on, "one")
    reply = deeds.write_comment(clinic.carla, clinic.on, "two", first)
    other = deeds.write_comment(clinic.bert, Subject(article=ARTICLE), "elsewhere")
    for thread in (reply, other):
        with pytest.raises(PermissionDenied):
            deeds.write_comment(clinic.anna, clinic.on, "three", thread)
    assert clinic.browser.post(clinic.post, {"text": "x", "thread": str(other.pk)}).status_code == 404
    talk = talk_of(clinic.carla, clinic.on)
    assert talk is not None
    assert [(thread.first.text, [said.text for said in thread.replies]) for thread in talk.threads] == [
        ("one", ["two"])
    ]


def test_whom_a_comment_concerns_has_it_marked_until_they_have_read_it(clinic: Clinic) -> None:
    def whys() -> dict[tuple[str, str], str]:
        return {(mark.owner.name, mark.comment.text): mark.why for mark in Unread.objects.all()}

    first = deeds.write_comment(clinic.carla, clinic.on, "look")
    assert whys() == {("anna", "look"): "recording"}
    deeds.write_comment(clinic.anna, clinic.on, "yes", first)  # whoever answers has read what was there
    assert whys() == {("carla", "yes"): "answer"}
    deeds.write_comment(clinic.carla, clinic.on, "@anna and @bert, this", first)  # bert does not see it
    assert whys() == {("anna", "@anna and @bert, this"): "mention"}
    page = text(clinic.browser, "/comments/")
    assert "Mentions you" in page
    assert "unread comments: 1" in page
    mark = Unread.objects.get(owner=clinic.anna)
    answer = clinic.browser.post(f"/comments/{mark.comment_id}/read/", {"next": "/comments/"})
    assert answer.headers["Location"].startswith("/comments/")
    assert "You have read everything" in text(clinic.browser, "/comments/")
    deeds.edit_comment(clinic.carla, first, "look, @anna")
    deeds.edit_comment(clinic.carla, first, "look, @anna!")
    assert Unread.objects.filter(owner=clinic.anna, why="mention").count() == 1
    assert clinic.browser.post("/comments/read/").status_code == 302
    assert not Unread.objects.filter(owner=clinic.anna).exists()


def test_below_articles_only_those_can_be_named_who_have_written_there(clinic: Clinic) -> None:
    below = Subject(article=ARTICLE)
    deeds.write_comment(clinic.bert, below, "@carla @anna")
    assert not Unread.objects.exists()
    deeds.write_comment(clinic.carla, below, "@bert")
    assert [(mark.owner, mark.why) for mark in Unread.objects.all()] == [(clinic.bert, "mention")]
    names = talk_of(clinic.anna, below).names  # type: ignore[union-attr]
    assert names == ("bert", "carla")


def test_a_settled_thread_is_folded_up_and_takes_no_answer_until_it_is_open_again(clinic: Clinic) -> None:
    first = deeds.write_comment(clinic.anna, clinic.on, "one")
    clinic.carlas.post(f"/comments/{first.pk}/resolve/")
    assert "Marked as settled by carla" in text(clinic.browser, clinic.page)
    answer = clinic.browser.post(clinic.post, {"text": "but see", "thread": str(first.pk)})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "settled meanwhile" in page
    assert "but see" in page
    assert 'name="reopen"' in page
    again = clinic.browser.post(clinic.post, {"text": "but see", "thread": str(first.pk), "reopen": "1"})
    assert again.status_code == 302
    first.refresh_from_db()
    assert (first.resolved_at, first.replies.count()) == (None, 1)
    below = deeds.write_comment(clinic.bert, Subject(article=ARTICLE), "mine")
    with pytest.raises(PermissionDenied):  # of an article: who began it, or an administrator
        deeds.resolve_thread(clinic.anna, below)


# ---- what is refused ----


def test_what_is_empty_or_too_long_is_said_beside_what_was_written(clinic: Clinic) -> None:
    for words, problem in (("  \n\u202e ", "nothing in it"), ("x" * (MOST_CHARACTERS + 12), "too long by 12")):
        for browser, at in ((clinic.browser, clinic.post), (clinic.berts, AT)):
            answer = browser.post(at, {"text": words})
            assert answer.status_code == 422
            page = answer.content.decode()
            assert problem in page
            assert words.strip("\n \u202e") in page
            assert 'aria-invalid="true"' in page
    assert not Comment.objects.exists()
    clinic.browser.post(clinic.post, {"text": "x" * MOST_CHARACTERS})
    assert Comment.objects.count() == 1


def test_ten_an_hour_and_account_deleted_or_not(clinic: Clinic) -> None:
    for number in range(10):
        made = deeds.write_comment(clinic.anna, clinic.on, f"number {number}")
    deeds.delete_comment(clinic.anna, made)
    with pytest.raises(deeds.Refused, match="10 comments within an hour"):
        deeds.write_comment(clinic.anna, Subject(article=ARTICLE), "eleven")
    answer = clinic.browser.post(AT, {"text": "eleven"})
    assert answer.status_code == 422
    assert "eleven" in answer.content.decode()
    deeds.write_comment(clinic.carla, clinic.on, "another's")
    Entry.objects.filter(deed="comment_written").update(made_at=timezone.now() - timedelta(hours=1, seconds=1))
    deeds.write_comment(clinic.anna, clinic.on, "eleven")


def test_one_can_edit_ones_own_for_a_quarter_of_an_hour(clinic: Clinic) -> None:
    made = deeds.write_comment(clinic.carla, clinic.on, "at #t=3 he eye")
    clinic.carlas.post(f"/comments/{made.pk}/edit/", {"text": "at #t=4 the eye"})
    made.refresh_from_db()
    assert (made.text, made.at_s) == ("at #t=4 the eye", 4.0)
    assert "edited" in text(clinic.browser, clinic.page).split('id="comments"')[1]
    with pytest.raises(PermissionDenied):
        deeds.edit_comment(clinic.anna, made, "mine now")
    later(made, minutes=15, seconds=1)
    answer = clinic.carlas.post(f"/comments/{made.pk}/edit/", {"text": "too late"})
    assert answer.status_code == 422
    assert "too late" in answer.content.decode()
    assert "15 minutes" in answer.content.decode()
    assert f"/comments/{made.pk}/edit/" not in text(clinic.carlas, clinic.page)


# ---- removed ----


def test_what_one_deletes_can_be_put_back_for_a_moment_and_is_gone_then(clinic: Clinic) -> None:
    alone, first = (deeds.write_comment(clinic.carla, clinic.on, f"{word} {CANARY}") for word in ("alone", "first"))
    deeds.write_comment(clinic.anna, clinic.on, "an answer", first)
    for made in (alone, first):
        clinic.carlas.post(f"/comments/{made.pk}/delete/")
    page = text(clinic.browser, clinic.page)
    assert CANARY not in page
    assert page.count("A comment was removed by carla.") == 1  # the one on which an answer hangs
    assert text(clinic.carlas, clinic.page).count("You have removed this comment") == 2
    with pytest.raises(PermissionDenied):
        deeds.put_comment_back(clinic.anna, alone)
    clinic.carlas.post(f"/comments/{alone.pk}/back/")
    assert f"alone {CANARY}" in text(clinic.browser, clinic.page)
    clinic.carlas.post(f"/comments/{alone.pk}/delete/")
    Comment.objects.exclude(gone="").update(gone_at=timezone.now() - timedelta(minutes=10, seconds=1))
    answer = clinic.carlas.post(f"/comments/{alone.pk}/back/")
    assert answer.status_code == 422
    assert "too late" in answer.content.decode()
    look_after()
    assert [(made.text, made.gone) for made in Comment.objects.filter(thread=None)] == [("", "own")]
    assert "A comment was removed by carla." in text(clinic.carlas, clinic.page)


def test_the_owner_of_a_recording_may_remove_any_comment_on_it(clinic: Clinic) -> None:
    made = deeds.write_comment(clinic.carla, clinic.on, "too much")
    own = deeds.write_comment(clinic.anna, clinic.on, "mine")
    assert f"/comments/{made.pk}/hide/" in text(clinic.browser, clinic.page)
    for browser in (clinic.carlas, clinic.berts):
        assert browser.post(f"/comments/{own.pk}/hide/").status_code == 404
    clinic.browser.post(f"/comments/{made.pk}/hide/")
    assert "A comment was removed by anna." in text(clinic.carlas, clinic.page)
    with pytest.raises(PermissionDenied):  # whose it was cannot put it back
        deeds.put_comment_back(clinic.carla, Comment.objects.get(pk=made.pk))
    deeds.put_comment_back(clinic.anna, Comment.objects.get(pk=made.pk))
    assert "too much" in text(clinic.carlas, clinic.page)


def test_a_report_reaches_who_may_remove_it_and_nobody_else(clinic: Clinic) -> None:
    Account.objects.filter(pk=clinic.bert.pk).update(administrator=True)
    clinic.bert.refresh_from_db()
    made = deeds.write_comment(clinic.carla, Subject(article=ARTICLE), "rude")
    for _ in range(2):
        clinic.browser.post(f"/comments/{made.pk}/report/")
    assert [(mark.owner, mark.why) for mark in Unread.objects.all()] == [(clinic.bert, "report")]
    assert "Somebody has reported this" in text(clinic.berts, AT)
    assert "You have reported this" in text(clinic.browser, AT)
    assert "reported" not in text(clinic.carlas, AT).split('id="comments"')[1].lower()
    with pytest.raises(PermissionDenied):
        deeds.report_comment(clinic.carla, made)
    clinic.berts.post(f"/comments/{made.pk}/dismiss/")
    assert (Report.objects.count(), Unread.objects.count()) == (0, 0)
    clinic.browser.post(f"/comments/{made.pk}/report/")
    clinic.berts.post(f"/comments/{made.pk}/hide/")
    assert "A comment was removed by bert." in text(clinic.browser, AT)
    assert not Report.objects.exists()
    with pytest.raises(PermissionDenied):  # an administrator has no say on a recording
        deeds.hide_comment(clinic.bert, deeds.write_comment(clinic.carla, clinic.on, "here"))


def test_of_an_account_that_was_deleted_no_word_and_no_name_stays_below_articles(clinic: Clinic) -> None:
    below = Subject(article=ARTICLE)
    first = deeds.write_comment(clinic.bert, below, f"{CANARY} one")
    deeds.write_comment(clinic.anna, below, "an answer", first)
    deeds.write_comment(clinic.bert, below, f"{CANARY} two")
    deeds.write_comment(clinic.carla, clinic.on, "kept for anna")
    close_account(clinic.bert)
    close_account(clinic.carla)
    assert not Comment.objects.filter(text__contains=CANARY).exists()
    Account.objects.create(name="dora")
    page = text(clinic.browser, AT)
    assert "A comment was removed by somebody without an account." in page
    assert not re.search(r"\bbert\b", page)
    assert "kept for anna" in text(clinic.browser, clinic.page)
    assert "carla" not in text(clinic.browser, clinic.page)


@pytest.mark.parametrize("way", ["now", "bin", "person"])
def test_no_word_is_left_of_comments_on_a_recording_that_was_deleted(clinic: Clinic, casebook: Place, way: str) -> None:
    first = deeds.write_comment(clinic.carla, clinic.on, f"{CANARY} @anna")
    deeds.write_comment(clinic.anna, clinic.on, f"{CANARY} answer", first)
    deeds.delete_comment(clinic.anna, deeds.write_comment(clinic.anna, clinic.on, f"{CANARY} deleted"))
    make_daily(casebook, timezone.now().date())
    assert places_of(casebook, CANARY.encode())
    if way == "bin":
        binned = bin_recording(clinic.anna, clinic.recording)
        assert not Comment.objects.exists()
        bring_back(clinic.anna, binned)
        assert (Comment.objects.count(), Comment.objects.filter(thread=first.pk).count()) == (3, 1)
        assert lines_of(clinic.anna) == ()
        binned = bin_recording(clinic.anna, Recording.objects.get())
        clinic.browser.post(f"/bin/{binned.pk}/empty/")
    elif way == "person":
        clinic.browser.post(f"/people/{clinic.person.pk}/delete/", {"how": "now"})
    else:
        clinic.browser.post(f"{clinic.page}delete/", {"how": "now"})
    assert (Comment.objects.count(), Unread.objects.count()) == (0, 0)
    assert places_of(casebook, CANARY.encode()) == []


# ---- the trail, and how much it costs ----


def test_what_is_done_with_and_seen_of_somebody_elses_is_in_the_trail(clinic: Clinic) -> None:
    made = deeds.write_comment(clinic.carla, clinic.on, "at #t=2 look")
    does: list[tuple[Callable[..., Any], str]] = [
        (lambda: deeds.edit_comment(clinic.carla, made, "at #t=2, look"), "comment_edited"),
        (lambda: deeds.resolve_thread(clinic.carla, made), "comment_resolved"),
        (lambda: deeds.reopen_thread(clinic.carla, made), "comment_reopened"),
        (lambda: deeds.delete_comment(clinic.carla, made), "comment_deleted"),
        (lambda: deeds.put_comment_back(clinic.carla, made), "comment_put_back"),
        (lambda: deeds.write_comment(clinic.anna, clinic.on, "@carla yes", made), "comment_written"),
        (lambda: lines_of(clinic.carla), "read_comments"),
        (lambda: clinic.carlas.get(clinic.post), "read_recording_comments"),
        (lambda: clinic.carlas.get(clinic.page), "read_recording"),
    ]
    for do, deed in does:
        do()
        line = Entry.objects.latest("pk")
        who = clinic.anna if deed == "comment_written" else clinic.carla
        assert (line.deed, line.owner, line.person, line.data_of) == (deed, who, clinic.person.pk, clinic.anna.pk)
    seen = text(clinic.browser, "/account/seen/")
    assert "Wrote a comment" in seen
    assert "Read the comments on a recording" in seen
    assert "look" not in " ".join(Entry.objects.values_list("thing", flat=True))


def test_queries_do_not_grow_with_comments(clinic: Clinic) -> None:
    def counted() -> int:
        clinic.browser.get(clinic.page)
        with CaptureQueriesContext(connection) as queries:
            clinic.browser.get(clinic.page)
        return len(queries)

    def write(account: Account) -> None:
        first = deeds.write_comment(account, clinic.on, "@anna @carla #t=3")
        for other in (clinic.anna, clinic.carla):
            deeds.write_comment(other, clinic.on, "yes", first)
        deeds.resolve_thread(account, deeds.write_comment(account, clinic.on, "settled"))

    write(clinic.carla)
    before = counted()
    write(clinic.carla)
    write(clinic.anna)
    assert counted() == before
