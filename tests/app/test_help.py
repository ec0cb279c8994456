"""The tour leads on and back by links, the glossary says each word and its sources, the help says where all lies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.help.glossary import words_used
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.core.knowledge import language, load

Anna = tuple[Account, Client, Person]


def walk(client: Client, path: str) -> list[str]:
    """The steps that are said, from one link to the next, and back to the first at the end."""
    said: list[str] = []
    while path:
        page = client.get(path).content.decode()
        card = page.split('class="tour"')[1].split("</section>")[0]
        said.append(re.findall(r'class="tour-at">(.*?)<', card)[0])
        links = dict(re.findall(r'class="button ?(\w*)" href="([^"]+)"', card))
        assert "tour" not in links["quiet"], "the end of it is the page itself"
        path = links.get("main", "")
        back = links.get("", "")
    assert client.get(back).content.decode().count('class="tour"') == 1
    return said


def test_the_tour_leads_from_page_to_page(anna: Anna, session_folder: Path, tmp_path: Path) -> None:
    _, client, person = anna
    count = len(load("tour.yaml"))
    assert walk(client, f"/people/{person.pk}/?tour=1") == [f"Step {k} of {count - 1}" for k in range(1, count)]
    shutil.copytree(session_folder, tmp_path / "Eva" / "sessions" / "2026-10-16-noon")
    (tmp_path / "Eva" / "person.yaml").write_text("side: left\n")
    eva = take_in(anna[0], tmp_path / "Eva")
    Recording.objects.filter(person=eva).update(container="mov")
    assert walk(client, f"/people/{eva.pk}/?tour=1") == [f"Step {k} of {count}" for k in range(1, count + 1)]


@pytest.mark.parametrize("asked", ["0", "99", "-1", "x", "²", "1000000000000"])
def test_what_is_no_step_shows_none(anna: Anna, asked: str) -> None:
    page = anna[1].get(f"/people/{anna[2].pk}/diary/", {"tour": asked})
    assert page.status_code == 200
    assert 'class="tour"' not in page.content.decode()


@pytest.mark.parametrize("code", ["en", "de"])
def test_words_stand_in_the_order_of_the_alphabet_with_their_sources(anna: Anna, code: str) -> None:
    anna[1].post("/language/", {"language": code})
    with language(code):
        words = words_used()
    assert len(words) >= 20
    assert [word.name.casefold() for word in words] == sorted(word.name.casefold() for word in words)
    page = anna[1].get(f"/people/{anna[2].pk}/glossary/").content.decode()
    assert [key for key in load("glossary.yaml")["words"]["keys"] if f'id="word-{key}"' not in page] == []
    assert page.count('<details class="sources">') == sum(bool(word.sources) for word in words) > 8


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_help_says_where_everything_lies(anna: Anna, code: str) -> None:
    anna[1].post("/language/", {"language": code})
    assert str(settings.PLACE.root) in anna[1].get(f"/people/{anna[2].pk}/help/").content.decode()
