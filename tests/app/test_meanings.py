"""What things mean: the "?" beside fields, and words that lead to the glossary, each once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.help.glossary import words_used
from facialis.app.help.linking import link_words
from facialis.app.people.models import Person
from facialis.core.knowledge import language, load, sentences, wording

Anna = tuple[Account, Client, Person]


def test_a_word_is_linked_once_where_running_text_has_it_first() -> None:
    page = (
        "<h2>Twitch</h2><p class='x'>No <b>twitches</b> of a <a href='/'>phantom</a>.</p><p>A twitch, a phantom.</p>"
        '<label>Toxin</label><table><td><p>toxin</p></td></table><p class="lead">toxin</p>'
        "<ul><li>intoxin, Toxin</li></ul>"
    )
    linked = link_words(page, "/g/")
    assert re.findall(r'href="/g/#word-(\w+)">([^<]+)</a>', linked) == [
        ("twitch", "twitches"),
        ("phantom", "phantom"),
        ("toxin", "Toxin"),
    ]
    assert re.sub(r'<a class="word"[^>]*>([^<]+)</a>', r"\1", linked) == page, "nothing else is changed"


def test_what_is_no_tag_or_never_closed_stays_as_it_is() -> None:
    for page in (
        "<p>a &lt; twitch",
        "<br><p>1 < 2</p></div></p>",
        "<!-- <p>twitch</p> -->",
        "",
        "<p>twitch<br/>twitch</p>",
    ):
        assert re.sub(r'<a class="word"[^>]*>([^<]+)</a>', r"\1", link_words(page, "/g/")) == page


@pytest.mark.parametrize("code", ["en", "de"])
def test_each_form_is_of_a_word_of_the_glossary_and_of_one_only(code: str) -> None:
    with language(code):
        known = {word.key for word in words_used()}
        keys = load("glossary.yaml")["linked"]["keys"]
        forms = [form.casefold() for key in keys for form in wording(f"word_{key}_forms").split(", ")]
        assert set(keys) <= known
        assert len(forms) == len(set(forms))
        assert link_words(f"<p>{forms[0]}</p>", "/g/").count("href") == 1


@pytest.mark.parametrize("code", ["en", "de"])
def test_pages_link_words_and_the_glossary_does_not(anna: Anna, code: str) -> None:
    _, client, person = anna
    client.post("/language/", {"language": code})
    article = client.get(f"/people/{person.pk}/library/what_it_is/").content.decode()
    linked = re.findall(rf'href="/people/{person.pk}/glossary/#word-(\w+)"', article)
    assert linked
    assert len(linked) == len(set(linked))
    glossary = client.get(f"/people/{person.pk}/glossary/").content.decode()
    assert 'class="word"' not in glossary
    assert all(f'id="word-{key}"' in glossary for key in linked)


def test_each_text_beside_a_field_is_there_and_belongs_to_a_form() -> None:
    texts = {key for fields in load("field_help.yaml").values() for key in fields.values()}
    assert {key for key in sentences() if key.startswith("about_field_")} == texts


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("diary/", ("value_0", "name", "unit")),
        ("treatments/", ("kind", "product", "dose_units", "sites", "until")),
        ("film/", ("protocol", "filmed", "alone")),
        ("recordings/new/", ("filmed", "alone", "mirrored")),
        ("history/", ("in_sleep", "suppressible", "previous_palsy", "muscle_disease", "neuroleptic")),
        ("sharing/new/", ("scopes", "lasts")),
    ],
)
def test_what_may_not_be_known_has_its_help_beside_it(anna: Anna, path: str, names: tuple[str, ...]) -> None:
    page = anna[1].get(f"/people/{anna[2].pk}/{path}").content.decode()
    for name in names:
        place = rf'id="id_{name}_all".{{0,400}}' if f'id="id_{name}_all"' in page else rf'name="{name}".{{0,300}}'
        assert re.search(rf'{place}<details class="why"><summary>', page, re.DOTALL), name
    said = re.findall(r'class="why"><summary><span aria-hidden="true">\?</span><span class="unseen">([^<]+)<', page)
    assert len(said) == len(set(said)) >= len(names), "each says of which field"


def test_there_is_one_region_and_what_has_happened_is_marked_for_it(anna: Anna) -> None:
    _, client, person = anna
    saved = client.post(
        f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7"}, follow=True
    ).content.decode()
    assert saved.count('id="announced"') == 1
    assert re.search(r'<p class="said good" data-announce>[^<]+</p>', saved)
    wrong = client.post(f"/people/{person.pk}/diary/", {"day": "2999-05-01", "value_0": "7"}).content.decode()
    assert "data-announce" in wrong
