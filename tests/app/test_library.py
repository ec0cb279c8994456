"""The library in the page: every article, its statements, sources and dates, in both languages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.course.answers import answer_about
from facialis.app.people.models import Person
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import language
from facialis.guide.library import articles
from facialis.report.person.article_words import source_words

Anna = tuple[Account, Client, Person]


def text(client: Client, at: str) -> str:
    answer = client.get(at)
    assert answer.status_code == 200
    return unescape(re.sub(r'<a class="word"[^>]*>([^<]+)</a>', r"\1", answer.content.decode()))


@pytest.mark.parametrize("code", ["en", "de"])
def test_every_article_is_listed_and_can_be_read_whole(anna: Anna, code: str) -> None:
    _, client, person = anna
    client.post("/language/", {"language": code})
    listed = text(client, f"/people/{person.pk}/library/")
    with language(code):
        for item in articles():
            at = f"/people/{person.pk}/library/{item.key}/"
            assert listed.count(f'href="{at}"') == 1, item.key
            page = text(client, at)
            assert [row.text for row in item.statements if row.text not in page] == [], item.key
            sources = list(dict.fromkeys(key for row in item.statements for key in row.references))
            assert re.findall(r'<li id="source-\d+">(.*?)</li>', page) == [source_words(key) for key in sources]
            for day in (item.written, item.checked, item.next_check):
                assert spoken_day(day) in page, item.key
            cited = {int(number) for number in re.findall(r'href="#source-(\d+)"', page)}
            assert cited == set(range(1, len(sources) + 1)), item.key


def test_what_is_for_this_person_comes_first_and_the_guide_leads_to_it(anna: Anna) -> None:
    _, client, person = anna
    said = answer_about(person)
    assert said.pathway.articles
    page = text(client, f"/people/{person.pk}/library/")
    order = re.findall(r'/library/(\w+)/"', page)
    assert order == [item.key for item in said.reading]
    assert set(order[: len(said.pathway.articles)]) == set(said.pathway.articles)
    guide = text(client, f"/people/{person.pk}/guide/")
    assert re.findall(r'/library/(\w+)/"', guide) == list(said.pathway.articles)
    assert client.get(f"/people/{person.pk}/library/unheard-of/").status_code == 404
