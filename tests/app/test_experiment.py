"""Self-experiments in the page: planned, noted, what came of them, put aside; the same file as on the command line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from facialis.actions.experiment import analyse_in_folder
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.experiment.content import standing_of
from facialis.app.experiment.deeds import draw, earlier_sheets, note_day, sheet_of
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person
from facialis.app.people.sheets import whole_text
from facialis.core.errors import FormatError
from facialis.core.knowledge import wording
from facialis.files.experiment import noted_text

Anna = tuple[Account, Client, Person]
TODAY = date.today()  # noqa: DTZ011 - a person's own calendar day


def page(anna: Anna, query: str = "") -> str:
    answer = anna[1].get(f"/people/{anna[2].pk}/experiment/{query}")
    assert answer.status_code == 200
    return answer.content.decode().replace("&#x27;", "'").replace("&quot;", '"')


def planned(anna: Anna, begun_days: int, days: int = 24) -> None:
    """An experiment that began so many days ago."""
    draw(anna[0], anna[2], factor="coffee", days=days, design="random", today=TODAY - timedelta(begun_days + 1))


def test_what_is_planned_in_the_page_is_the_file_of_the_command_line(anna: Anna) -> None:
    _, client, person = anna
    answer = client.post(f"/people/{person.pk}/experiment/", {"factor": "a walk", "days": 24, "design": "random"})
    assert answer.status_code == 200
    assert "24 days: 12 with a walk, 12 without" in answer.content.decode()
    sheet = sheet_of(person)
    assert sheet is not None
    assert sheet.opening.startswith("# facialis experiment: a walk, random, seed ")
    standing = standing_of(sheet, TODAY + timedelta(1))
    assert standing.arm in ("with a walk", "without a walk")
    assert Entry.objects.filter(deed="experiment_planned", person=person.pk).count() == 1
    assert "It begins on" in page(anna)
    again = client.post(f"/people/{person.pk}/experiment/", {"factor": "tea", "days": 24, "design": "random"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"factor": "clonazepam"}, "No experiment is planned with clonazepam"),
        ({"days": "8"}, "too few"),
        ({"days": ""}, "required"),
        ({"design": "coin"}, "coin"),
    ],
)
def test_what_is_not_planned_is_said_and_nothing_is_written(anna: Anna, wrong: dict[str, str], said: str) -> None:
    _, client, person = anna
    told = {"factor": "coffee", "days": "24", "design": "random"} | wrong
    answer = client.post(f"/people/{person.pk}/experiment/", told)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert sheet_of(person) is None


def test_today_is_said_and_noted_on_the_first_page(anna: Anna) -> None:
    _, client, person = anna
    home = f"/people/{person.pk}/"
    assert "Your self-experiment" not in client.get(home).content.decode()
    planned(anna, begun_days=3)
    shown = client.get(home).content.decode()
    assert "Your self-experiment" in shown
    assert "Today: with" in shown
    told = {"day": str(TODAY), "done": "yes", "rating": "4", "from": "home"}
    answer = client.post(f"{home}experiment/day/", told)
    assert answer.headers["Location"] == f"{home}?noted_experiment=1#experiment"
    sheet = sheet_of(person)
    assert sheet is not None
    (line,) = [line for line in sheet.opening.splitlines() if line.startswith(str(TODAY))]
    assert line.split(",")[2:4] == ["yes", "4"]
    assert standing_of(sheet, TODAY).rated == 1
    assert "Rated so far: 1 of 4 days." in page(anna)


@pytest.mark.parametrize("days", [-2, 1, 400])
def test_days_are_not_filled_in_from_memory_nor_ahead(anna: Anna, days: int) -> None:
    _, client, person = anna
    planned(anna, begun_days=3)
    before = whole_text(sheet_of(person))  # type: ignore[arg-type]
    told = {"day": str(TODAY + timedelta(days)), "done": "yes", "rating": "4"}
    answer = client.post(f"/people/{person.pk}/experiment/day/", told)
    assert answer.status_code == 422
    assert wording("app_experiment_too_late") in answer.content.decode()
    assert whole_text(sheet_of(person)) == before  # type: ignore[arg-type]


def test_what_came_of_it_is_said_at_the_end_as_on_the_command_line(anna: Anna) -> None:
    account, client, person = anna
    planned(anna, begun_days=30)
    sheet = sheet_of(person)
    assert sheet is not None
    for line in [line for line in sheet.opening.splitlines() if line[:2] == "20"]:
        day, condition, *_ = line.split(",")
        high = condition.startswith("with ")
        rating = str((6 if high else 3) + date.fromisoformat(day).day % 2)
        note_day(account, sheet, date.fromisoformat(day), done="yes", rating=rating)
    shown = page(anna)
    with laid_out(person, whole=True) as folder:
        result = analyse_in_folder(folder)
        back = take_in(account, folder)
    for key, values in result.sentences:
        assert wording(key, **values) in shown
    assert "more spasm than days without" in shown
    assert shown.count('class="chart experiment') == 2
    assert "All days as a table" in shown
    assert whole_text(sheet_of(back)) == whole_text(sheet)  # type: ignore[arg-type]
    assert "are over" in client.get(f"/people/{person.pk}/").content.decode()


def test_before_the_end_nobody_is_tempted_to_look(anna: Anna) -> None:
    planned(anna, begun_days=3)
    assert "What came of it is said here after" in page(anna)
    assert "can be compared" not in page(anna)
    assert "Only 0 days in 0 blocks can be compared" in page(anna, "?look=1")


def test_an_experiment_is_put_aside_and_taken_up_again(anna: Anna) -> None:
    account, client, person = anna
    planned(anna, begun_days=3)
    content = whole_text(sheet_of(person))  # type: ignore[arg-type]
    where = f"/people/{person.pk}/experiment/"
    assert client.post(f"{where}aside/").status_code == 302
    assert sheet_of(person) is None
    (aside,) = earlier_sheets(person)
    assert aside.file == f"experiment-{TODAY - timedelta(3)}.csv"
    assert "Earlier: coffee" in page(anna)
    with laid_out(person, whole=True) as folder:
        assert [sheet.file for sheet in earlier_sheets(take_in(account, folder))] == [aside.file]
    planned(anna, begun_days=3)
    client.post(f"{where}aside/")
    assert {sheet.file for sheet in earlier_sheets(person)} == {aside.file, aside.file.replace(".csv", "-2.csv")}
    client.post(f"{where}up/", {"file": aside.file})
    assert whole_text(sheet_of(person)) == content  # type: ignore[arg-type]
    assert client.post(f"{where}up/", {"file": "person.yaml"}).status_code == 404


def test_a_file_that_is_no_plan_is_said(anna: Anna) -> None:
    from facialis.app.people.sheets import keep_file

    keep_file(anna[2], "experiment.csv", b"what is this\n")
    assert 'class="said wrong"' in page(anna)
    assert anna[1].get(f"/people/{anna[2].pk}/").status_code == 200
    assert anna[1].post(f"/people/{anna[2].pk}/experiment/aside/").status_code == 302


def test_a_day_is_noted_in_a_plan_that_a_spreadsheet_wrote() -> None:
    head = "\ufeff# mine\r\nDatum;condition;done;spasm (0-10);block;unit;counted;mine\r\n"
    text = f"{head}2026-05-01;with tea;;;1;1;yes;x\r\n"
    made = noted_text(text, date(2026, 5, 1), done="no", rating="7")
    assert made == text.replace("tea;;;", "tea;no;7;")
    with pytest.raises(FormatError):
        noted_text(text, date(2026, 5, 2), done="", rating="")
