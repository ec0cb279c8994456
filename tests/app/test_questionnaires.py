"""Questionnaires in the page: what is asked, what is written into the table, and what is said of it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.questionnaires.due import dates_of, due_of
from facialis.app.questionnaires.instruments import instruments
from facialis.core.knowledge import language, load, wording
from facialis.files.columns import QUESTIONNAIRES
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
TODAY = date.today()  # noqa: DTZ011 - a person's own calendar day
PHQ9 = {f"item_{n}": "1" for n in range(1, 9)} | {"item_9": "0"}


def written(person: Person) -> str:
    with laid_out(person, whole=False) as folder:
        return (folder / QUESTIONNAIRES.file).read_text(encoding="utf-8")


def address(person: Person, key: str = "") -> str:
    return f"/people/{person.pk}/questionnaires/" + (f"{key}/" if key else "")


def text(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"')


@pytest.mark.parametrize("code", ["en", "de"])
def test_each_has_its_questions_and_answers_or_its_total_with_its_bounds(anna: Anna, code: str) -> None:
    _, client, person = anna
    client.post("/language/", {"language": code})
    listed = text(client, address(person))
    with language(code):
        assert len(instruments()) == len(load("questionnaires.yaml"))
        for item in instruments():
            assert f'{address(person, item.key)}"' in listed, item.key
            page = text(client, address(person, item.key))
            assert [question for question in item.items if question not in page] == [], item.key
            assert [words for _, words in item.choices if f">{words}<" not in page] == [], item.key
            low, high = (f"{end:g}".replace(".", wording("decimal_mark")) for end in (item.low, item.high))
            assert (wording("app_questionnaire_total_help", low=low, high=high) in page) == (not item.items), item.key


def test_what_is_filled_in_is_a_row_of_the_table_and_its_score_is_said(anna: Anna) -> None:
    _, client, person = anna
    day = (TODAY - timedelta(days=9)).isoformat()
    answer = client.post(address(person, "phq9"), {"day": day, **PHQ9})
    assert answer.status_code == 302
    assert written(person).splitlines()[1:] == [f"{day},phq9,1,1,1,1,1,1,1,1,0,"]
    page = text(client, answer.headers["Location"])
    assert '<p class="lead">8 of 27: mild signs of low mood.</p>' in page
    client.post(address(person, "phq9"), {"day": TODAY.isoformat(), **PHQ9, "item_1": "3", "item_2": ""})
    page = text(client, f"{address(person, 'phq9')}?saved={TODAY}&day={TODAY}")
    assert "10.1 of 27: moderate signs of low mood." in page
    assert "Question 2 was left open" in page
    assert "2.12 higher than the first time" in page


def test_the_same_day_is_written_over_however_the_row_spells_it(anna: Anna, tmp_path: Path) -> None:
    account, client, _ = anna
    folder = tmp_path / "eve"
    folder.mkdir()
    before = "# mine\nDatum;Fragebogen;Punkte\n1.5.2026;PSS-10;12\n2.5.2026;PSS-10;14\n"
    (folder / QUESTIONNAIRES.file).write_text(before, encoding="utf-8")
    person = take_in(account, folder)
    assert client.post(address(person, "pss10"), {"day": "2026-05-02", "total": "20"}).status_code == 302
    assert written(person) == before.replace(";14", ";20")
    assert [form.total for form in casefile_of(person).forms] == [12, 20]


def test_thoughts_of_self_harm_are_met_with_help_at_once(anna: Anna) -> None:
    _, client, person = anna
    said = wording("questionnaire_help_now")
    page = text(client, address(person, "phq9"))
    assert page.count(said) == 1  # hidden until it is ticked
    assert page.index("asks-help") < page.index("Thoughts that you would be better off dead") < page.index(said)
    assert said not in text(client, address(person, "gad7"))
    answer = client.post(address(person, "phq9"), {"day": TODAY.isoformat(), **PHQ9, "item_9": "1"})
    page = text(client, answer.headers["Location"])
    assert page.index(said) < page.index('class="lead"')
    assert said in text(client, f"/people/{person.pk}/guide/")


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("pss10", {"total": "99"}, "0 to 40"),
        ("pss10", {"total": "many"}, "many"),
        ("pss10", {"total": ""}, ""),
        ("bsdi", {"total": "4.5"}, "0 to 4"),
        ("phq9", {"item_1": "4"}, "4"),
        ("phq9", {}, "PHQ-9"),
        ("phq9", {"day": (TODAY + timedelta(days=2)).isoformat(), **PHQ9}, str(TODAY.year)),
    ],
)
def test_what_could_not_be_read_is_refused_and_nothing_is_written(
    anna: Anna, key: str, given: dict[str, str], said: str
) -> None:
    _, client, person = anna
    before = written(person)
    answer = client.post(address(person, key), {"day": TODAY.isoformat(), **given})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert written(person) == before


def test_an_answer_between_two_levels_is_not_lost(anna: Anna) -> None:
    account, client, person = anna
    fill_in(account, person, {"date": TODAY.isoformat(), "instrument": "stress", "item_1": "6.5"})
    assert 'value="6.5" ' in text(client, address(person, "stress"))
    assert client.post(address(person, "stress"), {"day": TODAY.isoformat(), "item_1": "6.5"}).status_code == 302
    assert casefile_of(person).forms[0].items == (6.5,)


def test_what_was_filled_in_can_be_removed(anna: Anna) -> None:
    account, client, person = anna
    row = fill_in(account, person, {"date": TODAY.isoformat(), "instrument": "stress", "item_1": "6"})
    assert "6 of 10" in text(client, address(person))
    answer = client.post(f"/rows/{row.pk}/delete/")
    assert answer.headers["Location"].split("?")[0] == address(person)
    assert "6 of 10" not in text(client, address(person))


def test_nobody_fills_in_for_somebody_else(anna: Anna, log_in: LogIn) -> None:
    bert, other = log_in("bert")
    with pytest.raises(PermissionDenied):
        fill_in(bert, anna[2], {"date": TODAY.isoformat(), "instrument": "stress", "item_1": "6"})
    assert other.get(address(anna[2], "phq9")).status_code == 404
    assert anna[1].get(address(anna[2], "unheard-of")).status_code == 404


def test_what_is_due_again_is_one_line_that_can_be_put_off(anna: Anna) -> None:
    account, client, person = anna
    home = f"/people/{person.pk}/"
    assert "Due again" not in text(client, home)  # what nobody has begun is never due
    for days, key in ((28, "phq9"), (27, "gad7")):
        fill_in(account, person, {"date": str(TODAY - timedelta(days)), "instrument": key, "total": "5"})
    assert [(item.key, item.due) for item in dates_of(person, TODAY)] == [("phq9", True), ("gad7", False)]
    shown = text(client, home)
    assert "Due again, if you like:" in shown
    assert address(person, "phq9") in shown
    assert address(person, "gad7") not in shown
    assert "again from" in text(client, address(person))
    assert client.post(f"{home}questionnaires-later/").status_code == 302
    assert "Due again" not in text(client, home)
    person.refresh_from_db()
    assert [item.key for item in due_of(person, TODAY + timedelta(7))] == ["phq9", "gad7"]
