"""The history in the page: answers go into person.yaml, where all else stays as it was written."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.history.deeds import history_of, write_history
from facialis.app.history.groups import GROUPS
from facialis.app.history.written import with_answers
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person, Sheet
from facialis.core.knowledge import language, load, wording
from facialis.report.person.visit_content import ask_words
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
TODAY = date.today()  # noqa: DTZ011 - a person's own calendar day


def written(person: Person) -> str:
    with laid_out(person, whole=False) as folder:
        return (folder / "person.yaml").read_bytes().decode()


def text(client: Client, person: Person, page: str = "history") -> str:
    answer = client.get(f"/people/{person.pk}/{page}/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def eve(account: Account, tmp_path: Path, content: str) -> Person:
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "person.yaml").write_bytes(content.encode())
    return take_in(account, folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("side:\n", "side: left\n"),
        ("# mine\nside:  # which?\njaw: no\n", "# mine\nside: left  # which?\njaw: no\n"),
        ("side: right # so\r\njaw: no\r\n", "side: left # so\r\njaw: no\r\n"),
        ("jaw: no", "jaw: no\nside: left\n"),
        ("", "side: left\n"),
        ("\ufeff# nothing yet\n", "\ufeff# nothing yet\nside: left\n"),
        ("side:\n- right\n# kept\njaw: no\n", "side: left\n# kept\njaw: no\n"),
        ("side: |\n  right\n\njaw: no\n", "side: left\n\njaw: no\n"),
        ("a: &x right\nside: *x\njaw: no\n", "a: &x right\nside: left\njaw: no\n"),
        ("{jaw: no}\n", ""),
        ("jaw: [\n", ""),
    ],
)
def test_only_the_answer_is_written_anew(anna: Anna, tmp_path: Path, before: str, after: str) -> None:
    account, client, _ = anna
    person = eve(account, tmp_path, before)
    answer = client.post(f"/people/{person.pk}/history/", {**shown(person), "side": "left"})
    assert answer.status_code == (302 if after else 422)
    assert written(person) == (after or before)


def shown(person: Person) -> dict[str, str]:
    """What the form of these files holds besides the side."""
    return {"jaw": "no"} if "jaw" in history_of(person).opening else {}


def test_every_question_is_asked_with_its_answers_in_both_languages(anna: Anna) -> None:
    account, client, person = anna
    write_history(account, person, {"hearing_change": "yes", "regions": ("eye", "mouth")})
    for code in ("en", "de"):
        client.post("/language/", {"language": code})
        page = text(client, person)
        with language(code):
            asked = [key for key, row in load("history.yaml").items() if "after" not in row and key != "answered_on"]
            assert [key for key in asked if ask_words(key) not in page] == []
            assert f">{wording('app_answer_alternating')}<" in page
        for key, value in (("hearing_change", "yes"), ("regions", "eye"), ("regions", "mouth"), ("side", "")):
            assert re.search(f'<input[^>]* name="{key}" value="{value}"[^>]* checked', page), key


def test_what_only_an_answer_makes_worth_asking_is_asked_after_it(anna: Anna) -> None:
    _, client, person = anna
    question = ask_words("hearing_began")
    assert question not in text(client, person)
    client.post(f"/people/{person.pk}/history/", {"hearing_change": "yes", "sex": "male"})
    page = text(client, person)
    assert page.count(question) == 2  # named above, asked below
    assert ask_words("pregnant") not in page
    client.post(f"/people/{person.pk}/history/", {"hearing_change": "yes", "sex": "male", "hearing_began": "slowly"})
    assert text(client, person).count(question) == 1
    assert casefile_of(person).person.replies == {"hearing_change": True, "sex": "male", "hearing_began": "slowly"}


@pytest.mark.parametrize(
    ("key", "answer", "said"),
    [("birth_year", "1850", "1900"), ("onset", "31.2.2026", "31.2.2026"), ("previous_palsy", "perhaps", "perhaps")],
)
def test_an_answer_that_would_not_be_read_is_refused_with_its_sentence(
    anna: Anna, key: str, answer: str, said: str
) -> None:
    _, client, person = anna
    before = written(person)
    got = client.post(f"/people/{person.pk}/history/", {key: answer, "side": "left"})
    assert got.status_code == 422
    page = unescape(got.content.decode())
    assert f'value="{answer}"' in page  # what was typed is still there
    assert f'href="#id_{key}_all"' in page.split('<form method="post" class="asked"')[0]  # named above
    assert said in page.split(f'id="id_{key}_error"')[1]
    assert written(person) == before


def test_what_could_not_be_read_before_is_kept_while_another_answer_is_saved(anna: Anna, tmp_path: Path) -> None:
    account, client, _ = anna
    person = eve(account, tmp_path, "side: leftish\nonset: soon\njaw:\n")
    page = text(client, person)
    assert 'value="leftish"' in page
    assert 'value="soon"' in page
    client.post(f"/people/{person.pk}/history/", {"side": "leftish", "onset": "soon", "jaw": "yes"})
    assert written(person) == "side: leftish\nonset: soon\njaw: yes\n"


def test_days_that_were_counted_go_on_counting(anna: Anna, tmp_path: Path) -> None:
    account, client, _ = anna
    person = eve(account, tmp_path, "toxin_days_ago: 10\nduration_days: 400\n")
    then = datetime.now(UTC) - timedelta(days=30)
    Sheet.objects.filter(person=person).update(written_at=then)
    given = {"toxin_days_ago": "40", "duration_days": "430"}
    assert 'value="40"' in text(client, person)
    client.post(f"/people/{person.pk}/history/", {**given, "jaw": "no"})
    assert written(person) == "toxin_days_ago: 10\nduration_days: 400\njaw: no\n"
    assert casefile_of(person).person.number("toxin_days_ago") == 40
    client.post(f"/people/{person.pk}/history/", {**given, "jaw": "no", "toxin_days_ago": "3"})
    known = casefile_of(person).person
    assert (known.number("toxin_days_ago"), known.number("duration_days")) == (3, 430)
    assert f"answered_on: {TODAY}\n" in written(person)


def test_the_guide_leads_to_what_is_open_and_what_is_answered_leaves_it(anna: Anna) -> None:
    _, client, person = anna
    question = f'history/#id_speech_slurred_all">{ask_words("speech_slurred")}'
    assert question in text(client, person, "guide")
    assert 'id="id_speech_slurred_all"' in text(client, person)
    client.post(f"/people/{person.pk}/history/", {"speech_slurred": "yes"})
    page = text(client, person, "guide")
    assert question not in page
    assert wording("visit_urgency_emergency") in page


def test_nobody_answers_for_somebody_else(anna: Anna, log_in: LogIn) -> None:
    bert, _ = log_in("bert")
    with pytest.raises(PermissionDenied):
        write_history(bert, anna[2], {"side": "left"})


def test_what_yaml_would_take_for_something_else_is_quoted() -> None:
    assert with_answers("onset:\n", {"onset": "a: b # c's"}) == "onset: 'a: b # c''s'\n"


# ---- in groups ---------------------------------------------------------------------------------------------------


def test_each_question_stands_in_one_group() -> None:
    grouped = [key for keys in GROUPS.values() for key in keys]
    assert sorted(grouped) == sorted(set(load("history.yaml")) - {"answered_on"})


def test_a_group_is_saved_by_itself_and_the_contents_say_what_is_open(anna: Anna) -> None:
    _, client, person = anna
    write_history(anna[0], person, {"sex": "male"})
    got = client.post(f"/people/{person.pk}/history/", {"group": "now", "side": "left", "jaw": "no"})
    assert got.headers["Location"].endswith("?saved=now#group-now")
    page = text(client, person)
    assert "2 of 16 answered" in page
    assert "1 of 5 answered" in page  # nobody else is asked about a pregnancy
    assert 'class="jump" href="#id_onset_all"' in page
    case = casefile_of(person).person
    assert (case.replies["side"], case.replies["jaw"], case.replies["sex"]) == ("left", False, "male")


def test_an_answer_is_saved_as_one_goes_and_what_it_leads_to_is_said(anna: Anna) -> None:
    _, client, person = anna
    where, beside = f"/people/{person.pk}/history/", {"HX-Request": "true"}
    told = client.post(where, {"group": "face", "vertigo": "yes"}, headers=beside)
    said = told.content.decode()
    assert told.status_code == 200
    assert 'id="saved-face"' in said
    assert "leads to another question" in said
    assert "1 of 13 answered" in said
    assert "<input" not in said  # what somebody is writing stays as it is
    wrong = client.post(where, {"group": "now", "onset": "soon"}, headers=beside)
    assert wrong.status_code == 200  # anything else would be an error in the browser's console
    assert "Not saved yet" in wrong.content.decode()
    assert casefile_of(person).person.replies == {"vertigo": True}
