"""The guide in the page: what the answer says, all of it, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from facialis.actions.made_up import write_made_up
from facialis.app.accounts.models import Account
from facialis.app.course.answers import answer_about
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.core.knowledge import language, wording
from facialis.report.person.visit_content import ask_words, resembling

Anna = tuple[Account, Client, Person]


def text(client: Client, person: Person) -> str:
    answer = client.get(f"/people/{person.pk}/guide/")
    assert answer.status_code == 200
    plain = re.sub(r'<a class="word"[^>]*>([^<]+)</a>', r"\1", answer.content.decode())
    return plain.replace("&#x27;", "'").replace("&quot;", '"')


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_guide_says_what_the_answer_says(anna: Anna, code: str, tmp_path: Path) -> None:
    account, client, _ = anna
    folder = tmp_path / "made-up"
    folder.mkdir()
    write_made_up(folder)
    person = take_in(account, folder)
    client.post("/language/", {"language": code})
    page = text(client, person)
    with language(code):
        said = answer_about(person)
        patterns = resembling(said.guidance)
        assert (len(said.guidance.alarms) > 3, len(patterns) > 0, len(said.questions) > 1) == (True, True, True)
        lines = [wording(f"visit_urgency_{said.guidance.urgency}"), wording("triage_note"), said.pathway.title]
        lines += [wording(rule.why) for rule in said.guidance.rules]
        lines += [ask_words(key) for key in said.guidance.unknown]
        lines += [wording(f"pattern_{item.pattern}_name") for item in patterns]
        lines += [wording(reason.text) for item in patterns for reason in (*item.for_, *item.against)]
        lines += [*said.questions, *(row.text for row in (*said.pathway.expect, *said.pathway.bring))]
    assert [line for line in lines if line not in page] == []


def test_an_emergency_comes_first_and_opens_its_line(anna: Anna, tmp_path: Path) -> None:
    account, client, person = anna
    calm = text(client, person)
    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "person.yaml").write_text("sudden_droop: yes\n", encoding="utf-8")
    page = text(client, take_in(account, folder))
    unfolded = r'<aside class="emergency"[^>]*>\s*<details open>'
    assert (len(re.findall(unfolded, page)), len(re.findall(unfolded, calm))) == (1, 0)
    assert page.index("Get help now.") < page.index(wording("triage_note"))
    assert "Get help now." not in calm


def test_open_questions_are_asked_one_by_one_and_answered_on_the_spot(anna: Anna) -> None:
    _, client, person = anna
    first = answer_about(person).guidance.alarms[0]
    page = text(client, person)
    assert f'<p class="do" id="ask">{ask_words(first)}' in page
    later = re.findall(r'href="(\?question=1#open)"', page)
    assert len(later) == 1
    second = client.get(f"/people/{person.pk}/guide/{later[0].partition('#')[0]}").content.decode()
    assert 'id="ask"' in second
    assert f'id="ask">{ask_words(first)}' not in second
    answer = client.post(f"/people/{person.pk}/guide/{first}/", {"answer": "no"})
    assert answer.headers["Location"] == f"/people/{person.pk}/guide/#open"
    assert f"{first}: 'no'" in person.sheets.get(file="person.yaml").opening.replace(": no\n", ": 'no'\n")
    assert f'id="ask">{ask_words(first)}' not in text(client, person)
    assert client.post(f"/people/{person.pk}/guide/no_such/", {"answer": "no"}).status_code == 404
    client.post(f"/people/{person.pk}/guide/{first}/", {"answer": "perhaps"})
    assert answer_about(person).casefile.problems == ()
